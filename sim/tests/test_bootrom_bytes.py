"""What comes over the line of a blank board: any bytes are taken apart, none can harm it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.bootrom import slip, telnet
from gangvakt_sim.bootrom.chips import ROM_CHIPS, rom_chip
from gangvakt_sim.bootrom.loader import HEADER, LONGEST_BLOCK, LONGEST_PACKET, Command, RomLoader
from gangvakt_sim.bootrom.nor import NorFlash
from gangvakt_sim.bootrom.registers import Registers
from gangvakt_sim.bootrom.telnet import ComPort, Data, Option, TelnetReader

FLASH_BYTES = 1 << 16
MAC = bytes.fromhex("30aea4120001")


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


# -- SLIP


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6), st.lists(st.integers(0, 40), max_size=12))
def test_packets_arrive_whole_however_the_stream_is_cut(packets: list[bytes], sizes: list[int]):
    reader = slip.SlipReader(1000)
    stream = b"".join(map(slip.encode, packets))
    assert [packet for piece in cut(stream, sizes) for packet in reader.feed(piece)] == packets


@given(st.binary(max_size=400), st.binary(min_size=1, max_size=50))
def test_after_any_noise_the_second_packet_is_understood_at_the_latest(noise: bytes, packet: bytes):
    reader = slip.SlipReader(100)
    reader.feed(noise)
    heard = reader.feed(slip.encode(packet)) + reader.feed(slip.encode(packet))
    assert heard[-1:] == [packet]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_the_reader_keeps_no_more_than_its_longest_packet(pieces: list[bytes]):
    reader = slip.SlipReader(100)
    for piece in pieces:
        assert all(len(packet) <= 100 for packet in reader.feed(piece))
        assert len(reader._partial) <= 100


@pytest.mark.parametrize("wrong", [b"\xdb\x00", b"\xdb", b"\xdb\xdb\xdd"])
def test_an_escape_that_is_none_spoils_its_packet_alone(wrong: bytes):
    reader = slip.SlipReader(100)
    assert reader.feed(b"\xc0ab" + wrong + b"c\xc0") == []
    assert reader.feed(b"\xc0good\xc0") == [b"good"]


# -- telnet


@given(st.binary(max_size=300), st.lists(st.integers(0, 20), max_size=20))
def test_every_byte_of_the_line_comes_through_the_connection(data: bytes, sizes: list[int]):
    reader = TelnetReader()
    events = [event for piece in cut(telnet.escape(data), sizes) for event in reader.feed(piece)]
    assert b"".join(event.data for event in events if isinstance(event, Data)) == data


@given(st.binary(max_size=300), st.lists(st.integers(0, 20), max_size=20))
def test_any_bytes_say_the_same_however_they_are_cut(data: bytes, sizes: list[int]):
    whole, parts = TelnetReader(), TelnetReader()
    assert _joined(whole.feed(data)) == _joined([e for piece in cut(data, sizes) for e in parts.feed(piece)])
    assert len(parts._sub) <= telnet.LONGEST_SUBNEGOTIATION


def _joined(events: list[telnet.Event]) -> list[telnet.Event]:
    joined: list[telnet.Event] = []
    for event in events:
        if isinstance(event, Data) and joined and isinstance(joined[-1], Data):
            joined[-1] = Data(joined[-1].data + event.data)
        else:
            joined.append(event)
    return joined


def test_commands_and_negotiations_stand_between_the_data_in_their_order():
    baud = bytes((255, 250, 44, 1)) + telnet.escape((921_600).to_bytes(4, "big")) + b"\xff\xf0"
    assert TelnetReader().feed(b"ab" + baud + b"c" + telnet.option(telnet.DO, 44)) == [
        Data(b"ab"),
        ComPort(telnet.SET_BAUDRATE, (921_600).to_bytes(4, "big")),
        Data(b"c"),
        Option(telnet.DO, telnet.COM_PORT),
    ]


# -- the loader


@pytest.fixture
def flash(tmp_path: Path):
    path = tmp_path / "flash.bin"
    path.write_bytes(b"\xff" * FLASH_BYTES)
    nor = NorFlash(path)
    yield nor
    nor.close()


def loader(chip: str, flash: NorFlash) -> RomLoader:
    kind = rom_chip(chip)
    return RomLoader(kind, Registers(kind, MAC, flash), flash)


def ask(rom: RomLoader, command: int, body: bytes = b"", check: int = 0) -> list[tuple[int, int, bytes]]:
    """(command, value, data with status) of each answer."""
    said = rom.feed(slip.encode(HEADER.pack(0, command, len(body), check) + body))
    packets = slip.SlipReader(LONGEST_PACKET).feed(said)
    return [(p[1], struct.unpack_from("<I", p, 4)[0], p[8:]) for p in packets]


def status(answers: list[tuple[int, int, bytes]]) -> tuple[int, int]:
    (_, _, data) = answers[0]
    return data[-4], data[-3]


def block(seq: int, data: bytes) -> tuple[bytes, int]:
    check = 0xEF
    for byte in data:
        check ^= byte
    return struct.pack("<IIII", len(data), seq, 0, 0) + data, check


WORDS = st.integers(0, 0xFFFFFFFF)
BODIES = st.one_of(
    st.binary(max_size=40),
    st.lists(WORDS, max_size=6).map(lambda words: struct.pack(f"<{len(words)}I", *words)),
    st.lists(st.sampled_from([0, 1, 4096, 0x400, 0xFFFF, FLASH_BYTES]), max_size=6).map(
        lambda words: struct.pack(f"<{len(words)}I", *words)
    ),
)


@given(
    st.sampled_from(sorted(ROM_CHIPS)), st.lists(st.tuples(st.integers(0, 0x20), BODIES, WORDS), max_size=8)
)
def test_no_packet_crashes_the_loader_or_leaves_the_flash(
    tmp_path_factory: pytest.TempPathFactory, chip: str, packets: list[tuple[int, bytes, int]]
):
    path = tmp_path_factory.mktemp("any") / "flash.bin"
    path.write_bytes(b"\xff" * FLASH_BYTES)
    flash = NorFlash(path)
    rom = loader(chip, flash)
    for command, body, check in packets:
        for answer in ask(rom, command, body, check):
            assert answer[2][-4] in (0, 1)
    flash.close()
    assert path.stat().st_size == FLASH_BYTES


@given(st.binary(max_size=500))
def test_noise_crashes_nothing(tmp_path_factory: pytest.TempPathFactory, noise: bytes):
    path = tmp_path_factory.mktemp("noise") / "flash.bin"
    path.write_bytes(b"\xff" * FLASH_BYTES)
    flash = NorFlash(path)
    loader("esp32", flash).feed(noise)
    flash.close()


def test_a_sync_is_answered_eight_times_and_measures_the_baud_rate(flash: NorFlash):
    rom = loader("esp32", flash)
    rom.host_baud = 57_600
    answers = ask(rom, Command.SYNC, b"\x07\x07\x12\x20" + b"\x55" * 32)
    assert len(answers) == 8
    assert all(value and not data[0] for _, value, data in answers)
    assert rom.baud == 57_600


def test_a_command_that_the_chip_does_not_know_is_refused_as_invalid(flash: NorFlash):
    assert status(ask(loader("esp32", flash), Command.GET_SECURITY_INFO)) == (1, 0x05)
    assert status(ask(loader("esp32s3", flash), Command.GET_SECURITY_INFO)) == (0, 0)


def test_a_block_with_a_wrong_checksum_is_refused_and_not_written(flash: NorFlash):
    rom = loader("esp32", flash)
    ask(rom, Command.FLASH_BEGIN, struct.pack("<IIII", 16, 1, 16, 0))
    body, check = block(0, bytes(16))
    assert status(ask(rom, Command.FLASH_DATA, body, check ^ 1)) == (1, 0x07)
    assert flash.read(0, 16) == b"\xff" * 16
    assert status(ask(rom, Command.FLASH_DATA, body, check)) == (0, 0)
    assert flash.read(0, 16) == bytes(16)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((FLASH_BYTES + 1, 1, 0x400, 0), id="beyond the flash"),
        pytest.param((16, 1, 0x400, FLASH_BYTES), id="behind the flash"),
        pytest.param((16, 1, LONGEST_BLOCK + 1, 0), id="blocks too long"),
        pytest.param((16, 1, 0, 0), id="blocks of nothing"),
    ],
)
def test_a_region_that_cannot_be_is_refused(flash: NorFlash, words: tuple[int, ...]):
    assert status(ask(loader("esp32", flash), Command.FLASH_BEGIN, struct.pack("<IIII", *words))) == (1, 0x06)


def test_data_before_a_region_or_beyond_it_is_refused(flash: NorFlash):
    rom = loader("esp32", flash)
    assert status(ask(rom, Command.FLASH_DATA, *block(0, bytes(16)))) == (1, 0x06)
    ask(rom, Command.FLASH_BEGIN, struct.pack("<IIII", 16, 1, 16, 0))
    assert status(ask(rom, Command.FLASH_DATA, *block(1, bytes(16)))) == (1, 0x08)


def test_a_stream_that_inflates_beyond_its_region_is_refused(flash: NorFlash):
    rom = loader("esp32", flash)
    ask(rom, Command.FLASH_DEFL_BEGIN, struct.pack("<IIII", 4096, 1, 0x400, 0))
    body, check = block(0, zlib.compress(bytes(1 << 20)))
    assert status(ask(rom, Command.FLASH_DEFL_DATA, body, check)) == (1, 0x0B)


def test_a_deflated_block_whose_answer_was_lost_may_be_sent_again(flash: NorFlash):
    content = bytes(range(256)) * 16
    packed = zlib.compress(content)
    rom = loader("esp32", flash)
    ask(rom, Command.FLASH_DEFL_BEGIN, struct.pack("<IIII", 4096, 2, 0x400, 0))
    first, second = block(0, packed[:20]), block(1, packed[20:])
    for body, check in (first, first, second, second):
        assert status(ask(rom, Command.FLASH_DEFL_DATA, body, check)) == (0, 0)
    assert flash.read(0, 4096) == content


def test_bits_are_only_cleared_until_the_sector_is_erased(flash: NorFlash):
    flash.program(0, b"\xf0")
    flash.program(0, b"\x0f")
    assert flash.read(0, 1) == b"\x00"
    flash.erase(100, 1)
    assert flash.read(0, 1) == b"\xff"
