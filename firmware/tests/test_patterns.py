from sign.core import patterns
from sign.core.patterns import Pattern, PatternError


def refusal(call, *args):
    """(field, value) that a call is refused for, or None."""
    try:
        call(*args)
    except PatternError as error:
        return error.field, error.value
    return None


def refused(steps):
    """The field a pattern of these steps is refused for, or None."""
    found = refusal(patterns.validate, Pattern("test", steps))
    return found and found[0]


def test_every_pattern_of_the_table_may_be_shown():
    for name in patterns.PATTERNS:
        assert patterns.get(name).name == name


def test_an_unknown_pattern_is_refused_by_name():
    assert refusal(patterns.get, "disco") == ("pattern", "disco")


def test_what_needs_no_approval_is_quiet():
    for name in patterns.FREE:
        pattern = patterns.get(name)
        assert patterns.flashes(pattern, 0) * 1_000_000 <= 3 * patterns.period_us(pattern)


def test_alternating_is_one_hertz_and_one_lamp_at_a_time():
    alternating = patterns.get("alternating")
    assert patterns.period_us(alternating) == 1_000_000
    assert all(left != right for _, left, right in alternating.steps)


def test_the_rapid_beacon_keeps_to_the_letter_of_the_rule():
    rapid = patterns.get("ww-s")
    assert patterns.period_us(rapid) == 800_000
    assert patterns.flashes(rapid, 0) == patterns.flashes(rapid, 1) == 4


def test_a_user_s_pattern_is_read_from_text():
    pattern = patterns.get("user", "400:1:0 100:0:0  500:0:1")
    assert pattern.steps == ((400_000, 1, 0), (100_000, 0, 0), (500_000, 0, 1))


def test_a_user_s_pattern_that_makes_no_sense_is_refused_by_its_step():
    for text in ("500:1", "500:1:0:1", "x:1:0", "-5:1:0", "500:1:x", "50000:1:1", "500:1:0,500:0:1"):
        assert refusal(patterns.parse, text) == ("step", text)
    assert refusal(patterns.parse, "") == ("steps", 0)
    assert refusal(patterns.parse, "500:1:0 500:2:1")[0] == "level"
    assert refusal(patterns.parse, "9:1:1 500:0:0")[0] == "step_us"
    assert refusal(patterns.parse, "1500:1:1 600:0:0")[0] == "period_us"
    assert refusal(patterns.parse, "50:1:1 50:0:0")[0] == "flashes_per_s"
    assert refusal(patterns.parse, "500:1:0 500:0:0") == ("lamp", "right")


def test_the_beacon_flashes_55_times_a_minute():
    assert abs(patterns.period_us(patterns.get("beacon")) * 55 - 60_000_000) < 60


def test_rates_that_endanger_are_refused():
    assert refused(((50_000, 1, 1), (50_000, 0, 0))) == "flashes_per_s"
    assert refused(((99_000, 1, 0), (99_000, 0, 1))) == "flashes_per_s"
    assert refused(((100_000, 1, 0), (100_000, 0, 1))) is None
    assert refused(((16_000, 1, 1), (16_000, 0, 0))) is None


def test_other_faults_of_a_pattern_are_named():
    assert refused(()) == "steps"
    assert refused(((500_000, 1, 2), (500_000, 0, 1))) == "level"
    assert refused(((9_999, 1, 1), (500_000, 0, 0))) == "step_us"
    assert refused(((1_500_000, 1, 1), (600_000, 0, 0))) == "period_us"
    assert refused(((500_000, 1, 0), (500_000, 0, 0))) == "lamp"


def test_pieces_fit_the_hardware():
    for name in patterns.PATTERNS:
        for clock_div in (80, 255):
            durations, left, right = patterns.rmt_segments(patterns.get(name), clock_div)
            assert len(durations) == len(left) == len(right) <= 126
            assert len(durations) % 2 == 0
            assert all(1 <= d <= 32_767 for d in durations)


def test_pieces_rebuild_the_pattern_to_half_a_tick():
    for name in patterns.PATTERNS:
        pattern = patterns.get(name)
        durations, left, right = patterns.rmt_segments(pattern)
        ticks = sum(durations)
        assert abs(ticks * 255 - patterns.period_us(pattern) * 80) <= 128
        for lamp, levels in ((1, left), (2, right)):
            lit = sum(d for d, level in zip(durations, levels) if level)
            wanted_us = sum(step[0] for step in pattern.steps if step[lamp])
            assert abs(lit * 255 - wanted_us * 80) <= 255 * len(pattern.steps)


def test_a_finer_clock_that_needs_too_many_pieces_is_refused():
    assert refusal(patterns.rmt_segments, patterns.get("alternating"), 4)[0] == "pulses"
