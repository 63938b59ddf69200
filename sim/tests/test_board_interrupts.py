"""What runs when on the virtual board, and that the tick's path takes no heap."""

import re
import time

import pytest

from gangvakt_sim.board import Stalls, VirtualBoard

pytestmark = pytest.mark.alone

PATIENCE_S = 15
TICK_PATH = """
    import machine, micropython, time, esp32
    from machine import Pin, PWM, Timer, UART, WDT
    lamp, pir = Pin(2, Pin.OUT), Pin(34, Pin.IN)
    dim = PWM(Pin(27), freq=1000, duty_u16=0)
    radar = UART(2, 256000, rx=16, tx=17, rxbuf=1024)
    rmt = esp32.RMT(0, pin=Pin(25), clock_div=255)
    wdt = WDT(timeout=60000)
    buf = bytearray(64)
    seen = [0]
    def tick(_):
        seen[0] += 1
        lamp.value(seen[0] & 1); lamp(); lamp.on(); lamp.off(); pir.value(); pir()
        dim.duty_u16(seen[0] * 8); dim.duty_u16(); dim.duty(5)
        if radar.any(): radar.readinto(buf)
        radar.readinto(buf)
        rmt.wait_done(); wdt.feed()
        time.ticks_ms(); time.ticks_us(); time.ticks_diff(time.ticks_us(), 5)
    timer = Timer(0)
    timer.init(period=10, callback=tick)
    time.sleep_ms(100)
    micropython.heap_lock()
    before = seen[0]
    try:
        for i in range(50): time.sleep_ms(10)
        tick(0)
    finally:
        micropython.heap_unlock()
    timer.deinit()
    print('ticks', seen[0] - before)
"""


def ticks(text: str) -> int:
    return int(text.split("ticks ")[1].split()[0])


def test_the_path_of_the_tick_takes_no_heap(start_board):
    board: VirtualBoard = start_board(TICK_PATH)
    board.output.wait_for("ticks ", PATIENCE_S)
    board.uart(2).send(b"frame")
    printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert "MemoryError" not in printed
    assert 45 <= ticks(printed) <= 60


def test_an_edge_from_outside_calls_the_handler(start_board):
    board = start_board(
        """
        from machine import Pin
        import time
        Pin(34, Pin.IN).irq(lambda p: print('edge', p, p.value()), Pin.IRQ_RISING)
        print('armed')
        while True: time.sleep(1)
        """
    )
    board.output.wait_for("armed", PATIENCE_S)
    board.gpio.drive(34, 1)
    board.output.wait_for("edge Pin(34) 1", PATIENCE_S)


def test_ctrl_c_stops_the_program_and_shows_where_it_was(start_board):
    board = start_board("import time\nprint('go')\nwhile True:\n    time.sleep(10)\n")
    board.output.wait_for("go\n", PATIENCE_S)
    board.send(b"\x03\x03\x03")
    printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert re.search(r'File "main.py", line [234], in <module>\nKeyboardInterrupt: \n', printed)


def test_an_injected_stall_holds_back_every_callback(start_board):
    board = start_board(
        """
        from machine import Timer
        import time
        worst = last = time.ticks_ms()
        worst = 0
        def tick(_):
            global worst, last
            now = time.ticks_ms()
            worst = max(worst, time.ticks_diff(now, last))
            last = now
        Timer(0).init(period=10, callback=tick)
        print('armed')
        while worst < 500: time.sleep_ms(20)
        print('worst', worst)
        """,
        stalls=Stalls.default(),
    )
    board.output.wait_for("armed", PATIENCE_S)
    assert board.inject("tls_handshake") == 910_000
    printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert 900 <= int(printed.split("worst ")[1].split()[0]) <= 1000


def test_collections_last_as_long_as_on_the_chip_only_with_stalls_on(start_board):
    source = """
        import gc, time
        keep = [bytearray(1000) for _ in range(58)]
        t = time.ticks_us(); gc.collect(); print('took', time.ticks_diff(time.ticks_us(), t))
    """
    board = start_board(source, stalls=Stalls.default())
    took_us = int(board.output.wait_for(">>> ", PATIENCE_S).split("took ")[1].split()[0])
    begin_us, end_us = board.gpio.stalls()[-1]
    assert 7_000 <= end_us - begin_us <= took_us  # 8 ms at 160 MHz, and what this computer adds


def test_the_watchdog_resets_a_program_that_does_not_feed_it(start_board):
    board = start_board(
        """
        import machine, time
        print('cause', machine.reset_cause())
        if machine.reset_cause() == machine.PWRON_RESET:
            machine.WDT(timeout=300)
            while True: time.sleep(1)
        """
    )
    board.output.wait_for("cause 3", PATIENCE_S)


def test_interrupts_from_a_flood_never_end_the_interpreter(start_board):
    board = start_board(
        """
        import time
        print('go')
        caught = 0
        while caught < 5:
            try:
                while True: time.sleep_ms(1)
            except KeyboardInterrupt: caught += 1
        print('caught', caught)
        """
    )
    board.output.wait_for("go\n", PATIENCE_S)
    pid = board.pid
    deadline = time.monotonic() + PATIENCE_S
    while ">>> " not in board.output.text() and time.monotonic() < deadline:
        board.send(b"\x03\x03")
    board.output.wait_for(">>> ", PATIENCE_S)
    assert board.pid == pid
