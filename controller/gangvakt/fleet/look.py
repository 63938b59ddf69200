"""What a sign sees and decides at a moment, told while somebody watches. Lengths in mm, in the plane of its
kerb line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

TOWARDS_MM_S = 250  # slower than anybody walks: the noise of a radar's speed
REASONS = ("none", "approach", "at_kerb", "on_road", "pir", "button")  # by their number on the wire


class TrackKind(IntEnum):
    """What the sign takes somebody for, by its number on the wire."""

    NOT_SURE = 0
    PERSON = 1
    VEHICLE = 2


class Doing(Enum):
    """What somebody does, as far as a crossing is concerned."""

    STEPPING_OUT = "stepping_out"
    WAITING = "waiting"
    CROSSING = "crossing"
    HEADING = "heading"
    PASSING = "passing"
    ON_ROAD = "on_road"
    VEHICLE = "vehicle"
    NOT_SURE = "not_sure"


ASKS = {"approach": Doing.STEPPING_OUT, "at_kerb": Doing.WAITING, "on_road": Doing.CROSSING}


@dataclass(frozen=True)
class LookTrack:
    """Somebody whom the sign follows; `across_mm` is negative on the pavement, its speed positive towards
    the road."""

    ident: int
    along_mm: int
    across_mm: int
    along_mm_s: int
    across_mm_s: int
    kind: TrackKind


@dataclass(frozen=True)
class Look:
    """One picture; `track` is who the reason is, 0 for none of `tracks`."""

    received_ms: int
    sign_ms: int
    left_s: int
    tracks: tuple[LookTrack, ...]
    ranges_mm: tuple[int, ...]
    reason: str
    track: int
    t_kerb_ms: int | None
    warns: bool
    lamps: bool
    pir: bool
    winter: bool
    is_shadow: bool

    def doing(self, one: LookTrack) -> Doing:
        """What the sign decided of one of `tracks`, and what is plain of the others."""
        if one.kind is TrackKind.VEHICLE:
            return Doing.VEHICLE
        if one.ident == self.track and self.reason in ASKS:
            return ASKS[self.reason]
        if one.kind is TrackKind.NOT_SURE:
            return Doing.NOT_SURE
        if one.across_mm > 0:
            return Doing.ON_ROAD
        return Doing.HEADING if one.across_mm_s >= TOWARDS_MM_S else Doing.PASSING
