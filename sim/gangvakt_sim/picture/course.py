"""The course of time below a plan."""

from __future__ import annotations

import math

from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.picture.plan import DARK, FAN, INK, KERB, LIT, ON, SOFT
from gangvakt_sim.picture.svg import Svg

TIME = (110.0, 700.0, 740.0)  # left, top, width
MARKS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
MOST_MARKS = 14


def marks(start_s: float, end_s: float) -> list[float]:
    """Round times within a span, not too many."""
    step_s = next((m for m in MARKS_S if (end_s - start_s) / m <= MOST_MARKS), MARKS_S[-1])
    first = math.ceil(start_s / step_s - 1e-9)
    return [n * step_s for n in range(first, math.floor(end_s / step_s + 1e-9) + 1)]


def draw_course(svg: Svg, outcome: Outcome, span_s: tuple[float, float]) -> None:
    """A bar of the recording's time, with light, view and kerb."""
    left, top, width = TIME
    first_s, last_s = span_s
    length_s = max(last_s - first_s, 1e-6)

    def at(t_s: float) -> float:
        return left + (t_s - first_s) / length_s * width

    svg.label((20, top + 15), "lamps", fill=INK)
    svg.add("rect", x=left, y=top, width=width, height=20, fill=DARK, rx=3)
    for start_s, end_s in outcome.lit:
        begin, end = at(max(start_s, first_s)), at(last_s if end_s is None else end_s)
        svg.add("rect", x=begin, y=top, width=end - begin, height=20, fill=LIT, rx=2)
        svg.line((begin, top - 8), (begin, top + 24), stroke=ON, stroke_width=3)
        svg.label((begin, top - 13), "warns", text_anchor="middle", fill=ON)
    stride = outcome.stride
    if stride and stride.seen_s is not None:
        svg.line((at(stride.seen_s), top + 30), (left + width, top + 30), stroke=FAN, stroke_width=3)
        svg.label((20, top + 34), "in view from", fill=SOFT)
    if stride and stride.kerb_s is not None:
        svg.line((at(stride.kerb_s), top - 22), (at(stride.kerb_s), top + 36), stroke=KERB, stroke_width=3)
        svg.label((at(stride.kerb_s), top - 27), "kerb", text_anchor="middle", fill=KERB)
    for t_s in marks(first_s, last_s):
        svg.line((at(t_s), top + 40), (at(t_s), top + 46), stroke=SOFT)
        svg.label((at(t_s), top + 61), f"{t_s:g} s", text_anchor="middle", font_size=11, fill=SOFT)
