"""A blank board seen by the real esptool and mpremote, and what a board that was flashed does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from gangvakt.errors import WrongChip
from gangvakt.provision import serial_urls
from gangvakt.provision.board import BoardSpec, load_board
from gangvakt.provision.esptool_run import Esptool, refuse_other_chip
from gangvakt.provision.image import littlefs_image, partition_table
from gangvakt.provision.layout import Region
from gangvakt_sim.bootrom import BlankBoard, stand_in_image
from gangvakt_sim.bootrom.chips import ROM_CHIPS, rom_chip

from .esptool_runs import Done, esptool, mpremote, run
from .test_bootrom_boot import SLOTS, choice

PATIENCE_S = 20
CHIPS = sorted(ROM_CHIPS)
SPEC = load_board("virtual")
APP_OFFSET = 0x10000
StartBlank = Callable[..., BlankBoard]


@pytest.fixture
def blank(tmp_path: Path) -> Iterator[StartBlank]:
    """blank(**options): a board with an erased flash, started."""
    boards: list[BlankBoard] = []

    def start(**options: Any) -> BlankBoard:
        board = BlankBoard(SPEC, tmp_path / f"flash{len(boards)}.bin", **options)
        boards.append(board)
        board.start()
        return board

    yield start
    for board in boards:
        print(board.board.output.text()[-2000:])  # pytest shows it beside a failure
        board.stop()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """40 KB that are neither empty nor all the same."""
    path = tmp_path / "content.bin"
    path.write_bytes(stand_in_image("esp32")[APP_OFFSET : APP_OFFSET + 40_000])
    return path


def moved(spec: BoardSpec) -> BoardSpec:
    """The board's file system at another place, as no board file has it."""
    partitions = tuple(
        part.model_copy(update={"offset": 0x240000, "size": 0x80000}) if part.name == "vfs" else part
        for part in spec.partitions
    )
    return spec.model_copy(update={"partitions": partitions})


def regions(folder: Path, spec: BoardSpec, main_py: bytes) -> list[str | Path]:
    """Arguments of write-flash for a whole board: boot loader, table, app, file system."""
    start = rom_chip("esp32").bootloader_offset
    image = stand_in_image("esp32")
    files = {"/boot.py": b"", "/main.py": main_py}
    vfs = spec.partition("vfs")
    parts = {
        start: image[: 0x8000 - start].rstrip(b"\xff"),
        0x8000: partition_table(spec),
        APP_OFFSET: image[APP_OFFSET - start :],
        vfs.offset: littlefs_image(vfs, files),
    }
    arguments: list[str | Path] = []
    for offset, part in parts.items():
        path = folder / f"{offset:x}.bin"
        path.write_bytes(part)
        arguments += [hex(offset), path]
    return arguments


@pytest.mark.parametrize("chip", CHIPS)
def test_esptool_knows_each_chip_and_writes_its_flash(blank: StartBlank, content: Path, chip: str):
    board = blank(chip=chip)
    told = esptool(board.url, "flash-id")
    assert told.code == 0, told
    assert f"Connected to {rom_chip(chip).title} " in told
    assert "MAC:                30:ae:a4:12:00:01" in told
    assert "Crystal frequency:  40MHz" in told
    assert "Detected flash size: 4MB" in told
    for way, at in (("--no-compress", 0x20000), ("--compress", 0x41000)):
        written = esptool(board.url, "--baud", "921600", "write-flash", way, hex(at), content)
        assert written.code == 0, written
        assert "Hash of data verified." in written
        assert board.board.flash.read_bytes()[at : at + 40_000] == content.read_bytes()
    checked = esptool(board.url, "verify-flash", "0x41000", content)
    assert checked.code == 0, checked
    assert esptool(board.url, "verify-flash", "0x41400", content).code != 0


def test_esptool_reads_the_flash_back(blank: StartBlank, tmp_path: Path):
    board = blank()
    with board.board.flash.open("r+b") as flash:
        flash.seek(0x5000)
        flash.write(b"read me")
    done = esptool(board.url, "read-flash", "0x5000", "256", tmp_path / "read.bin")
    assert done.code == 0, done
    assert (tmp_path / "read.bin").read_bytes() == b"read me".ljust(256, b"\xff")


def test_pyserials_own_client_will_do_though_it_takes_its_time(blank: StartBlank):
    told = esptool(blank().url, "--chip", "esp32", "read-mac", quick=False)
    assert told.code == 0, told
    assert "30:ae:a4:12:00:01" in told


def test_another_mac_is_the_boards_own(blank: StartBlank):
    assert "24:0a:c4:00:3b:08" in esptool(blank(mac=bytes.fromhex("240ac4003b08")).url, "read-mac")


def test_the_stub_is_not_run_for_its_code_is_the_chips(blank: StartBlank):
    done = run("esptool", "--port", blank().url, "flash-id", quick=True)
    assert done.code != 0
    assert "Failed to start stub flasher" in done


def test_a_real_board_s_file_is_told_from_the_chip_and_from_the_stub_that_it_does_not_run(blank: StartBlank):
    tool = Esptool(blank().url, stub=True)  # as for a board file that says it runs it
    facts = tool.identify()
    with pytest.raises(WrongChip, match="board esp32-s3-devkitc has esp32s3: choose"):
        refuse_other_chip(tool.port, load_board("esp32-s3-devkitc"), facts)
    with pytest.raises(WrongChip, match=r"does not run .* \(the stub\): choose the board file with --board"):
        tool.holds([Region("loader", 0x1000, b"\xff" * 4096)])


def test_a_flashed_board_boots_from_just_what_was_written(blank: StartBlank, tmp_path: Path):
    board = blank()
    board.board.output.wait_for("invalid header: 0xffffffff", PATIENCE_S)
    spec = moved(SPEC)
    flashed = esptool(
        board.url,
        "--baud",
        "921600",
        "write-flash",
        "--compress",
        *regions(tmp_path, spec, b"print('main ran')"),
    )
    assert flashed.code == 0, flashed
    assert flashed.said.count("Hash of data verified.") == 4
    board.board.output.wait_for("main ran", PATIENCE_S)
    table = mpremote(board.url, "exec", "import esp32; print(esp32.Partition.find(1, label='vfs'))")
    assert "address=2359296, size=524288" in table, table
    assert "main.py" in mpremote(board.url, "fs", "ls")
    (tmp_path / "new.txt").write_text("kept")
    assert mpremote(board.url, "fs", "cp", str(tmp_path / "new.txt"), ":new.txt").code == 0
    board.board.hard_reset()
    assert "kept" in mpremote(board.url, "fs", "cat", ":new.txt")


def test_an_app_is_left_for_the_loader_and_started_again(blank: StartBlank, tmp_path: Path):
    """DTR and RTS work whatever the chip does, and so does the loader's own way out."""
    board = blank()
    whole = regions(
        tmp_path, SPEC, b"import time\nprint('main ran')\nwhile True: print('busy'); time.sleep(0.05)"
    )
    assert esptool(board.url, "write-flash", "--compress", *whole).code == 0
    board.board.output.wait_for("busy", PATIENCE_S)
    mark = board.board.output.mark()
    done = esptool(board.url, "--after", "soft-reset", "read-mac")
    assert done.code == 0, done
    printed = board.board.output.wait_for("main ran", PATIENCE_S, since=mark)
    assert printed.index("waiting for download") < printed.index("rst:0xc (SW_CPU_RESET),boot:0x13")


def test_the_running_slot_is_the_one_that_the_rom_chose(blank: StartBlank, tmp_path: Path):
    image = stand_in_image("esp32")
    pieces = {
        0x1000: image[:0x7000],
        0x8000: partition_table(SLOTS),
        0x10000: image[0xF000:],
        0x1F0000: image[0xF000:],
        0xD000: choice(2),
    }
    # The slots of that table are too small for the image: those of 8 MB boards are not.
    wide = SLOTS.model_copy(
        update={
            "partitions": (
                SLOTS.partitions[0],
                SLOTS.partitions[1].model_copy(update={"size": 0x1E0000}),
                SLOTS.partitions[2].model_copy(update={"offset": 0x1F0000, "size": 0x1E0000}),
            )
        }
    )
    pieces[0x8000] = partition_table(wide)
    flash = bytearray(b"\xff" * SPEC.flash.size)
    for offset, piece in pieces.items():
        flash[offset : offset + len(piece)] = piece
    (tmp_path / "flash0.bin").write_bytes(flash)
    board = blank()
    board.board.output.wait_for(">>> ", PATIENCE_S)
    running = mpremote(board.url, "exec", "from esp32 import Partition as P; print(P(P.RUNNING).info()[4])")
    assert "ota_1" in running, running


def test_bytes_take_their_time_where_the_baud_rate_is_modelled(blank: StartBlank, content: Path):
    board = blank(paced=True)
    start_s = time.monotonic()
    done = esptool(board.url, "--baud", "230400", "write-flash", "--no-compress", "0x20000", content)
    assert done.code == 0, done
    assert time.monotonic() - start_s > 40_000 * 10 / 230_400


# -- each fault: what esptool says, and that the same command succeeds once it is gone


def write(board: BlankBoard, content: Path, config: Path | None = None) -> Done:
    return esptool(
        board.url, "--chip", "esp32", "write-flash", "--no-compress", "0x10000", content, config=config
    )


def succeeds_once_mended(board: BlankBoard, content: Path) -> None:
    board.mend()
    done = write(board, content)
    assert done.code == 0, done
    assert board.board.flash.read_bytes()[0x10000 : 0x10000 + 40_000] == content.read_bytes()


def test_a_pulled_cable_ends_the_run_and_leaves_a_part(blank: StartBlank, content: Path, tmp_path: Path):
    (tmp_path / "esptool.cfg").write_text("[esptool]\nconnect_attempts = 2\n")
    board = blank(faults=["cable-pulled@20000"])
    done = write(board, content, tmp_path / "esptool.cfg")
    assert done.code != 0
    assert "Lost connection, retrying" in done
    assert "A serial exception error occurred" in done, done
    assert board.board.flash.read_bytes()[0x10000 : 0x10000 + 40_000] != content.read_bytes()
    succeeds_once_mended(board, content)


def test_the_wrong_chip_is_named_and_not_written(blank: StartBlank, content: Path):
    board = blank(faults=["wrong-chip"])
    done = write(board, content)
    assert done.code == 2
    assert "This chip is ESP32-S3, not ESP32. Wrong chip argument?" in done, done
    assert board.board.flash.read_bytes().strip(b"\xff") == b""
    right = blank()
    assert write(right, content).code == 0


def test_a_worn_block_is_found_by_the_verification(blank: StartBlank, content: Path):
    board = blank(faults=["worn-block@0x13000"])
    done = write(board, content)
    assert done.code == 2
    assert "MD5 of file does not match data in flash!" in done, done
    succeeds_once_mended(board, content)


def test_noise_on_the_line_is_noticed(blank: StartBlank, content: Path):
    board = blank(faults=["noise@1"])
    done = write(board, content)
    assert done.code == 2
    assert "A fatal error occurred" in done, done
    succeeds_once_mended(board, content)


def test_a_brown_out_tears_the_flash_and_resets_the_chip(blank: StartBlank, content: Path):
    board = blank(faults=["brown-out@20000"])
    done = write(board, content)
    assert done.code == 2
    assert "A fatal error occurred" in done, done
    assert "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13" in board.board.output.text()
    written = board.board.flash.read_bytes()[0x10000 : 0x10000 + 40_000]
    assert written[:20_000] == content.read_bytes()[:20_000]
    assert written[20_000:].strip(b"\xff") == b""
    succeeds_once_mended(board, content)


def test_a_busy_port_is_told_at_once(blank: StartBlank, content: Path):
    board = blank(faults=["port-busy"])
    done = write(board, content)
    assert done.code == 2
    assert "the port is busy or doesn't exist" in done, done
    succeeds_once_mended(board, content)


def test_a_second_client_is_sent_away_while_the_first_holds_the_port(blank: StartBlank):
    serial_urls.use()
    board = blank()
    with serial.serial_for_url(board.url, 115_200) as first:
        with pytest.raises(
            serial.SerialException, match="the server hung up, as it does when the port is busy"
        ):
            serial.serial_for_url(board.url)
        first.timeout = PATIENCE_S
        assert b"invalid header" in first.read_until(b"invalid header: 0xffffffff")
    with serial.serial_for_url(board.url) as later:
        assert later.is_open


def test_the_quick_client_does_not_wait_for_the_clock(blank: StartBlank):
    """pyserial's own would wait 50 ms for each purge, and twice as long for each new timeout."""
    serial_urls.use()
    with serial.serial_for_url(blank().url, 115_200) as port:
        start_s = time.monotonic()
        for number in range(40):
            port.timeout = 1 + number
            port.reset_input_buffer()
        assert time.monotonic() - start_s < 40 * 0.15 / 2


def test_another_baud_rate_than_the_apps_hears_garbage(blank: StartBlank):
    serial_urls.use()
    with serial.serial_for_url(blank().url, 9600, timeout=PATIENCE_S) as port:
        heard = port.read(200)
        assert len(heard) == 200
        assert b"invalid" not in heard
        port.baudrate = 115_200
        assert port.read_until(b"invalid header: 0xffffffff").endswith(b"invalid header: 0xffffffff")


def test_a_client_that_speaks_no_telnet_does_no_harm(blank: StartBlank):
    board = blank()
    host, port = board.url.removeprefix("rfc2217://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(bytes(range(256)) * 40 + b"\xff\xfa\x2c" + b"x" * 5000)
    assert esptool(board.url, "--chip", "esp32", "read-mac").code == 0
