"""A replayed track as a picture: the plan above, the course of time below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gangvakt_sim.offline.decision import Interval
from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.picture.plan import FAN, GROUND, INK, KERB, POLE, SOFT, Plan, fan_outline
from gangvakt_sim.picture.svg import Svg
from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.scene import Scene, SignPole
from gangvakt_sim.world.track import Track

WIDTH, HEIGHT = 900.0, 820.0
GROUND_PX = (15.0, 58.0, WIDTH - 30.0, 585.0)
PLAN = (30.0, 70.0, 640.0, 560.0)  # left, top, width, height
TIME = (110.0, 700.0, 740.0)  # left, top, width
AROUND_M = 1.0  # of the sign and its kerb, always shown
BEYOND_M = 9.0  # from the kerb: a track is not followed further
DARK, LIT, ON = "#3b4754", "#f2a900", "#d7263d"
PIECE_S = 0.08
LABEL_ROOM_PX = 16.0
HALO = {"paint_order": "stroke", "stroke": "white", "stroke_width": "3"}
MARKS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
MOST_MARKS = 14
KINDS = {
    "walkup": "walks up and crosses",
    "waited": "waits, then crosses",
    "waiting": "waits",
    "road": "on the road from the start",
    "cut": "recording ends before the kerb",
    "passer": "passes by",
}


def draw_replayed(scene: Scene, pole: SignPole, outcome: Outcome) -> str:
    """SVG of one outcome that has its track. ValueError for one without."""
    if outcome.track is None or outcome.stride is None:
        raise ValueError(f"{outcome.name} has no track")
    svg = Svg(WIDTH, HEIGHT)
    svg.add("rect", width=WIDTH, height=HEIGHT, fill="white")
    svg.add(
        "rect", x=GROUND_PX[0], y=GROUND_PX[1], width=GROUND_PX[2], height=GROUND_PX[3], rx=8, fill=GROUND
    )
    _head(svg, scene, pole, outcome)
    plan = Plan(svg, PLAN, _shown(scene, pole, outcome.track))
    with svg.window(*GROUND_PX):
        plan.draw_ground(scene)
        plan.draw_sign(scene, pole)
        _draw_track(plan, outcome, outcome.track)
    plan.draw_scale((45.0, 622.0))
    _legend(svg)
    _draw_time(svg, outcome, outcome.track)
    return svg.text()


def _head(svg: Svg, scene: Scene, pole: SignPole, outcome: Outcome) -> None:
    svg.label((20, 28), f"{outcome.name} at {scene.title}, sign {pole.id}", font_size=19, fill=INK)
    said = KINDS[outcome.stride.kind] if outcome.stride else ""
    if outcome.lit:
        said += f"; warned for “{outcome.reasons[0]}” at {outcome.lit[0][0]:.2f} s"
    else:
        said += "; no warning"
    if outcome.lead_s is not None:
        said += f", {outcome.lead_s:.2f} s before the kerb"
    svg.label((20, 48), said, fill=SOFT)


def _shown(scene: Scene, pole: SignPole, track: Track) -> Iterator[Point]:
    """What must fit: the fan, the kerb's surroundings, and the track not too far from them."""
    yield from fan_outline(pole)
    kerb = scene.kerbs[pole.kerb]
    middle = (kerb[0][0] + kerb[1][0]) / 2, (kerb[0][1] + kerb[1][1]) / 2
    for x, y in (*kerb, *scene.crossing):
        yield x - AROUND_M, y - AROUND_M
        yield x + AROUND_M, y + AROUND_M
    for place in zip(track.x, track.y, strict=True):
        if math.dist(place, middle) < BEYOND_M:
            yield place


def _draw_track(plan: Plan, outcome: Outcome, track: Track) -> None:
    step_s = max(PIECE_S, (track.end_s - track.start_s) / 2000)
    times = [track.start_s]
    while times[-1] < track.end_s:
        times.append(min(track.end_s, times[-1] + step_s))
    for a, b in pairwise(times):
        lit = _lit_at(outcome.lit, (a + b) / 2)
        plan.draw_path([track.place(a), track.place(b)], LIT if lit else DARK, 5 if lit else 3)
    _draw_marks(plan, track)
    if outcome.stride and outcome.stride.kerb_s is not None:
        x, y = plan.at(track.place(outcome.stride.kerb_s))
        plan.svg.add("rect", x=x - 6, y=y - 6, width=12, height=12, fill="white", stroke=KERB, stroke_width=3)
    for start_s, _ in outcome.lit:
        at = plan.at(track.place(start_s))
        plan.svg.circle(at, 8, fill=ON, stroke="white", stroke_width=2)


def _draw_marks(plan: Plan, track: Track) -> None:
    """Round times along the track, as far as their labels have room."""
    labelled: list[Point] = []
    for t_s in _marks(track.start_s, track.end_s):
        x, y = plan.at(track.place(t_s))
        plan.svg.circle((x, y), 3.2, fill="white", stroke=DARK, stroke_width=1.5)
        if all(math.dist((x, y), other) > LABEL_ROOM_PX for other in labelled):
            plan.svg.label((x + 7, y - 6), f"{t_s:g}", font_size=12, fill=INK, **HALO)
            labelled.append((x, y))


def _lit_at(lit: Sequence[Interval], t_s: float) -> bool:
    return any(start <= t_s and (end is None or t_s <= end) for start, end in lit)


def _marks(start_s: float, end_s: float) -> list[float]:
    """Round times within a span."""
    step_s = next((m for m in MARKS_S if (end_s - start_s) / m <= MOST_MARKS), MARKS_S[-1])
    first = math.ceil(start_s / step_s - 1e-9)
    return [n * step_s for n in range(first, math.floor(end_s / step_s + 1e-9) + 1)]


def _legend(svg: Svg) -> None:
    left, top = WIDTH - 205.0, 76.0
    svg.add("rect", x=left - 12, y=top - 8, width=190, height=168, rx=6, fill="white", fill_opacity=0.9)
    rows = (
        "dark",
        "lit",
        "warning begins",
        "steps onto the road",
        "kerb line",
        "radar’s view",
        "sign’s pole",
    )
    for number, text in enumerate(rows):
        y = top + 10 + number * 22
        _symbol(svg, number, left, y)
        svg.label((left + 40, y + 4), text, fill=INK)


def _symbol(svg: Svg, number: int, x: float, y: float) -> None:
    if number in (0, 1, 4):
        colour, width = ((DARK, 3), (LIT, 5), ("", 0), ("", 0), (KERB, 4))[number]
        svg.line((x, y), (x + 28, y), stroke=colour, stroke_width=width, stroke_linecap="round")
    elif number == 2:
        svg.circle((x + 14, y), 7, fill=ON, stroke="white", stroke_width=2)
    elif number == 3:
        svg.add("rect", x=x + 8, y=y - 6, width=12, height=12, fill="white", stroke=KERB, stroke_width=3)
    elif number == 6:
        svg.circle((x + 14, y), 6, fill=POLE, stroke="white", stroke_width=2)
    else:
        svg.add(
            "rect", x=x, y=y - 7, width=28, height=14, fill=FAN, fill_opacity=0.12, stroke=FAN,
            stroke_dasharray="4 3",
        )  # fmt: skip


def _draw_time(svg: Svg, outcome: Outcome, track: Track) -> None:
    """A bar of the track's time, with light, view and kerb."""
    left, top, width = TIME
    span_s = max(track.end_s - track.start_s, 1e-6)

    def at(t_s: float) -> float:
        return left + (t_s - track.start_s) / span_s * width

    svg.label((20, top + 15), "lamps", fill=INK)
    svg.add("rect", x=left, y=top, width=width, height=20, fill=DARK, rx=3)
    for start_s, end_s in outcome.lit:
        begin, end = at(max(start_s, track.start_s)), at(track.end_s if end_s is None else end_s)
        svg.add("rect", x=begin, y=top, width=end - begin, height=20, fill=LIT, rx=2)
        svg.line((begin, top - 8), (begin, top + 24), stroke=ON, stroke_width=3)
    stride = outcome.stride
    if stride and stride.seen_s is not None:
        svg.line((at(stride.seen_s), top + 30), (left + width, top + 30), stroke=FAN, stroke_width=3)
        svg.label((20, top + 34), "in view from", fill=SOFT)
    if stride and stride.kerb_s is not None:
        svg.line((at(stride.kerb_s), top - 12), (at(stride.kerb_s), top + 36), stroke=KERB, stroke_width=3)
        svg.label((at(stride.kerb_s), top - 17), "kerb", text_anchor="middle", fill=KERB)
    for t_s in _marks(track.start_s, track.end_s):
        svg.line((at(t_s), top + 40), (at(t_s), top + 46), stroke=SOFT)
        svg.label((at(t_s), top + 61), f"{t_s:g} s", text_anchor="middle", font_size=11, fill=SOFT)
