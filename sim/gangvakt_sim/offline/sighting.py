"""What recorded bytes say to the firmware's own drivers: places in the plane of the site, or distances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gangvakt_sim.offline.spool import Recording
from gangvakt_sim.sign_code import driver
from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.scene import SignPole

FIELDS = 4  # of a LD2450's target: x_mm, y_mm, ...
M_PER_MM = 0.001


@dataclass(frozen=True)
class Sighting:
    """One target of one report: where the sensor of that port puts it, or only how far away."""

    t_s: float
    port: int
    place: Point | None
    range_m: float


def sightings(recording: Recording, pole: SignPole) -> list[Sighting]:
    """All targets in a recording of a pole's sensors."""
    radars = [driver(sensor.kind) for sensor in pole.sensors]
    found = []
    for sent in recording.sent():
        if isinstance(sent.data, bool):
            continue
        read = READ[pole.sensors[sent.port].kind]
        for radar in _reports(radars[sent.port], sent.data):
            for place, range_m in read(radar):
                on_site = pole.pose_of(pole.sensors[sent.port]).to_site(*place) if place else None
                found.append(Sighting(sent.t_s, sent.port, on_site, range_m))
    return found


def _reports(radar: Any, data: bytes) -> Iterator[Any]:
    at = 0
    while at < len(data):
        at = radar.feed(data, at, len(data))
        if radar.ready:
            yield radar


def _places(radar: Any) -> Iterator[tuple[Point | None, float]]:
    for slot in range(radar.count):
        x_mm, y_mm = radar.targets[slot * FIELDS], radar.targets[slot * FIELDS + 1]
        yield (x_mm * M_PER_MM, y_mm * M_PER_MM), 0.0


def _person(radar: Any) -> Iterator[tuple[Point | None, float]]:
    if radar.present:
        yield None, radar.range_mm * M_PER_MM


def _somebody(radar: Any) -> Iterator[tuple[Point | None, float]]:
    if radar.moves or radar.stays:
        yield None, radar.range_mm * M_PER_MM


def _nobody(_radar: Any) -> Iterator[tuple[Point | None, float]]:
    return iter(())


READ: dict[str, Callable[[Any], Iterator[tuple[Point | None, float]]]] = {
    "ld2450": _places,
    "c4001": _person,
    "ld2410": _somebody,
    "ld2451": _nobody,  # vehicles, far beyond the picture
}
