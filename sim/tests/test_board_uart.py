"""A device wired to a UART of the virtual board."""

from __future__ import annotations

from collections.abc import Callable

from gangvakt_sim.board import VirtualBoard

StartBoard = Callable[..., VirtualBoard]

PATIENCE_S = 15
MAIN = """
    import time
    from machine import UART
    uart = UART(1, baudrate=9600, rx=18, tx=19)
    def ask(baud):
        uart.init(baudrate=baud)
        uart.write(b"ping")
        heard = b""
        for _ in range(30):
            time.sleep_ms(10)
            heard += uart.read() or b""
        print(baud, heard)
    print("open")
    ask(9600)
    ask(115200)
    print("listening")
    while not uart.any():
        time.sleep_ms(10)
    time.sleep_ms(50)
    print("report", uart.read())
"""


class Echo:
    """Answers in capitals, at its own rate."""

    rate = 115_200
    reporting = True

    def receive(self, data: bytes) -> bytes:
        return data.upper()


def test_a_device_answers_at_its_own_rate_only(start_board: StartBoard) -> None:
    board, echo = start_board(MAIN), Echo()
    board.output.wait_for("open", PATIENCE_S)
    board.uart(1).attach(echo)
    printed = board.output.wait_for("listening", PATIENCE_S)
    assert "9600 b''" in printed
    assert "115200 b'PING'" in printed
    echo.reporting = False
    assert board.uart(1).report(b"kept back") == 0
    echo.reporting = True
    assert board.uart(1).report(b"ready") == 5
    assert "report b'ready'" in board.output.wait_for(">>> ", PATIENCE_S)


def test_what_a_device_reports_at_another_rate_is_garbage(start_board: StartBoard) -> None:
    board = start_board(MAIN)
    echo = Echo()
    echo.rate = 9600
    board.output.wait_for("listening", PATIENCE_S)
    board.uart(1).attach(echo)
    board.uart(1).report(b"ready")
    printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert "report b" in printed
    assert "ready" not in printed.split("listening")[1]
