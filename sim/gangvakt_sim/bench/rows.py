"""The list of measurements, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gangvakt_sim.bench import (
    armed,
    broker,
    decision,
    event,
    flash,
    fleet,
    image,
    ingest,
    lamps,
    latency,
    lateness,
    pages,
    poles,
    ram,
    relay,
    rollout,
    scenarios,
    soak,
    start,
    steering,
    tick,
    tracks,
    watching,
)
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Figure

Measure = Callable[[Bench], Sequence[Figure]]

ROWS: dict[str, Measure] = {
    "armed": armed.measure,
    "lamps": lamps.measure,
    "tick": tick.measure,
    "latency": latency.measure,
    "lateness": lateness.measure,
    "pages": pages.measure,
    "poles": poles.measure,
    "event": event.measure,
    "ram": ram.measure,
    "relay": relay.measure,
    "decision": decision.measure,
    "start": start.measure,
    "image": image.measure,
    "ingest": ingest.measure,
    "flash": flash.measure,
    "fleet": fleet.measure,
    "steering": steering.measure,
    "rollout": rollout.measure,
    "broker": broker.measure,
    "tracks": tracks.measure,
    "scenarios": scenarios.measure,
    "soak": soak.measure,
    "watching": watching.measure,
}
