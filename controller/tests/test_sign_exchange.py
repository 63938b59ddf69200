"""Signs as CSV and GeoJSON: out and in again without loss, all rows or none, and refused row by row."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gangvakt.errors import ImportRefused
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.provision.file_wire import Power, SignFileIn, SiteFileIn, StepIn
from gangvakt.provision.sign_exchange import COLUMNS, TOLD, from_csv, from_geojson, to_csv, to_geojson
from gangvakt.provision.sign_rows import SignRow, SignRowOut, SignRowsIn
from gangvakt.registry import Registry
from gangvakt.store import Store
from gangvakt.store.tables_audit import AUDIT

from .office import MAC, OTHER_MAC, SIGN, SITE, a_request, a_site
from .stores import Stores

HEAD = ",".join(COLUMNS)
WORDS = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", codec="utf-8"), min_size=1, max_size=80
)
POWERS = st.sampled_from(["mains", "solar"]).map(lambda feed: Power(feed=feed)) | st.builds(
    lambda feed, feeder, lit: Power(feed=feed, feeder=feeder, lit_from_min=lit[0], lit_until_min=lit[1]),
    st.sampled_from(["lighting", "lighting_battery"]),
    st.none() | WORDS,
    st.just((None, None)) | st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
)


def a_sign(**values: Any) -> SignRowOut:
    told = dict.fromkeys(SignRowOut.model_fields)
    return SignRowOut.model_validate(
        {**told, "sign": str(SIGN), "state": "in_service", "version": 1, **values}
    )


@settings(max_examples=60, deadline=None)
@given(st.none() | POWERS, st.none() | st.just("a"), st.sampled_from(list(LifeCycle)), st.booleans())
def test_what_is_written_is_read_without_loss(
    power: Power | None, pole: str | None, life: LifeCycle, is_known: bool
) -> None:
    known = {"lat_deg": 59.7, "lon_deg": 10.2, "registered_ms": 1, "board": "=x", "is_shadow": True}
    sign = a_sign(power=power, pole=pole, state=life.value, **(known if is_known else {}))
    wanted = SignRow(sign=sign.sign, power=power, pole=pole, state=life.value)
    assert from_csv(to_csv([sign]).encode(), "x.csv") == (wanted.model_copy(update={"line": 2}),)
    assert from_geojson(to_geojson([sign]).encode(), "x") == (wanted.model_copy(update={"line": 1}),)


def test_a_spreadsheet_shows_times_as_people_write_them_and_a_map_shows_the_place() -> None:
    power = Power(feed="lighting", feeder="=K17", lit_from_min=930, lit_until_min=405)
    told = {"registered_ms": 1_800_000_000_000, "lat_deg": 59.7, "lon_deg": 10.2, "is_shadow": True}
    sign = a_sign(power=power, **told)
    (row,) = csv.DictReader(io.StringIO(to_csv([sign]), newline=""))
    assert (row["feeder"], row["lit_from_utc"], row["lit_until_utc"]) == ("'=K17", "15:30", "06:45")
    assert (row["registered"], row["shadow"]) == ("2027-01-15T08:00:00Z", "True")
    (feature,) = json.loads(to_geojson([sign]))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [10.2, 59.7]}
    assert feature["properties"]["shadow"] is True


def test_every_row_that_is_wrong_is_named_with_its_line() -> None:
    name = "drammen/storgata/30aea412000"
    lines = [
        f"{name}1,retried,,,,,",
        f"{name}2,,,wind,,,",
        f"{name}3,,,lighting,K17,25:00,06:45",
        f"{name}4,,,lighting,K17,15:30,",
        "drammen,,,,,,",
        "x",
        f"{name}5,,,,,,",
        f"{name}5,,,,,,",
    ]
    with pytest.raises(ImportRefused) as refused:
        from_csv("\n".join([HEAD, *lines]).encode(), "x")
    named = {(one.line, one.field) for one in refused.value.rows}
    wanted = {(2, "state"), (3, "power.feed"), (4, "lit_from_utc"), (5, "lit_until_min"), (9, "sign")}
    assert wanted <= named, named
    assert {line for line, _ in named} == {2, 3, 4, 5, 6, 7, 9}
    assert (7, "columns") in named
    assert all(one.allowed and "\n" not in str(one) for one in refused.value.rows)


@pytest.mark.parser
@settings(max_examples=int(os.environ.get("GANGVAKT_FUZZ", "100")), deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{HEAD}\n{text}".encode()))
def test_any_bytes_are_rows_or_a_refusal(data: bytes) -> None:
    for read in (from_csv, from_geojson):
        try:
            assert isinstance(read(data, "x"), tuple)
        except ImportRefused as refused:
            told = refused
        else:
            continue
        assert told.rows


@pytest.fixture
async def registry(stores: Stores, tmp_path: Path) -> AsyncIterator[Registry]:
    """Two signs at a crossing with one pole."""
    from gangvakt.provision.pki import Pki

    async with Store.open(stores.migrated()) as store:
        pki = Pki.open(tmp_path / "pki")
        registry = Registry(store, lambda: pki, lambda: 1_800_000_000_000)
        await registry.sites.add(a_site())
        for mac in (MAC, OTHER_MAC):
            await registry.signs.begin(a_request(mac))
        poles = [{"pole": "a", "side": "north", "lat_deg": 59.1, "lon_deg": 10.1}]
        described = {"lat_deg": 59.0, "lon_deg": 10.0, "poles": poles}
        await registry.site_files.put(SITE, SiteFileIn.model_validate(described))
        yield registry


async def test_of_a_list_all_is_filed_or_nothing_and_every_row_is_named(registry: Registry) -> None:
    other, lists = SITE.sign(OTHER_MAC), registry.sign_lists
    power = Power(feed="lighting", feeder="K17")
    rows = (
        SignRow(sign=str(SIGN), pole="a", power=power, state="commissioned", line=2),
        SignRow(sign=str(other), pole="b", state="in_service", line=3),
        SignRow(sign="drammen/storgata/ffffffffffff", line=4),
    )
    with pytest.raises(ImportRefused) as refused:
        await lists.take_in(SignRowsIn(rows=rows), "kari")
    assert [(one.line, one.field) for one in refused.value.rows] == [(3, "pole"), (3, "state"), (4, "sign")]
    assert all(one.version == 0 for one in await lists.all())
    assert len(await lists.take_in(SignRowsIn(rows=rows[:1], dry_run=True), "kari")) == 1
    assert all(one.version == 0 for one in await lists.all())
    assert [one.sign for one in await lists.take_in(SignRowsIn(rows=rows[:1]), "kari")] == [str(SIGN)]
    assert await lists.take_in(SignRowsIn(rows=rows[:1]), "kari") == ()
    told = await registry.sign_files.one(SIGN)
    assert (told.pole, told.power, told.steps[-1].who) == ("a", power, "kari")
    assert registry.power_profile(SIGN).feeder == "K17"
    async with registry.ground.store.reading() as connection:
        noted = (
            await connection.execute(select(AUDIT.c.action, AUDIT.c.subject).order_by(AUDIT.c.number))
        ).all()
    mine = [row.action for row in noted if row.subject == str(SIGN)]
    assert mine[-2:] == ["sign.file", "sign.state"], "each imported row is noted once, as if filed alone"


async def test_a_list_tells_of_every_sign_where_it_is_and_how_it_is(registry: Registry) -> None:
    await registry.sign_files.put(SIGN, SignFileIn(pole="a"))
    await registry.signs.revoke(SITE.sign(OTHER_MAC))
    (told,) = await registry.sign_lists.all()
    assert (told.sign, told.lat_deg, told.board is None, told.is_shadow) == (str(SIGN), 59.1, False, None)
    await registry.sign_files.step(SITE.sign(OTHER_MAC), StepIn(state="retired"), "kari")
    retired = next(one for one in await registry.sign_lists.all() if one.sign != str(SIGN))
    assert (retired.state, retired.lat_deg) == ("retired", 59.0)
    written = from_csv(to_csv(await registry.sign_lists.all()).encode(), "x.csv")
    assert await registry.sign_lists.take_in(SignRowsIn(rows=written), "kari") == ()


def test_the_columns_that_are_only_told_are_no_settings() -> None:
    assert not set(TOLD) & set(COLUMNS)
    head = [*COLUMNS, "registered"]
    (row,) = from_csv(f"{','.join(head)}\n{SIGN},,,,,,,2020-01-01\n".encode(), "x")
    assert row == SignRow(sign=str(SIGN), line=2)
