import random

import pytest
from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import away_from_the_kerb, to_the_kerb

pytestmark = pytest.mark.alone

SEED = 3


@pytest.fixture
def street(rig, config, radar):
    """A started sign without a network, and people before it."""
    rig.start(config)
    rig.expect("armed ")
    with radar:
        yield radar


def test_lamps_light_before_somebody_is_at_the_kerb(rig, street):
    street.play(to_the_kerb())
    wait_until(lambda: lit(rig), 4, "light")
    street.finish()
    wait_until(lambda: not lit(rig) and not ask(rig, "status")["status"]["lamps"]["on"], 20, "dark again")


def test_lamps_shine_in_turn(rig, street):
    street.play(to_the_kerb())
    seen = set()

    def both_seen():
        seen.add(rig.lamps())
        return {(True, False), (False, True)} <= seen

    wait_until(both_seen, 10, "both lamps")
    assert (True, True) not in seen


def test_somebody_who_leaves_the_road_is_no_reason_to_warn(rig, street):
    street.play(away_from_the_kerb())
    street.finish()
    assert ask(rig, "status")["details"]["warnings"] == 0


def test_garbage_on_the_radar_line_is_skipped_and_counted(rig, street):
    rig.radar(random.Random(SEED).randbytes(1500))
    wait_until(lambda: ask(rig, "status")["telemetry"]["radar"]["skipped_bytes"] > 0, 10, "count")
    street.play(to_the_kerb())
    wait_until(lambda: lit(rig), 6, "light")


def test_the_loop_keeps_its_pace_while_people_walk(rig, street):
    street.play(to_the_kerb())
    street.finish()
    telemetry = ask(rig, "status")["telemetry"]
    assert telemetry["ticks_late"] < telemetry["ticks"] // 10
