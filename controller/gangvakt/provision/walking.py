"""The walk test: what the sign sees and decides while somebody walks before it, as it tells it itself."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gangvakt.errors import SignSilent
from gangvakt.provision.kerb import KerbLine, Point
from gangvakt.provision.service_line import ServiceLine

POSE_FIELDS = (
    "sensor_x_mm",
    "sensor_y_mm",
    "sensor_azimuth_cdeg",
    "second_x_mm",
    "second_y_mm",
    "second_azimuth_cdeg",
    "second_kind",
)
KERB_FIELDS = ("kerb_a_x_mm", "kerb_a_y_mm", "kerb_b_x_mm", "kerb_b_y_mm", "crossing_width_mm")
RENEW_S = 10.0  # the sign ends the stream after 30 s without a word
SILENT_S = 5.0
_STEP_S = 1.0
_PLANE = 2  # numbers that make a place; a radar without angle tells one


@dataclass(frozen=True)
class Pose:
    """Where a radar stands, in metres, and which way it looks, counter-clockwise from x."""

    x: float
    y: float
    azimuth: float

    def to_site(self, right: float, ahead: float) -> Point:
        """From the radar's plane (`right` of its look, `ahead` along it) to the site's."""
        sin, cos = math.sin(self.azimuth), math.cos(self.azimuth)
        return self.x + right * sin + ahead * cos, self.y - right * cos + ahead * sin


@dataclass(frozen=True)
class Site:
    """The crossing as the sign knows it; without a kerb line the radar's own axis stands in."""

    poses: tuple[Pose, ...]
    kerb: KerbLine | None
    width_m: float

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Site:
        """From the sign's configuration (POSE_FIELDS and KERB_FIELDS)."""
        names = ["sensor"] + (["second"] if values["second_kind"] == "ld2450" else [])
        poses = tuple(
            Pose(
                values[f"{name}_x_mm"] / 1000,
                values[f"{name}_y_mm"] / 1000,
                math.radians(values[f"{name}_azimuth_cdeg"] / 100),
            )
            for name in names
        )
        ax, ay, bx, by = (values[name] / 1000 for name in KERB_FIELDS[:4])
        kerb = KerbLine((ax, ay), (bx, by)) if (ax, ay) != (bx, by) else None
        return cls(poses, kerb, values["crossing_width_mm"] / 1000)


@dataclass(frozen=True)
class Track:
    """Somebody whom the sign follows, in metres and m/s; `kerb_m` is negative on the roadway."""

    ident: int
    place: Point | None
    kerb_m: float
    speed_m_s: float


@dataclass(frozen=True)
class Glimpse:
    """One moment of the walk."""

    t_s: float
    targets: tuple[Point, ...]
    ranges_m: tuple[float, ...]  # of radars that know no angle
    tracks: tuple[Track, ...]
    reason: str
    t_kerb_s: float | None
    warns: bool
    lamps: bool
    pir: bool
    late: int

    def as_json(self) -> dict[str, Any]:
        """For a line of a file, or a page."""
        return {
            "t_s": self.t_s,
            "targets_m": [_rounded(place) for place in self.targets],
            "ranges_m": [round(value, 2) for value in self.ranges_m],
            "tracks": [
                {
                    "id": track.ident,
                    "place_m": track.place and _rounded(track.place),
                    "kerb_m": round(track.kerb_m, 2),
                    "speed_m_s": round(track.speed_m_s, 2),
                }
                for track in self.tracks
            ],
            "reason": self.reason,
            "t_kerb_s": self.t_kerb_s,
            "warns": self.warns,
            "lamps": self.lamps,
            "pir": self.pir,
            "ticks_late": self.late,
        }


def read_site(line: ServiceLine) -> Site:
    """Ask the sign for the crossing."""
    values: dict[str, Any] = {}
    for fields in (POSE_FIELDS, KERB_FIELDS):
        values |= line.ask("config", list(fields))["values"]
    return Site.of(values)


def glimpses(line: ServiceLine, site: Site, timeout_s: float | None = None) -> Iterator[Glimpse]:
    """What the sign tells for `timeout_s`, without end where it is None. SignSilent when it falls silent."""
    renew_s = heard_s = time.monotonic()
    deadline = None if timeout_s is None else heard_s + timeout_s
    line.ask("walk", True)
    try:
        while deadline is None or time.monotonic() < deadline:
            if time.monotonic() - renew_s >= RENEW_S:
                line.ask("walk", True)
                renew_s = time.monotonic()
            told = line.told("walk", _STEP_S)
            if told is not None:
                heard_s = time.monotonic()
                yield read_glimpse(told, site)
            elif time.monotonic() - heard_s > SILENT_S:
                raise SignSilent(line.port, "walk", SILENT_S, "")
    finally:
        line.ask("walk", False)


def read_glimpse(told: Mapping[str, Any], site: Site) -> Glimpse:
    """What the sign told in one line."""
    targets: list[Point] = []
    ranges: list[float] = []
    for port, seen in enumerate(told["targets"]):
        for numbers in seen:
            if len(numbers) >= _PLANE and port < len(site.poses):
                targets.append(site.poses[port].to_site(numbers[0] / 1000, numbers[1] / 1000))
            else:
                ranges.append(numbers[0] / 1000)
    return Glimpse(
        t_s=told["ms"] / 1000,
        targets=tuple(targets),
        ranges_m=tuple(ranges),
        tracks=tuple(_track(numbers, site.kerb) for numbers in told["tracks"]),
        reason=str(told["reason"]),
        t_kerb_s=None if told["t_kerb_ms"] is None else told["t_kerb_ms"] / 1000,
        warns=bool(told["warns"]),
        lamps=bool(told["lamps"]),
        pir=bool(told["pir"]),
        late=int(told["late"]),
    )


def _track(numbers: Sequence[int], kerb: KerbLine | None) -> Track:
    ident, s, q, vs, vq = numbers
    place = None
    if kerb is not None:
        (ax, ay), (bx, by) = kerb.a, kerb.b
        kx, ky = (bx - ax) / kerb.length_m, (by - ay) / kerb.length_m
        place = ax + kx * q / 1000 + ky * s / 1000, ay + ky * q / 1000 - kx * s / 1000
    return Track(ident, place, -s / 1000, math.hypot(vs, vq) / 1000)


def _rounded(place: Point) -> list[float]:
    return [round(value, 2) for value in place]
