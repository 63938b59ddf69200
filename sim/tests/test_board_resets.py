"""What each kind of reset leaves as it was, and that nothing outlives its board."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gangvakt.provision.board import load_board
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.regs import R
from gangvakt_sim.errors import BoardRefusal, BoardTimeout

PATIENCE_S = 15


def test_a_blank_flash_gets_a_file_system_and_a_prompt(start_board):
    board = start_board()
    assert "Performing initial setup" in board.output.wait_for(">>> ", PATIENCE_S)
    assert abs(board.memory_free - board.spec.heap.bytes) < 2048


def test_a_damaged_file_system_is_told_and_never_reaches_main(tmp_path: Path):
    spec = load_board("virtual")
    flash = tmp_path / "flash.bin"
    flash.write_bytes(b"\x00" * spec.flash.size)
    with VirtualBoard(spec, _with_table(flash, spec)) as board:
        board.output.wait_for("appears to be corrupted", PATIENCE_S)


def _with_table(flash, spec):
    content = bytearray(flash.read_bytes())
    content[0x8000:0x9000] = b"\xff" * 0x1000
    flash.write_bytes(content)
    return flash


def test_a_soft_reset_keeps_pins_and_rmt_but_not_pwm_nor_variables(start_board):
    board = start_board(
        """
        import machine, esp32, time
        from machine import Pin, PWM
        cause = machine.reset_cause()
        print('cause', cause, 'x' in globals())
        x = 1
        if cause == machine.PWRON_RESET:
            Pin(2, Pin.OUT, value=1)
            PWM(Pin(27), freq=1000, duty_u16=40000)
            rmt = esp32.RMT(0, pin=Pin(25), clock_div=255)
            rmt.loop(True); rmt.write_pulses((30000, 30000), 1)
            machine.soft_reset()
        try: esp32.RMT(0, pin=Pin(25))
        except OSError as e: print(e)
        """
    )
    printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert "MPY: soft reboot\ncause 5 False\n" in printed
    assert "ESP_ERR_INVALID_STATE" in printed
    assert board.gpio.level(2) == 1
    assert board.dim_changes()[-1][1] == 0


def test_a_looping_rmt_goes_on_through_a_soft_reset(start_board):
    board = start_board(
        """
        import machine, esp32
        from machine import Pin
        if machine.reset_cause() == machine.PWRON_RESET:
            rmt = esp32.RMT(0, pin=Pin(25), clock_div=255)
            rmt.loop(True); rmt.write_pulses((3000, 3000), 1)
            machine.soft_reset()
        print('second')
        """
    )
    board.output.wait_for(">>> ", PATIENCE_S)
    end = time.monotonic_ns() // 1000
    assert len(board.gpio.waveform(25, end, end + 95_000)) >= 9


def test_power_off_darkens_the_lamps_at_once(start_board):
    board = start_board(
        """
        from machine import Pin, PWM
        PWM(Pin(27), freq=1000, duty_u16=40000)
        Pin(25, Pin.OUT, value=1)
        import machine, time
        print('lit')
        time.sleep(60)
        """
    )
    board.output.wait_for("lit", PATIENCE_S)
    assert board.lamps() == (True, False)
    board.power_cycle()
    edges = board.lamp_edges(0, time.monotonic_ns() // 1000 + 1)
    assert [(name, level) for _, name, level in edges][:2] == [("left", 1), ("left", 0)]


def test_the_clock_starts_in_2000_and_goes_on_over_a_soft_reset(start_board):
    board = start_board(
        """
        import machine, time
        if machine.reset_cause() == machine.PWRON_RESET:
            print('year', time.gmtime()[0])
            machine.RTC().datetime((2026, 11, 23, 0, 12, 0, 0, 0))
            machine.soft_reset()
        print('year', time.gmtime()[0])
        """
    )
    printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert [line for line in printed.splitlines() if "year" in line] == ["year 2000", "year 2026"]


def test_deep_sleep_ends_with_its_own_cause_and_keeps_rtc_memory(start_board):
    board = start_board(
        """
        import machine
        print('cause', machine.reset_cause(), machine.RTC().memory())
        if machine.reset_cause() != machine.DEEPSLEEP_RESET:
            machine.RTC().memory(b'kept')
            machine.deepsleep(200)
        """
    )
    assert "cause 4 b'kept'" in board.output.wait_for(">>> ", PATIENCE_S)


PAGE, ERASED = b"\x55" * 4096, b"\xff" * 4096
LONG_US = (60_000_000, 60_000_000)  # of an operation, so that the power goes in its middle on any machine


@pytest.mark.parametrize(
    ("slow", "operation"), [("flash_erase_us", R.FLASH_ERASE), ("flash_write_us", R.FLASH_PROGRAM)]
)
def test_a_power_cut_tears_the_operation_under_way_and_nothing_else(
    start_board, slow: str, operation: int
) -> None:
    board = start_board(
        """
        from esp32 import Partition
        from machine import Pin
        p = Partition('outbox')
        marked = bytearray(1)
        p.readblocks(1, marked, 0)
        if marked[0] == 0xFF:
            p.writeblocks(1, bytes(4096))
            p.writeblocks(0, bytes(4096))
            print('ready')
            while not Pin(34, Pin.IN).value(): pass
            p.writeblocks(0, b'\\x55' * 4096)
        print('again')
        """
    )
    board.output.wait_for("ready", PATIENCE_S)
    board.set_stalls(replace(Stalls.default(), **{slow: LONG_US}))
    board.gpio.drive(34, 1)
    _wait(lambda: board.memory[R.FLASH_OP] == operation)
    board.power_cycle()
    board.output.wait_for("again", PATIENCE_S)
    first = board.spec.partition("outbox").offset
    flash = board.flash.read_bytes()
    torn = flash[first : first + 4096]
    if operation == R.FLASH_ERASE:
        assert torn not in (bytes(4096), ERASED)
    else:
        assert torn != PAGE
        assert torn.rstrip(b"\xff").strip(b"\x55") == b"", "the beginning of what was written"
    assert flash[first + 4096 : first + 8192] == bytes(4096)
    assert flash[first + 8192 :].strip(b"\xff") == b""


def _wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_survives_a_killed_supervisor(tmp_path: Path):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from gangvakt.provision.board import load_board\n"
        "from gangvakt_sim.board import VirtualBoard\n"
        "b = VirtualBoard(load_board('virtual'), Path(sys.argv[1])); b.start()\n"
        "print(b.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "f.bin")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    chip = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    _wait(lambda: not _alive(chip))


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]
    except FileNotFoundError:
        return False


def test_waiting_in_vain_shows_what_was_printed(start_board):
    board = start_board("print('something else')")
    board.output.wait_for(">>> ", PATIENCE_S)
    with pytest.raises(BoardTimeout, match="something else"):
        board.output.wait_for("never", 0.05)


def test_a_flash_of_the_wrong_size_is_refused(tmp_path: Path):
    flash = tmp_path / "flash.bin"
    flash.write_bytes(b"\xff" * 100)
    with pytest.raises(BoardRefusal, match="4194304 bytes"):
        VirtualBoard(load_board("virtual"), flash)
