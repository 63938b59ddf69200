"""Regions of a flash: all that a sign needs, nothing of a board's past, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gangvakt.errors import ImageError
from gangvakt.provision.board import BoardSpec, board_ids, load_board
from gangvakt.provision.image import FIRMWARE_DIR, partition_table
from gangvakt.provision.layout import Region, app_images, data_image, flash_regions, manifest
from gangvakt.provision.official import OfficialImage

from .official_file import official_file
from .test_image import read_back

IDENTITY = {"identity.json": b'{"v": 1}', "key.der": bytes(range(200))}


def official_of(spec: BoardSpec, app_bytes: int = 5000) -> OfficialImage:
    content = official_file(spec.board.chip, flash_mb=spec.flash.size >> 20, app_bytes=app_bytes)
    return OfficialImage.parse(spec, "test", content)


def regions_of(spec: BoardSpec) -> dict[str, Region]:
    regions = flash_regions(spec, official_of(spec), app_images(spec), IDENTITY)
    return {region.name: region for region in regions}


@pytest.fixture(params=board_ids(), scope="module")
def spec(request: pytest.FixtureRequest) -> BoardSpec:
    return load_board(request.param)


@pytest.fixture(scope="module")
def regions(spec: BoardSpec) -> dict[str, Region]:
    return regions_of(spec)


def test_every_partition_has_its_region_and_none_overlaps(spec: BoardSpec, regions: dict[str, Region]):
    notes = {f"{part.name}_notes" for part in spec.partitions if part.subtype in ("ota_0", "ota_1")}
    parts = {part.name for part in spec.partitions}
    assert set(regions) == {"bootloader", "partition_table"} | parts | notes
    end = 0
    for region in regions.values():
        assert region.offset >= end, region.name
        end = region.end
    assert end <= spec.flash.size


def test_regions_begin_and_end_where_the_flash_can_be_erased(regions: dict[str, Region]):
    code = {"bootloader", "factory", "ota_0", "ota_1"}
    for region in regions.values():
        assert region.offset % 0x1000 == 0
        assert region.name in code or len(region.data) % 0x1000 == 0


def test_the_interpreter_is_in_every_slot(spec: BoardSpec, regions: dict[str, Region]):
    slots = [part.name for part in spec.partitions if part.type == "app"]
    assert slots in (["factory"], ["ota_0", "ota_1"])
    assert {regions[name].data for name in slots} == {official_of(spec).app}


def test_nothing_of_the_past_survives(spec: BoardSpec, regions: dict[str, Region]):
    for name in regions.keys() & {"ota_0_notes", "ota_1_notes"}:
        slot = spec.partition(name.removesuffix("_notes"))
        assert regions[name] == Region(name, slot.offset + slot.size - 0x1000, b"\xff" * 0x1000)
    blank = {"nvs", "outbox", "recorder", "app_b", "otadata", "phy_init"} & regions.keys()
    assert blank >= {"nvs", "outbox", "recorder", "app_b"}
    for name in blank:
        assert regions[name].data == b"\xff" * spec.partition(name).size
    for name in ("vfs", "app_a", "data"):
        assert len(regions[name].data) == spec.partition(name).size


def test_our_own_table_lies_beside_the_official_boot_loader(spec: BoardSpec, regions: dict[str, Region]):
    assert regions["partition_table"].offset == 0x8000
    assert regions["partition_table"].data == partition_table(spec)
    assert regions["bootloader"].data == official_of(spec).bootloader


def test_the_data_partition_holds_identity_and_wiring(spec: BoardSpec, regions: dict[str, Region]):
    files = read_back(regions["data"].data)
    assert json.loads(files.pop("/board.json")) == spec.wiring()
    assert files == {f"/{name}": content for name, content in IDENTITY.items()}


def test_the_same_input_gives_the_same_bytes_on_any_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Another folder, another cache, files of another age and copied in another order."""
    board, made = load_board("virtual"), []
    for place in ("here", "a/much/longer/way/down"):
        firmware = tmp_path / place / "firmware"
        ignored = shutil.ignore_patterns("tests", "__pycache__")
        shutil.copytree(FIRMWARE_DIR, firmware, ignore=ignored, copy_function=shutil.copyfile)
        for file in firmware.rglob("*.py"):
            os.utime(file, (len(place) * 1e8, len(place) * 1e8))
        monkeypatch.setenv("GANGVAKT_CACHE", str(tmp_path / place / "cache"))
        made.append(flash_regions(board, official_of(board), app_images(board, firmware), IDENTITY))
    assert made[0] == made[1]
    assert not any(b"firmware/" in region.data or bytes(tmp_path) in region.data for region in made[0])


def test_another_identity_changes_the_data_partition_alone():
    board = load_board("virtual")
    app, official = app_images(board), official_of(board)
    one = flash_regions(board, official, app, IDENTITY)
    other = flash_regions(board, official, app, {"identity.json": b'{"v": 2}'})
    assert [region.name for region, changed in zip(one, other, strict=True) if region != changed] == ["data"]


def test_the_order_of_files_is_of_no_consequence():
    board = load_board("virtual")
    assert data_image(board, IDENTITY) == data_image(board, dict(reversed(IDENTITY.items())))


def test_an_interpreter_too_large_for_its_slot_is_refused_with_both_sizes():
    board = load_board("esp32-devkitc-ota")
    official = official_of(board, app_bytes=0x180000)
    with pytest.raises(ImageError) as refusal:
        flash_regions(board, official, app_images(board), {})
    assert refusal.value.field == "partition.ota_0"
    assert str(0x180000) in refusal.value.allowed


def test_a_boot_loader_that_would_reach_into_the_table_is_refused():
    board = load_board("virtual")
    official = replace(official_of(board), bootloader=bytes(0x7001))
    with pytest.raises(ImageError, match="at most 28672 bytes"):
        flash_regions(board, official, app_images(board), {})


def test_the_manifest_says_what_lies_where():
    board = load_board("esp32-s3-devkitc")
    official = official_of(board)
    regions = flash_regions(board, official, app_images(board), {})
    told = manifest(board, official, {f"{region.name}.bin": region for region in regions})
    assert (told["board"], told["chip"], told["flash_size"]) == ("esp32-s3-devkitc", "esp32s3", 8 << 20)
    assert told["micropython"]["version"] == "1.26.1"
    for line, region in zip(told["regions"], regions, strict=True):
        assert (line["name"], line["offset"], line["size"]) == (region.name, region.offset, len(region.data))
        assert line["sha256"] == hashlib.sha256(region.data).hexdigest()
    json.dumps(told)
