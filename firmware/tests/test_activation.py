from sign.compat import TICKS_MASK, ticks_add
from sign.core.activation import HOLD, OFF, ON, STUCK, STUCK_CAP, Activation

HOLD_MS, CAP_MS = 8000, 60_000


def run(activation, start_ms, for_ms, demand, step_ms=10):
    """Tick on; the changes as [(ms from the start, change)]."""
    changes = []
    for at in range(0, for_ms, step_ms):
        change = activation.tick(ticks_add(start_ms, at), demand)
        if change:
            changes.append((at, change))
    return changes


def test_a_demand_lights_at_once_and_holds_after_its_end():
    activation = Activation(HOLD_MS, CAP_MS)
    assert run(activation, 0, 100, 1) == [(0, 1)]
    assert run(activation, 100, 20_000, 0) == [(HOLD_MS - 10, -1)]
    assert (activation.on_ms, activation.off_cause) == (HOLD_MS + 90, HOLD)


def test_every_detection_restarts_the_hold():
    activation = Activation(HOLD_MS, CAP_MS)
    activation.tick(0, 1)
    activation.tick(HOLD_MS - 10, 1)
    assert activation.tick(HOLD_MS + 10, 0) == 0
    assert activation.lit
    assert activation.tick(2 * HOLD_MS, 0) == -1


def test_a_demand_that_never_ends_goes_dark_at_the_cap():
    activation = Activation(HOLD_MS, CAP_MS)
    assert run(activation, 0, 2 * CAP_MS, 1, 100) == [(0, 1), (CAP_MS, -1)]
    assert activation.state == STUCK
    assert (activation.on_ms, activation.off_cause) == (CAP_MS, STUCK_CAP)


def test_after_the_cap_a_pause_makes_it_ready_again():
    activation = Activation(HOLD_MS, CAP_MS)
    run(activation, 0, CAP_MS + 1000, 1, 100)
    run(activation, CAP_MS + 1000, 1900, 0)
    assert activation.state == STUCK
    run(activation, CAP_MS + 2900, 200, 0)
    assert activation.state == OFF
    assert activation.tick(CAP_MS + 4000, 1) == 1


def test_a_stall_extends_the_hold_only_in_the_light():
    activation = Activation(HOLD_MS, CAP_MS)
    activation.extend(1000)
    assert activation.state == OFF
    activation.tick(0, 1)
    activation.extend(1000)
    assert activation.left_ms(0) == HOLD_MS + 1000
    assert activation.tick(HOLD_MS + 990, 0) == 0
    assert activation.tick(HOLD_MS + 1000, 0) == -1
    assert activation.left_ms(HOLD_MS + 1000) == 0


def test_the_wrap_of_the_ticks_changes_nothing():
    for before_ms in (0, 10, HOLD_MS // 2, HOLD_MS, CAP_MS // 2):
        activation = Activation(HOLD_MS, CAP_MS)
        start = TICKS_MASK - before_ms
        assert run(activation, start, 10, 1) == [(0, 1)]
        assert run(activation, start, 10_000, 0) == [(HOLD_MS, -1)]
        activation = Activation(HOLD_MS, CAP_MS)
        assert run(activation, start, CAP_MS + 100, 1, 100) == [(0, 1), (CAP_MS, -1)]


def test_new_times_hold_from_the_next_detection_on():
    activation = Activation(HOLD_MS, CAP_MS)
    activation.tick(0, 1)
    activation.configure(5000, CAP_MS)
    assert activation.left_ms(0) == HOLD_MS
    activation.tick(10, 1)
    assert activation.left_ms(10) == 5000
    assert activation.state == ON
