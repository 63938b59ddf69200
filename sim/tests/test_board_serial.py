"""The serial port, by the real mpremote, and the UARTs."""

import subprocess
import sys
from pathlib import Path

import pytest

from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.errors import BoardRefusal

PATIENCE_S = 15
MPREMOTE_TIMEOUT_S = 30
CONTENT = bytes(range(256)) * 20


@pytest.fixture
def mpremote(start_board, tmp_path: Path):
    board: VirtualBoard = start_board("print('main ran')")
    board.output.wait_for(">>> ", PATIENCE_S)

    def run(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "mpremote", "connect", board.port, *arguments]
        done = subprocess.run(
            command, capture_output=True, timeout=MPREMOTE_TIMEOUT_S, cwd=tmp_path, check=False
        )
        return done.stdout + done.stderr

    run.board = board  # type: ignore[attr-defined]
    return run


def test_mpremote_evaluates_and_shows_exceptions(mpremote):
    assert mpremote("eval", "6*7") == b"42\r\n"
    assert b"ZeroDivisionError: divide by zero" in mpremote("exec", "1/0")


def test_mpremote_copies_files_both_ways(mpremote, tmp_path: Path):
    (tmp_path / "there.bin").write_bytes(CONTENT)
    mpremote("mkdir", ":dir", "+", "cp", "there.bin", ":dir/there.bin")
    mpremote("cp", ":dir/there.bin", "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == CONTENT
    assert b"5120 there.bin" in mpremote("ls", ":dir")
    mpremote("rm", ":dir/there.bin", "+", "rmdir", ":dir")
    assert b"dir" not in mpremote("ls")


def test_raw_bytes_reach_mpremote_unchanged_and_text_has_crlf(mpremote):
    assert mpremote("exec", "import sys; sys.stdout.buffer.write(b'\\n\\x00\\xff')") == b"\n\x00\xff"
    assert mpremote("exec", "print('a')") == b"a\r\n"


def test_mpremote_mounts_a_folder(mpremote, tmp_path: Path):
    (tmp_path / "lent").mkdir()
    (tmp_path / "lent" / "borrowed.py").write_text("print('from the host')")
    assert b"from the host" in mpremote(
        "mount", "lent", "exec", "import sys; sys.path.append('/remote'); import borrowed"
    )


def test_the_raw_prompt_skips_main_after_a_soft_reset(mpremote):
    mark = mpremote.board.output.mark()
    mpremote("exec", "pass")
    assert "main ran" not in mpremote.board.output.text(mark)
    mpremote("soft-reset")
    mark = mpremote.board.output.mark()
    mpremote("reset")
    assert "rst:0xc" in mpremote.board.output.wait_for("main ran", PATIENCE_S, mark)


def test_the_friendly_prompt_runs_a_block_and_pasted_text(mpremote):
    board = mpremote.board
    mark = board.output.mark()
    board.send(b"for i in range(2):\r    print('n', i)\r\r")
    board.output.wait_for("n 1\n", PATIENCE_S, mark)
    board.send(b"\x05x = 5\rprint('x is', x)\r\x04")
    board.output.wait_for("x is 5\n", PATIENCE_S, mark)


def test_a_program_reads_lines_from_the_serial_port_while_its_timer_runs(start_board):
    board = start_board(
        """
        import sys, time
        from machine import Timer
        n = [0]
        def tick(_):
            n[0] += 1
            if n[0] == 3: print('ticked')
        Timer(0).init(period=5, callback=tick)
        line = sys.stdin.readline()
        print('got', repr(line))
        """
    )
    board.output.wait_for("ticked\n", PATIENCE_S)
    board.send(b"selftest\n")
    board.output.wait_for("got 'selftest\\n'", PATIENCE_S)


def test_uart_bytes_beyond_the_buffer_are_lost_and_counted(start_board):
    board = start_board(
        """
        from machine import UART
        u = UART(2, 256000, rx=16, tx=17, rxbuf=256)
        print('open')
        import time
        while not u.any(): time.sleep_ms(1)
        time.sleep_ms(50)
        print('has', u.any()); u.write(b'answer')
        """
    )
    board.output.wait_for("open", PATIENCE_S)
    assert board.uart(2).send(b"x" * 1000) == 256 + 128
    assert board.uart(2).dropped == 1000 - 256 - 128
    board.output.wait_for("has 384", PATIENCE_S)
    board.output.wait_for(">>> ", PATIENCE_S)
    assert board.uart(2).sent() == b"answer"


def test_the_console_is_no_port_for_the_world(start_board):
    board = start_board("")
    with pytest.raises(BoardRefusal, match="1 or 2"):
        board.uart(0)
