"""The label: what stands on it can be read, by people and by phones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from gangvakt.errors import LabelMissing, SettingRefused
from gangvakt.provision.label import (
    DEFAULT_SIZE,
    DPI,
    MM_PER_INCH,
    SIZES_MM,
    LabelFacts,
    LabelFolder,
    check_size,
    draw_label,
)

FACTS = LabelFacts(
    sign="drammen/storgata/30aea4120001",
    address="https://signs.drammen.example/signs/drammen/storgata/30aea4120001",
    board="esp32-devkitc",
    firmware="0.1.0",
    micropython="1.26.1",
    made=date(2026, 11, 27),
)
LONGEST = LabelFacts(
    sign=f"{'m' * 24}/{'s' * 24}/30aea4120001",
    address="https://" + "a" * 192,
    board="b" * 32,
    firmware="0.1.0-rc1+20261127",
    micropython="1.26.1",
    made=date(2026, 11, 27),
)


@pytest.mark.parametrize("size", SIZES_MM)
@pytest.mark.parametrize("facts", [FACTS, LONGEST], ids=["usual", "longest"])
def test_a_reader_finds_the_address_in_the_code(size: str, facts: LabelFacts):
    found = zxingcpp.read_barcodes(draw_label(facts, size))
    assert [code.text for code in found] == [facts.address]


def test_the_code_is_read_after_a_poor_print():
    small = draw_label(FACTS).resize((366, 171))  # half the resolution
    assert [code.text for code in zxingcpp.read_barcodes(small)] == [FACTS.address]


@pytest.mark.parametrize("size", SIZES_MM)
def test_the_picture_has_the_size_of_the_label(size: str):
    picture = draw_label(FACTS, size)
    assert [round(pixels / DPI * MM_PER_INCH) for pixels in picture.size] == list(SIZES_MM[size])


def test_everything_a_person_needs_stands_in_its_lines():
    text = " ".join(text for _, text in FACTS.lines())
    for part in ("drammen", "storgata", "30aea4120001", "0.1.0", "1.26.1", "esp32-devkitc", "2026-11-27"):
        assert part in text


@pytest.mark.parametrize("facts", [FACTS, LONGEST], ids=["usual", "longest"])
def test_no_text_runs_off_the_label(facts: LabelFacts):
    picture = draw_label(facts)
    edge = picture.crop((picture.width - 6, 0, picture.width, picture.height))
    assert edge.getextrema() == (255, 255)


def test_files_are_named_after_the_sign_and_tell_their_resolution(tmp_path: Path):
    paths = LabelFolder(tmp_path / "labels").print(FACTS)
    assert [path.name for path in paths] == [
        f"drammen_storgata_30aea4120001{suffix}" for suffix in (".png", ".pdf")
    ]
    with Image.open(paths[0]) as picture:
        assert [round(dpi) for dpi in picture.info["dpi"]] == [DPI, DPI]
    pdf = paths[1].read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 1" in pdf  # one page


def test_a_label_is_printed_again_from_the_facts_beside_it(tmp_path: Path):
    LabelFolder(tmp_path).keep(FACTS)
    assert LabelFolder(tmp_path).kept(FACTS.sign) == FACTS


def test_what_came_to_nothing_has_no_label(tmp_path: Path):
    labels = LabelFolder(tmp_path)
    labels.keep(FACTS)
    labels.forget(FACTS.sign)
    with pytest.raises(LabelMissing):
        labels.kept(FACTS.sign)
    labels.forget(FACTS.sign)


def test_facts_of_no_label_are_not_kept(tmp_path: Path):
    with pytest.raises(SettingRefused, match="1 to 200 characters"):
        LabelFolder(tmp_path).keep(replace(FACTS, address=""))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"[]",
        b"\xff",
        b'{"sign": "a/b/c"}',
        json.dumps({**json.loads(FACTS.to_json()), "sign": "x"}).encode(),
    ],
)
def test_facts_that_cannot_be_read_are_refused_in_a_line(tmp_path: Path, content: bytes | None):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LabelMissing, match="--label-dir"):
        LabelFacts.from_json(path)


def test_an_unknown_size_names_those_there_are():
    with pytest.raises(SettingRefused, match=DEFAULT_SIZE):
        check_size("a3")


@pytest.mark.parametrize("address", ["", "https://" + "a" * 193])
def test_an_address_that_no_phone_could_read_is_refused(address: str):
    facts = LabelFacts(**{**FACTS.__dict__, "address": address})
    with pytest.raises(SettingRefused, match="1 to 200 characters"):
        draw_label(facts)
