"""Crossings as CSV and GeoJSON: out and in again without loss, and refused row by row."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt.errors import ImportRefused
from gangvakt.provision.file_wire import SiteFileOut, SiteRow
from gangvakt.provision.site_exchange import COLUMNS, from_csv, from_geojson, to_csv, to_geojson

POSITION = {"lat_deg": 59.7441, "lon_deg": -10.2045}
APPROVAL = {
    "decision": "2026/1",
    "decided_on": "2026-05-01",
    "patterns": ["steady", "ww-s"],
    "dim_max_pct": 60,
}
STREETS = st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", codec="utf-8"), max_size=80)
DESCRIPTIONS = st.fixed_dictionaries(
    {"street": STREETS},
    optional={
        "road_width_m": st.floats(1, 60),
        "speed_limit_kmh": st.integers(5, 130),
        "approval": st.just(APPROVAL),
        "poles": st.just([{"pole": "a", "side": "north", **POSITION}, {"pole": "b", "side": "island"}]),
    },
)


def a_site(**values: Any) -> SiteFileOut:
    given = {"site": "drammen/storgata", "title": "x", "version": 1, "changed_ms": 1, **values}
    return SiteFileOut.model_validate(given)


def rows_of(*sites: SiteFileOut) -> tuple[SiteRow, ...]:
    return tuple(SiteRow.model_validate(site.model_dump(include=set(SiteRow.model_fields))) for site in sites)


@settings(max_examples=60, deadline=None)
@given(DESCRIPTIONS, st.booleans())
def test_what_is_written_is_read_without_loss(description: dict[str, Any], is_placed: bool) -> None:
    site = a_site(**description, **(POSITION if is_placed else {}))
    assert from_csv(to_csv([site]).encode(), "x.csv") == rows_of(site)
    assert from_geojson(to_geojson([site]).encode(), "x.geojson") == rows_of(site)


@pytest.mark.parametrize("street", ["=1+1", "+1", "-1", "@x", "'=x"])
def test_no_spreadsheet_takes_a_text_for_a_formula(street: str) -> None:
    written = to_csv([a_site(street=street)])
    cell = next(csv.DictReader(io.StringIO(written, newline="")))["street"]
    assert cell == f"'{street}"
    assert from_csv(written.encode(), "x.csv")[0].street == street


def test_a_norwegian_spreadsheet_is_read() -> None:
    text = ";".join(COLUMNS) + "\r\ndrammen/storgata;59,7441;10,2045;Øvre Storgate;7,5;50;a:north;;;;\r\n"
    (row,) = from_csv(text.encode("utf-8-sig"), "x.csv")
    assert (row.lat_deg, row.road_width_m, row.street, row.poles[0].pole) == (
        59.7441,
        7.5,
        "Øvre Storgate",
        "a",
    )


def test_every_row_that_is_wrong_is_named_with_its_line() -> None:
    lines = [
        "drammen/a,91,0,,,,,,,,",
        "drammen/b,,,,,x,,,,,",
        "No Name,,,,,,,,,,",
        "drammen/c,,,,,,a:up,,,,",
        "x",
    ]
    with pytest.raises(ImportRefused) as refused:
        from_csv(
            "\n".join([",".join(COLUMNS), *lines, "drammen/d,,,,,,,,,,", "drammen/d,,,,,,,,,,"]).encode(), "x"
        )
    named = {(one.line, one.field) for one in refused.value.rows}
    assert {(2, "lat_deg"), (3, "speed_limit_kmh"), (5, "poles.0.side"), (8, "site")} <= named
    assert {4, 6} <= {line for line, _ in named}
    assert all(one.allowed and "\n" not in str(one) for one in refused.value.rows)


@pytest.mark.parser
@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{','.join(COLUMNS)}\n{text}".encode())
)
def test_any_bytes_are_rows_or_a_refusal(data: bytes) -> None:
    for read in (from_csv, from_geojson):
        try:
            assert isinstance(read(data, "x"), tuple)
        except ImportRefused as refused:
            told = refused
        else:
            continue
        assert told.rows
