from sign.core.polarity import UNKNOWN, Polarity


def drive(polarity, start_m, end_m, direction, now_ms=0, count=1):
    """A vehicle at 10 m/s, reported ten times a second in whole metres."""
    step = 1 if end_m > start_m else -1
    for range_m in range(start_m, end_m, step):
        now_ms += 100
        polarity.update([0, range_m * 1000, direction, 10_000, 20], count, now_ms)
    return now_ms + 3000


def test_one_vehicle_over_the_whole_view_tells_the_meaning():
    for value in (0, 1):
        polarity = Polarity()
        assert polarity.approaching == UNKNOWN
        drive(polarity, 90, 30, value)
        assert polarity.approaching == value
        assert polarity.approaches(value)
        assert not polarity.approaches(1 - value)


def test_vehicles_that_leave_tell_it_too():
    polarity = Polarity()
    drive(polarity, 20, 90, 0)
    assert polarity.approaching == 1


def test_before_that_every_vehicle_may_be_approaching():
    polarity = Polarity()
    assert polarity.approaches(0)
    assert polarity.approaches(1)


def test_several_vehicles_at_once_and_another_one_s_place_prove_nothing():
    polarity = Polarity()
    drive(polarity, 90, 30, 1, count=2)
    now_ms = 0
    for _ in range(50):
        now_ms = drive(polarity, 60, 58, 1, now_ms)
        now_ms = drive(polarity, 20, 22, 1, now_ms)
    for range_m in (90, 30) * 50:
        now_ms += 100
        polarity.update([0, range_m * 1000, 1, 10_000, 20], 1, now_ms)
    assert polarity.approaching == UNKNOWN


def test_a_replaced_module_is_learned_anew():
    polarity, now_ms = Polarity(), 0
    for _ in range(20):
        now_ms = drive(polarity, 90, 30, 1, now_ms)
    for _ in range(3):
        now_ms = drive(polarity, 90, 30, 0, now_ms)
    assert polarity.approaching == 0
