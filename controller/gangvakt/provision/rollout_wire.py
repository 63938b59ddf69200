"""What commands and the controller tell each other about rollouts, with its bounds. Times are UTC ms."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.fleet.rollout_plan import GROUP_FORM, MOST_GROUPS, MOST_SIGNS, USUAL
from gangvakt.fleet.rollout_states import SignState, State
from gangvakt.fleet.rollouts import MOST_AT_ONCE, MOST_SOAK_MIN, SILENCE_MIN, USUAL_SILENCE_MIN
from gangvakt.fleet.windows import FORM

HIGHEST_NUMBER = 2**31 - 1
LATEST_MS = 4_102_444_800_000  # the year 2100
LONGEST_TITLE, LONGEST_TEXT = 100, 400
MOST_PLACES, MOST_BOARDS, MOST_WINDOWS = 200, 20, 20
# Line feeds and other control characters are nobody's in a title or a reason.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

StateWord = Literal[
    "draft", "scheduled", "running", "soaking", "paused", "aborting", "aborted",
    "rolling_back", "back_paused", "rolled_back", "done",
]  # fmt: skip
SignWord = Literal[
    "waiting", "offered", "fetching", "trial", "confirmed", "failed", "skipped", "left",
    "recalled", "returning", "rolled_back", "stranded",
]  # fmt: skip
assert {state.value for state in State} == set(get_args(StateWord))
assert {state.value for state in SignState} == set(get_args(SignWord))

ArtifactNumber = Annotated[int, Field(ge=1, le=HIGHEST_NUMBER)]
Reason = Annotated[
    str,
    Field(
        max_length=LONGEST_TEXT,
        pattern=PRINTABLE,
        description="Why; it stands in the history.",
        examples=["the north radars are exchanged first"],
    ),
]
Expected = Annotated[
    int,
    Field(ge=0, le=MOST_SIGNS, description="How many signs you mean; refused when it is another number."),
]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RolloutIn(_In):
    """A rollout to be planned; nothing is offered before it is started."""

    title: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_TITLE,
            pattern=PRINTABLE,
            description="For people.",
            examples=["1.5"],
        ),
    ]
    places: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=65, pattern=PRINTABLE)], ...],
        Field(
            min_length=1,
            max_length=MOST_PLACES,
            description="Municipalities and crossings; * for all.",
            examples=[["drammen"]],
        ),
    ]
    artifacts: Annotated[
        tuple[ArtifactNumber, ...],
        Field(min_length=1, max_length=MOST_BOARDS, description="What is offered, one for each board."),
    ]
    back: Annotated[
        tuple[ArtifactNumber, ...],
        Field(max_length=MOST_BOARDS, description="What signs return to in need, one for each board."),
    ] = ()
    groups: Annotated[
        tuple[Annotated[str, Field(max_length=2000, pattern=PRINTABLE)], ...],
        Field(min_length=1, max_length=MOST_GROUPS, description=GROUP_FORM, examples=[list(USUAL)]),
    ] = USUAL
    windows: Annotated[
        tuple[Annotated[str, Field(max_length=64, pattern=PRINTABLE)], ...],
        Field(
            max_length=MOST_WINDOWS,
            description=f"{FORM}; none: at any time.",
            examples=[["mon-thu 01:00-05:00"]],
        ),
    ] = ()
    zone: Annotated[
        str,
        Field(
            max_length=64,
            pattern=PRINTABLE,
            description="Time zone of the windows.",
            examples=["Europe/Oslo"],
        ),
    ] = "UTC"
    at_once: Annotated[
        int,
        Field(
            ge=1,
            le=MOST_AT_ONCE,
            description="How many signs fetch, or are on trial, at a time.",
            examples=[10],
        ),
    ] = 10
    error_pct: Annotated[
        int, Field(ge=1, le=100, description="It pauses when so many of a group failed.", examples=[10])
    ] = 10
    success_pct: Annotated[
        int, Field(ge=0, le=100, description="It goes on when so many of a group took it.", examples=[90])
    ] = 90
    soak_min: Annotated[
        int,
        Field(ge=0, le=MOST_SOAK_MIN, description="How long a group is watched, in minutes.", examples=[60]),
    ] = 60
    silence_min: Annotated[
        int,
        Field(
            ge=SILENCE_MIN[0],
            le=SILENCE_MIN[1],
            description="A sign that says nothing new for so many minutes has failed.",
            examples=[USUAL_SILENCE_MIN],
        ),
    ] = USUAL_SILENCE_MIN
    skip_unfit: Annotated[
        bool,
        Field(description="Leave out crossings that cannot take it, instead of refusing.", examples=[False]),
    ] = False


class StartIn(_In):
    """`expected` is how many signs the rollout is about."""

    expected: Annotated[Expected, Field(examples=[48])]
    at_ms: Annotated[
        int, Field(ge=0, le=LATEST_MS, description="Not before; 0: at once.", examples=[1800000000000])
    ] = 0


class ReasonIn(_In):
    text: Reason = ""


class ResumeIn(_In):
    text: Reason = ""
    retry: Annotated[
        bool, Field(description="Offer again what failed; else it is left as it is.", examples=[True])
    ] = False


class RollBackIn(_In):
    """`expected` is how many signs would go back: `concerned` of the rollout."""

    expected: Annotated[Expected, Field(examples=[12])]
    back: Annotated[
        tuple[ArtifactNumber, ...],
        Field(max_length=MOST_BOARDS, description="What to return to; else what the rollout says."),
    ] = ()
    text: Reason = ""


class ArtifactOut(_Out):
    """An update that was uploaded."""

    id: Annotated[int, Field(description="Its number.", examples=[3])]
    sha256: Annotated[str, Field(description="Of the file.", examples=["9f3a" * 16])]
    kind: Annotated[Literal["app", "interpreter"], Field(description="What it renews.")]
    board: Annotated[str, Field(description="For which board.", examples=["esp32-devkitc"])]
    version: Annotated[str, Field(description="Its version.", examples=["1.5.0"])]
    goes_back: Annotated[
        bool, Field(description="Whether later versions may return to it.", examples=[False])
    ]
    size: Annotated[int, Field(description="Bytes of the file.", examples=[81234])]
    made_ms: Annotated[int, Field(description="When it was uploaded.", examples=[1800000000000])]
    who: Annotated[str, Field(description="By whom.", examples=["kari"])]


class RolloutOut(_Out):
    """A rollout as it stands."""

    id: Annotated[int, Field(description="Its number, never given twice.", examples=[7])]
    title: Annotated[str, Field(description="For people.", examples=["1.5 with the winter rules"])]
    municipality: Annotated[str | None, Field(description="Whose it is; null: of several.")]
    state: Annotated[StateWord, Field(description="As in the guide's diagram.")]
    since_ms: Annotated[int, Field(description="When that began.", examples=[1800000000000])]
    reason: Annotated[str, Field(description="Why it is so.", examples=["2 of 20 signs of canary failed"])]
    group: Annotated[int, Field(description="The group that is looked at, from 0.", examples=[0])]
    groups: Annotated[tuple[str, ...], Field(description="Their names, in order.")]
    version: Annotated[str, Field(description="What is offered.", examples=["1.5.0"])]
    signs: Annotated[int, Field(description="How many it is about.", examples=[48])]
    counts: Annotated[
        dict[str, int], Field(description="How many signs are in which state; none where it is 0.")
    ]
    opens_ms: Annotated[
        int | None,
        Field(description="When its window opens, while it waits for that.", examples=[1800000000000]),
    ]
    who: Annotated[str, Field(description="Who planned it.", examples=["kari"])]
    made_ms: Annotated[int, Field(description="When.", examples=[1800000000000])]


class RolloutSignOut(_Out):
    """One sign in it."""

    sign: Annotated[str, Field(description="Which.", examples=["drammen/storgata/30aea4120001"])]
    group: Annotated[int, Field(description="Its group, from 0.", examples=[0])]
    step: Annotated[int, Field(description="Its step in the group, from 0.", examples=[1])]
    state: Annotated[SignWord, Field(description="As in the guide's diagram.")]
    since_ms: Annotated[int, Field(description="When that began.", examples=[1800000000000])]
    reason: Annotated[str, Field(description="Why it is so.", examples=["refused version is '1.4.0'"])]
    fetched_pct: Annotated[int, Field(description="How much of the file it has.", examples=[40])]


class RolloutDetailOut(RolloutOut):
    """With its signs, in the order of the plan, and what it was planned with."""

    plan: Annotated[RolloutRulesOut, Field(description="How carefully it goes.")]
    concerned: Annotated[int, Field(description="How many signs would go back now.", examples=[12])]
    entries: Annotated[tuple[RolloutSignOut, ...], Field(description="Every sign in it.")]


class RolloutRulesOut(_Out):
    """As they were given."""

    at_once: Annotated[
        int, Field(description="How many signs fetch, or are on trial, at a time.", examples=[10])
    ]
    error_pct: Annotated[int, Field(description="It pauses when so many of a group failed.", examples=[10])]
    success_pct: Annotated[int, Field(description="It goes on when so many took it.", examples=[90])]
    soak_min: Annotated[int, Field(description="How long a group is watched.", examples=[60])]
    silence_min: Annotated[int, Field(description="After which a silent sign has failed.", examples=[90])]
    windows: Annotated[tuple[str, ...], Field(description="Maintenance windows; none: at any time.")]
    zone: Annotated[str, Field(description="Their time zone.", examples=["Europe/Oslo"])]


class RolloutMoveOut(_Out):
    """One entry of the history."""

    id: Annotated[int, Field(description="Its number.", examples=[311])]
    sign: Annotated[str | None, Field(description="Which sign; null: the rollout itself.")]
    move: Annotated[str, Field(description="What happened.", examples=["confirm"])]
    before: Annotated[str, Field(description="The state before it.", examples=["trial"])]
    after: Annotated[str, Field(description="And after it.", examples=["confirmed"])]
    at_ms: Annotated[int, Field(description="When.", examples=[1800000000000])]
    who: Annotated[str, Field(description="By whom; `controller` for what it did itself.", examples=["kari"])]
    reason: Annotated[str, Field(description="Why.", examples=["runs 1.5.0"])]


RolloutDetailOut.model_rebuild()
