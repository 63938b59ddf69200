"""Board files: the shipped ones suit their chips, every way to get one wrong is refused by field and rule."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gangvakt.errors import BoardError
from gangvakt.provision.board import BOARDS_DIR, BoardSpec, board_ids, load_board
from gangvakt.provision.chips import CHIPS
from gangvakt.provision.pin_rules import pin_uses

OPTIONAL = {"second", "analog"}
TEXTS = {path.stem: path.read_text() for path in BOARDS_DIR.glob("*.toml")}
VIRTUAL = TEXTS["virtual"]
LONGEST_LINE = 400  # characters of a refusal, its path apart

# The firmware keeps a copy of the wiring in a buffer of this size (`sign/hal/store.py`).
WIRING_BYTES_MAX = 512


def refused(folder: Path, text: str | bytes) -> BoardError:
    path = folder / "wrong.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BoardError) as refusal:
        load_board(path)
    assert refusal.value.source == str(path)
    assert "\n" not in str(refusal.value)
    return refusal.value


@pytest.mark.parametrize("name", board_ids())
def test_a_shipped_board_is_valid_and_named_after_its_file(name):
    assert load_board(name).board.id == name


@pytest.mark.parametrize("name", board_ids())
def test_a_shipped_board_s_wiring_fits_into_the_copy_that_the_sign_keeps(name):
    assert len(json.dumps(load_board(name).wiring())) <= WIRING_BYTES_MAX


@pytest.mark.parametrize("name", board_ids())
def test_partitions_of_a_shipped_board_leave_no_gap(name):
    """What lies between two partitions would never be erased."""
    parts = sorted(load_board(name).partitions, key=lambda part: part.offset)
    gaps = [(a.name, b.name) for a, b in pairwise(parts) if a.end != b.offset]
    assert gaps == []
    assert parts[0].offset == 0x9000


@pytest.mark.parametrize("name", board_ids())
def test_an_official_image_without_a_sum_is_never_one_that_is_fetched_unseen(name):
    image = load_board(name).image
    assert image.sha256 is not None or "--sha256" in TEXTS[name] or image.url is None


def test_the_kinds_of_boards_that_are_promised_are_shipped():
    told = {
        name: (spec.board.chip, spec.flash.size >> 20) for name in board_ids() if (spec := load_board(name))
    }
    assert told["esp32-devkitc"] == ("esp32", 4)
    assert told["esp32-s3-devkitc"] == ("esp32s3", 8)
    assert told["esp32-c3-devkitm"] == ("esp32c3", 4)
    assert told["olimex-esp32-poe"] == ("esp32", 4)
    assert "lan" in load_board("olimex-esp32-poe").capabilities


def test_the_official_images_with_a_known_sum_are_pinned():
    assert load_board("esp32-devkitc").image.sha256 == (
        "6b5272b6edd15fc4d1627ec559a27a5d5a7b86e5ea7f8013941eb10c877edd4e"
    )
    assert load_board("esp32-s3-devkitc").image.sha256 == (
        "d6c48687f684cc7c002a0a4acd258f881c4b391f3ef121726a3b7cd285dcdbbc"
    )


def test_capabilities_are_what_is_wired_and_what_the_board_says_of_itself():
    assert load_board("virtual").capabilities >= {"lamps", "radar", "second_radar", "pir", "supply", "wifi"}
    assert "esptool_stub" not in load_board("virtual").capabilities
    assert load_board("esp32-c3-devkitm").capabilities == {
        *("lamps", "radar", "pir", "lamp_current", "thermometer", "wifi", "espnow", "esptool_stub")
    }


def test_machine_code_is_the_chip_s_unless_the_board_says_otherwise():
    table = tomllib.loads(VIRTUAL)
    assert BoardSpec.model_validate(table).arch == "x86"
    del table["board"]["arch"]
    assert BoardSpec.model_validate(table).arch == CHIPS["esp32"].arch == "xtensawin"


@pytest.mark.parametrize("chip", CHIPS.values(), ids=CHIPS)
def test_every_chip_can_drive_two_lamps_and_their_dimming(chip):
    assert chip.rmt_channels >= 2
    assert chip.pwm_channels >= 1
    assert chip.console <= chip.all
    assert not chip.strapping.keys() & chip.harmless_strapping


S3, C3, POE, OTA = "esp32-s3-devkitc", "esp32-c3-devkitm", "olimex-esp32-poe", "esp32-devkitc-ota"


@pytest.mark.parametrize(
    ("name", "old", "new", "field", "rule"),
    [
        # single values
        ("virtual", 'chip = "esp32"', 'chip = "z80"', "board.chip", "esp32"),
        ("virtual", 'arch = "x86"', 'arch = "mips"', "board.arch", "'rv32imc'"),
        ("virtual", 'id = "virtual"', 'id = "Virtual Board"', "board.id", "1 to 32 of a-z"),
        ("virtual", '"espnow"]', '"telepathy"]', "board.capabilities.1", "'esptool_stub'"),
        ("virtual", "size = 0x400000", "size = 0x300000", "flash.size", "4194304"),
        ("virtual", "dim = 27", 'dim = "27"', "pins.dim", "a whole number"),
        ("virtual", "dim = 27", "dimm = 27", "pins.dim", "must be given"),
        ("virtual", "tx = 17", "tx = 17\nbaud = 256000", "radar.baud", "no such field"),
        ("virtual", "light = 36", "lite = 36", "analog.lite", "no such field"),
        (
            "virtual",
            "supply_ratio_milli = 5545",
            "supply_ratio_milli = 554",
            "analog.supply_ratio_milli",
            "1000",
        ),
        ("virtual", "bytes = 167936", "bytes = 1000", "heap.bytes", "32768"),
        ("virtual", "[heap]", "[heap]\ncolour = 1", "heap.colour", "no such field"),
        ("virtual", "armed_ms = 2000", "armed_ms = 20", "tolerances.armed_ms", "200"),
        ("virtual", "lamp_edge_us = 2000", "lamp_edge_us = 1e3", "tolerances.lamp_edge_us", "a whole number"),
        ("esp32-devkitc", "size = 1734416", "size = 17", "image.size", "65536"),
        ("esp32-devkitc", 'sha256 = "6b', 'sha256 = "6B', "image.sha256", "64 of 0-9"),
        ("esp32-devkitc", 'file = "ESP32', 'file = "../ESP32', "image.file", ".bin file"),
        ("esp32-devkitc", 'url = "https', 'url = "http', "image.url", "https://"),
        ("esp32-devkitc", 'version = "1.26.1"', 'version = "1.25.0"', "image.version", "MicroPython 1.26"),
        # the partition table
        ("virtual", "offset = 0x300000", "offset = 0x300800", "partition.7.offset", "multiple of 4096"),
        (
            "virtual",
            "offset = 0x10000",
            "offset = 0x11000",
            "partition.factory.offset",
            "multiple of 0x10000",
        ),
        ("virtual", "size = 0x400000", "size = 0x200000", "partition.vfs", "the flash of 0x200000"),
        (
            "virtual",
            "offset = 0x250000\nsize = 0x40000",
            "offset = 0x250000\nsize = 0x30000",
            "partition.app_b.size",
            "the size of app_a",
        ),
        ("virtual", "offset = 0x300000", "offset = 0x2FF000", "partition.data.offset", "overlaps"),
        ("virtual", 'name = "outbox"', 'name = "data"', "partition", "every name once"),
        ("virtual", 'name = "outbox"', 'name = "attic"', "partition", "with outbox as well"),
        ("virtual", 'name = "phy_init"', 'name = "a_name_of_16_chr"', "partition.1.name", "1 to 15 of a-z"),
        ("virtual", 'subtype = "phy"', 'subtype = "physical"', "partition.1.subtype", "'factory'"),
        ("virtual", 'subtype = "phy"', 'subtype = "ota_0"', "partition.phy_init.subtype", "one of ota, phy"),
        ("virtual", 'subtype = "factory"', 'subtype = "nvs"', "partition.factory.subtype", "factory, ota_0"),
        ("virtual", 'subtype = "nvs"', 'subtype = "phy"', "partition.nvs.subtype", "nvs"),
        (C3, 'name = "phy_init"', 'name = "romfs"', "partition.romfs.subtype", "romfs"),
        ("virtual", "size = 0x400000", "size = 0x800000", "partition", "two interpreter slots"),
        ("virtual", 'subtype = "factory"', 'subtype = "ota_0"', "partition", "or ota_0 and ota_1"),
        ("virtual", 'subtype = "phy"', 'subtype = "ota"', "partition", "the one app factory"),
        (S3, 'subtype = "ota"', 'subtype = "phy"', "partition", "with the subtype ota"),
        (S3, 'subtype = "ota_1"', 'subtype = "factory"', "partition", "or ota_0 and ota_1"),
        (
            S3,
            "offset = 0xD000\nsize = 0x2000",
            "offset = 0xD000\nsize = 0x1000",
            "partition.otadata.size",
            "0x2000",
        ),
        (
            S3,
            "offset = 0x200000\nsize = 0x1F0000",
            "offset = 0x200000\nsize = 0x1E0000",
            "partition.ota_1.size",
            "0",
        ),
        # pins
        ("virtual", "dim = 27", "dim = 34", "pins.dim", "can only be an input"),
        ("virtual", "status_led = 2", "status_led = 37", "pins.status_led", "can only be an input"),
        ("virtual", "tx = 17", "tx = 37", "radar.tx", "can only be an input"),
        ("virtual", "tx = 19", "tx = 37", "second.tx", "can only be an input"),
        ("virtual", "thermometer = 4", "thermometer = 37", "pins.thermometer", "can only be an input"),
        ("virtual", "dim = 27", "dim = 12", "pins.dim", "lamps would flash"),
        ("virtual", "dim = 27", "dim = 8", "pins.dim", "wired to the flash chip"),
        ("virtual", "dim = 27", "dim = 24", "pins.dim", "no pin of the esp32"),
        ("virtual", "dim = 27", "dim = 3", "pins.dim", "the console's"),
        ("virtual", "dim = 27", "dim = 25", "pins.dim", "pins.lamp_left has 25 as well"),
        ("virtual", "tx = 19", "tx = 17", "second.tx", "radar.tx has 17 as well"),
        ("virtual", "light = 36", "light = 35", "analog.supply", "analog.light has 35 as well"),
        ("virtual", "light = 36", "light = 14", "analog.light", "ADC1"),
        ("virtual", "pir = 34", "pir = 0", "pins.pir", "0 is high in reset"),
        ("virtual", "thermometer = 4", "thermometer = 12", "pins.thermometer", "12 is low in reset"),
        ("virtual", "rx = 16", "rx = 2", "radar.rx", "2 is low in reset"),
        ("virtual", "button = 0", "button = 12", "pins.button", "12 is low in reset"),
        ("virtual", 'arch = "x86"', 'arch = "x86"\npsram = "quad"', "radar.rx", "wired to the PSRAM"),
        ("virtual", 'arch = "x86"', 'arch = "x86"\npsram = "octal"', "board.psram", "none or quad"),
        ("virtual", 'arch = "x86"', 'arch = "x86"\ntaken = [34]', "pins.pir", "board.taken"),
        ("virtual", 'arch = "x86"', 'arch = "x86"\npulled_up = [27]', "pins.dim", "without a pull-up"),
        (S3, "dim = 6", "dim = 45", "pins.dim", "lamps would flash"),
        (S3, "dim = 6", "dim = 19", "pins.dim", "UART0 or USB"),
        (S3, "dim = 6", "dim = 30", "pins.dim", "wired to the flash chip"),
        (S3, "dim = 6", "dim = 23", "pins.dim", "no pin of the esp32s3"),
        (S3, "supply = 8", "supply = 13", "analog.supply", "ADC1"),
        (S3, "pir = 7", "pir = 35\n[board]\n", "file", "TOML"),
        (C3, "dim = 10", "dim = 18", "pins.dim", "UART0 or USB"),
        (C3, "dim = 10", "dim = 22", "pins.dim", "no pin of the esp32c3"),
        (C3, "status_led = 3", "status_led = 8", "pins.status_led", "8 is high in reset"),
        (C3, 'chip = "esp32c3"', 'chip = "esp32c3"\npsram = "quad"', "board.psram", "none on the esp32c3"),
        (POE, "status_led = 2", "status_led = 21", "pins.status_led", "data line of the wired network"),
        (POE, "status_led = 2", "status_led = 39", "pins.status_led", "taken by a part of the board"),
        # ports
        ("virtual", "uart = 2", "uart = 0", "radar.uart", "UART0 is the console's"),
        ("virtual", "uart = 1", "uart = 2", "second.uart", "one of [1]"),
        (
            C3,
            "[analog]\nlamp_current = 0",
            "[second]\nuart = 0\nrx = 8\ntx = 0",
            "second.uart",
            "no further port",
        ),
        # wired network
        (POE, "ref_clk = 17", "ref_clk = 0", "lan.ref_clk", None),
        (POE, 'ref_clk_mode = "out"', 'ref_clk_mode = "in"', "lan.ref_clk", "one of [0]"),
        (POE, "ref_clk = 17", "ref_clk = 19", "lan.ref_clk", "data line"),
        (POE, "mdc = 23", "mdc = 37", "lan.mdc", "can only be an input"),
        (POE, 'phy = "PHY_LAN8710"', 'phy = "RTL8139"', "lan.phy", "'PHY_LAN8710'"),
        (POE, "phy_addr = 0", "phy_addr = 32", "lan.phy_addr", "31"),
        # modem
        (S3, "[analog]", "[ppp]\nuart = 1\nrx = 41\ntx = 42\n[analog]", "ppp.uart", "no further port"),
        ("virtual", "[second] # port 1;", "[ppp]\npower = 36 #", "ppp.power", "can only be an input"),
        # variants
        (OTA, 'based_on = "esp32-devkitc"', "based_on = 3", "based_on", "the id of another board"),
        (OTA, 'based_on = "esp32-devkitc"', f'based_on = "{OTA}"', "based_on", "no based_on itself"),
        (OTA, 'id = "esp32-devkitc-ota"', 'id = "X"', "board.id", "1 to 32 of a-z"),
    ],
)
def test_a_wrong_board_file_is_refused_by_field_and_rule(tmp_path: Path, name, old, new, field, rule):
    for known, content in TEXTS.items():
        (tmp_path / f"{known}.toml").write_text(content)
    text = TEXTS[name].replace(old, new, 1)
    assert text != TEXTS[name]
    if rule is None:  # the clock may leave by this pin as well
        path = tmp_path / "right.toml"
        path.write_text(text)
        assert load_board(path).lan
        return
    refusal = refused(tmp_path, text)
    assert refusal.field == field
    assert rule in refusal.allowed


def test_a_variant_takes_from_its_base_what_it_does_not_say_itself():
    base, variant = load_board("esp32-devkitc"), load_board(OTA)
    assert (variant.pins, variant.radars, variant.analog) == (base.pins, base.radars, base.analog)
    assert (variant.board.chip, variant.capabilities) == (base.board.chip, base.capabilities)
    assert {part.name for part in variant.partitions} > {"ota_0", "ota_1", "otadata"}
    assert variant.image.sha256 is None


def test_a_variant_of_a_board_that_is_not_there_is_refused_by_name(tmp_path: Path):
    path = tmp_path / "variant.toml"
    path.write_text('based_on = "moon"\n')
    with pytest.raises(BoardError, match="moon"):
        load_board(path)


def test_a_modem_takes_the_port_of_a_second_radar(tmp_path: Path):
    path = tmp_path / "modem.toml"
    path.write_text(VIRTUAL.replace("[second] # port 1;", "[ppp] # port 1;"))
    spec = load_board(path)
    assert {"ppp", "radar"} <= spec.capabilities
    assert "second_radar" not in spec.capabilities
    assert spec.wiring()["ppp"] == {"uart": 1, "rx": 18, "tx": 19}


def test_wired_network_is_refused_on_a_chip_without_one(tmp_path: Path):
    lan = re.search(r"\[lan\]\n.*?\n\n", TEXTS[POE], re.DOTALL)
    assert lan
    few = lan[0].replace("23", "38").replace("18", "39").replace("power = 12\n", "").replace("17", "40")
    refusal = refused(tmp_path, TEXTS[S3] + "\n" + few)
    assert (refusal.field, "no wired network" in refusal.allowed) == ("lan.phy", True)


def test_octal_memory_takes_its_pins(tmp_path: Path):
    text = TEXTS[S3].replace("pir = 7", "pir = 35")
    path = tmp_path / "right.toml"
    path.write_text(text)
    assert load_board(path).pins.pir == 35
    refusal = refused(tmp_path, text.replace("[board]", '[board]\npsram = "octal"'))
    assert (refusal.field, refusal.value) == ("pins.pir", 35)
    assert "PSRAM" in refusal.allowed


@pytest.mark.parametrize("content", [b"[board", b"\xff\xfe", b"", b"board = 1", b"[" * 5000])
def test_a_file_that_is_no_board_is_refused_in_one_line(tmp_path: Path, content):
    refused(tmp_path, content)


def test_an_unknown_board_is_refused_with_the_known_ones():
    with pytest.raises(BoardError, match="virtual"):
        load_board("moon")


def test_a_second_radar_and_measurements_may_be_left_out():
    table = tomllib.loads(VIRTUAL)
    del table["second"], table["analog"], table["pins"]["thermometer"]
    board = BoardSpec.model_validate(table)
    assert len(board.radars) == 1
    assert board.wiring() == {
        "board": "virtual",
        "pins": table["pins"],
        "radar": table["radar"],
        "analog": {"supply_ratio_milli": 1000},
    }


def test_leaving_out_any_other_table_is_refused_by_its_name(tmp_path: Path):
    for table in set(tomllib.loads(VIRTUAL)) - OPTIONAL:
        assert table in str(refused(tmp_path, _without(table)))


def _without(table: str) -> str:
    blocks = VIRTUAL.split("\n[")
    return "\n[".join(block for block in blocks if not block.lstrip("[").startswith(f"{table}]"))


def test_what_is_special_about_a_pin_is_said_where_it_is_used():
    notes = {use.field: " ".join(use.notes) for use in pin_uses(load_board("esp32-devkitc"))}
    assert "must be high in reset" in notes["pins.button"]
    assert "must be low in reset" in notes["pins.status_led"]
    assert "input only" in notes["pins.pir"]
    assert notes["pins.lamp_left"] == ""
    poe = {use.field: " ".join(use.notes) for use in pin_uses(load_board(POE))}
    assert "pulled up" in poe["radar.rx"]
    assert "power-on" in poe["second.tx"]


LINES = st.integers(0, 200)
VALUES = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(["0x10", "true", "1.5", '""', "[]", "{}", "nan", '"factory"', "[[[]]]", "1979-05-27"]),
    st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False)),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped file with a few lines gone, doubled or given another value."""
    lines = TEXTS[draw(st.sampled_from(sorted(TEXTS)))].splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(LINES) % len(lines)
        action = draw(st.sampled_from(["drop", "double", "value", "swap"]))
        if action == "drop":
            del lines[at]
        elif action == "double":
            lines.insert(at, lines[at])
        elif action == "swap":
            other = draw(LINES) % len(lines)
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = f"{lines[at].split('=')[0]}= {draw(VALUES)}"
    return "\n".join(lines)


@given(mutated())
@example(VIRTUAL.replace("pir = 34", "pir = 340282366920938463463374607431768211456"))
def test_a_file_with_anything_changed_is_read_or_refused_in_one_line(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "mutated.toml"
    path.write_text(text, encoding="utf-8")
    said = _read_or_refused(path)
    assert "\n" not in said
    assert len(said) < LONGEST_LINE


def _read_or_refused(path: Path) -> str:
    """The refusal; nothing where the board is whole."""
    try:
        load_board(path).partition("data")
    except BoardError as refusal:
        return str(refusal).removeprefix(refusal.source)
    return ""


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_one_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(content)
    with pytest.raises(BoardError) as refusal:
        load_board(path)
    assert "\n" not in str(refusal.value)
