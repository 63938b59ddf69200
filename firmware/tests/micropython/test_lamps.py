import sys

import fakes


class Line:
    OUT = 1
    levels = {}

    def __init__(self, number, mode=None, value=None):
        Line.levels[number] = value


class Carrier:
    """The DIM input; `meanwhile` is what a tick does within the next change of the duty."""

    duty = 0
    meanwhile = None

    def __init__(self, pin, freq, duty_u16):
        Carrier.duty = duty_u16

    def duty_u16(self, value):
        meanwhile, Carrier.meanwhile = Carrier.meanwhile, None
        if meanwhile:
            meanwhile()
        Carrier.duty = value


class Loop:
    """RMT; `running` are the channels that send."""

    running = set()

    def __init__(self, channel, pin, clock_div):
        self.channel = channel

    def loop(self, on):
        pass

    def write_pulses(self, durations, levels):
        Loop.running.add(self.channel)

    def deinit(self):
        Loop.running.discard(self.channel)


class Chip:
    RMT = Loop


fakes.Machine.Pin, fakes.Machine.PWM = Line, Carrier
sys.modules["esp32"] = Chip

from sign.core import patterns
from sign.hal.lamps import Lamps

FULL = 65535
PINS = {"dim": 27, "lamp_left": 25, "lamp_right": 26}


def lamps(dim_pct=100):
    Carrier.meanwhile = None
    return Lamps(PINS, "alternating", patterns.rmt_segments(patterns.get("alternating")), dim_pct)


def test_they_are_dark_until_they_shall_shine():
    made = lamps(40)
    assert Carrier.duty == 0
    made.light(True)
    assert (made.lit, Carrier.duty) == (True, FULL * 40 // 100)
    made.light(False)
    assert (made.lit, Carrier.duty) == (False, 0)


def test_the_brightness_changes_while_they_shine_and_waits_while_they_do_not():
    made = lamps()
    made.dim(50)
    assert Carrier.duty == 0
    made.light(True)
    assert Carrier.duty == FULL * 50 // 100
    made.dim(20)
    assert (made.dim_pct, Carrier.duty) == (20, FULL * 20 // 100)


def test_a_self_test_shines_without_a_warning_and_a_warning_outlasts_it():
    made = lamps()
    made.test(True)
    assert (made.lit, Carrier.duty) == (False, FULL)
    made.light(True)
    made.test(False)
    assert (made.lit, Carrier.duty) == (True, FULL)
    made.light(False)
    assert Carrier.duty == 0


def test_steady_light_takes_the_loops_off_and_flashing_starts_them_anew():
    made = lamps()
    made.light(True)
    made.shine_steadily(True)
    assert (made.pattern, Loop.running, Line.levels[25], Line.levels[26]) == ("steady", set(), 1, 1)
    assert Carrier.duty == FULL
    made.shine_steadily(False)
    assert (made.pattern, Loop.running, Line.levels[25]) == ("alternating", {0, 1}, 0)


def test_a_tick_in_the_middle_of_dimming_has_the_last_word():
    for before in (True, False):
        made = lamps()
        made.light(before)
        Carrier.meanwhile = lambda m=made, on=not before: m.light(on)
        made.dim(30)
        assert made.lit != before
        assert (Carrier.duty > 0) == made.lit
