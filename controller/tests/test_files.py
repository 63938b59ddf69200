"""What staff know of crossings and signs: kept whole, changed by steps, and deleted when its time is over."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from gangvakt.errors import LifeRefused, Missing, Outdated, SettingRefused
from gangvakt.fleet.life_cycle import LifeCycle
from gangvakt.fleet.power import MAINS, Feed, Supply
from gangvakt.provision.file_wire import (
    Approval,
    LogIn,
    MunicipalityIn,
    NoteIn,
    PartIn,
    SignFileIn,
    SiteFileIn,
    SiteRow,
    SiteRowsIn,
    StepIn,
)
from gangvakt.provision.wire import SiteChange
from gangvakt.registry import Registry
from gangvakt.registry.approval import approved
from gangvakt.registry.photos import LONGEST_EDGE_PX, redrawn
from gangvakt.store import Store

from .office import DAY_MS, MAC, SIGN, SITE, a_request, a_site
from .stores import Stores

EVIL = "<script>alert(1)</script>' OR 1=1; DROP TABLE sites; --"
APPROVAL = Approval(
    decision="2026/123", decided_on=date(2026, 5, 1), patterns=("alternating",), dim_max_pct=60
)
DESCRIBED = SiteFileIn.model_validate(
    {
        "lat_deg": 59.7441,
        "lon_deg": 10.2045,
        "street": EVIL[:80],
        "road_width_m": 7.5,
        "speed_limit_kmh": 50,
        "poles": [{"pole": "a", "side": "north", "lat_deg": 59.7442, "lon_deg": 10.2046}],
        "approval": APPROVAL.model_dump(),
    }
)


class Desk:
    """A registry on a database of either kind, with one registered sign."""

    def __init__(self, registry: Registry, now_ms: list[int], photos: Path) -> None:
        self.registry, self.now_ms, self.photos = registry, now_ms, photos
        self.sites, self.signs = registry.site_files, registry.sign_files


@pytest.fixture
async def desk(stores: Stores, tmp_path: Path) -> AsyncIterator[Desk]:
    from gangvakt.provision.pki import Pki

    now_ms, photos = [1_800_000_000_000], tmp_path / "photos"
    async with Store.open(stores.migrated()) as store:
        pki = Pki.open(tmp_path / "pki")
        registry = Registry(store, lambda: pki, lambda: now_ms[0], photos=photos)
        await registry.sites.add(a_site())
        await registry.signs.begin(a_request(MAC))
        yield Desk(registry, now_ms, photos)


def a_picture(size: tuple[int, int] = (40, 20), format_: str = "JPEG", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "yellow").save(written, format_, **options)
    return written.getvalue()


async def test_a_crossing_is_told_as_it_was_described(desk: Desk) -> None:
    assert (await desk.sites.one(SITE)).version == 0
    told = await desk.sites.put(SITE, DESCRIBED, 0)
    assert SiteFileIn.model_validate(told.model_dump(include=set(SiteFileIn.model_fields))) == DESCRIBED
    assert await desk.sites.all() == (told,)
    with pytest.raises(Outdated) as refused:
        await desk.sites.put(SITE, SiteFileIn(), 0)
    assert (refused.value.expected, refused.value.held) == (0, 1)
    assert (await desk.sites.put(SITE, SiteFileIn(), 1)).poles == ()


async def test_of_an_imported_file_all_is_taken_or_nothing(desk: Desk) -> None:
    values = DESCRIBED.model_dump()
    rows = [SiteRow(site=str(SITE), **values), SiteRow(site="drammen/nowhere", **values)]
    with pytest.raises(Missing):
        await desk.sites.take_in(SiteRowsIn(rows=tuple(rows)))
    assert (await desk.sites.one(SITE)).version == 0
    only = SiteRowsIn(rows=(rows[0],))
    assert len(await desk.sites.take_in(only.model_copy(update={"dry_run": True}))) == 1
    assert (await desk.sites.one(SITE)).version == 0
    assert [len(await desk.sites.take_in(only)) for _ in range(2)] == [1, 0]


async def test_municipalities_are_described(desk: Desk) -> None:
    await desk.sites.put_municipality("drammen", MunicipalityIn(title=EVIL[:80]), 0)
    assert [one.title for one in await desk.sites.municipalities()] == [EVIL[:80]]
    with pytest.raises(Outdated):
        await desk.sites.put_municipality("drammen", MunicipalityIn(title="x"), 0)


@pytest.mark.parametrize(
    "values",
    [
        {"lat_deg": 90.1, "lon_deg": 0},
        {"lat_deg": float("nan"), "lon_deg": 0},
        {"lat_deg": 1},
        {"road_width_m": 0},
        {"speed_limit_kmh": 500},
        {"street": "x\x1b[2J"},
        {"poles": [{"pole": "a", "side": "north"}] * 2},
        {"poles": [{"pole": "A B", "side": "north"}]},
        {"colour": "red"},
    ],
)
def test_a_description_out_of_bounds_is_refused(values: dict[str, object]) -> None:
    with pytest.raises((ValidationError, SettingRefused)):
        SiteFileIn.model_validate(values)


async def test_an_approval_locks_pattern_and_brightness_and_is_named(desk: Desk) -> None:
    await desk.sites.put(SITE, DESCRIBED)
    for config in ({"pattern": "steady"}, {"dim_pct": 80}, {"night_dim_pct": 61}):
        with pytest.raises(SettingRefused, match="by decision 2026/123 of 2026-05-01"):
            await desk.registry.sites.change(SITE, SiteChange.model_validate({"config": config}))
    changed = await desk.registry.sites.change(SITE, SiteChange.model_validate({"config": {"dim_pct": 60}}))
    assert changed.config == {"dim_pct": 60}
    held = approved({"dim_pct": 60}, await desk.sites.approval(SITE))
    assert (held["approval_number"], held["approval_dim_max_pct"]) == ("2026/123", 60)
    assert approved({"dim_pct": 100}, None) == {"dim_pct": 100}


async def test_an_approval_of_no_pattern_that_a_sign_knows_is_refused(desk: Desk) -> None:
    for pattern in ("user", "disco"):
        wrong = APPROVAL.model_copy(update={"patterns": (pattern,)})
        if pattern == "user":
            with pytest.raises(SettingRefused):
                await desk.sites.put(SITE, DESCRIBED.model_copy(update={"approval": wrong}))


async def test_a_sign_lives_by_steps_that_say_who_and_when(desk: Desk) -> None:
    for state in ("commissioned", "in_service"):
        told = await desk.signs.step(SIGN, StepIn(state=state), "kari")
    assert [(one.state, one.who, one.at_ms) for one in told.steps] == [
        ("commissioned", "kari", desk.now_ms[0]),
        ("in_service", "kari", desk.now_ms[0]),
    ]
    with pytest.raises(LifeRefused, match="allowed after in_service: in_repair, retired"):
        await desk.signs.step(SIGN, StepIn(state="enrolled"), "kari")
    assert len((await desk.signs.one(SIGN)).steps) == 2


async def test_a_sign_stands_at_a_pole_of_its_crossing(desk: Desk) -> None:
    with pytest.raises(SettingRefused):
        await desk.signs.put(SIGN, SignFileIn(pole="a"))
    await desk.sites.put(SITE, DESCRIBED)
    assert (await desk.signs.put(SIGN, SignFileIn(pole="a"), 0)).pole == "a"
    with pytest.raises(Outdated):
        await desk.signs.put(SIGN, SignFileIn(), 0)


async def test_what_feeds_a_sign_is_at_hand(desk: Desk) -> None:
    power = {"feed": "lighting", "feeder": "K17", "lit_from_min": 960, "lit_until_min": 420}
    assert desk.registry.power_profile(SIGN) == MAINS
    await desk.signs.put(SIGN, SignFileIn.model_validate({"power": power}))
    told = desk.registry.power_profile(SIGN)
    assert (told.feed, told.feeder) == (Feed.LIGHTING, "K17")
    assert told.supply(12 * 3_600_000) is Supply.OFF
    with pytest.raises(SettingRefused, match="lit_until_min"):
        SignFileIn.model_validate({"power": {"feed": "lighting", "lit_from_min": 1}})


async def test_where_a_signs_life_stands_is_at_hand(desk: Desk) -> None:
    life_of = desk.registry.power_profile.life_of
    assert (life_of(str(SIGN)), life_of("broker")) == (LifeCycle.IN_SERVICE, LifeCycle.IN_SERVICE)
    await desk.signs.step(SIGN, StepIn(state="retired"), "kari")
    assert life_of(str(SIGN)) is LifeCycle.RETIRED


async def test_a_state_alone_leaves_the_signs_own_word_on_its_power(desk: Desk) -> None:
    await desk.signs.step(SIGN, StepIn(state="commissioned"), "kari")
    await desk.registry.power_profile.load()
    desk.registry.power_profile.otherwise = lambda _: told
    told = MAINS.__class__(Feed.SOLAR)
    assert desk.registry.power_profile(SIGN) is told


async def test_parts_and_repairs_stay_in_the_file(desk: Desk) -> None:
    part = await desk.signs.fit(
        SIGN, PartIn(kind="radar", serial="LD-1", warranty_until=date(2030, 1, 2)), "ola"
    )
    await desk.signs.repair(SIGN, LogIn(text=EVIL), "ola")
    await desk.signs.remove_part(SIGN, part.id)
    with pytest.raises(Missing):
        await desk.signs.remove_part(SIGN, part.id)
    told = await desk.signs.one(SIGN)
    (kept,) = told.parts
    assert (kept.serial, kept.warranty_until, kept.removed_ms) == ("LD-1", date(2030, 1, 2), desk.now_ms[0])
    assert [(one.text, one.who) for one in told.repairs] == [(EVIL, "ola")]


async def test_notes_and_photos_are_deleted_when_their_time_is_over(desk: Desk) -> None:
    await desk.signs.note(SIGN, NoteIn(text="a note", keep_days=1), "kari")
    photo = await desk.signs.add_photo(SIGN, a_picture(), "the pole", 2, "kari")
    assert await desk.signs.photo(SIGN, photo.id)
    assert (await desk.signs.purge(), len(list(desk.photos.iterdir()))) == (0, 1)
    desk.now_ms[0] += 2 * DAY_MS
    assert await desk.signs.purge() == 2
    told = await desk.signs.one(SIGN)
    assert (told.notes, told.photos) == ((), ())
    with pytest.raises(Missing):
        await desk.signs.photo(SIGN, photo.id)


async def test_a_photo_that_is_deleted_leaves_no_picture(desk: Desk) -> None:
    photo = await desk.signs.add_photo(SIGN, a_picture(), "", 2, "kari")
    await desk.signs.delete_photo(SIGN, photo.id)
    assert list(desk.photos.iterdir()) == []


async def test_nothing_is_filed_of_a_sign_that_never_was(desk: Desk) -> None:
    with pytest.raises(Missing):
        await desk.signs.repair(SITE.sign("nobody"), LogIn(text="x"), "kari")


def test_a_photo_is_kept_small_and_without_the_cameras_words() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    picture = redrawn(a_picture((3000, 1000), exif=exif))
    with Image.open(io.BytesIO(picture.jpeg)) as kept:
        assert (kept.format, max(kept.size), dict(kept.getexif())) == ("JPEG", LONGEST_EDGE_PX, {})
    assert b"a camera" not in picture.jpeg
    assert redrawn(a_picture(format_="PNG")).width_px == 40


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8\xff", a_picture()[:200], a_picture(format_="BMP")]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SettingRefused, match="a JPEG or PNG"):
        redrawn(data)


@pytest.mark.parser
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_a_picture_or_a_refusal(data: st.DataObject) -> None:
    good = bytearray(a_picture(format_=data.draw(st.sampled_from(["JPEG", "PNG"]))))
    for place in data.draw(st.lists(st.integers(0, len(good) - 1), max_size=8)):
        good[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SettingRefused):
        assert redrawn(bytes(good)).jpeg.startswith(b"\xff\xd8")
