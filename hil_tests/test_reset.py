import subprocess
import sys
import threading

import pytest
from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import to_the_kerb

CTRL_C = "\x03"
CTRL_D = "\x04"
LONGER_THAN_THE_WATCHDOG_S = 9


def test_stopped_by_hand_the_lamps_are_dark_and_the_repl_answers(rig, config, radar):
    rig.start(config)
    rig.expect("armed ")
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
        rig.type(CTRL_C)
        rig.expect("stopped by hand")
        wait_until(lambda: not lit(rig), 1, "darkness")
    rig.type("print(6 * 7)\r\n")
    rig.expect("42")


def test_after_a_soft_reset_the_chip_resets_itself_and_arms_again(rig, config, radar):
    rig.start(config)
    rig.expect("armed ")
    rig.type(CTRL_C)
    rig.expect("stopped by hand")
    rig.type(CTRL_D)
    rig.expect("left over from a soft reset, resetting the chip")
    wait_until(lambda: rig.printed().count("armed ") == 2, 20, "armed again")
    assert ask(rig, "status")["status"]["boot"] >= 2
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")


@pytest.mark.parametrize("wait_ms", range(100, 800, 100))
def test_ctrl_c_at_any_moment_of_the_start_leaves_a_repl_and_dark_lamps(rig, config, wait_ms):
    rig.start(config)
    threading.Event().wait(wait_ms / 1000)  # the moment is what this test is about
    rig.type(CTRL_C)
    wait_until(lambda: "armed " in rig.printed() or ">>> " in rig.printed(), 20, "armed or stopped")
    rig.type(CTRL_C)  # before boot.py nobody had listened yet, as on the chip
    rig.expect(">>> ")
    rig.type("print(6 * 7)\r\n")
    rig.expect("42")
    assert not lit(rig)


def test_the_restart_command_starts_the_next_boot(rig, config):
    rig.start(config)
    rig.expect("armed ")
    rig.type("restart\n")
    wait_until(lambda: rig.printed().count("armed ") == 2, 20, "armed again")
    assert ask(rig, "status")["status"]["boot"] == 2


def test_an_app_that_cannot_start_tries_again_and_says_why(rig, config):
    rig.start({**config, "board.json": b'{"board": "virtual"}'})
    error = "StoreError: ('board.json', 'pins is missing')), rung normal, restart in"
    rig.expect("safe mode: failure 1 (app.run > starting.")
    rig.expect(error + " 0 s")
    rig.expect("safe mode: failure 2 (app.run > starting.")
    rig.expect(error + " 10 s")
    assert not lit(rig)
    rig.type(CTRL_C)
    rig.type("print(6 * 7)\r\n")
    rig.expect("42")


def test_mpremote_stops_the_app_and_the_watchdog_lets_it_work(rig, config):
    rig.start(config)
    rig.expect("armed ")
    ask(rig, "status")
    script = f"import time; time.sleep({LONGER_THAN_THE_WATCHDOG_S}); print(6 * 7)"
    command = [sys.executable, "-m", "mpremote", "connect", rig.port, "exec", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "42"
    rig.type("\x02import machine; machine.reset()\r\n")
    wait_until(lambda: rig.printed().count("armed ") == 2, 20, "armed again")
