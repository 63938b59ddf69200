"""A replayed recording of sensor bytes as a picture: the targets that were reported, and the light."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt_sim.offline.outcome import Outcome
from gangvakt_sim.offline.sighting import Sighting
from gangvakt_sim.picture.legend import draw_dot, draw_legend, draw_ring
from gangvakt_sim.picture.plan import DARK, LIT, Plan, arc
from gangvakt_sim.picture.sheet import Sheet, lit_at, warned_words
from gangvakt_sim.world.scene import Scene, SignPole

LATEST_S = 0.3  # before the warning begins: whose report is older did not decide
LEGEND = ("targets while dark, lit", "when the warning begins", "kerb line", "radar’s view", "sign’s pole")


def draw_recorded(
    scene: Scene, pole: SignPole, outcome: Outcome, seen: Sequence[Sighting], span_s: tuple[float, float]
) -> str:
    """SVG of one outcome and what its sensors reported; a mere distance is an arc across the fan."""
    sheet = Sheet(scene, pole, outcome, [one.place for one in seen if one.place])
    sheet.draw_head(f"{len(seen)} targets reported; {warned_words(outcome)}")
    with sheet.map() as plan:
        for one in seen:
            _draw(plan, pole, one, lit=lit_at(outcome.lit, one.t_s))
        for start_s, _ in outcome.lit:
            for one in _latest(seen, start_s):
                if one.place:
                    draw_ring(plan.svg, plan.at(one.place))
    draw_legend(sheet.svg, LEGEND)
    return sheet.text(span_s)


def _draw(plan: Plan, pole: SignPole, one: Sighting, *, lit: bool) -> None:
    if one.place:
        draw_dot(plan.svg, plan.at(one.place), lit=lit)
        return
    places = [plan.at(place) for place in arc(pole, pole.sensors[one.port], one.range_m)]
    plan.svg.polyline(places, stroke=LIT if lit else DARK, stroke_width=1, stroke_opacity=0.5)


def _latest(seen: Sequence[Sighting], start_s: float) -> list[Sighting]:
    """The targets of the last report before a time."""
    times = [one.t_s for one in seen if start_s - LATEST_S <= one.t_s <= start_s]
    return [one for one in seen if times and one.t_s == max(times)]
