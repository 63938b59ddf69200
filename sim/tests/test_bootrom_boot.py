"""What the boot ROM makes of the lines, the partition table and the images in a flash."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.provision.board import BoardSpec, Partition, load_board
from gangvakt.provision.image import partition_table
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.rom import Boot
from gangvakt_sim.board.table import BadTable, read_table
from gangvakt_sim.bootrom import stand_in_image
from gangvakt_sim.bootrom.app_image import BadImage, Flaw, Segment, checksum, read_image, write_image
from gangvakt_sim.bootrom.boot_rom import BootRom
from gangvakt_sim.bootrom.chips import ROM_CHIPS, crc8, rom_chip
from gangvakt_sim.bootrom.circuit import SETTLE_S, ResetCircuit, Straps
from gangvakt_sim.bootrom.faults import NOISE_DISTANCE, Faults, Noise, parse_faults
from gangvakt_sim.bootrom.nor import NorFlash
from gangvakt_sim.bootrom.wire import Wire
from gangvakt_sim.errors import BoardRefusal

MAC = bytes.fromhex("30aea4120001")
IMAGE = write_image(0, (2, 0x20), 0x40080000, [Segment(0x3FFF0000, bytes(range(64)))])
# The stand-ins are pinned: a board file may name their sha256.
STAND_INS = {
    "esp32": (1_734_416, "4272262335e6afb838d9a95931c6f37054c12ff275764e97fde86e3bf9bdfd8d"),
    "esp32s3": (1_735_456, "96c1ddbd4b60afa76793d20b18de55209ad26beda97b05250b70831d573f95f5"),
    "esp32c3": (1_740_832, "ab21ba1d8556cf0e1cd1b95a9d2dc26a65a7684a7ea3a0ad9b54d4aaa611ff0b"),
}


# -- the two transistors


def test_rts_alone_holds_the_chip_and_its_release_runs_it():
    circuit = ResetCircuit()
    assert circuit.change(False, True, 0.0) is Straps.HELD
    assert circuit.change(False, False, 0.1) is Straps.RUN


def test_the_loaders_dance_ends_in_download_though_both_lines_are_on_between():
    circuit = ResetCircuit()
    assert circuit.change(False, True, 0.0) is Straps.HELD
    assert circuit.change(True, True, 0.1) is None
    assert circuit.change(True, False, 0.15) is Straps.DOWNLOAD
    assert circuit.change(False, False, 0.2) is None


def test_both_lines_on_for_long_let_the_chip_run():
    circuit = ResetCircuit()
    circuit.change(False, True, 0.0)
    circuit.change(True, True, 1.0)
    assert circuit.next_s == 1.0 + SETTLE_S
    assert circuit.settle(1.0) is None
    assert circuit.settle(1.0 + SETTLE_S) is Straps.RUN
    assert circuit.next_s is None


def test_a_port_that_is_opened_and_closed_leaves_the_chip_alone():
    circuit = ResetCircuit()
    for dtr, rts in ((True, False), (True, True), (True, False), (False, False)):
        assert circuit.change(dtr, rts, 0.0) is None


# -- images


@given(st.binary(max_size=300))
def test_the_folded_checksum_is_that_of_byte_by_byte(data: bytes):
    expected = 0xEF
    for byte in data:
        expected ^= byte
    assert checksum(data) == expected


@given(st.binary(max_size=400))
def test_any_bytes_are_an_image_or_a_flaw(data: bytes):
    with pytest.raises(BadImage):
        read_image(data, 0)


@given(st.integers(0, len(IMAGE) - 1), st.integers(1, 255))
def test_no_byte_of_an_image_may_differ(at: int, change: int):
    spoilt = bytearray(IMAGE)
    spoilt[at] ^= change
    try:
        found = read_image(bytes(spoilt), 0)
    except BadImage:
        return
    # Without the flag that a digest follows, the digest is not the image's: the format itself has this gap.
    assert at == 23
    assert found.size == len(IMAGE) - 32


@pytest.mark.parametrize(
    ("image", "flaw"),
    [
        pytest.param(b"\xff" * 64, Flaw.MAGIC, id="blank"),
        pytest.param(IMAGE[:60], Flaw.SEGMENTS, id="cut off"),
        pytest.param(IMAGE[:40] + b"x" + IMAGE[41:], Flaw.CHECKSUM, id="changed"),
        pytest.param(IMAGE[:-1] + bytes((IMAGE[-1] ^ 1,)), Flaw.DIGEST, id="another digest"),
    ],
)
def test_the_flaw_of_an_image_is_named(image: bytes, flaw: Flaw):
    with pytest.raises(BadImage) as refused:
        read_image(image, 0)
    assert refused.value.flaw is flaw


def test_an_image_for_another_chip_is_named():
    with pytest.raises(BadImage) as refused:
        read_image(IMAGE, 9)
    assert (refused.value.flaw, refused.value.found, refused.value.expected) == (Flaw.CHIP, 0, 9)


# -- the stand-in


@pytest.mark.parametrize("chip", sorted(ROM_CHIPS))
def test_the_stand_in_is_whole_compressible_and_always_the_same(chip: str):
    image, kind = stand_in_image(chip), rom_chip(chip)
    start = kind.bootloader_offset
    assert (len(image), hashlib.sha256(image).hexdigest()) == STAND_INS[chip]
    assert read_image(image, kind.image_id).size < 0x8000 - start
    app = image[0x10000 - start :]
    assert read_image(app, kind.image_id).size == len(app)
    assert app[32:36] == struct.pack("<I", 0xABCD5432)
    assert app[48:80].rstrip(b"\0") == b"1.26.1"
    assert app[80:112].rstrip(b"\0") == b"micropython"
    assert [entry.name for entry in read_table(image[0x8000 - start :])] == [
        "nvs",
        "phy_init",
        "factory",
        "vfs",
    ]
    assert 0.55 < len(zlib.compress(image, 9)) / len(image) < 0.7


# -- the partition table


def test_the_projects_own_table_is_read_as_it_was_written():
    spec = load_board("virtual")
    entries = read_table(partition_table(spec))
    assert [(e.name, e.offset, e.size) for e in entries] == [
        (part.name, part.offset, part.size) for part in spec.partitions
    ]


LINES = len(load_board("virtual").partitions)


@given(st.integers(0, LINES * 32 + 31), st.integers(1, 255))
def test_a_table_with_a_changed_byte_is_refused(at: int, change: int):
    table = bytearray(partition_table(load_board("virtual")))
    table[at] ^= change
    if at in range(LINES * 32 + 2, LINES * 32 + 16):
        read_table(bytes(table))  # bytes between the mark and the sum, which nobody looks at
    else:
        with pytest.raises(BadTable):
            read_table(bytes(table))


@given(st.binary(max_size=200))
def test_any_bytes_are_no_table(data: bytes):
    with pytest.raises(BadTable):
        read_table(data)


# -- the ROM


class Rig:
    """A ROM over a flash that is filled piece by piece."""

    def __init__(self, folder: Path, spec: BoardSpec) -> None:
        self.path = folder / "flash.bin"
        self.path.write_bytes(b"\xff" * spec.flash.size)
        self.flash = NorFlash(self.path)
        self.rom = BootRom(rom_chip("esp32"), MAC, self.flash)
        self.said = ""

    def put(self, offset: int, content: bytes) -> None:
        self.flash.erase(offset, len(content))
        self.flash.program(offset, content)

    def boot(self, straps: Straps = Straps.RUN) -> Boot:
        said: list[bytes] = []
        self.rom.straps = straps
        boot = self.rom.boot(Reset.POWER, said.append)
        self.said = b"".join(said).decode()
        return boot


def part(name: str, kind: str, subtype: str, offset: int, size: int) -> Partition:
    return Partition.model_validate(
        {"name": name, "type": kind, "subtype": subtype, "offset": offset, "size": size}
    )


SPEC = load_board("virtual")
SLOTS = SPEC.model_copy(
    update={
        "partitions": (
            part("otadata", "data", "ota", 0xD000, 0x2000),
            part("ota_0", "app", "ota_0", 0x10000, 0x100000),
            part("ota_1", "app", "ota_1", 0x110000, 0x100000),
        )
    }
)


@pytest.fixture
def rig(tmp_path: Path):
    rig = Rig(tmp_path, SPEC)
    yield rig
    rig.flash.close()


def test_a_blank_chip_complains_as_the_rom_does_and_tries_again(rig: Rig):
    assert rig.boot() is Boot.RETRY
    assert "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)" in rig.said
    assert rig.said.count("invalid header: 0xffffffff\r\n") == 8


def test_a_chip_in_reset_says_nothing_and_one_in_download_mode_waits(rig: Rig):
    assert (rig.boot(Straps.HELD), rig.said, rig.rom.loader) == (Boot.WAIT, "", None)
    assert rig.boot(Straps.DOWNLOAD) is Boot.WAIT
    assert rig.said.endswith(
        "boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"
    )
    assert rig.rom.loader is not None


def test_each_stage_that_is_missing_is_named_until_all_is_there(rig: Rig):
    rig.put(0x1000, IMAGE)
    assert rig.boot() is Boot.RETRY
    assert "partition 0 invalid magic number 0xffff" in rig.said
    rig.put(0x8000, partition_table(SPEC))
    assert rig.boot() is Boot.RETRY
    assert "image at 0x10000 has invalid magic byte (nothing flashed here?)" in rig.said
    rig.put(0x10000, IMAGE)
    assert rig.boot() is Boot.APP
    assert rig.rom.app_offset == 0x10000


def test_a_torn_app_is_not_started(rig: Rig):
    rig.put(0x1000, IMAGE)
    rig.put(0x8000, partition_table(SPEC))
    rig.put(0x10000, IMAGE[:70] + b"\xff" * 40)
    assert rig.boot() is Boot.RETRY
    assert "No bootable app partitions" in rig.said


def choice(number: int, state: int = 2) -> bytes:
    word = struct.pack("<I", number)
    return word + b"\xff" * 20 + struct.pack("<II", state, zlib.crc32(word, 0xFFFFFFFF))


@pytest.mark.parametrize(
    ("choices", "started"),
    [
        pytest.param({}, 0x10000, id="none was chosen"),
        pytest.param({0xD000: choice(1)}, 0x10000, id="the first"),
        pytest.param({0xD000: choice(1), 0xE000: choice(2)}, 0x110000, id="the second, later"),
        pytest.param({0xD000: choice(3), 0xE000: choice(2)}, 0x10000, id="the first again"),
        pytest.param({0xD000: choice(1), 0xE000: choice(2, state=3)}, 0x10000, id="the second is invalid"),
        pytest.param({0xE000: choice(2)[:-1] + b"\0"}, 0x10000, id="a choice with a wrong sum"),
    ],
)
def test_the_chosen_slot_is_started(rig: Rig, choices: dict[int, bytes], started: int):
    rig.put(0x1000, IMAGE)
    rig.put(0x8000, partition_table(SLOTS))
    for offset in (0x10000, 0x110000):
        rig.put(offset, IMAGE)
    for offset, content in choices.items():
        rig.put(offset, content)
    assert rig.boot() is Boot.APP
    assert rig.rom.app_offset == started


def test_the_other_slot_is_started_when_the_chosen_one_is_broken(rig: Rig):
    rig.put(0x1000, IMAGE)
    rig.put(0x8000, partition_table(SLOTS))
    rig.put(0x10000, IMAGE)
    rig.put(0xE000, choice(2))
    assert rig.boot() is Boot.APP
    assert rig.rom.app_offset == 0x10000
    assert "slot ota_1 is not bootable" in rig.said


# -- faults and the line


def test_faults_are_known_by_name():
    assert parse_faults(["brown-out@70000", "worn-block@0x9000", "port-busy"]) == Faults(
        brown_out=70_000, worn_block=0x9000, port_busy=True
    )


@pytest.mark.parametrize("text", ["fire", "noise", "noise@", "noise@-1", "brown-out@x", "wrong-chip@1", ""])
def test_a_fault_that_is_none_is_refused_with_the_names_there_are(text: str):
    with pytest.raises(BoardRefusal, match="fault") as refused:
        parse_faults([text])
    assert "\n" not in str(refused.value)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 6000), max_size=8))
def test_noise_strikes_at_the_same_places_however_the_bytes_come(seed: int, sizes: list[int]):
    data = bytes(4 * NOISE_DISTANCE)
    noise = Noise(seed)
    assert b"".join(map(noise.garble, cut(data, sizes))) == Noise(seed).garble(data)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


def test_bytes_take_the_time_of_the_baud_rate_one_after_the_other():
    wire = Wire(paced=True)
    wire.push(b"a" * 100, 10_000, now_s=5.0)
    wire.push(b"b" * 100, 10_000, now_s=5.0)
    assert wire.next_s == pytest.approx(5.1)
    assert wire.pop(5.09) == b""
    assert wire.pop(5.11) == b"a" * 100
    assert wire.next_s == pytest.approx(5.2)
    assert wire.pop(5.21) == b"b" * 100
    assert wire.next_s is None


def test_a_line_that_is_not_paced_is_as_fast_as_asked():
    wire = Wire(paced=False)
    wire.push(b"at once", 300, now_s=5.0)
    assert wire.pop(5.0) == b"at once"


def test_the_mac_in_the_efuses_carries_its_checksum():
    assert crc8(MAC + bytes((crc8(MAC),))) == 0


def test_the_virtual_board_pins_the_stand_in_of_its_chip() -> None:
    pinned, image = load_board("virtual").image, stand_in_image("esp32")
    assert pinned is not None
    assert (pinned.size, pinned.sha256) == (len(image), hashlib.sha256(image).hexdigest())
