"""Mean and 85-percentile of how fast vehicles came, from the events of a crossing's signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.fleet import SignEvent, SignId
from gangvakt.fleet.speeds import CLASSES, Period, Speeds, period_of, speeds_by_sign, speeds_of

NORTH, SOUTH = SignId("drammen", "storgata", "north"), SignId("drammen", "storgata", "south")
HOUR_S = 3600


def event(from_kmh: object = 45, counts: object = "0 40 40 20 0 0 0 0 0", **more: object) -> SignEvent:
    told = {"kind": "vehicles", "quality": "utc", "period_s": HOUR_S} | more
    detail = {"period_s": told["period_s"], "from_kmh": from_kmh, "counts": counts}
    kind, quality = str(told["kind"]), str(told["quality"])
    return SignEvent(1, NORTH, "9f3ac01b", 3, 17, kind, 10_000_000, quality, 0, 0, detail)


def speeds(**counts: int) -> Speeds:
    """By class: `at_50=3` are three vehicles from 50 to 55 km/h."""
    by_class = {int(name.removeprefix("at_")): count for name, count in counts.items()}
    return speeds_of([Period(NORTH, 0, 0, by_class)])


def test_the_85_percentile_lies_within_its_class() -> None:
    found = speeds(at_50=40, at_55=40, at_60=20)
    assert found.p85_kmh == pytest.approx(60 + (85 - 80) / 20 * 5)
    assert found.mean_kmh == pytest.approx((40 * 52.5 + 40 * 57.5 + 20 * 62.5) / 100)
    assert found.percentile_kmh(0.4) == pytest.approx(55)
    assert found.percentile_kmh(1) == pytest.approx(65)


def test_the_share_above_a_limit_is_told_within_a_class_too() -> None:
    found = speeds(at_45=10, at_50=10)
    assert [found.share_above(limit) for limit in (40, 50, 52.5, 55)] == [1, 0.5, 0.25, 0]


def test_without_vehicles_nothing_is_known() -> None:
    nobody = speeds_of([])
    assert (nobody.vehicles, nobody.mean_kmh, nobody.p85_kmh, nobody.share_above(50)) == (0, None, None, None)


def test_an_event_tells_classes_from_its_lowest_speed_on() -> None:
    period = period_of(event())
    assert period is not None
    assert {kmh: count for kmh, count in period.counts.items() if count} == {50: 40, 55: 40, 60: 20}
    assert period.middle_ms == 10_000_000 - HOUR_S * 500


def test_the_poles_of_a_crossing_are_told_apart_and_together() -> None:
    periods = [
        Period(south, 0, 0, {40: 1, 45: count}) for south, count in ((SOUTH, 2), (NORTH, 3), (SOUTH, 4))
    ]
    assert [(sign, of.vehicles) for sign, of in speeds_by_sign(periods).items()] == [(NORTH, 4), (SOUTH, 8)]
    assert speeds_of(periods).vehicles == 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": "1 2 3"},
        {"counts": "0 40 40 20 0 0 0 0 -1"},
        {"counts": "0 40 40 20 0 0 0 0 99999"},
        {"counts": None},
        {"from_kmh": 47},
        {"from_kmh": -45},
        {"from_kmh": 180},
        {"from_kmh": True},
        {"period_s": "3600"},
        {"quality": "doubtful"},
        {"kind": "boot"},
    ],
)
def test_what_makes_no_sense_is_left_out(wrong: dict[str, object]) -> None:
    assert period_of(event(**wrong)) is None


@given(st.lists(st.integers(0, 9999), min_size=CLASSES, max_size=CLASSES), st.floats(0.01, 1))
def test_as_many_are_below_a_percentile_as_it_says(counts: list[int], share: float) -> None:
    found = Speeds(tuple(counts))
    kmh = found.percentile_kmh(share)
    assert (kmh is None) == (found.vehicles == 0)
    if kmh is not None:
        above = found.share_above(kmh)
        assert above is not None
        assert above == pytest.approx(1 - share, abs=1e-9)
