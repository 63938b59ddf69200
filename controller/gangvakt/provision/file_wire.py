"""What staff and the controller tell each other of crossings and signs beyond their configuration.

Times are UTC ms since 1970, dates YYYY-MM-DD, positions degrees of WGS84, minutes those of the UTC day.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gangvakt.errors import SettingRefused
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.fleet.power import DAY_MIN, Feed
from gangvakt.provision.wire_values import NAME_PATTERN, PRINTABLE, SiteText

LONGEST_TEXT = 2000
LONGEST_WORD = 80
TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"  # lines and tabs, and nothing else that steers a terminal
MOST_POLES = 8
MOST_ROWS = 500  # of an imported file: they fit into one request
MOST_PATTERNS = 8
SHORTEST_KEPT_DAYS, LONGEST_KEPT_DAYS = 1, 3650

Side = Literal["north", "east", "south", "west", "island"]
StateWord = Literal["enrolled", "commissioned", "in_service", "in_repair", "retired"]
FeedWord = Literal["mains", "lighting", "lighting_battery", "solar"]
assert {state.value for state in LifeCycle} == set(StateWord.__args__)  # type: ignore[attr-defined]
assert {feed.value for feed in Feed} == set(FeedWord.__args__)  # type: ignore[attr-defined]

Latitude = Annotated[
    float, Field(ge=-90, le=90, allow_inf_nan=False, description="WGS84, north.", examples=[59.7441])
]
Longitude = Annotated[
    float, Field(ge=-180, le=180, allow_inf_nan=False, description="WGS84, east.", examples=[10.2045])
]
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=PRINTABLE)]
MaybeWord = Annotated[str, Field(max_length=LONGEST_WORD, pattern=PRINTABLE)]
LongText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=TEXT)]
PoleName = Annotated[str, Field(pattern=NAME_PATTERN, description="A name within the crossing.")]
Minute = Annotated[int, Field(ge=0, lt=DAY_MIN, description="Minute of the UTC day.", examples=[960])]
KeptDays = Annotated[
    int,
    Field(ge=SHORTEST_KEPT_DAYS, le=LONGEST_KEPT_DAYS, description="Deleted after so many days."),
]
Version = Annotated[int, Field(ge=0, description="Grows with every change; 0: nobody has described it yet.")]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class MunicipalityIn(_In):
    """A tenant of this controller."""

    title: Word
    contact: MaybeWord = ""


class MunicipalityOut(_Out):
    municipality: str
    title: str
    contact: str
    version: Version


class MunicipalitiesOut(_Out):
    items: tuple[MunicipalityOut, ...]


class Pole(_In):
    """Where signs are mounted; without a position it is where the crossing is."""

    pole: PoleName
    side: Side
    lat_deg: Latitude | None = None
    lon_deg: Longitude | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_pair("pole", self.lat_deg, self.lon_deg)
        return self


class Approval(_In):
    """The road authority's decision: what it names is all that the crossing's signs may show.

    `patterns` are names, or the steps of a pattern of one's own; no lamp is brighter than `dim_max_pct`.
    """

    decision: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9 /.:-]+$")]
    decided_on: date
    patterns: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)], ...],
        Field(min_length=1, max_length=MOST_PATTERNS),
    ]
    dim_max_pct: Annotated[int, Field(ge=5, le=100)]


class SiteFileIn(_In):
    """All of a crossing's description; what is left out is not known."""

    lat_deg: Latitude | None = None
    lon_deg: Longitude | None = None
    street: MaybeWord = ""
    road_width_m: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False, examples=[7.5])] | None = None
    speed_limit_kmh: Annotated[int, Field(ge=5, le=130, examples=[50])] | None = None
    poles: Annotated[tuple[Pole, ...], Field(max_length=MOST_POLES)] = ()
    approval: Approval | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_pair("site", self.lat_deg, self.lon_deg)
        names = [pole.pole for pole in self.poles]
        for name in names:
            if names.count(name) > 1:
                raise SettingRefused("site", "poles", name, "each name once")
        return self


class SiteFileOut(SiteFileIn):
    model_config = ConfigDict(frozen=True, extra="ignore")

    site: str
    title: str
    version: Version
    changed_ms: int | None


class SiteRow(SiteFileIn):
    """A crossing of an imported file."""

    site: SiteText


class SiteRowsIn(_In):
    """Crossings of one file, all of them or none; `dry_run`: nothing is changed."""

    rows: Annotated[tuple[SiteRow, ...], Field(max_length=MOST_ROWS)]
    dry_run: bool = False


class SiteFilesOut(_Out):
    items: tuple[SiteFileOut, ...]


class Power(_In):
    """What feeds the sign; `feeder` is a circuit of street lighting, lit from one minute until another."""

    feed: FeedWord = "mains"
    feeder: Word | None = None
    lit_from_min: Minute | None = None
    lit_until_min: Minute | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.lit_from_min is None) != (self.lit_until_min is None):
            raise SettingRefused("power", "lit_until_min", self.lit_until_min, "both minutes, or neither")
        if self.feed in ("mains", "solar") and self.lit_from_min is not None:
            raise SettingRefused("power", "lit_from_min", self.lit_from_min, f"nothing for {self.feed}")
        return self


class SignFileIn(_In):
    """`power`: null where only the sign's own word is known."""

    pole: PoleName | None = None
    power: Power | None = None


class StepIn(_In):
    state: StateWord
    text: Annotated[str, Field(max_length=LONGEST_TEXT, pattern=TEXT)] = ""


class PartIn(_In):
    kind: Word
    serial: Word
    warranty_until: date | None = None


class LogIn(_In):
    text: LongText


class NoteIn(_In):
    text: LongText
    keep_days: KeptDays = 365


class StepOut(_Out):
    state: str
    at_ms: int
    who: str
    text: str


class PartOut(_Out):
    id: int
    kind: str
    serial: str
    warranty_until: date | None
    fitted_ms: int
    fitted_by: str
    removed_ms: int | None


class RepairOut(_Out):
    id: int
    at_ms: int
    who: str
    text: str


class NoteOut(RepairOut):
    delete_ms: int


class PhotoOut(NoteOut):
    width_px: int
    height_px: int
    size: Annotated[int, Field(description="Bytes.")]


class SignFileOut(_Out):
    """`is_shadow`: it decides and logs with dark lamps; null where the sign has not said it."""

    sign: str
    state: StateWord
    pole: str | None
    power: Power | None
    board: str | None
    firmware: str | None
    certificate_ends_ms: int | None
    registered_ms: int | None
    is_shadow: bool | None
    steps: tuple[StepOut, ...]
    parts: tuple[PartOut, ...]
    repairs: tuple[RepairOut, ...]
    notes: tuple[NoteOut, ...]
    photos: tuple[PhotoOut, ...]
    version: Version


def _check_pair(source: str, lat_deg: float | None, lon_deg: float | None) -> None:
    if (lat_deg is None) != (lon_deg is None):
        raise SettingRefused(source, "lon_deg", lon_deg, "lat_deg and lon_deg, or neither")
