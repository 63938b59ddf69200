"""A replayed track as a picture: the plan above, the course of time below."""

from __future__ import annotations

import math
from itertools import pairwise

from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.picture.course import marks
from gangvakt_sim.picture.legend import draw_legend, draw_step, draw_warning
from gangvakt_sim.picture.plan import DARK, INK, LIT, Plan
from gangvakt_sim.picture.sheet import Sheet, lit_at, warned_words
from gangvakt_sim.world.geometry import Point
from gangvakt_sim.world.scene import Scene, SignPole
from gangvakt_sim.world.track import Track

PIECE_S = 0.08
LABEL_ROOM_PX = 16.0
HALO = {"paint_order": "stroke", "stroke": "white", "stroke_width": "3"}
KINDS = {
    "walkup": "walks up and crosses",
    "waited": "waits, then crosses",
    "waiting": "waits",
    "road": "on the road from the start",
    "cut": "recording ends before the kerb",
    "passer": "passes by",
}
LEGEND = (
    "dark",
    "lit",
    "warning begins",
    "steps onto the road",
    "kerb line",
    "radar’s view",
    "sign’s pole",
)


def draw_replayed(scene: Scene, pole: SignPole, outcome: Outcome) -> str:
    """SVG of one outcome that has its track. ValueError for one without."""
    track = outcome.track
    if track is None or outcome.stride is None:
        raise ValueError(f"{outcome.name} has no track")
    sheet = Sheet(scene, pole, outcome, zip(track.x, track.y, strict=True))
    said = f"{KINDS[outcome.stride.kind]}; {warned_words(outcome)}"
    if outcome.lead_s is not None:
        said += f", {outcome.lead_s:.2f} s before the kerb"
    sheet.draw_head(said)
    with sheet.map() as plan:
        _draw_track(plan, outcome, track)
    draw_legend(sheet.svg, LEGEND)
    return sheet.text((track.start_s, track.end_s))


def _draw_track(plan: Plan, outcome: Outcome, track: Track) -> None:
    step_s = max(PIECE_S, (track.end_s - track.start_s) / 2000)
    times = [track.start_s]
    while times[-1] < track.end_s:
        times.append(min(track.end_s, times[-1] + step_s))
    for a, b in pairwise(times):
        lit = lit_at(outcome.lit, (a + b) / 2)
        plan.draw_path([track.place(a), track.place(b)], LIT if lit else DARK, 5 if lit else 3)
    _draw_marks(plan, track)
    if outcome.stride and outcome.stride.kerb_s is not None:
        draw_step(plan.svg, plan.at(track.place(outcome.stride.kerb_s)))
    for start_s, _ in outcome.lit:
        draw_warning(plan.svg, plan.at(track.place(start_s)))


def _draw_marks(plan: Plan, track: Track) -> None:
    """Round times along the track, as far as their labels have room."""
    labelled: list[Point] = []
    for t_s in marks(track.start_s, track.end_s):
        x, y = plan.at(track.place(t_s))
        plan.svg.circle((x, y), 3.2, fill="white", stroke=DARK, stroke_width=1.5)
        if all(math.dist((x, y), other) > LABEL_ROOM_PX for other in labelled):
            plan.svg.label((x + 7, y - 6), f"{t_s:g} s", font_size=12, fill=INK, **HALO)
            labelled.append((x, y))
