from chip_clock import EPOCH_2000_S, Time, power_up

BUILT_S = 1_790_000_000
NOW_MS = 1_800_000_000_250
DAY_MS = 86_400_000
YEAR_S = 366 * 86_400


def built():
    clock = power_up()
    clock.raise_to(BUILT_S)
    return clock


def test_until_somebody_tells_there_is_no_time_and_winter_rules_have_no_month():
    clock = built()
    assert (clock.utc_ms(), clock.quality()) == (None, "uptime")
    assert clock.month_and_hour() == (None, None)


def test_the_floor_is_the_latest_that_is_known_and_never_sets_back():
    clock = built()
    assert Time.time() == BUILT_S - EPOCH_2000_S
    assert clock.raise_to(BUILT_S + 500)
    assert not clock.raise_to(BUILT_S)
    assert Time.time() == BUILT_S + 500 - EPOCH_2000_S


def test_the_controllers_time_is_taken_to_the_millisecond():
    clock = built()
    clock.hear(NOW_MS, 30)
    assert (clock.utc_ms(), clock.quality(), clock.is_sure, clock.news) == (NOW_MS + 30, "utc", True, 1)
    assert clock.month_and_hour() == (1, 8)


def test_a_clock_that_goes_well_is_left_alone_and_one_that_is_off_is_set():
    clock = built()
    clock.hear(NOW_MS, 0)
    Time.now_ms += 10_000
    clock.hear(NOW_MS + 10_150, 0)
    assert (clock.utc_ms(), clock.news) == (NOW_MS + 10_000, 1)
    clock.hear(NOW_MS + 9_000, 0)
    assert (clock.utc_ms(), clock.news) == (NOW_MS + 9_000, 2)


def test_after_a_day_without_a_word_the_time_is_held_until_somebody_tells_again():
    clock = built()
    clock.hear(NOW_MS, 0)
    Time.now_ms += DAY_MS - 1_000
    assert clock.quality() == "utc"
    Time.now_ms += 1_000
    assert (clock.quality(), clock.utc_ms()) == ("held", NOW_MS + DAY_MS)
    clock.hear(NOW_MS + DAY_MS, 0)
    assert clock.quality() == "utc"


def test_the_month_changes_with_the_year():
    clock = built()
    clock.set_right(1_798_761_599)  # 2026-12-31 23:59:59
    assert clock.month_and_hour() == (12, 23)
    Time.now_ms += 1_000
    assert clock.month_and_hour() == (1, 0)


def test_what_cannot_be_is_ignored():
    clock = built()
    before_2026, too_late = 1_767_225_599_000, (BUILT_S + 3 * YEAR_S + 1) * 1000
    for said in (None, "soon", -1, 0, before_2026, (BUILT_S - 1) * 1000, too_late, 1 << 60, 1.5e12):
        clock.hear(said, 0)
    assert (clock.right, clock.is_sure, clock.news) == (False, False, 0)
