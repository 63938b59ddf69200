"""`gangvakt-sim walk`: recorded tracks in real time at one virtual sign, and what its lamps did."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gangvakt_sim.errors import SimRefusal, StreetError
from gangvakt_sim.world.geometry import contains
from gangvakt_sim.world.losses import Ld2450Losses
from gangvakt_sim.world.player import Outlets, play, sensors_of
from gangvakt_sim.world.scene import Scene, SignPole
from gangvakt_sim.world.track import Actor, Track, TrackWorld

PATTERN_GAP_S = 0.7  # both lamps may be dark that long within a flash pattern (`beacon` is for 0.55 s)
DARK_S = 1.5  # dark for good: the next track may begin
LONGEST_AFTER_S = 60.0  # a sign still lit then will not go dark by itself

Edge = tuple[int, str, int]  # time in us of the monotonic clock, lamp, level
Interval = tuple[float, float | None]


class LitSign(Outlets, Protocol):
    """A sign whose light can be seen."""

    def lamps(self) -> tuple[bool, bool]:
        """Light of the left and the right lamp now."""

    def lamp_edges(self, start_s: float, end_s: float) -> Sequence[Edge]:
        """Changes of light between two times of the monotonic clock, in order."""


@dataclass(frozen=True)
class Outcome:
    """What happened to one track, in s of its own clock; an interval ending with None outlasts it."""

    track: Track
    lit: tuple[Interval, ...]
    kerb_s: float | None

    @property
    def lead_s(self) -> float | None:
        """Warning time before the kerb; negative when late, None without kerb or warning."""
        if self.kerb_s is None or not self.lit:
            return None
        return self.kerb_s - self.lit[0][0]

    def as_json(self) -> str:
        """One line: the track, its lit intervals, the kerb time."""
        lit = [[round(start, 3), None if end is None else round(end, 3)] for start, end in self.lit]
        lead_s = None if self.lead_s is None else round(self.lead_s, 3)
        return json.dumps({"track": self.track.id, "on": lit, "kerb_s": self.kerb_s, "lead_s": lead_s})


class Replay:
    """Plays tracks one after the other at one sign, each beginning with dark lamps."""

    def __init__(self, scene: Scene, pole: SignPole, sign: LitSign, losses: Ld2450Losses, seed: int) -> None:
        self._scene, self._pole, self._sign = scene, pole, sign
        self._losses, self._seed = losses, seed

    def outcomes(self, tracks: Iterable[Track]) -> Iterator[Outcome]:
        """One after the other, in real time. StreetError when the lamps stay lit after a track."""
        for number, track in enumerate(tracks):
            yield self._outcome(track, self._seed + number)

    def _outcome(self, track: Track, seed: int) -> Outcome:
        length_s = track.end_s - track.start_s
        darkness = _Darkness(length_s, self._sign.lamps)
        sensors = sensors_of(self._pole, self._sign, seed, self._losses)
        world = TrackWorld([track.shifted(-track.start_s)])
        end_s = length_s + LONGEST_AFTER_S
        origin = play(world, [sensors], darkness.done.wait, end_s=end_s, on_step=darkness.watch)
        if not darkness.done.is_set():
            raise StreetError(f"lamps are still lit {LONGEST_AFTER_S:.0f} s after track {track.id}")
        edges = self._sign.lamp_edges(origin, origin + end_s)
        lit = (shift_interval(i, track.start_s) for i in lit_intervals(edges, origin, length_s))
        return Outcome(track, tuple(lit), kerb_time(self._scene, track))


class _Darkness:
    """Knows when a track is over and the lamps have gone dark."""

    def __init__(self, length_s: float, lamps: Callable[[], tuple[bool, bool]]) -> None:
        self.done = threading.Event()
        self._lamps = lamps
        self._last_s = length_s

    def watch(self, t_s: float, _actors: Sequence[Actor]) -> None:
        if any(self._lamps()):
            self._last_s = max(self._last_s, t_s)
        if t_s >= self._last_s + DARK_S:
            self.done.set()


def lit_intervals(edges: Iterable[Edge], origin_s: float, end_s: float) -> list[Interval]:
    """When at least one lamp was lit, in seconds after `origin_s`, without the dark gaps of the pattern.

    An interval that lasts beyond `end_s` ends with None.
    """
    intervals: list[Interval] = []
    for start, end in _light(edges, origin_s):
        if intervals and intervals[-1][1] is not None and start - intervals[-1][1] <= PATTERN_GAP_S:
            intervals[-1] = (intervals[-1][0], end)
        else:
            intervals.append((start, end))
    started = [interval for interval in intervals if interval[0] <= end_s]
    return [(start, None if end is None or end > end_s else end) for start, end in started]


def _light(edges: Iterable[Edge], origin_s: float) -> Iterator[Interval]:
    """Each stretch with at least one lamp lit; the last one may be open."""
    lit: set[str] = set()
    since = 0.0
    for t_us, lamp, level in edges:
        before = bool(lit)
        (lit.add if level else lit.discard)(lamp)
        now_s = t_us / 1e6 - origin_s
        if lit and not before:
            since = now_s
        elif before and not lit:
            yield since, now_s
    if lit:
        yield since, None


def shift_interval(interval: Interval, by_s: float) -> Interval:
    """The same interval, later."""
    start, end = interval
    return start + by_s, None if end is None else end + by_s


def kerb_time(scene: Scene, track: Track) -> float | None:
    """When somebody steps onto the crossing; None for those who never do or are on it from the start."""
    on_road = (contains(scene.crossing, place) for place in zip(track.x, track.y, strict=True))
    first = next((t for t, inside in zip(track.t, on_road, strict=True) if inside), None)
    return None if first is None or first == track.start_s else first


class Named(Protocol):
    """A track or a recording."""

    @property
    def id(self) -> str:
        """Its name in the file."""


Listed = TypeVar("Listed", bound=Named)


def chosen(tracks: Sequence[Listed], ids: Sequence[str], limit: int | None) -> Sequence[Listed]:
    """The named tracks (all without names), at most `limit`. SimRefusal for a bad name or limit."""
    by_id = {track.id: track for track in tracks}
    for track_id in ids:
        if track_id not in by_id:
            raise SimRefusal("options", "--track", track_id, f"one of the file's {len(tracks)} tracks")
    if limit is not None and limit < 1:
        raise SimRefusal("options", "--limit", limit, "1 or more")
    return ([by_id[track_id] for track_id in ids] if ids else tracks)[:limit]
