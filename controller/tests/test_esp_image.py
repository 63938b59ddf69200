"""Images of the boot ROM's format: read as the real esptool reads them, refused where anything is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import ImageError
from gangvakt.provision.chips import CHIPS
from gangvakt.provision.esp_image import parse_image

from .official_file import app_body, esp_image

APP = esp_image("esp32", app_body("v1.26.1", 500))
LAST = len(APP) - 1
HASHED = 23  # place of the byte that says whether there is a hash at all


def told_by_esptool(path: Path, chip: str) -> str:
    command = [sys.executable, "-m", "esptool", "--chip", chip, "image-info", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("chip", CHIPS)
def test_esptool_and_we_read_the_same_in_an_image(tmp_path: Path, chip: str):
    path = tmp_path / "app.bin"
    path.write_bytes(esp_image(chip, app_body("v1.26.1")))
    image = parse_image("app.bin", path.read_bytes())
    told = told_by_esptool(path, chip)
    assert "(valid)" in told.split("Checksum:")[1].splitlines()[0]
    assert "(valid)" in told.split("Validation hash:")[1].splitlines()[0]
    assert told.split("App version:")[1].split()[0] == image.version == "v1.26.1"
    assert told.split("Flash size:")[1].split()[0] == f"{image.flash_size >> 20}MB" == "4MB"
    assert image.chip_id == CHIPS[chip].image_chip_id


def test_a_boot_loader_is_told_of_a_larger_flash_and_stays_valid(tmp_path: Path):
    path = tmp_path / "loader.bin"
    small = parse_image("loader.bin", esp_image("esp32s3", app_body("none"), flash_mb=4))
    path.write_bytes(small.for_flash(8 << 20))
    told = told_by_esptool(path, "esp32s3")
    assert told.split("Flash size:")[1].split()[0] == "8MB"
    assert "invalid" not in told
    assert parse_image("loader.bin", path.read_bytes()).flash_size == 8 << 20


def test_a_boot_loader_that_knows_enough_flash_stays_as_it_is():
    content = esp_image("esp32s3", bytes(100), flash_mb=16)
    assert parse_image("loader.bin", content).for_flash(8 << 20) == content


@pytest.mark.parametrize("hashed", [True, False])
def test_what_follows_an_image_is_no_part_of_it(hashed: bool):
    content = esp_image("esp32", app_body("1.26.1"), hashed=hashed)
    assert parse_image("app", content + b"\xff" * 5000).content == content


def test_a_boot_loader_has_no_version():
    assert parse_image("loader", esp_image("esp32", b"code" * 100)).version == ""
    assert parse_image("loader", esp_image("esp32", b"")).version == ""


@pytest.mark.parametrize(
    ("at", "byte", "field"),
    [
        (0, 0x00, "first byte"),
        (1, 0, "segments"),
        (1, 17, "segments"),
        (100, APP[100] ^ 1, "checksum"),
        (LAST - 32, APP[LAST - 32] ^ 1, "checksum"),
        (4, APP[4] ^ 1, "appended hash"),
        (LAST, APP[LAST] ^ 1, "appended hash"),
        (30, 0xAA, "size"),  # the length of a segment
    ],
)
def test_a_damaged_image_is_refused_by_what_is_wrong(at: int, byte: int, field: str):
    damaged = bytearray(APP)
    damaged[at] = byte
    with pytest.raises(ImageError) as refusal:
        parse_image("app.bin", bytes(damaged))
    assert (refusal.value.source, refusal.value.field) == ("app.bin", field)


@given(st.integers(0, LAST))
def test_an_image_cut_anywhere_is_refused_as_too_short(length: int):
    with pytest.raises(ImageError, match="cut short"):
        parse_image("app.bin", APP[:length])


@given(st.integers(0, LAST).filter(lambda at: at != HASHED), st.integers(1, 255))
def test_no_single_wrong_byte_passes(at: int, change: int):
    damaged = bytearray(APP)
    damaged[at] ^= change
    with pytest.raises(ImageError):
        parse_image("app.bin", bytes(damaged))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"\xe9" + tail))
def test_any_bytes_are_read_or_refused(content: bytes):
    try:
        image = parse_image("any", content)
    except ImageError as refusal:
        said = str(refusal)
    else:
        said = image.version
        assert content.startswith(image.content)
    assert "\n" not in said
