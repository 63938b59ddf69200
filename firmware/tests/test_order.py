from sign.core import order
from sign.core.config import load
from sign.core.detector import EV_ON, EV_ORDER, Detector

SLOW_MS = 64


def detector(**values):
    return Detector(load(values)[0])


def ticked(made, from_ms, to_ms, button=0):
    """What happened, by time; the detector is asked in every eighth tick as the loop does."""
    found = []
    for now_ms in range(from_ms, to_ms, 80):
        happened = made.tick(now_ms, 0, button)
        if happened:
            found.append((now_ms, happened))
    return found


def test_a_mute_darkens_a_standing_warning_and_ends_by_itself():
    made = detector(hold_min_ms=30_000)
    ticked(made, 0, 400, button=1)
    assert made.lamps
    made.order = order.Order(order.MUTE, 5_000)
    begun = ticked(made, 400, 1_000)
    assert [happened & EV_ORDER for _, happened in begun] == [EV_ORDER]
    assert (made.lit, made.lamps) == (True, False)
    ended = [at for at in ticked(made, 1_000, 7_000) if at[1] & EV_ORDER]
    assert len(ended) == 1
    assert 5_000 <= ended[0][0] - begun[0][0] < 5_000 + 2 * SLOW_MS + 80
    assert (made.order.stands, made.lamps) == (False, True)


def test_a_warning_that_begins_while_muted_is_decided_and_told():
    made = detector()
    made.order = order.Order(order.MUTE, 60_000)
    ticked(made, 0, 400)
    assert [happened for _, happened in ticked(made, 400, 800, button=1)] == [EV_ON]
    assert not made.lamps


def test_force_lights_without_a_warning_and_can_be_ended():
    made = detector()
    made.order = order.Order(order.FORCE, 600_000)
    ticked(made, 0, 400)
    assert (made.lit, made.lamps) == (False, True)
    assert made.quiet, "light alone is nobody in view"
    made.order.end()
    assert [happened for _, happened in ticked(made, 400, 600)] == [EV_ORDER]
    assert not made.lamps
    assert 0 < made.order.lasted_ms < 600


def test_an_order_lasts_over_the_wrap_of_the_ticks():
    made = order.Order(order.FORCE, 1_000)
    wrap = 1 << 30
    assert made.turn(wrap - 500)
    assert not made.turn((wrap + 400) % wrap)
    assert made.left_s() == 1
    assert made.turn((wrap + 500) % wrap)


def test_shadow_mode_shows_from_the_next_slow_turn_on():
    made = detector(hold_min_ms=30_000)
    config = made._config
    ticked(made, 0, 400, button=1)
    config.mode = "shadow"
    ticked(made, 400, 600)
    assert (made.lit, made.lamps) == (True, False)
    config.mode = "active"
    ticked(made, 600, 800)
    assert made.lamps
