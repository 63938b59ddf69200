"""What may be told to everybody of a crossing, and what a form may tell us."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.fleet import SignState
from gangvakt.fleet.alarm import Alarm
from gangvakt.fleet.alarm_states import State
from gangvakt.ingest.messages import parse_status
from gangvakt.provision.file_wire import SiteFileOut
from gangvakt.provision.public_wire import LONGEST_CONTACT, LONGEST_REPORT, FaultReportIn
from gangvakt.store.rollups import Rollup
from gangvakt.web.public.figures import DAY_MS, FEWEST, SILENT_MS, Works, day_counts, told_days, works
from gangvakt.web.public.open_data import FEWER, Crossing, as_csv, as_json
from gangvakt.web.public.reading import FIELDS, is_trapped, read_report

from ..support import NORTH, SOUTH  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..wire import NOW_MS, status  # noqa: TID252


def a_sum(start_ms: int, count: int) -> Rollup:
    return Rollup(start_ms, count, count, 0, 0, 0, 0, 0, 0)


def a_sign(sign: object = NORTH, heard_ms: int = NOW_MS, **fields: object) -> SignState:
    return SignState(sign, True, parse_status(status(**fields)), last_seen_ms=heard_ms)  # type: ignore[arg-type]


def broken(sign: object) -> Alarm:
    return Alarm("radar_silent", str(sign), "signs", 1, State.ACTIVE, 1)


@given(st.lists(st.integers(0, 12), min_size=14, max_size=14))
def test_no_small_count_is_told_nor_can_it_be_found_by_subtraction(counts: list[int]) -> None:
    from_ms, _ = told_days(NOW_MS, 14)
    told = day_counts([a_sum(from_ms + at * DAY_MS, n) for at, n in enumerate(counts)], NOW_MS, 14)
    assert [day.count for day in told] == [n if n >= FEWEST else None for n in counts]
    # All that is told is made of these: the sum of the page is that of what is seen.
    file = SiteFileOut.model_validate(
        dict.fromkeys(SiteFileOut.model_fields)
        | {"site": "drammen/storgata", "title": "=Storgata", "street": "", "poles": (), "version": 0}
    )
    one = Crossing(file, Works.WORKS, 2, told, "CC-BY-4.0")
    rows = list(csv.DictReader(io.StringIO(as_csv([one]).decode())))
    assert [row["activations"] for row in rows] == [str(n) if n >= FEWEST else FEWER for n in counts]
    assert rows[0]["title"] == "'=Storgata"
    assert as_json("drammen", "Drammen", [one]).count(b'"count": null') == sum(n < FEWEST for n in counts)


def test_neither_today_nor_yesterday_is_told() -> None:
    today_ms = NOW_MS - NOW_MS % DAY_MS
    sums = [a_sum(today_ms - back * DAY_MS, 50) for back in range(4)]
    told = day_counts(sums, NOW_MS, 2)
    day_before_yesterday = datetime.fromtimestamp((today_ms - 2 * DAY_MS) / 1000, UTC).date()
    assert [(day.day, day.count) for day in told] == [
        (date.fromordinal(day_before_yesterday.toordinal() - 1), 50),
        (day_before_yesterday, 50),
    ]


@pytest.mark.parametrize(
    ("signs", "alarms", "told"),
    [
        ([], [], Works.NONE),
        ([a_sign()], [], Works.WORKS),
        ([a_sign(mode="shadow")], [], Works.TRIAL),
        ([a_sign(heard_ms=NOW_MS - SILENT_MS - 1)], [], Works.UNKNOWN),
        ([a_sign()], [broken(NORTH)], Works.FAULT),
        ([a_sign(), a_sign(SOUTH)], [broken(SOUTH)], Works.PARTLY),
        ([a_sign(mode="shadow"), a_sign(SOUTH)], [broken(SOUTH)], Works.FAULT),
    ],
)
def test_a_crossing_works_as_its_signs_do(signs: list[SignState], alarms: list[Alarm], told: Works) -> None:
    assert works(signs, alarms, NOW_MS) is told


TYPED = st.text(max_size=2 * LONGEST_CONTACT) | st.just("x" * (LONGEST_REPORT + 1)) | st.none() | st.binary()


@given(st.dictionaries(st.sampled_from([*FIELDS, "website"]), TYPED | st.sampled_from(["dark", "late"])))
def test_any_form_is_a_report_within_bounds_or_names_its_fields(values: dict[str, object]) -> None:
    told = read_report(values)
    if isinstance(told, tuple):
        assert told
        assert set(told) <= set(FIELDS)
    else:
        assert 0 < len(told.text) <= LONGEST_REPORT
        assert len(told.contact) <= LONGEST_CONTACT
        assert "\x00" not in told.text + told.contact
    assert is_trapped(values) is bool(values.get("website"))


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, ("kind", "text")),
        ({"kind": "dark", "text": " \r\n "}, ("text",)),
        ({"kind": "burnt", "text": "x"}, ("kind",)),
        ({"kind": "dark", "text": "x" * (LONGEST_REPORT + 1)}, ("text",)),
        ({"kind": "dark", "text": "x", "contact": "a\nb"}, ("contact",)),
        ({"kind": "dark", "text": "x", "sign": "../etc"}, ("sign",)),
    ],
)
def test_what_is_out_of_bounds_is_named(values: dict[str, object], fields: tuple[str, ...]) -> None:
    assert read_report(values) == fields


def test_a_report_is_read_as_it_was_typed() -> None:
    told = read_report(
        {"kind": "dark", "text": " no light\r\nsince ten ", "contact": "91 23 45 67", "sign": ""}
    )
    assert told == FaultReportIn(kind="dark", text="no light\nsince ten", contact="91 23 45 67")
