"""Status LED and service button: a pole without a laptop."""

import json
import time

from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import CONFIG, to_the_kerb

from gangvakt.provision.board import load_board
from gangvakt_sim.board.board import LAMP_MV
from gangvakt_sim.board.shm import now_us

LED = load_board("virtual").pins.status_led
TWO_SECONDS_US = 2_000_000
PRESS_S, TEST_S = 0.3, 3.3
# Flashes in two seconds.
FAULT, TESTING, IDENTIFY = 2, 3, 10


def flashes(rig):
    """How often the LED was lit in the last two seconds."""
    end_us = now_us()
    edges = rig.board.gpio.waveform(LED, end_us - TWO_SECONDS_US, end_us)
    return sum(edge.level for edge in edges)


def started(rig, **config):
    rig.start({"config.json": json.dumps({**CONFIG, "button_enabled": False, **config}).encode()})
    rig.expect("armed ")
    ask(rig, "log")


def hold(rig, seconds):
    """Hold the button for so long."""
    until_s = time.monotonic() + seconds
    rig.press(True)
    wait_until(lambda: time.monotonic() >= until_s, seconds + 5)
    rig.press(False)


def test_the_led_says_that_a_fault_stands_and_a_press_identifies(rig, radar):
    with radar:
        started(rig)
        wait_until(lambda: flashes(rig) == FAULT, 8, "two short flashes")
        hold(rig, PRESS_S)
        wait_until(lambda: flashes(rig) == IDENTIFY, 8, "five flashes a second")
        assert not lit(rig)
        ask(rig, "identify 0")
        wait_until(lambda: flashes(rig) == FAULT, 8, "two short flashes again")


def test_three_seconds_test_the_lamps_one_after_the_other(rig, radar):
    with radar:
        started(rig, lamp_current_mv=LAMP_MV)
        rig.board.lamp_current.set("right", 0)
        hold(rig, TEST_S)
        wait_until(lambda: rig.lamps() == (True, False), 5, "left lamp alone")
        wait_until(lambda: rig.lamps() == (False, True), 8, "right lamp alone")
        wait_until(lambda: flashes(rig) == TESTING, 3, "three short flashes")
        rig.expect("self-test: left lamp: 100 % of its current")
        rig.expect("self-test: right lamp: 0 % of its current")
        rig.expect("self-test: failed")
        assert ask(rig, "details")["warnings"] == 0


def test_a_warning_goes_before_the_buttons_self_test(rig, radar):
    with radar:
        started(rig)
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
        hold(rig, TEST_S)
        rig.expect("self-test: left lamp: service lamp somebody in view")
        assert lit(rig)
        radar.finish()


def test_where_people_press_the_button_it_asks_for_a_warning_and_nothing_else(rig, radar):
    with radar:
        started(rig, button_enabled=True)
        hold(rig, TEST_S)
        assert lit(rig)
        wait_until(lambda: flashes(rig) == FAULT, 8, "two short flashes")
