from sign.core.config import load
from sign.core.season import Season


def season(**values):
    config, errors = load(values)
    assert errors == []
    return Season(config)


def after(made, *readings):
    """Whether it is winter after each of (temperature in 0.1 deg C, month)."""
    found = []
    for temperature_c10, month in readings:
        made.update(temperature_c10, month)
        found.append(made.winter)
    return found


def test_without_clock_and_thermometer_it_is_winter():
    assert season().winter
    assert after(season(), (None, None)) == [True]


def test_the_temperature_decides_whatever_the_month():
    assert after(season(), (-50, 7), (200, 1)) == [True, False]


def test_winter_ends_two_degrees_above_where_it_begins():
    made = season(winter_below_c=3)
    assert after(made, (60, None), (40, None), (30, None), (29, None)) == [False, False, False, True]
    assert after(made, (49, None), (50, None), (49, None)) == [True, False, False]


def test_without_a_thermometer_the_calendar_decides():
    winters = [month for month in range(1, 13) if after(season(), (None, month)) == [True]]
    assert winters == [1, 2, 3, 4, 10, 11, 12]


def test_winter_may_lie_within_the_year():
    made = season(winter_first_month=5, winter_last_month=9)
    assert after(made, (None, 4), (None, 5), (None, 9), (None, 10)) == [False, True, True, False]


def test_it_can_be_set_for_good():
    assert after(season(winter="off"), (-200, 1), (None, None)) == [False, False]
    assert after(season(winter="on"), (300, 7)) == [True]


def test_a_new_configuration_judges_what_is_known_anew():
    made = season()
    made.update(100, 7)
    made.configure(load({"winter_below_c": 12})[0])
    assert made.winter
    made.configure(load({"winter": "off"})[0])
    assert not made.winter
