"""What commands and the controller tell each other about steering many signs, with its bounds. Times are UTC
ms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.provision.order_wire import VERB_PATTERN
from gangvakt.provision.site_config import MOST_FIELDS
from gangvakt.provision.wire_values import NAME_PATTERN, PRINTABLE

MOST_NAMES = 200
HIGHEST_POSITION = 1000
LONGEST_TITLE = 120
MOST_FIRST = 100
MOST_GROWTH = 100
MOST_DEADLINE_MIN = 7 * 24 * 60
USUAL_DEADLINE_MIN = 60  # a sign waits until nobody is in view, proves itself for 90 s, gives up after 600 s
HIGHEST_NUMBER = 2**31 - 1
HIGHEST_MS = 2**43
MOST_DAYS = 366

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=32)]
Values = Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)]
Names = Annotated[tuple[Name, ...], Field(max_length=MOST_NAMES)]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class TemplateIn(_In):
    values: Values = Field(description="Values by field.", examples=[{"approach_depth_mm": 2500}])


class TemplateOut(_Out):
    municipality: str = Field(description="Whose it is.", examples=["drammen"])
    name: str = Field(description="Its name.", examples=["narrow-street"])
    values: dict[str, Any] = Field(description="Values by field.", examples=[{"approach_depth_mm": 2500}])
    schema_hash: str = Field(description="The field table that it was checked by.", examples=["d2018d23"])
    by: str = Field(description="Who changed it last.", examples=["kari"])
    changed_ms: int = Field(description="When.", examples=[1800000000000])


class GroupIn(_In):
    position: Annotated[int, Field(ge=0, le=HIGHEST_POSITION)] = Field(
        default=0, description="Groups with a higher one stand above.", examples=[10]
    )
    sites: Names = Field(default=(), description="Of these sites; none: of all.", examples=[["storgata"]])
    boards: Names = Field(
        default=(), description="With these boards; none: with any.", examples=[["esp32-devkitc"]]
    )
    templates: Names = Field(
        default=(), description="What its signs get, the lowest first.", examples=[["narrow-street"]]
    )


class GroupOut(_Out):
    municipality: str = Field(description="Whose it is.", examples=["drammen"])
    name: str = Field(description="Its name.", examples=["old-town"])
    position: int = Field(description="Groups with a higher one stand above.", examples=[10])
    sites: tuple[str, ...] = Field(description="Of these sites; none: of all.", examples=[["storgata"]])
    boards: tuple[str, ...] = Field(description="With these boards; none: with any.", examples=[[]])
    templates: tuple[str, ...] = Field(description="What its signs get.", examples=[["narrow-street"]])
    signs: int = Field(description="How many signs that were heard belong to it.", examples=[12])
    by: str = Field(description="Who changed it last.", examples=["kari"])
    changed_ms: int = Field(description="When.", examples=[1800000000000])


class SettingOut(_Out):
    """A value and which layer gave it."""

    field: str = Field(description="The field.", examples=["approach_depth_mm"])
    value: Any = Field(description="Its value.", examples=[2500])
    origin: str = Field(description="default, template, own or lock.", examples=["template"])
    name: str = Field(description="The template's name, else empty.", examples=["narrow-street"])


class DifferenceOut(SettingOut):
    """`value` is what the sign shall have."""

    reported: Any = Field(description="What the sign runs with.", examples=[2000])


class DiffOut(_Out):
    sign: str = Field(description="The sign.", examples=["drammen/storgata/30aea4120001"])
    state: str | None = Field(
        description="What became of what was wanted last, as in the configuration.", examples=["in force"]
    )
    settings: tuple[SettingOut, ...] = Field(description="All that is no default, by its layers as of now.")
    differences: tuple[DifferenceOut, ...] = Field(description="Where the sign is not so.")


class VersionOut(_Out):
    id: int = Field(description="Its number in the history of all signs.", examples=[17])
    version: int = Field(description="Its number at the sign.", examples=[4])
    cause: str = Field(description="change, plan or rollback.", examples=["plan"])
    plan: int | None = Field(description="The plan that told it.", examples=[3])
    by: str = Field(description="Who wanted it.", examples=["kari"])
    at_ms: int = Field(description="When.", examples=[1800000000000])
    values: dict[str, Any] = Field(description="All that it holds.", examples=[{"approach_depth_mm": 2500}])
    changed: tuple[DifferenceOut, ...] = Field(description="What it changed.")


class RestoreIn(_In):
    version: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(
        description="A version of the sign's history.", examples=[3]
    )


class SelectionIn(_In):
    """Signs of the municipality that fit all that is given."""

    site: Name | None = Field(default=None, description="Of this site.", examples=["storgata"])
    board: Name | None = Field(default=None, description="With this board.", examples=["esp32-devkitc"])
    group: Name | None = Field(default=None, description="Of this group.", examples=["old-town"])
    text: Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)] | None = Field(
        default=None, description="Whose id holds it.", examples=["30aea"]
    )


class PlanIn(_In):
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=PRINTABLE)] = Field(
        description="What it is for.", examples=["Kerb line of the old town"]
    )
    changes: Values = Field(
        default_factory=dict,
        description="Changes to each sign's own values, null for what its templates say; none: the signs get "
        "what their templates say by now.",
        examples=[{"approach_depth_mm": 2500}],
    )
    selection: SelectionIn = Field(default=SelectionIn(), description="Which signs.")
    first: Annotated[int, Field(ge=1, le=MOST_FIRST)] = Field(
        default=2, description="Signs of the first stage.", examples=[2]
    )
    growth: Annotated[int, Field(ge=1, le=MOST_GROWTH)] = Field(
        default=5, description="How many times as many the next stage has.", examples=[5]
    )
    deadline_min: Annotated[int, Field(ge=1, le=MOST_DEADLINE_MIN)] = Field(
        default=USUAL_DEADLINE_MIN,
        description="For how long a stage may take to prove itself; then the plan stops.",
        examples=[60],
    )


class ScheduleIn(_In):
    due_ms: Annotated[int, Field(ge=0, lt=HIGHEST_MS)] | None = Field(
        default=None, description="When it begins; null: at once.", examples=[1800000000000]
    )


class PlanOut(_Out):
    id: int = Field(description="Its number.", examples=[3])
    municipality: str = Field(description="Whose it is.", examples=["drammen"])
    title: str = Field(description="What it is for.", examples=["Kerb line of the old town"])
    state: str = Field(
        description="draft, dry_run, scheduled, applying, probation, done, stopped, rolling_back or "
        "rolled_back.",
        examples=["probation"],
    )
    stage: int = Field(description="The stage that it is at, from 1.", examples=[1])
    stages: tuple[int, ...] = Field(description="How many signs each stage has.", examples=[[2, 10, 38]])
    changes: dict[str, Any] = Field(
        description="Changes to own values.", examples=[{"approach_depth_mm": 2500}]
    )
    by: str = Field(description="Who made it.", examples=["kari"])
    created_ms: int = Field(description="When.", examples=[1800000000000])
    changed_ms: int = Field(description="When it came into its state.", examples=[1800000000000])
    due_ms: int | None = Field(description="When it begins; null: at once.", examples=[1800000000000])
    deadline_min: int = Field(description="For how long a stage may take.", examples=[60])
    why: str = Field(description="Why it stopped, or what the dry run gave.", examples=[""])


class PlanStepOut(_Out):
    event: str = Field(description="What happened.", examples=["fail"])
    state: str = Field(description="Where it led.", examples=["stopped"])
    stage: int = Field(description="At which stage, from 1.", examples=[1])
    who: str = Field(description="By whom; the controller: by itself.", examples=["the controller"])
    at_ms: int = Field(description="When.", examples=[1800000000000])
    why: str = Field(description="Why.", examples=["stage 1: 1 lost"])


class PlanSignOut(_Out):
    sign: str = Field(description="The sign.", examples=["drammen/storgata/30aea4120001"])
    fate: str = Field(description="waiting, kept or lost.", examples=["kept"])
    stage: int = Field(description="Its stage, from 1.", examples=[1])


class PlanDetailOut(PlanOut):
    steps: tuple[PlanStepOut, ...] = Field(description="Every step, the oldest first.")
    signs: tuple[PlanSignOut, ...] = Field(description="The signs that it has come to.")


class DryRunIn(_In):
    changes: Values = Field(
        description="Changes to what the signs had when they recorded; null for a default.",
        examples=[{"approach_depth_mm": 2500}],
    )
    selection: SelectionIn = Field(default=SelectionIn(), description="Which signs' recordings.")
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = Field(
        default=7, description="Recordings of the last so many days.", examples=[7]
    )


class ActivationOut(_Out):
    at_ms: int = Field(description="ms after the recording's begin.", examples=[4200])
    reason: str = Field(description="Why the lamps came on.", examples=["approach"])
    lead_ms: int = Field(description="Time to the kerb then; 0: none.", examples=[3100])


class DecidedOut(_Out):
    """One recording, decided with the recorded and with the changed configuration."""

    sign: str = Field(description="The sign.", examples=["drammen/storgata/30aea4120001"])
    recording: str = Field(description="The recording's file.", examples=["00003-00012-00007.gvfr"])
    kind: str = Field(description="Why it was kept: warning, fault, command.", examples=["warning"])
    before: tuple[ActivationOut, ...] = Field(description="With what the sign had.")
    after: tuple[ActivationOut, ...] = Field(description="With the changes.")
    faithful: bool = Field(
        description="The firmware here decides as the sign did; false: the sign had another one.",
        examples=[True],
    )
    error: str | None = Field(description="Why it could not be decided again.", examples=[""])


class DryRunOut(_Out):
    """How a dry run stands; counts and leads are of what is decided so far."""

    number: int = Field(description="Its number.", examples=[1])
    state: str = Field(description="waiting, running, done or failed.", examples=["done"])
    total: int = Field(description="Recordings in all.", examples=[40])
    decided: int = Field(description="Recordings that are decided.", examples=[40])
    failed: int = Field(description="Recordings that could not be.", examples=[0])
    unfaithful: int = Field(description="Of signs with another firmware.", examples=[0])
    before: int = Field(description="Activations with what the signs had.", examples=[37])
    after: int = Field(description="Activations with the changes.", examples=[35])
    missed: int = Field(description="Activations that would not have come.", examples=[3])
    new: int = Field(description="Activations that would have come besides.", examples=[1])
    lead_before_ms: int | None = Field(
        description="Median time to the kerb, of activations that had one both times.", examples=[3100]
    )
    lead_after_ms: int | None = Field(description="The same, with the changes.", examples=[2700])
    error: str | None = Field(description="Why it failed.", examples=[""])
    changed: tuple[DecidedOut, ...] = Field(
        description="The recordings with other activations than before, or that were not decided."
    )


class BulkCommandIn(_In):
    verb: Annotated[str, Field(pattern=VERB_PATTERN)] = Field(
        description="What the signs shall do.", examples=["ping"]
    )
    args: Any = Field(default=None, description="What the verb wants, see the wire contract.")
    selection: SelectionIn = Field(default=SelectionIn(), description="Which signs.")


class PreparedOut(_Out):
    """Nothing is sent yet."""

    token: str = Field(description="For the go, once, within five minutes.", examples=["q1w2e3r4"])
    count: int = Field(description="How many signs it would reach.", examples=[42])
    online: int = Field(description="How many of them are online.", examples=[40])
    two_persons: bool = Field(description="It takes a second person.", examples=[False])
    expires_ms: int = Field(description="When the token ends.", examples=[1800000000000])


class GoIn(_In):
    token: Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)] = Field(
        description="Of the count.", examples=["q1w2e3r4"]
    )


AnswerWord = Literal["ok", "refused", "silent", "away", "failed"]


class SaidOut(_Out):
    sign: str = Field(description="The sign.", examples=["drammen/storgata/30aea4120001"])
    word: AnswerWord = Field(description="What became of it there.", examples=["ok"])
    detail: str = Field(description="Why it was refused.", examples=[""])


class JobOut(_Out):
    number: int = Field(description="Its number.", examples=[1])
    verb: str = Field(description="What the signs shall do.", examples=["ping"])
    by: str = Field(description="Who told them.", examples=["kari"])
    total: int = Field(description="Signs in all.", examples=[42])
    done: bool = Field(description="Every sign has answered, or had its time.", examples=[True])
    pending: int | None = Field(description="It waits for a second person under this number.", examples=[7])
    counts: dict[str, int] = Field(
        description="Signs by what became of it: ok, refused, silent, away, failed.", examples=[{"ok": 42}]
    )
    others: tuple[SaidOut, ...] = Field(description="The signs that did not say ok.")
