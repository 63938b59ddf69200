"""Lead against stopping distance: known figures, and what must hold for any crossing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.fleet.planning import (
    Grade,
    Place,
    Sensor,
    Surface,
    grade_of,
    lead_s,
    sheet_of,
    stop_from,
)

SPEEDS = st.integers(20, 90)


@pytest.mark.parametrize(
    ("surface", "seconds", "metres"),
    [(Surface.DRY, 3.8, 37), (Surface.WET, 5.0, 45), (Surface.SNOW, 8.4, 69)],
)
def test_stopping_from_50_kmh_with_a_reaction_of_1_5_s(
    surface: Surface, seconds: float, metres: float
) -> None:
    stop = stop_from(50, surface)
    assert stop.stopping_s == pytest.approx(seconds, abs=0.05)
    assert stop.distance_m == pytest.approx(metres, abs=0.5)


def test_the_lead_of_a_sensor_ends_with_its_reach() -> None:
    assert lead_s(25, 0) == pytest.approx(25 / 1.4 - 0.5)
    assert lead_s(6, 2) == pytest.approx(4 / 1.4 - 0.5)
    assert lead_s(6, 20) == 0


def test_a_short_reach_suffices_on_dry_road_at_30_and_not_on_snow_at_50() -> None:
    slow = sheet_of(Place(30, Sensor.LD2450, 0.5, 60))
    fast = sheet_of(Place(50, Sensor.LD2450, 0.5, 60))
    assert [row.grade for row in slow.rows] == [Grade.STANDS, Grade.PASSES, Grade.SHORT]
    assert [row.grade for row in fast.rows] == [Grade.PASSES, Grade.PASSES, Grade.SHORT]
    assert [row.is_seen_in_time for row in fast.rows] == [True, True, False]


@given(SPEEDS, st.sampled_from(Surface), st.floats(0, 30))
def test_more_speed_never_makes_a_lead_worth_more(speed_kmh: int, surface: Surface, lead: float) -> None:
    worth = [Grade.SHORT, Grade.PASSES, Grade.STANDS]
    slow, fast = (grade_of(lead, stop_from(v, surface)) for v in (speed_kmh, speed_kmh + 1))
    assert worth.index(fast) <= worth.index(slow)


@given(SPEEDS, st.sampled_from(Surface))
def test_who_cannot_stop_has_passed_before_the_others_stand(speed_kmh: int, surface: Surface) -> None:
    stop = stop_from(speed_kmh, surface)
    assert stop.passing_s < stop.stopping_s
