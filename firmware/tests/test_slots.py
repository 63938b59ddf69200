from sign.compat import ticks_add
from sign.core.patterns import PATTERNS
from sign.core.slots import UNSURE, Slots


def test_alternating_lamps_are_told_apart_away_from_the_change():
    slots = Slots(PATTERNS["alternating"], 1000)
    found = [slots.at(1000 + ms) for ms in (0, 29, 31, 250, 469, 471, 499, 531, 750, 969, 971)]
    assert found == [UNSURE, UNSURE, 1, 1, 1, UNSURE, UNSURE, 2, 2, 2, UNSURE]


def test_a_steady_light_has_no_change_to_be_unsure_of():
    slots = Slots(PATTERNS["steady"], 0)
    assert {slots.at(ms) for ms in range(0, 5000, 7)} == {3}


def test_dark_steps_are_told():
    slots = Slots(PATTERNS["beacon"], 0)
    assert slots.at(300) == 3
    assert slots.at(800) == 0


def test_short_flashes_leave_a_middle_to_measure_in():
    slots = Slots(PATTERNS["ww-s"], 0)
    assert [slots.at(ms) for ms in (11, 25, 37, 39, 75, 125, 425, 600)] == [UNSURE, 1, 1, UNSURE, 0, 2, 3, 0]


def test_the_hardware_s_rounding_is_followed_for_days():
    """Its pass is 1.6 us short of a second: half a second in 3.7 days."""
    slots, now_ms, passes = Slots(PATTERNS["alternating"], 0), 0, 313_725
    for _ in range(3 * 24):
        now_ms = ticks_add(now_ms, 3_600_000)
        slots.at(now_ms)
    elapsed = 3 * 24 * 3_600_000 * 16_000 // 51
    assert abs(slots._ticks - elapsed % passes) <= 1


def test_days_without_a_look_are_the_same_as_looking_all_the_time():
    rare, often = Slots(PATTERNS["beacon"], 0), Slots(PATTERNS["beacon"], 0)
    for now_ms in range(0, 6_000_000, 777):
        often.at(now_ms)
    rare.at(now_ms)
    assert (rare._ticks, rare._rest) == (often._ticks, often._rest)


def test_the_wrap_of_the_ticks_goes_unnoticed():
    slots = Slots(PATTERNS["alternating"], 0x3FFFFF00)
    assert slots.at(ticks_add(0x3FFFFF00, 750)) == 2
    assert slots.at(ticks_add(0x3FFFFF00, 1250)) == 1
