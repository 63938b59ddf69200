"""What esptool prints is understood: chip, progress and proof. Recorded from esptool 5.6.0."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import FlashWorn, FolderUnusable, WrongChip
from gangvakt.provision import esptool_run
from gangvakt.provision.board import load_board
from gangvakt.provision.esptool_run import ChipFacts, Esptool, WriteProgress, parse_facts, refuse_other_chip
from gangvakt.provision.layout import Region
from gangvakt.provision.tool_run import Ended

FLASH_ID = """\
esptool v5.6.0
Serial port /dev/ttyUSB0:
Connecting....
Detecting chip type... ESP32
Connected to ESP32 on /dev/ttyUSB0:
Chip type:          ESP32-D0WD-V3 (revision v3.1)
Features:           Wi-Fi, BT, Dual Core + LP Core, 240MHz, Vref calibration in eFuse, Coding Scheme None
Crystal frequency:  40MHz
MAC:                30:ae:a4:12:00:01
Changing baud rate to 921600...
Changed.
Enabling default SPI flash mode...
Flash Memory Information:
=========================
Manufacturer: c8
Device: 4016
Detected flash size: 4MB
Flash voltage set by a strapping pin: 3.3V
Hard resetting via RTS pin...
""".splitlines()
FLASH_ID_S3 = """\
Connected to ESP32-S3 on COM7:
Chip type:          ESP32-S3 (QFN56) (revision v0.2)
MAC:                7c:df:a1:00:00:02
Detected flash size: 8MB
""".splitlines()
WRITE = """\
Configuring flash size...

Writing '/tmp/x/code.bin' at 0x00010000...
Flash will be erased from 0x00010000 to 0x00011fff...
Compressed 8192 bytes to 3000...
Erasing flash...
Took 0.00s to erase flash block.
Writing at 0x00010b00 ━━━━━━━━━━╸                     34.1% 1.00kB/2.93kB [0s]
Writing at 0x00012000 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100.0% 2.93kB/2.93kB [0s]
Wrote 8192 bytes (3000 compressed) at 0x00010000 in 0.4 seconds (1837.1 kbit/s).
Verifying written data...
Hash of data verified.

Writing '/tmp/x/data.bin' at 0x00300000...
Flash will be erased from 0x00300000 to 0x00300fff...
Compressed 4096 bytes to 300...
Writing at 0x00301000 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100.0% 300/300 [0s]
Wrote 4096 bytes (300 compressed) at 0x00300000 in 0.0 seconds (1857.3 kbit/s).
Verifying written data...
Hash of data verified.

Hard resetting via RTS pin...
""".splitlines()
REGIONS = (Region("code", 0x10000, bytes(range(256)) * 32), Region("data", 0x300000, b"\xff" * 4096))


def heard(regions: tuple[Region, ...], lines: list[str]) -> tuple[list[float], int]:
    shares: list[float] = []
    progress = WriteProgress(regions, shares.append)
    for line in lines:
        progress.take(line)
    return shares, progress.verified


def test_a_chip_is_known_by_what_it_says():
    facts = parse_facts(FLASH_ID)
    assert facts == ChipFacts("esp32", "ESP32-D0WD-V3 (revision v3.1)", "30aea4120001", 4 * 1024 * 1024)


def test_chips_are_called_as_in_board_files():
    facts = parse_facts(FLASH_ID_S3)
    assert facts == ChipFacts("esp32s3", "ESP32-S3 (QFN56) (revision v0.2)", "7cdfa1000002", 8 * 1024 * 1024)


@pytest.mark.parametrize("missing", ["Connected to", "Chip type", "MAC", "Detected flash size"])
def test_half_an_answer_is_none(missing: str):
    assert parse_facts([line for line in FLASH_ID if not line.startswith(missing)]) is None


def test_progress_only_grows_and_ends_at_all():
    shares, verified = heard(REGIONS, WRITE)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert verified == len(REGIONS)


def test_a_region_alone_has_progress_too():
    alone = [line for line in WRITE[:12] if "Writing '" not in line]  # esptool names a single file nowhere
    shares, verified = heard(REGIONS[:1], alone)
    assert shares[-1] == pytest.approx(1)
    assert verified == 1


def test_what_was_not_verified_does_not_count():
    lines = [line for line in WRITE if line != "Hash of data verified."]
    assert heard(REGIONS, lines)[1] == 0


def test_a_region_that_does_not_read_back_is_no_success(monkeypatch: pytest.MonkeyPatch):
    verified = WRITE.index("Hash of data verified.")

    def lazy(*_: object, on_line: Callable[[str], None], **__: object) -> Ended:
        for line in WRITE[:verified] + WRITE[verified + 1 :]:
            on_line(line)
        return Ended(0, tuple(WRITE))

    monkeypatch.setattr(esptool_run, "run_tool", lazy)
    with pytest.raises(FlashWorn, match="only 1 of 2 regions"):
        Esptool("COM7", stub=False).write("esp32", REGIONS, lambda share: None)


@pytest.mark.parametrize("stub", [True, False])
def test_a_chip_is_identified_without_the_stub_and_written_with_it_where_it_runs(
    stub: bool, monkeypatch: pytest.MonkeyPatch
):
    runs: list[list[str]] = []

    def heard_by(_: str, arguments: list[str], *__: object, **___: object) -> Ended:
        runs.append(arguments)
        return Ended(0, tuple(FLASH_ID))

    monkeypatch.setattr(esptool_run, "run_tool", heard_by)
    tool = Esptool("COM7", stub=stub)
    tool.identify()
    tool.holds(REGIONS)
    with pytest.raises(FlashWorn):
        tool.write("esp32", REGIONS, lambda share: None)
    assert ["--no-stub" in arguments for arguments in runs] == [True, not stub, not stub]


@given(st.lists(st.text() | st.sampled_from(FLASH_ID + WRITE)))
def test_whatever_it_prints_nothing_breaks(lines: list[str]):
    parse_facts(lines)
    assert all(0 <= share <= 1 for share in heard(REGIONS, lines)[0])


def test_a_full_disk_is_told_before_the_board_is_touched(monkeypatch: pytest.MonkeyPatch):
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FolderUnusable, match="No space left on device"):
        Esptool("COM7", stub=False).write("esp32", REGIONS, lambda share: None)


def test_more_flash_than_needed_is_welcome():
    facts = ChipFacts("esp32", "ESP32", "30aea4120001", 16 * 1024 * 1024)
    refuse_other_chip("COM7", load_board("virtual"), facts)


def test_less_flash_is_refused():
    facts = ChipFacts("esp32", "ESP32", "30aea4120001", 2 * 1024 * 1024)
    with pytest.raises(WrongChip, match="gangvakt boards"):
        refuse_other_chip("COM7", load_board("virtual"), facts)
