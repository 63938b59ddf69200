"""The chip's ticks begin anew at 2**30 ms, after twelve days: here 15 s after power came."""

import time

from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import to_the_kerb

WRAP_S = 15
TICKS_PERIOD_MS = 1 << 30
ONLINE_S = 30


def test_a_whole_sign_lives_through_the_wrap_of_its_ticks(rig, enrolled, radar, controller):
    rig.before_power = lambda board: board.start_ticks_at(TICKS_PERIOD_MS - WRAP_S * 1000)
    rig.start(enrolled)
    begun_s = time.monotonic()
    rig.expect("armed ")
    with radar:
        wait_until(lambda: time.monotonic() - begun_s > WRAP_S - 7, 20, "the time before the wrap")
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light before the wrap")
        wait_until(lambda: not lit(rig), 20, "dark lamps behind it")
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light behind it")
        wait_until(lambda: len(controller.events("activation_off")) == 2, ONLINE_S, "both warnings told")
    across = controller.events("activation_off")[0]
    begun = controller.events("activation_on")[0]
    assert begun["up"] < WRAP_S * 1000 < across["up"] + 2_000  # uptime begins a little after power
    assert 3_000 <= across["on_ms"] <= 10_000
    assert abs(across["up"] - begun["up"] - across["on_ms"]) <= 100
    assert rig.printed().count("armed ") == 1
    assert not ask(rig, "status")["details"]["closed_reasons"]
