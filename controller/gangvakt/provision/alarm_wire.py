"""What commands and the controller tell each other about alarms, with its bounds. Times are UTC ms."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.fleet.alarm_states import State

LONGEST_NOTE = 1000
LONGEST_USER = 64
MOST_SUSPENDED_MIN = 30 * 24 * 60  # a month: longer is forgotten
HIGHEST_ALARM = 2**31 - 1
# Line feeds and tabs are people's; other control characters are nobody's, and PostgreSQL takes no NUL.
NOTE_PATTERN = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"

Note = Annotated[
    str,
    Field(
        max_length=LONGEST_NOTE,
        pattern=NOTE_PATTERN,
        description="What others shall know of it.",
        examples=["rang the contractor"],
    ),
]
Minutes = Annotated[
    int,
    Field(ge=1, le=MOST_SUSPENDED_MIN, description="For how long; then it comes back.", examples=[120]),
]
User = Annotated[
    str,
    Field(
        max_length=LONGEST_USER,
        pattern=NOTE_PATTERN,
        description="Who shall see to it; empty: nobody.",
        examples=["kari"],
    ),
]
SeenMs = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**53,
        description="`changed_ms` as you saw it: refused when somebody else has taken a step since.",
        examples=[1800000000000],
    ),
]
StateWord = Literal["active", "acknowledged", "flapping", "suspended", "resting", "cleared"]
assert {state.value for state in State} == {"new", *get_args(StateWord)}


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class NoteIn(_In):
    text: Note = ""
    seen_ms: SeenMs = None


class CommentIn(_In):
    text: Annotated[Note, Field(min_length=1)]


class SuspendIn(_In):
    minutes: Minutes
    text: Note = ""
    seen_ms: SeenMs = None


class AssignIn(_In):
    to: User
    text: Note = ""
    seen_ms: SeenMs = None


class BulkIn(_In):
    """One step for every open alarm that fits all of what is named; `expected` is how many were seen."""

    step: Annotated[
        Literal["acknowledge", "suspend", "resume", "comment", "assign"], Field(description="What to do.")
    ]
    expected: Annotated[
        int, Field(ge=1, le=1000, description="How many you mean; refused when others fit.", examples=[12])
    ]
    state: Annotated[tuple[StateWord, ...], Field(max_length=6, description="None: all that are open.")] = ()
    priority: Annotated[int | None, Field(ge=1, le=3, description="Of this priority.", examples=[1])] = None
    municipality: Annotated[
        str | None,
        Field(max_length=32, pattern=NOTE_PATTERN, description="Of this municipality.", examples=["drammen"]),
    ] = None
    site: Annotated[
        str | None,
        Field(max_length=32, pattern=NOTE_PATTERN, description="Of this site.", examples=["storgata"]),
    ] = None
    sign: Annotated[
        str | None,
        Field(max_length=32, pattern=NOTE_PATTERN, description="Of this sign.", examples=["north"]),
    ] = None
    minutes: Annotated[
        int | None,
        Field(ge=1, le=MOST_SUSPENDED_MIN, description="Of `suspend`: for how long.", examples=[120]),
    ] = None
    to: Annotated[User | None, Field(description="Of `assign`: who shall see to it.", examples=["kari"])] = (
        None
    )
    text: Note = ""


class RsmpOut(_Out):
    """The alarm in the words of RSMP 3.2.2."""

    aCId: Annotated[str, Field(description="Alarm code id.", examples=["A0002"])]
    cId: Annotated[str, Field(description="What it is about.", examples=["drammen/storgata/north"])]
    aS: Annotated[Literal["Active", "inActive"], Field(description="Whether the condition stands.")]
    ack: Annotated[Literal["Acknowledged", "notAcknowledged"], Field(description="Whether somebody took it.")]
    sS: Annotated[Literal["Suspended", "notSuspended"], Field(description="Whether it is held back.")]
    cat: Annotated[Literal["D", "T"], Field(description="D is technical, T concerns the traffic.")]
    pri: Annotated[Literal["1", "2", "3"], Field(description="1 is the most urgent.")]


class AlarmOut(_Out):
    """One alarm as it stands."""

    id: Annotated[int, Field(description="Its number, never given twice.", examples=[17])]
    code: Annotated[str, Field(description="Its class.", examples=["radar_silent"])]
    object: Annotated[
        str, Field(description="Sign, site, feeder or part of the controller.", examples=["drammen/torget/a"])
    ]
    municipality: Annotated[str | None, Field(description="Whose it is; null: the controller's own.")]
    state: Annotated[StateWord, Field(description="As in the guide's diagram.")]
    priority: Annotated[
        int, Field(description="1 (may not warn), 2 (warns, but worse) or 3 (by the way).", examples=[1])
    ]
    text: Annotated[str, Field(description="What is wrong.", examples=["The radar says nothing"])]
    advice: Annotated[
        str, Field(description="What to do.", examples=["Clean the radar, then run the self-test."])
    ]
    data: Annotated[dict[str, Any], Field(description="What belongs to it: a feeder's signs, a figure.")]
    raised_ms: Annotated[int, Field(description="When it was raised last.", examples=[1800000000000])]
    changed_ms: Annotated[int, Field(description="When its last step was.", examples=[1800000000000])]
    cleared_ms: Annotated[
        int | None, Field(description="When it ended; null while it is open.", examples=[1800000000000])
    ]
    acknowledged_by: Annotated[str | None, Field(description="Who took it.", examples=["kari"])]
    suspended_until_ms: Annotated[
        int | None,
        Field(
            description="Till when it is held back; null: it is not, or until a repair is over.",
            examples=[1800000000000],
        ),
    ]
    assigned_to: Annotated[str | None, Field(description="Who shall see to it.", examples=["kari"])]
    level: Annotated[int, Field(description="How often it was escalated.", examples=[0])]
    rsmp: Annotated[RsmpOut, Field(description="The same in the words of RSMP 3.2.2.")]


class StepOut(_Out):
    """One step of the history."""

    kind: Annotated[str, Field(description="What was done.", examples=["acknowledge"])]
    at_ms: Annotated[int, Field(description="When.", examples=[1800000000000])]
    who: Annotated[str, Field(description="By whom; `controller` for what it did itself.", examples=["kari"])]
    text: Annotated[str, Field(description="What was written, or what was wrong then.", examples=["rang"])]
    data: Annotated[dict[str, Any], Field(description="What it changed.")]


class AlarmDetailOut(AlarmOut):
    """With every step, oldest first."""

    history: Annotated[tuple[StepOut, ...], Field(description="Every step, oldest first.")]


class AlarmsDoneOut(_Out):
    """What a step for many did."""

    count: Annotated[int, Field(description="How many alarms were changed.", examples=[12])]
