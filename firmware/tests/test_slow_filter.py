from sign.core.slow_filter import SlowFilter


def follow(filtered, value, start_ms, for_ms, every_ms):
    for now_ms in range(start_ms, start_ms + for_ms, every_ms):
        filtered.add(value, now_ms)
    return filtered.value


def test_the_first_value_is_taken_as_it_is():
    filtered = SlowFilter(60_000)
    assert not filtered.known
    assert filtered.add(1234, 0)
    assert (filtered.value, filtered.known) == (1234, True)


def test_a_step_is_followed_to_two_thirds_in_one_time_constant_at_any_rate():
    for every_ms in (10, 100, 1000, 5000):
        filtered = SlowFilter(60_000)
        filtered.add(0, 0)
        seen = follow(filtered, 1000, every_ms, 60_000, every_ms)
        assert 600 <= seen <= 680, (every_ms, seen)
        assert 990 <= follow(filtered, 1000, 60_000, 400_000, every_ms) <= 1000


def test_after_a_pause_the_new_value_counts_alone():
    filtered = SlowFilter(1000)
    filtered.add(0, 0)
    filtered.add(500, 100_000)
    assert filtered.value == 500


def test_the_largest_values_fit():
    filtered = SlowFilter(2_000)
    filtered.add(0, 0)
    assert follow(filtered, 60_000, 1, 30_000, 1) >= 59_990
    idle = SlowFilter(640_000)
    idle.add(60_000, 0)
    assert follow(idle, 60_000, 1, 12_000, 1) == 60_000
