"""The flash file: prepared when blank, torn by a power cut."""

import random
from pathlib import Path

import pytest

from gangvakt.provision.board import load_board
from gangvakt_sim.board.flash import PROGRAM_UNIT, prepare_flash, tear
from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import SharedMemory

AT = 0x1000


@pytest.fixture
def memory():
    shared = SharedMemory()
    yield shared
    shared.close()


def flash_file(folder: Path, content: bytes) -> Path:
    path = folder / "flash.bin"
    path.write_bytes(content)
    return path


def test_a_blank_flash_gets_table_and_app_and_keeps_them(tmp_path: Path):
    path, spec = tmp_path / "flash.bin", load_board("virtual")
    prepare_flash(path, spec)
    first = path.read_bytes()
    assert first[0x8000:0x8002] == b"\xaa\x50"
    assert first[spec.partition("factory").offset] == 0xE9
    prepare_flash(path, spec)
    assert path.read_bytes() == first


def test_a_torn_program_leaves_a_prefix_of_whole_units(tmp_path: Path, memory: SharedMemory):
    path = flash_file(tmp_path, b"\xff" * 0x3000)
    memory[R.FLASH_OP], memory[R.FLASH_ADDRESS], memory[R.FLASH_LENGTH] = R.FLASH_PROGRAM, AT, 256
    memory.bytes[R.FLASH_DATA_BYTE : R.FLASH_DATA_BYTE + 256] = b"\x00" * 256
    tear(memory, path, random.Random(1))
    written = path.read_bytes().count(0)
    assert written % PROGRAM_UNIT == 0
    assert path.read_bytes()[AT : AT + written] == b"\x00" * written
    assert memory[R.FLASH_OP] == R.FLASH_IDLE


def test_a_torn_erase_leaves_a_sector_of_random_bits(tmp_path: Path, memory: SharedMemory):
    path = flash_file(tmp_path, b"\x00" * 0x3000)
    memory[R.FLASH_OP], memory[R.FLASH_ADDRESS], memory[R.FLASH_LENGTH] = R.FLASH_ERASE, AT, 4096
    tear(memory, path, random.Random(1))
    content = path.read_bytes()
    assert len(set(content[AT : AT + 4096])) > 100
    assert set(content[:AT] + content[AT + 4096 :]) == {0}


def test_an_idle_flash_is_not_torn(tmp_path: Path, memory: SharedMemory):
    path = flash_file(tmp_path, b"\x12" * 0x3000)
    tear(memory, path, random.Random(1))
    assert set(path.read_bytes()) == {0x12}


def test_what_a_program_keeps_survives_a_power_cut(start_board):
    board = start_board(
        """
        import esp32, machine
        nvs = esp32.NVS('boots')
        try: n = nvs.get_i32('n')
        except OSError: n = 0
        nvs.set_i32('n', n + 1); nvs.commit()
        with open('/log.txt', 'a') as f: f.write('x')
        print('boot', n, len(open('/log.txt').read()))
        """
    )
    board.output.wait_for("boot 0 1", 15)
    board.power_cycle()
    board.output.wait_for("boot 1 2", 15)
