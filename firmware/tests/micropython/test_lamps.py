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
    ending = set()  # after this pass

    def __init__(self, channel, pin, clock_div):
        self.channel = channel
        Loop.running.discard(channel)

    @staticmethod
    def end_of_pass():
        for channel in Loop.ending:
            Loop.running.discard(channel)
        Loop.ending.clear()

    def loop(self, on):
        if not on:
            Loop.ending.add(self.channel)

    def wait_done(self):
        return self.channel not in Loop.running

    def write_pulses(self, durations, levels):
        assert self.channel not in Loop.running, "would block for a pass"
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


def test_loops_run_out_in_the_dark_and_begin_anew_without_blocking():
    made = lamps()
    assert made.loosen()
    assert not made.is_idle()
    Loop.end_of_pass()
    assert made.is_idle()
    made.fasten()
    assert Loop.running == {0, 1}
    assert not made.loose


def test_lamps_that_shine_are_not_let_go():
    made = lamps()
    made.light(True)
    assert not made.loosen()
    made.light(False)
    made.test(True)
    assert not made.loosen()


def test_a_warning_begins_loops_that_have_run_out_in_its_own_tick():
    made = lamps()
    made.loosen()
    Loop.end_of_pass()
    made.light(True)
    assert Loop.running == {0, 1}
    assert (made.loose, Carrier.duty) == (False, FULL)


def test_a_warning_in_the_last_pass_shines_in_it_and_goes_on():
    made = lamps()
    made.loosen()
    made.light(True)
    assert Carrier.duty == FULL
    Loop.end_of_pass()
    assert made.loose
    made.fasten()
    assert Loop.running == {0, 1}


def test_steady_light_takes_loops_that_were_let_go():
    made = lamps()
    made.loosen()
    made.shine_steadily(True)
    made.fasten()
    assert Loop.running == set()
