"""What is found on a board is compared with what was written."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import BoardSilent, BoardTrouble, ToolFailed
from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image
from gangvakt.provision.installed import Installed, differences, expected
from gangvakt.provision.layout import Region
from gangvakt.provision.mpremote_run import END, parse
from gangvakt.provision.tool_run import Ended

SPEC = load_board("virtual")
VFS, DATA = SPEC.partition("vfs"), SPEC.partition("data")
REGIONS = (
    Region("vfs", VFS.offset, littlefs_image(VFS, {"/boot.py": b"boot", "/pack.mpy": b"pack"})),
    Region("app_a", 0x210000, b"app"),
    Region("data", DATA.offset, littlefs_image(DATA, {"/key.der": b"secret"})),
    Region("outbox", 0x380000, b"\xff" * 4096),
)
MACHINE = SPEC.board.machine


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_files_are_expected_where_the_sign_has_them():
    wanted = expected("1.26.1", MACHINE, REGIONS)
    assert wanted.digests == {
        "/boot.py": digest(b"boot"),
        "/pack.mpy": digest(b"pack"),
        "app_a": digest(b"app"),
        "/data/key.der": digest(b"secret"),
    }


def test_nothing_differs_where_all_is_there_and_the_sign_added_files():
    wanted = expected("1.26.1", MACHINE, REGIONS)
    found = replace(wanted, digests={**wanted.digests, "/data/boot": digest(b"1")})
    assert differences(wanted, found) == []


def test_every_difference_is_said_but_the_line_stays_short():
    wanted = expected("1.26.1", MACHINE, REGIONS)
    found = Installed("1.25.0", "Other", {"/boot.py": "00"})
    assert differences(wanted, found) == [
        "MicroPython 1.25.0 instead of 1.26.1",
        f"machine 'Other' instead of {MACHINE!r}",
        "/boot.py differs",
        "3 more",
    ]


def test_what_mpremote_printed_is_read_back():
    printed = ("version 1.26.1", f"machine {MACHINE}", f"file {digest(b'boot')} /boot.py", END)
    assert parse("COM7", Ended(0, printed)) == Installed("1.26.1", MACHINE, {"/boot.py": digest(b"boot")})


def test_an_inspection_that_broke_off_is_no_inspection():
    with pytest.raises(ToolFailed, match="did not come to its end"):
        parse("COM7", Ended(0, ("version 1.26.1",)))


def test_a_board_that_hangs_is_told():
    with pytest.raises(BoardSilent, match="30 s"):
        parse("COM7", Ended(None, (), 30.0))


@given(st.integers(0, 3) | st.none(), st.lists(st.text()))
def test_whatever_mpremote_prints_nothing_breaks(code: int | None, lines: list[str]):
    with suppress(BoardTrouble):
        parse("COM7", Ended(code, tuple(lines), 1.0))
