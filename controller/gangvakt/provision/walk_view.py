"""The street from above in characters: radar and its fan, kerb line, people. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gangvakt.provision.kerb import KerbLine, Point
from gangvakt.provision.walking import Glimpse, Pose, Site

REACH_M = 6.0
HALF_FAN_DEG = 60
ROADWAY_SHOWN_M = 2.0
CELL_ASPECT = 2.0  # a character is twice as high as wide
_SIGNS = {"fan": "·", "kerb": "━", "roadway": "░", "radar": "R", "target": "o", "end": "+"}


@dataclass(frozen=True)
class Cell:
    """A character and what it shows: fan, kerb, roadway, radar, target, track, end or "" for nothing."""

    char: str
    kind: str


EMPTY = Cell(" ", "")
Grid = list[list[Cell]]


class StreetView:
    """Draws glimpses of one site; `columns` and `rows` are the room there is."""

    def __init__(self, site: Site, columns: int, rows: int) -> None:
        self._site, self._columns, self._rows = site, columns, rows
        shown = [pose.to_site(*edge) for pose in site.poses for edge in _fan_edge()]
        shown += [(pose.x, pose.y) for pose in site.poses]
        if site.kerb is not None:
            shown += [site.kerb.a, site.kerb.b, site.kerb.roadway_point(ROADWAY_SHOWN_M)]
        xs, ys = zip(*shown, strict=True)
        self._left, self._top = min(xs), max(ys)
        across = (max(xs) - self._left) / max(1, columns - 1)
        down = (self._top - min(ys)) / max(1, rows - 1) / CELL_ASPECT
        self._m_per_column = max(across, down, 0.01)

    def draw(self, glimpse: Glimpse | None, ends: tuple[Point, ...] = ()) -> Grid:
        """Rows of cells from the far end of y on; `ends` are those of a kerb line that is being learned."""
        grid = [[EMPTY] * self._columns for _ in range(self._rows)]
        for pose in self._site.poses:
            self._draw_fan(grid, pose)
        if self._site.kerb is not None:
            self._draw_kerb(grid, self._site.kerb)
        for pose in self._site.poses:
            self._put(grid, (pose.x, pose.y), Cell(_SIGNS["radar"], "radar"))
        for end in ends:
            self._put(grid, end, Cell(_SIGNS["end"], "end"))
        if glimpse is not None:
            for target in glimpse.targets:
                self._put(grid, target, Cell(_SIGNS["target"], "target"))
            for track in glimpse.tracks:
                if track.place is not None:
                    self._put(grid, track.place, Cell(str(track.ident % 10), "track"))
        return grid

    def _draw_fan(self, grid: Grid, pose: Pose) -> None:
        for edge in _fan_edge():
            self._put(grid, pose.to_site(*edge), Cell(_SIGNS["fan"], "fan"))

    def _draw_kerb(self, grid: Grid, kerb: KerbLine) -> None:
        steps = max(2, round(kerb.length_m / self._m_per_column))
        out = kerb.roadway_point(ROADWAY_SHOWN_M)
        middle = kerb.roadway_point(0)
        for depth in (0.35, 0.7, 1.0):
            dx, dy = (out[0] - middle[0]) * depth, (out[1] - middle[1]) * depth
            for place in _along(kerb, steps):
                self._put(grid, (place[0] + dx, place[1] + dy), Cell(_SIGNS["roadway"], "roadway"))
        for place in _along(kerb, steps):
            self._put(grid, place, Cell(_SIGNS["kerb"], "kerb"))

    def _put(self, grid: Grid, place: Point, cell: Cell) -> None:
        column = round((place[0] - self._left) / self._m_per_column)
        row = round((self._top - place[1]) / self._m_per_column / CELL_ASPECT)
        if 0 <= column < self._columns and 0 <= row < self._rows:
            grid[row][column] = cell


def as_text(grid: Grid) -> str:
    """Without colours."""
    return "\n".join("".join(cell.char for cell in row).rstrip() for row in grid)


def words(glimpse: Glimpse) -> str:
    """The decision in one line."""
    seen = len(glimpse.targets) + len(glimpse.ranges_m)
    parts = [f"{glimpse.t_s:8.1f} s", f"sees {seen}", f"follows {len(glimpse.tracks)}"]
    for track in glimpse.tracks:
        side = "before the kerb" if track.kerb_m >= 0 else "on the road"
        parts.append(f"#{track.ident} {abs(track.kerb_m):.1f} m {side} at {track.speed_m_s:.1f} m/s")
    parts += [f"{metres:.1f} m away" for metres in glimpse.ranges_m]
    if glimpse.reason != "none":
        soon = "" if glimpse.t_kerb_s is None else f", {glimpse.t_kerb_s:.1f} s to the kerb"
        parts.append(glimpse.reason.replace("_", " ") + soon)
    parts.append("PIR active" if glimpse.pir else "PIR at rest")
    parts.append("WARNS" if glimpse.warns else "dark")
    return ", ".join(parts)


def _fan_edge() -> list[Point]:
    """(right, ahead) of points along the fan's edge."""
    arc = [math.radians(angle) for angle in range(-HALF_FAN_DEG, HALF_FAN_DEG + 1, 3)]
    points = [(REACH_M * math.sin(angle), REACH_M * math.cos(angle)) for angle in arc]
    for side in (arc[0], arc[-1]):
        points += [(r / 4 * math.sin(side), r / 4 * math.cos(side)) for r in range(1, int(REACH_M * 4))]
    return points


def _along(kerb: KerbLine, steps: int) -> list[Point]:
    (ax, ay), (bx, by) = kerb.a, kerb.b
    return [(ax + (bx - ax) * i / steps, ay + (by - ay) * i / steps) for i in range(steps + 1)]
