"""Flash images: reproducible, of exactly the partition's size, readable by what reads them on the chip."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest

from gangvakt.errors import BoardError, ImageError
from gangvakt.provision import image
from gangvakt.provision.board import load_board
from gangvakt.provision.pack import SECTOR, files_of_body

BOARD = load_board("virtual")


@pytest.fixture
def firmware(tmp_path: Path) -> Path:
    (tmp_path / "sign" / "core").mkdir(parents=True)
    for name in ("boot", *image.ROOT_MODULES):
        (tmp_path / f"{name}.py").write_text("")
    (tmp_path / "main.py").write_text("import sign\n")
    (tmp_path / "sign" / "__init__.py").write_text("")
    (tmp_path / "sign" / "version.py").write_text('VERSION = "1.2.3"\n')
    (tmp_path / "sign" / "core" / "rule.py").write_text("assert False\nX = 1\n")
    return tmp_path


def read_back(content: bytes) -> dict[str, bytes]:
    fs = image._file_system(len(content) // image.BLOCK)
    fs.context.buffer[:] = content
    fs.mount()
    paths = [f"{folder.rstrip('/')}/{name}" for folder, _, names in fs.walk("/") for name in names]
    return {path: fs.open(path, "rb").read() for path in paths}


def test_the_same_input_gives_the_same_bytes(firmware: Path):
    files = {"/identity.json": b"{}", "/config.json": b"[]"}
    turned = dict(reversed(files.items()))
    assert image.build_images(BOARD, files, firmware) == image.build_images(BOARD, turned, firmware)


def test_what_starts_is_plain_files_and_what_finds_the_app_beside_them(firmware: Path):
    content = image.build_images(BOARD, {}, firmware)["vfs"]
    assert len(content) == BOARD.partition("vfs").size
    assert sorted(read_back(content)) == [
        "/boot.py",
        *sorted(("/main.py", *(f"/{name}.mpy" for name in image.ROOT_MODULES))),
    ]


def test_the_app_is_compiled_into_the_first_slot(firmware: Path):
    content = image.build_images(BOARD, {}, firmware)["app_a"]
    assert len(content) == BOARD.partition("app_a").size
    files = files_of_body(content[SECTOR:])
    assert sorted(files) == ["sign/__init__.mpy", "sign/core/rule.mpy", "sign/version.mpy"]
    assert files["sign/core/rule.mpy"][:2] == b"M\x06"


def test_an_app_without_a_version_is_refused(firmware: Path):
    (firmware / "sign" / "version.py").write_text("VERSION = None\n")
    with pytest.raises(ImageError, match="VERSION"):
        image.build_images(BOARD, {}, firmware)


def test_data_files_are_read_back_as_written():
    files = {"/identity.json": b'{"v":1}', "/ca.der": bytes(range(256)) * 3}
    assert read_back(image.littlefs_image(BOARD.partition("data"), files)) == files


def test_the_table_is_the_one_that_esp_idf_reads():
    table = image.partition_table(BOARD)
    lines, closing = table[: 32 * len(BOARD.partitions)], table[32 * len(BOARD.partitions) :]
    magic, kind, subtype, offset, size, label, flags = struct.unpack("<2sBBII16sI", lines[96:128])
    assert (magic, kind, subtype, offset, size, flags) == (b"\xaa\x50", 1, 0x81, 0x200000, 0x10000, 0)
    assert label.rstrip(b"\0") == b"vfs"
    assert closing[:32] == b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(lines).digest()


def test_merged_flash_is_erased_outside_table_and_partitions():
    flash = image.merge_flash(BOARD, {"outbox": b"abc"})
    assert len(flash) == BOARD.flash.size
    assert flash[0x380000:0x380003] == b"abc"
    rest = flash[:0x8000] + flash[0x9000:0x380000] + flash[0x380003:]
    assert rest.strip(b"\xff") == b""


@pytest.mark.parametrize(("arch", "number"), [("x86", 1), ("xtensawin", 10), ("rv32imc", 11)])
def test_machine_code_is_that_of_the_board(firmware: Path, arch: str, number: int):
    rule = firmware / "sign" / "core" / "rule.py"
    rule.write_text("@micropython.viper\ndef twice(x: int) -> int:\n    return 2 * x\n")
    compiled = image.app_files(arch, firmware)["sign/core/rule.mpy"]
    assert compiled[2] >> 2 == number  # third byte of the .mpy format: architecture and sub-version


def test_a_syntax_error_is_refused_with_its_file(firmware: Path):
    (firmware / "sign" / "core" / "rule.py").write_text("def f(:\n")
    with pytest.raises(ImageError) as refusal:
        image.app_files("x86", firmware)
    assert refusal.value.source == "sign.core.rule"


def test_more_than_the_partition_holds_is_refused_with_both_sizes():
    with pytest.raises(ImageError, match=r"600000 bytes.*at most 524288"):
        image.littlefs_image(BOARD.partition("data"), {"/big": bytes(600_000)})
    with pytest.raises(ImageError, match="outbox"):
        image.merge_flash(BOARD, {"outbox": bytes(0x60001)})


def test_a_partition_that_the_board_lacks_is_refused_with_those_it_has():
    with pytest.raises(BoardError, match="nvs, phy_init"):
        image.merge_flash(BOARD, {"attic": b""})
