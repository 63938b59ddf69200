"""`gangvakt-sim replay --recording`: a sign's flight recording, decided again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from rich.table import Table

from gangvakt_sim.offline.flight import FAULT, OFF, ON, Asked, Flight, Note, read_flight
from gangvakt_sim.offline.flight_replay import FlightReplay, replay_flight
from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.offline.sighting import sightings
from gangvakt_sim.offline.spool import Recording, Sent, spool
from gangvakt_sim.picture.recorded import draw_recorded
from gangvakt_sim.say import Say, announce_interpreter
from gangvakt_sim.sign_code import words
from gangvakt_sim.world.scene import load_scene


@dataclass(frozen=True)
class Drawing:
    """Where the picture goes, and the site and sign that it shows; the site's first sign if left out."""

    path: Path
    site: str
    sign: str | None


def replay_recording(path: Path, firmware: Path, drawing: Drawing | None, say: Say) -> bool:
    """Decide again, tell and draw it; whether all is the same. SimError for what cannot be replayed."""
    flight = read_flight(path)
    announce_interpreter(say)
    replayed = replay_flight(flight, firmware)
    length_s = flight.s(flight.entries[-1].now_ms)
    say.step(f"{flight.name}: recording {flight.number} of {flight.sign or 'a sign without a name'}")
    say.step(f"kept for a {flight.kind}, event {flight.seq} of boot {flight.boot}, {length_s:.1f} s")
    if drawing:
        drawing.path.write_text(_drawn(flight, replayed, drawing))
        say.step(f"drawn in {drawing.path}")
    say.line()
    say.table(_table(flight, replayed))
    met = sum(met for _, met in replayed.checkpoints)
    say.line(f"\n{met} of {len(replayed.checkpoints)} later checkpoints met; {_verdict(replayed)}")
    return replayed.same


def _verdict(replayed: FlightReplay) -> str:
    if replayed.same:
        return "the same decisions, bit for bit"
    return "[red]not the same[/]: take the firmware that the sign had, with --firmware"


def _table(flight: Flight, replayed: FlightReplay) -> Table:
    table = Table("s", "recorded", "decided again", "", box=None, pad_edge=False)
    for recorded, decided in zip_longest(replayed.recorded, replayed.decided):
        at = recorded or decided
        assert at is not None
        same = "" if recorded == decided else "differs"
        table.add_row(f"{flight.s(at.now_ms):.2f}", _words(recorded), _words(decided), same)
    return table


def _words(note: Note | None) -> str:
    """A decision in words."""
    if note is None:
        return "nothing"
    code, *rest = note.numbers
    if note.kind == ON:
        t_kerb_ms, range_mm, track = rest
        return f"on: {words('REASONS')[code]}, {t_kerb_ms} ms, {range_mm} mm, track {track}"
    if note.kind == OFF:
        return f"off: {words('OFF_CAUSES')[code]}, {rest[0]} ms"
    assert note.kind == FAULT
    return f"fault {words('FAULTS')[code]} {'on' if rest[0] else 'off'}"


def _drawn(flight: Flight, replayed: FlightReplay, drawing: Drawing) -> str:
    scene = load_scene(drawing.site)
    pole = scene.sign(drawing.sign) if drawing.sign else scene.signs[0]
    lit, reasons = _lit(flight, replayed)
    outcome = Outcome(Path(flight.name).name, lit, reasons, ())
    reads = list(_sent(flight))
    span_s = 0.0, flight.s(flight.entries[-1].now_ms)
    with spool() as kept:
        seen = []
        if reads:
            recording = Recording(flight.name, reads[0], kept)
            for sent in reads[1:]:
                recording.add(sent)
            seen = sightings(recording, pole)
        return draw_recorded(scene, pole, outcome, seen, span_s)


def _sent(flight: Flight) -> Iterator[Sent]:
    for entry in flight.entries:
        if isinstance(entry, Asked):
            for port, data in entry.reads:
                yield Sent(flight.s(entry.now_ms), port, data)


def _lit(
    flight: Flight, replayed: FlightReplay
) -> tuple[tuple[tuple[float, float | None], ...], tuple[str, ...]]:
    lit: list[tuple[float, float | None]] = []
    reasons = []
    for note in replayed.decided:
        if note.kind == ON:
            lit.append((flight.s(note.now_ms), None))
            reasons.append(words("REASONS")[note.numbers[0]])
        elif note.kind == OFF:
            start_s = lit.pop()[0] if lit else 0.0
            lit.append((start_s, flight.s(note.now_ms)))
    return tuple(lit), tuple(reasons) if len(reasons) == len(lit) else ("before", *reasons)
