from sign.compat import TICKS_MASK, ticks_add
from sign.core.activation import HOLD, OFF, ON, STUCK, STUCK_CAP, Activation

HOLD_MS, CAP_MS, FLUTTER_MS = 8000, 60_000, 500


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


def light(activation, track, start_ms=0):
    """Somebody is warned for, leaves, and the hold ends; the time then."""
    activation.tick(start_ms, 1, track)
    assert run(activation, start_ms, HOLD_MS + 10, 0) == [(HOLD_MS, -1)]
    return ticks_add(start_ms, HOLD_MS + 10)


def asks(activation, start_ms, for_ms, track, may=True):
    """Ms after which the track that asks in every tick is warned for; None when it is not."""
    for at in range(0, for_ms, 10):
        if activation.tick(ticks_add(start_ms, at), 1, track, may) > 0:
            return at
    return None


def test_a_track_whose_hold_has_just_ended_must_ask_for_a_while():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    now_ms = light(activation, track=7)
    assert asks(activation, now_ms, 2000, 7) == FLUTTER_MS


def test_anybody_else_lights_at_once():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    now_ms = light(activation, track=7)
    assert asks(activation, now_ms, 100, 7) is None
    assert activation.tick(ticks_add(now_ms, 100), 1, 8) == 1


def test_a_demand_without_a_track_lights_at_once():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    assert activation.tick(light(activation, track=7), 1, 0) == 1


def test_a_track_that_asks_only_now_and_then_flutters_on_and_stays_dark():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    now_ms = light(activation, track=7)
    for burst in range(10):
        assert asks(activation, ticks_add(now_ms, 800 * burst), 400, 7) is None


def test_after_ten_seconds_it_has_decided_anew():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    now_ms = light(activation, track=7)
    assert activation.tick(ticks_add(now_ms, 10_000), 1, 7) == 1


def test_while_it_may_not_a_demand_neither_lights_nor_holds():
    activation = Activation(HOLD_MS, CAP_MS)
    assert asks(activation, 0, 1000, 7, may=False) is None
    assert activation.tick(1000, 1, 7) == 1
    assert asks(activation, 1010, HOLD_MS + 10, 7, may=False) is None
    assert activation.state == OFF


def test_a_track_that_asked_while_it_might_not_lights_at_once_when_it_may():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    now_ms = light(activation, track=7)
    assert asks(activation, now_ms, FLUTTER_MS + 10, 7, may=False) is None
    assert activation.tick(ticks_add(now_ms, FLUTTER_MS + 10), 1, 7, True) == 1


def test_the_wrap_of_the_ticks_does_not_make_a_track_flutter():
    activation = Activation(HOLD_MS, CAP_MS, FLUTTER_MS)
    now_ms = light(activation, track=7, start_ms=TICKS_MASK - HOLD_MS - 100)
    assert asks(activation, now_ms, 2000, 7) == FLUTTER_MS
