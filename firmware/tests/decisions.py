"""Made-up frames of two radars, and what the view makes of each: the same on every interpreter.

`decisions.py SEED FRAMES` prints a line for each frame of each of STREAMS: the stream's name, the frame's
number, time and targets, the decision, and every number that is kept.
"""

import sys
from array import array

from sign.compat import TICKS_MASK, ticks_add
from sign.core.config import load
from sign.core.tracker import REACH_MM
from sign.core.view import View

RAW_MAX = 0x7FFF  # of a coordinate in mm, and of a speed in cm/s
STEPS_MS = (100, 100, 100, 100, 50, 10, 0, 130, 333, -70, 700, 1_500, 5_000)
LONG_AGO_MS = (TICKS_MASK >> 1) + 5

STREET = {
    "sensor_x_mm": -500,
    "sensor_azimuth_cdeg": 9_000,
    "second_x_mm": 7_500,
    "second_y_mm": 4_500,
    "second_azimuth_cdeg": -13_500,
    "kerb_b_y_mm": 4_000,
}
CORNERS = {
    "sensor_x_mm": 50_000,
    "sensor_y_mm": -50_000,
    "sensor_azimuth_cdeg": 4_500,
    "second_x_mm": -50_000,
    "second_y_mm": 50_000,
    "second_azimuth_cdeg": -31_415,
    "kerb_a_x_mm": -50_000,
    "kerb_a_y_mm": -50_000,
    "kerb_b_x_mm": 50_000,
    "kerb_b_y_mm": 50_000,
    "approach_depth_mm": 12_000,
    "heading_max_pct": 1_000,
    "lead_ms": 10_000,
    "closing_min_mm_s": 100,
    "crossing_width_mm": 30_000,
}
NO_KERB = {"sensor_azimuth_cdeg": 4_500, "second_x_mm": 3_000, "second_azimuth_cdeg": 13_500}


class Dice:
    """The same numbers on every interpreter."""

    def __init__(self, seed):
        self._state = seed & 0xFFFF

    def below(self, n):
        self._state = (self._state * 25_173 + 13_849) & 0xFFFF
        return (self._state >> 1) % n

    def within(self, low, high):
        return low + (self.below(0x7FFF) << 2 | self.below(4)) % (high - low + 1)


class Walkers:
    """Three people at each radar who walk, turn, stand, run and vanish, with noise, gaps and stale slots."""

    def __init__(self, dice):
        self._dice = dice
        self._people = [[0, 3_000, 0, 0] for _ in range(6)]

    def targets(self, port):
        dice, seen = self._dice, []
        for person in self._people[3 * port : 3 * port + 3]:
            if dice.below(40) == 0:
                fast = dice.within(0, 9_000) if dice.below(5) == 0 else 1_600
                person[:] = [
                    dice.within(-4_000, 4_000),
                    dice.within(200, 6_000),
                    dice.within(-fast, fast),
                    dice.within(-fast, fast),
                ]
            if dice.below(15) == 0:
                person[2] = person[3] = 0
            person[0] += person[2] // 10
            person[1] += person[3] // 10
            if dice.below(10):
                noise = 0 if dice.below(20) == 0 else 80
                x, y = (v + dice.within(-noise, noise) for v in person[:2])
                seen += [x, y, person[3] // 10 * 10 * (1 if dice.below(9) else -1), 320]
        return seen


class Extremes:
    """Targets at and beyond the end of everything a radar can say, that stay close enough to be followed."""

    def __init__(self, dice):
        self._dice = dice
        self._corner = [0, 0, 0]

    def targets(self, _port):
        dice, seen = self._dice, []
        for k in range(dice.below(4)):
            if dice.below(12) == 0:
                self._corner[k] = dice.below(5)
            reach = RAW_MAX if dice.below(30) == 0 else REACH_MM
            sx, sy = ((-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0))[self._corner[k]]
            x = sx * (reach - dice.below(700)) if sx else dice.within(-300, 300)
            y = sy * (reach - dice.below(700)) if sy else dice.within(-300, 300)
            told = (-RAW_MAX, RAW_MAX, 3_200, -3_200, 0)[dice.below(5)] * 10
            seen += [x, y, told, 0xFFFF * dice.below(2)]
        return seen


# name: (configuration, who is there, time at the start)
STREAMS = {
    "street": (STREET, Walkers, 0),
    "no_kerb": (NO_KERB, Walkers, TICKS_MASK - 60_000),
    "wrapping_extremes": (STREET, Extremes, TICKS_MASK - 9_000),
    "corners": (CORNERS, Extremes, TICKS_MASK // 2 - 9_000),
    "corners_walked": (CORNERS, Walkers, 0),
}


def told(view):
    """All that the view concludes, and every number that it keeps."""
    intent, tracker = view.intent, view.tracker
    decision = (view.reason, view.t_kerb_ms, view.range_mm, view.track, view.place, view.tracked, view.quiet)
    arrays = (tracker._tracks, tracker._frame, tracker.idents, tracker.seen) + view.radars
    arrays += (intent.memory, intent._values, intent._bins)
    return " ".join([packed(decision)] + [packed(list(cells)) for cells in arrays])


def packed(values):
    return str(values).replace(" ", "")


def lines(stream, seed, frames):
    """A line for each frame of the stream."""
    values, crowd, now_ms = STREAMS[stream]
    dice = Dice(seed)
    crowd = crowd(dice)
    view = View(load(values)[0], now_ms)
    for k in range(frames):
        step_ms = STEPS_MS[dice.below(len(STEPS_MS))] if dice.below(3) == 0 else 100
        now_ms = ticks_add(now_ms, LONG_AGO_MS if k == frames - 50 else step_ms)
        if dice.below(8) == 0:
            view.refresh(now_ms)
        if dice.below(400) == 0:
            view.set_winter(dice.below(2) == 0)
        view.tick(now_ms)
        port = dice.below(2)
        targets = crowd.targets(port)
        count = len(targets) // 4
        view.frame(port, array("i", targets + [0] * (12 - len(targets))), count, now_ms)
        yield "%s %d %d %s %s" % (stream, k, now_ms, packed(targets), told(view))


def main(seed, frames):
    for stream in sorted(STREAMS):
        for line in lines(stream, int(seed), int(frames)):
            print(line)


main(*sys.argv[1:])
