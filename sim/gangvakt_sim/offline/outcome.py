"""What a sign's decisions mean for the people whose tracks were replayed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from gangvakt_sim.offline.decision import Decision, Interval, Warned
from gangvakt_sim.world.crossing import Stride
from gangvakt_sim.world.track import Track

LATE_S = 1.0  # a warning that begins later after the kerb warns nobody


@dataclass(frozen=True)
class Outcome:
    """One recording in s of its own clock: lit intervals (None at the end: outlasts it) with their reasons.

    `stride` is what the person does, known only where the recording is a track.
    """

    name: str
    lit: tuple[Interval, ...]
    reasons: tuple[str, ...]
    faults: tuple[str, ...]
    stride: Stride | None = None
    track: Track | None = None

    @property
    def lead_s(self) -> float | None:
        """Warning time before the kerb, counted from when the person is seen; negative up to 1 s late.

        None without a kerb, and where no warning stands at the kerb or begins within that second.
        """
        if self.stride is None or self.stride.kerb_s is None:
            return None
        kerb_s, seen_s = self.stride.kerb_s, self.stride.seen_s
        starts = [
            start if seen_s is None else max(start, seen_s)
            for start, end in self.lit
            if start <= kerb_s + LATE_S and (end is None or end >= kerb_s)
        ]
        return kerb_s - min(starts) if starts else None

    def as_json(self) -> str:
        """One line: the track, its lit intervals, and where known its class, times and reason."""
        line: dict[str, object] = {"track": self.name, "on": [[_ms(a), _ms(b)] for a, b in self.lit]}
        line["reason"] = self.reasons[0] if self.reasons else None
        if self.stride is not None:
            line["class"] = self.stride.kind
            line["kerb_s"], line["seen_s"] = _ms(self.stride.kerb_s), _ms(self.stride.seen_s)
            line["lead_s"] = _ms(self.lead_s)
        if self.faults:
            line["faults"] = list(self.faults)
        return json.dumps(line)


def _ms(value_s: float | None) -> float | None:
    return None if value_s is None else round(value_s, 3)


def outcome_of(
    name: str,
    decision: Decision,
    origin_s: float,
    span_s: tuple[float, float],
    track: tuple[Track, Stride] | None = None,
) -> Outcome:
    """The decisions within a span, on the clock that shows `origin_s` at the sign's beginning."""
    warned = [w for w in decision.warned if _overlaps(w, origin_s, span_s)]
    lit = tuple(_interval(w, origin_s, span_s[1]) for w in warned)
    faults = tuple(code for _, code, active in decision.faults if active)
    reasons = tuple(w.reason for w in warned)
    if track is None:
        return Outcome(name, lit, reasons, faults)
    return Outcome(name, lit, reasons, faults, track[1], track[0])


def _overlaps(warned: Warned, origin_s: float, span_s: tuple[float, float]) -> bool:
    begins = origin_s + warned.on_ms / 1000 <= span_s[1]
    return begins and (warned.off_ms is None or origin_s + warned.off_ms / 1000 >= span_s[0])


def _interval(warned: Warned, origin_s: float, end_s: float) -> Interval:
    off_s = None if warned.off_ms is None else origin_s + warned.off_ms / 1000
    return origin_s + warned.on_ms / 1000, None if off_s is None or off_s > end_s else off_s
