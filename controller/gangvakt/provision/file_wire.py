"""What staff and the controller tell each other of crossings and signs beyond their configuration.

Times are UTC ms since 1970, dates YYYY-MM-DD, positions degrees of WGS84, minutes those of the UTC day.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, get_args

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
assert {state.value for state in LifeCycle} == set(get_args(StateWord))
assert {feed.value for feed in Feed} == set(get_args(FeedWord))

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Width = Annotated[float, Field(ge=1, le=60, allow_inf_nan=False)]
Speed = Annotated[int, Field(ge=5, le=130)]
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=PRINTABLE)]
MaybeWord = Annotated[str, Field(max_length=LONGEST_WORD, pattern=PRINTABLE)]
LongText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=TEXT)]
MaybeText = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=TEXT)]
PoleName = Annotated[str, Field(pattern=NAME_PATTERN)]
Minute = Annotated[int, Field(ge=0, lt=DAY_MIN)]
KeptDays = Annotated[
    int,
    Field(
        ge=SHORTEST_KEPT_DAYS,
        le=LONGEST_KEPT_DAYS,
        description="Deleted after so many days.",
        examples=[365],
    ),
]
Decision = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9 /.:-]+$")]
PatternText = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
Version = Annotated[
    int,
    Field(
        ge=0,
        description="Grows with every change; 0: nobody has described it yet. The answer's ETag.",
        examples=[3],
    ),
]

A_TIME_MS = 1_800_000_000_000
A_SITE, A_SIGN = "drammen/storgata", "drammen/storgata/30aea4120001"


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class MunicipalityIn(_In):
    """A tenant of this controller."""

    title: Word = Field(description="Its name, as people write it.", examples=["Drammen kommune"])
    contact: MaybeWord = Field(
        "", description="Whom to ask there; empty: nobody told.", examples=["signs@drammen.example.no"]
    )


class MunicipalityOut(_Out):
    """A tenant of this controller, as it is described."""

    municipality: str = Field(description="Its name in topics and addresses.", examples=["drammen"])
    title: str = Field(description="Its name, as people write it.", examples=["Drammen kommune"])
    contact: str = Field(
        description="Whom to ask there; empty: nobody told.", examples=["signs@drammen.example.no"]
    )
    version: Version


class Pole(_In):
    """Where signs are mounted; without a position it is where the crossing is."""

    pole: PoleName = Field(description="A name within the crossing.", examples=["a"])
    side: Side = Field(description="On which side of the road.", examples=["north"])
    lat_deg: Latitude | None = Field(None, description="WGS84, north.", examples=[59.7441])
    lon_deg: Longitude | None = Field(None, description="WGS84, east.", examples=[10.2045])

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_pair("pole", self.lat_deg, self.lon_deg)
        return self


class Approval(_In):
    """The road authority's decision: what it names is all that the crossing's signs may show."""

    decision: Decision = Field(description="Its number at the road authority.", examples=["2026/123"])
    decided_on: date = Field(description="Its day.", examples=["2026-05-01"])
    patterns: tuple[PatternText, ...] = Field(
        description="Approved ones: names, or the steps of a pattern of one's own.",
        examples=[["alternating"]],
        min_length=1,
        max_length=MOST_PATTERNS,
    )
    dim_max_pct: int = Field(description="No lamp is brighter than this.", examples=[60], ge=5, le=100)


class SiteFileIn(_In):
    """All of a crossing's description; what is left out is not known."""

    lat_deg: Latitude | None = Field(None, description="WGS84, north.", examples=[59.7441])
    lon_deg: Longitude | None = Field(None, description="WGS84, east.", examples=[10.2045])
    street: MaybeWord = Field("", description="Which street it crosses.", examples=["Storgata"])
    road_width_m: Width | None = Field(None, description="From kerb to kerb, metres.", examples=[7.5])
    speed_limit_kmh: Speed | None = Field(None, description="The road's, km/h.", examples=[50])
    poles: tuple[Pole, ...] = Field((), description="Where its signs are mounted.", max_length=MOST_POLES)
    approval: Approval | None = Field(
        None, description="The road authority's decision; null: none, and nothing is locked."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_pair("site", self.lat_deg, self.lon_deg)
        names = [pole.pole for pole in self.poles]
        for name in names:
            if names.count(name) > 1:
                raise SettingRefused("site", "poles", name, "each name once")
        return self


class SiteFileOut(SiteFileIn):
    """What is known of a crossing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    site: str = Field(description="The crossing.", examples=[A_SITE])
    title: str = Field(description="Its name, as people write it.", examples=["Storgata by the school"])
    version: Version
    changed_ms: int | None = Field(description="When it was described last.", examples=[A_TIME_MS])


class SiteRow(SiteFileIn):
    """A crossing of an imported file."""

    site: SiteText = Field(description="The crossing, which is there already.", examples=[A_SITE])


class SiteRowsIn(_In):
    """Crossings of one file, all of them or none."""

    rows: tuple[SiteRow, ...] = Field(description="The crossings, each once.", max_length=MOST_ROWS)
    dry_run: bool = Field(False, description="Only say what would change.", examples=[False])


class SiteRowsOut(_Out):
    """What an imported file changed, or would change."""

    items: tuple[SiteFileOut, ...] = Field(description="The crossings that change, as they are then.")


class Power(_In):
    """What feeds the sign."""

    feed: FeedWord = Field("mains", description="Where its power comes from.", examples=["lighting"])
    feeder: Word | None = Field(None, description="The circuit of street lighting.", examples=["K17"])
    lit_from_min: Minute | None = Field(
        None, description="Minute of the UTC day when the feeder is switched on.", examples=[960]
    )
    lit_until_min: Minute | None = Field(
        None, description="Minute of the UTC day when the feeder is switched off.", examples=[360]
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.lit_from_min is None) != (self.lit_until_min is None):
            raise SettingRefused("power", "lit_until_min", self.lit_until_min, "both minutes, or neither")
        if self.feed in ("mains", "solar") and self.lit_from_min is not None:
            raise SettingRefused("power", "lit_from_min", self.lit_from_min, f"nothing for {self.feed}")
        return self


class SignFileIn(_In):
    """Where a sign is mounted and how it is fed."""

    pole: PoleName | None = Field(None, description="One of its crossing's poles.", examples=["a"])
    power: Power | None = Field(
        None, description="What feeds it; null where only the sign's own word is known."
    )


class StepIn(_In):
    """A step in a sign's life."""

    state: StateWord = Field(description="What it is from now on.", examples=["in_repair"])
    text: MaybeText = Field("", description="Why.", examples=["lamp dark"])


class PartIn(_In):
    """A part that is fitted."""

    kind: Word = Field(description="What it is.", examples=["radar"])
    serial: Word = Field(description="Its serial number.", examples=["LD-2450-0017"])
    warranty_until: date | None = Field(
        None, description="The last day of its warranty.", examples=["2030-01-31"]
    )


class LogIn(_In):
    """What was done to a sign."""

    text: LongText = Field(description="What was done.", examples=["left lamp changed"])


class NoteIn(_In):
    """A note that is kept for a time."""

    text: LongText = Field(description="What others shall know.", examples=["ask for the key at the school"])
    keep_days: KeptDays = 365


class StepOut(_Out):
    """A step that was taken."""

    state: str = Field(description="What it was from then on.", examples=["in_service"])
    at_ms: int = Field(description="When.", examples=[A_TIME_MS])
    who: str = Field(description="Who said so.", examples=["kari"])
    text: str = Field(description="Why.", examples=["accepted"])


class PartOut(_Out):
    """A part that is, or was, in the sign."""

    id: int = Field(description="Its number in this controller.", examples=[3])
    kind: str = Field(description="What it is.", examples=["radar"])
    serial: str = Field(description="Its serial number.", examples=["LD-2450-0017"])
    warranty_until: date | None = Field(description="The last day of its warranty.", examples=["2030-01-31"])
    fitted_ms: int = Field(description="When it was fitted.", examples=[A_TIME_MS])
    fitted_by: str = Field(description="By whom.", examples=["kari"])
    removed_ms: int | None = Field(description="When it was taken out; null: it is in the sign.")


class RepairOut(_Out):
    """What was done to the sign."""

    id: int = Field(description="Its number in this controller.", examples=[5])
    at_ms: int = Field(description="When it was written.", examples=[A_TIME_MS])
    who: str = Field(description="By whom.", examples=["kari"])
    text: str = Field(description="What was written.", examples=["left lamp changed"])


class NoteOut(RepairOut):
    """A note."""

    delete_ms: int = Field(description="When it is deleted.", examples=[A_TIME_MS])


class PhotoOut(NoteOut):
    """A photo, but for the picture itself."""

    width_px: int = Field(description="Its width.", examples=[1280])
    height_px: int = Field(description="Its height.", examples=[960])
    size: int = Field(description="Bytes.", examples=[182044])


class SignFileOut(_Out):
    """All that is known of one sign beyond its status."""

    sign: str = Field(description="The sign.", examples=[A_SIGN])
    state: StateWord = Field(description="Where it is in its life.", examples=["in_service"])
    pole: str | None = Field(description="Where it is mounted.", examples=["a"])
    power: Power | None = Field(description="What feeds it; null where only the sign's own word is known.")
    board: str | None = Field(description="Its board, as it was registered.", examples=["esp32-devkitc"])
    firmware: str | None = Field(description="Its firmware, as it says.", examples=["0.1.0"])
    certificate_ends_ms: int | None = Field(description="When its certificate ends.", examples=[A_TIME_MS])
    registered_ms: int | None = Field(description="When it was registered.", examples=[A_TIME_MS])
    is_shadow: bool | None = Field(
        description="It decides and logs with dark lamps; null: it has not said it.", examples=[False]
    )
    steps: tuple[StepOut, ...] = Field(description="Its life, oldest first.")
    parts: tuple[PartOut, ...] = Field(description="Parts that are or were in it.")
    repairs: tuple[RepairOut, ...] = Field(description="What was done to it.")
    notes: tuple[NoteOut, ...] = Field(description="Notes that are still kept.")
    photos: tuple[PhotoOut, ...] = Field(description="Photos that are still kept.")
    version: Version


def _check_pair(source: str, lat_deg: float | None, lon_deg: float | None) -> None:
    if (lat_deg is None) != (lon_deg is None):
        raise SettingRefused(source, "lon_deg", lon_deg, "lat_deg and lon_deg, or neither")
