"""The legend of a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gangvakt_sim.picture.plan import DARK, DOT_PX, FAN, INK, KERB, LIT, ON, POLE
from gangvakt_sim.picture.svg import Point, Svg

LEFT, TOP, WIDTH, ROW = 680.0, 76.0, 206.0, 22.0

Symbol = Callable[[Svg, float, float], None]  # left edge and middle


def draw_legend(svg: Svg, rows: Sequence[str]) -> None:
    """Names of SYMBOLS, one below the other."""
    height = len(rows) * ROW + 14
    svg.add("rect", x=LEFT - 12, y=TOP - 8, width=WIDTH, height=height, rx=6, fill="white", fill_opacity=0.9)
    for number, text in enumerate(rows):
        y = TOP + 10 + number * ROW
        SYMBOLS[text](svg, LEFT, y)
        svg.label((LEFT + 40, y + 4), text, fill=INK)


def draw_step(svg: Svg, at: Point) -> None:
    """Where somebody steps onto the road."""
    x, y = at
    svg.add("rect", x=x - 6, y=y - 6, width=12, height=12, fill="white", stroke=KERB, stroke_width=3)


def draw_warning(svg: Svg, at: Point) -> None:
    """Where somebody is when the warning begins."""
    svg.circle(at, 8, fill=ON, stroke="white", stroke_width=2)


def draw_ring(svg: Svg, at: Point) -> None:
    """A target of the report that decided."""
    svg.circle(at, DOT_PX + 4, fill="none", stroke=ON, stroke_width=3)


def draw_dot(svg: Svg, at: Point, *, lit: bool) -> None:
    """A target of a report."""
    svg.circle(at, DOT_PX, fill=LIT if lit else DARK, stroke="white", stroke_width=0.8)


def _line(colour: str, width: float) -> Symbol:
    def draw(svg: Svg, x: float, y: float) -> None:
        svg.line((x, y), (x + 28, y), stroke=colour, stroke_width=width, stroke_linecap="round")

    return draw


def _fan(svg: Svg, x: float, y: float) -> None:
    look = {"fill": FAN, "stroke": FAN, "stroke_dasharray": "4 3"}
    svg.add("rect", x=x, y=y - 7, width=28, height=14, fill_opacity=0.12, **look)


def _targets(svg: Svg, x: float, y: float) -> None:
    draw_dot(svg, (x + 7, y), lit=False)
    draw_dot(svg, (x + 21, y), lit=True)


SYMBOLS: dict[str, Symbol] = {
    "dark": _line(DARK, 3),
    "lit": _line(LIT, 5),
    "warning begins": lambda svg, x, y: draw_warning(svg, (x + 14, y)),
    "targets while dark, lit": _targets,
    "when the warning begins": lambda svg, x, y: draw_ring(svg, (x + 14, y)),
    "steps onto the road": lambda svg, x, y: draw_step(svg, (x + 14, y)),
    "kerb line": _line(KERB, 4),
    "radar’s view": _fan,
    "sign’s pole": lambda svg, x, y: svg.circle((x + 14, y), 6, fill=POLE, stroke="white", stroke_width=2),
}
