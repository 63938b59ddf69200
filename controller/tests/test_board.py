"""Board files: the shipped one is read, every way to get one wrong is refused by field, value and rule."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gangvakt.errors import BoardError
from gangvakt.provision.board import BOARDS_DIR, BoardSpec, board_ids, load_board
from gangvakt.provision.chips import CHIPS

OPTIONAL = {"second", "analog"}
VIRTUAL = (BOARDS_DIR / "virtual.toml").read_text()


def test_every_shipped_board_is_valid_and_named_after_its_file():
    assert board_ids()
    assert [load_board(name).board.id for name in board_ids()] == board_ids()


def test_virtual_board_has_room_for_code_data_and_outbox():
    board = load_board("virtual")
    assert [part.name for part in board.partitions][-3:] == ["vfs", "data", "outbox"]
    assert board.partitions[-1].end == board.flash.size


def test_machine_code_is_the_chip_s_unless_the_board_says_otherwise():
    table = tomllib.loads(VIRTUAL)
    assert BoardSpec.model_validate(table).arch == "x86"
    del table["board"]["arch"]
    assert BoardSpec.model_validate(table).arch == CHIPS["esp32"].arch == "xtensawin"


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ('chip = "esp32"', 'chip = "z80"', "board.chip", "esp32"),
        ('arch = "x86"', 'arch = "mips"', "board.arch", "'rv32imc'"),
        ('id = "virtual"', 'id = "Virtual Board"', "board.id", "pattern"),
        ("size = 0x400000", "size = 0x300000", "flash.size", "4194304"),
        ("size = 0x400000", "size = 0x200000", "board", "the flash at 0x200000"),
        ("offset = 0x300000", "offset = 0x300800", "partition.4.offset", "multiple of 4096"),
        ("offset = 0x300000", "offset = 0x2FF000", "board", "overlaps"),
        ("offset = 0x10000", "offset = 0x11000", "partition.2", "multiple of 0x10000"),
        ('name = "outbox"', 'name = "data"', "board", "same name"),
        ('name = "outbox"', 'name = "a_name_of_16_ch"', None, None),
        ('name = "outbox"', 'name = "a_name_of_16_chr"', "partition.5.name", "pattern"),
        ('subtype = "phy"', 'subtype = "physical"', "partition.1.subtype", "'factory'"),
        ("dim = 27", "dim = 34", "board", "only be an input"),
        ("dim = 27", "dim = 12", "board", "lamps would flash"),
        ("dim = 27", "dim = 8", "board", "no free pin"),
        ("dim = 27", "dim = 25", "board", "share a pin"),
        ("dim = 27", "dim = 24", "board", "no free pin"),
        ("dim = 27", 'dim = "27"', "pins.dim", "integer"),
        ("dim = 27", "dimm = 27", "pins.dim", "required"),
        ("uart = 2", "uart = 0", "board", "free are"),
        ("tx = 17", "tx = 17\nbaud = 256000", "radar.baud", "not permitted"),
        ("tx = 17", "tx = 35", "board", "radar.tx = 35 can only be an input"),
        ("tx = 19", "tx = 17", "board", "share a pin"),
        ("tx = 19", "tx = 36", "board", "second.tx = 36 can only be an input"),
        ("uart = 1", "uart = 2", "board", "second.uart = 2: free are [1]"),
        ("thermometer = 4", "thermometer = 34", "board", "only be an input"),
        ("light = 36", "light = 14", "board", "analog.light = 14 is no pin of ADC1"),
        ("light = 36", "light = 35", "board", "share a pin"),
        ("light = 36", "lite = 36", "analog.lite", "not permitted"),
        ("supply_ratio_milli = 5545", "supply_ratio_milli = 554", "analog.supply_ratio_milli", "1000"),
        ("bytes = 167936", "bytes = 1000", "heap.bytes", "32768"),
        ("[heap]", "[heap]\ncolour = 1", "heap.colour", "not permitted"),
    ],
)
def test_a_wrong_board_file_is_refused_by_field_and_rule(tmp_path: Path, old, new, field, rule):
    path = tmp_path / "wrong.toml"
    path.write_text(VIRTUAL.replace(old, new, 1))
    assert path.read_text() != VIRTUAL
    if field is None:
        assert isinstance(load_board(path), BoardSpec)
        return
    with pytest.raises(BoardError) as refusal:
        load_board(path)
    assert (refusal.value.source, refusal.value.field) == (str(path), field)
    assert rule in refusal.value.allowed


@pytest.mark.parametrize("content", [b"[board", b"\xff\xfe", b""])
def test_a_file_that_is_no_board_is_refused_in_one_line(tmp_path: Path, content):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(BoardError) as refusal:
        load_board(path)
    assert "\n" not in str(refusal.value)


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
        path = tmp_path / "less.toml"
        path.write_text(_without(table))
        with pytest.raises(BoardError, match=table):
            load_board(path)


def _without(table: str) -> str:
    blocks = VIRTUAL.split("\n[")
    return "\n[".join(block for block in blocks if not block.lstrip("[").startswith(f"{table}]"))
