"""Keeps the chip running: console, watchdog, and what each kind of reset leaves as it was."""

from __future__ import annotations

import os
import random
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gangvakt_sim.board.chip_process import RECURSION_STACK, ChipFiles, Wires, start_chip
from gangvakt_sim.board.flash import tear
from gangvakt_sim.board.gpio import Gpio
from gangvakt_sim.board.regs import R
from gangvakt_sim.board.reset import REQUESTED, Reset, apply_reset, clear_hardware
from gangvakt_sim.board.rom import AppRom, Boot, Rom
from gangvakt_sim.board.serial import TAIL_SHOWN, Console, Port, SerialLog, SerialPort
from gangvakt_sim.board.shm import TICKS_PERIOD_US, SharedMemory, now_us, unwrap_us
from gangvakt_sim.board.stalls import Stalls
from gangvakt_sim.board.uart import Uart
from gangvakt_sim.errors import BoardFailed

POLL_MS = 10
DRAIN_US = 5_000
INTERRUPT = 3
NOBODY_LISTENS_MS = 50
RESET_TIMEOUT_S = 10
LONGEST_SLEEP_S = 10**9
# The ROM's watchdog waits a little before it starts a chip anew that found nothing to start; a chip is
# quicker, but its words would fill the log.
ROM_WATCHDOG_S = 1.0

_WATCHDOG_TEXT = b"E (0) task_wdt: Task watchdog got triggered.\r\nabort() was called\r\n\r\nRebooting...\r\n"


class Supervisor:
    """One thread that owns the child process. Public methods may be called from any other thread."""

    def __init__(
        self,
        argv: Sequence[str],
        heap_bytes: int,
        mac: bytes,
        flash: Path,
        config: Mapping[str, Any],
        rom: Rom | None = None,
        port: SerialPort | None = None,
    ) -> None:
        self.memory = SharedMemory()
        self.wires = Wires()
        self.port = port or Port()
        self._rom = rom or AppRom(flash)
        self.log = SerialLog()
        self.gpio = Gpio(self.memory, self.wires.poke)
        self.uarts = tuple(Uart(self.memory, number, self.wires.poke) for number in range(R.UARTS))
        self._argv, self._heap_bytes, self._mac, self._flash = argv, heap_bytes, mac, flash
        self._flash_fd = os.open(flash, os.O_RDWR)
        self._files = ChipFiles()
        self._child: subprocess.Popen[bytes] | None = None
        self._exit_code = 0
        self._asked: Reset | None = None
        self._answered = threading.Condition()
        self._starts = 0
        self._off_s = 0.0
        self.kinds: list[Reset] = []  # of all starts
        self._failure: BaseException | None = None
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="virtual-board", daemon=True)
        self._rng = random.Random(mac)
        self.ticks_offset_ms = 0
        self._drained_us = 0
        self._typed = bytearray()
        self._typed_lock = threading.Lock()
        self.memory.set_config(config)

    def start(self) -> None:
        """Power on; returns when the interpreter runs, or the ROM knows that it will not."""
        size = self._flash.stat().st_size
        self.memory[R.FLASH_SIZE] = size
        self.memory[R.HEAP_BYTES] = self._heap_bytes
        self.memory[R.RECURSION_STACK] = RECURSION_STACK
        self.memory[R.MAC_HIGH] = int.from_bytes(self._mac[:3], "big")
        self.memory[R.MAC_LOW] = int.from_bytes(self._mac[3:], "big")
        self._thread.start()
        self._await_start(0)

    def reset(self, kind: Reset, off_s: float = 0.0) -> None:
        """Reset from outside; returns when the chip has started again. With `off_s` it is without power for
        so long first, and this returns at once.
        """
        with self._answered:
            before = self._starts
        self._off_s = off_s
        self._ask(kind)
        if not off_s:
            self._await_start(before)

    def stop(self) -> None:
        """Power off for good."""
        if self._thread.is_alive():
            self._ask(Reset.STOP)
            self._thread.join(RESET_TIMEOUT_S)
        self.gpio.drain()
        self.port.close()
        self.wires.close()
        self._files.close()
        os.close(self._flash_fd)
        os.close(self._bell)

    @property
    def running(self) -> bool:
        """False before the start and after the stop."""
        return self._thread.is_alive()

    @property
    def pid(self) -> int | None:
        """Process id of the interpreter."""
        return self._child.pid if self._child else None

    def use_stalls(self, stalls: Stalls | None) -> None:
        """Let the chip be as slow as the table says; None = as fast as this machine."""
        if stalls is not None:
            stalls.store(self.memory)
        self.memory[R.STALL_ON] = int(stalls is not None)

    def block(self, duration_us: int) -> None:
        """Block the main program once."""
        self.memory[R.STALL_REQUEST_US] = duration_us
        self.memory.count_up(R.STALL_REQUESTS)
        self.wires.poke()

    def type(self, data: bytes) -> None:
        """Bytes into the chip's console."""
        with self._typed_lock:
            self._typed += data
        os.eventfd_write(self._bell, 1)

    def _ask(self, kind: Reset) -> None:
        self._asked = kind
        os.eventfd_write(self._bell, 1)

    def _await_start(self, before: int) -> None:
        with self._answered:
            done = self._answered.wait_for(lambda: self._starts > before or self._failure, RESET_TIMEOUT_S)
        if self._failure:
            raise BoardFailed(f"the board failed: {self._failure}") from self._failure
        if not done:
            raise BoardFailed("the interpreter does not start", self.log.text())

    # -- the thread

    def _run(self) -> None:
        try:
            kind = Reset.POWER
            while kind is not Reset.STOP:
                self._prepare(kind)
                kind = self._one_boot(kind)
                if kind is Reset.DEEPSLEEP:
                    kind = self._sleep()
                elif self._off_s and kind is not Reset.STOP:
                    kind = self._be_off(kind)
        except BaseException as error:  # whoever waits for this thread must hear of it
            self._failure = error
            self.log.end(str(error))
        finally:
            self._end_child()
            with self._answered:
                self._answered.notify_all()

    def _prepare(self, kind: Reset) -> None:
        if kind is Reset.SOFT:
            self.gpio.soft_reset(now_us())
        else:
            self.gpio.power_off(now_us())
        apply_reset(self.memory, kind)
        if kind is not Reset.SOFT:
            self.memory[R.BOOT_MS] = (self.memory[R.BOOT_MS] - self.ticks_offset_ms) % TICKS_PERIOD_US
        self.kinds.append(kind)

    def _one_boot(self, kind: Reset) -> Reset:
        """What the ROM decides: a run of the interpreter, or to wait for the next reset."""
        boot = Boot.APP if kind is Reset.SOFT else self._rom.boot(kind, self._print)
        if boot is Boot.APP:
            self.memory[R.APP_OFFSET] = self._rom.app_offset
            return self._one_run()
        self._count_start()
        asked = self._await_asked(ROM_WATCHDOG_S if boot is Boot.RETRY else LONGEST_SLEEP_S)
        self.port.read()  # nobody was there to hear it
        return asked or Reset.ROM_WATCHDOG

    def _count_start(self) -> None:
        with self._answered:
            self._starts += 1
            self._answered.notify_all()

    def _one_run(self) -> Reset:
        """Start the interpreter, serve it until it ends, and say how to go on."""
        console = Console()
        try:
            self._child = start_chip(
                self._argv, self._heap_bytes, self._files, self.memory, self._flash_fd, self.wires, console
            )
            self._count_start()
            asked = self._serve(console)
            self._end_child()
            self._drain_console(console)
        finally:
            console.close()
        self.gpio.drain()
        if asked is not None:
            tear(self.memory, self._flash, self._rng)
            return asked
        if not self.memory[R.HEAP_FREE]:
            raise BoardFailed(
                f"the chip's modules do not load (exit code {self._exit_code})", self.log.text()[-TAIL_SHOWN:]
            )
        if self.memory[R.RESET_REQUEST] == R.REQUEST_CUT:
            tear(self.memory, self._flash, self._rng)
        return REQUESTED.get(self.memory[R.RESET_REQUEST], Reset.PANIC)

    def _serve(self, console: Console) -> Reset | None:
        """Pass bytes to and fro; what was asked for from outside, or None when the chip left by itself."""
        poller = select.poll()
        poller.register(console.master, select.POLLIN)
        poller.register(self._bell, select.POLLIN)
        poller.register(self.port.master, select.POLLIN)
        quiet_until = 0
        while True:
            ready = dict(poller.poll(POLL_MS))
            if self._bell in ready:
                asked = self._take_asked()
                if asked is not None:
                    return asked
                self._pass_on(self._take_typed(), console)
            if console.master in ready and not self._take_output(console):
                return None
            quiet_until = self._take_input(poller, ready, console, quiet_until)
            console.flush()
            if self._look_after():
                return Reset.WATCHDOG

    def _take_asked(self) -> Reset | None:
        os.eventfd_read(self._bell)
        asked, self._asked = self._asked, None
        return asked

    def _take_typed(self) -> bytes:
        with self._typed_lock:
            data = bytes(self._typed)
            self._typed.clear()
        return data

    def _take_output(self, console: Console) -> bool:
        data = console.read()
        if data:
            self._print(data)
        return data is not None

    def _drain_console(self, console: Console) -> None:
        while data := console.read():
            self._print(data)

    def _print(self, data: bytes) -> None:
        self.log.append(data)
        self.port.write(data)

    def _take_input(
        self, poller: select.poll, ready: Mapping[int, int], console: Console, quiet_until: int
    ) -> int:
        """Pass the client's bytes on; a port that nobody holds open is looked at again after a while."""
        event = ready.get(self.port.master, 0)
        now = now_us()
        if event & select.POLLIN:
            self._pass_on(self.port.read(), console)
        elif event & select.POLLHUP:
            poller.unregister(self.port.master)
            return now + 1000 * NOBODY_LISTENS_MS
        if quiet_until and now >= quiet_until:
            poller.register(self.port.master, select.POLLIN)
            return 0
        return quiet_until

    def _pass_on(self, data: bytes, console: Console) -> None:
        """The interrupt character never enters the chip's input buffer while it is armed."""
        if self.memory[R.INT_CHAR] != INTERRUPT or INTERRUPT not in data:
            console.send(data)
            return
        for byte in data:
            if byte == INTERRUPT and self.memory[R.INT_CHAR] == INTERRUPT:
                self.memory.count_up(R.INT_REQUEST)
                self.wires.poke()
            else:
                console.send(bytes((byte,)))

    def _look_after(self) -> bool:
        """Take over logs now and then; True when the watchdog bites."""
        now = now_us()
        if now - self._drained_us >= DRAIN_US:
            self._drained_us = now
            self.gpio.drain()
            for uart in self.uarts:
                uart.collect()
        limit_us = 1000 * self.memory[R.WDT_MS]
        if limit_us and now - unwrap_us(self.memory[R.WDT_FED_US], now) > limit_us:
            self._print(_WATCHDOG_TEXT)
            return True
        return False

    def _end_child(self) -> None:
        if self._child is not None:
            if self.memory[R.RESET_REQUEST] == R.REQUEST_NONE:
                self._child.kill()
            try:
                self._child.wait(RESET_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._exit_code = self._child.returncode
            self._child = None

    def _be_off(self, kind: Reset) -> Reset:
        """Without power for a while, unless it is for good."""
        off_s, self._off_s = self._off_s, 0.0
        self.gpio.power_off(now_us())
        clear_hardware(self.memory)
        return self._await_asked(off_s) or kind

    def _sleep(self) -> Reset:
        """Deep sleep until its end or a reset from outside."""
        self.gpio.power_off(now_us())
        clear_hardware(self.memory)
        length_ms = self.memory[R.SLEEP_MS]
        return self._await_asked(length_ms / 1000 if length_ms >= 0 else LONGEST_SLEEP_S) or Reset.DEEPSLEEP

    def _await_asked(self, seconds: float) -> Reset | None:
        """A reset from outside; None when none came for so long. What is typed meanwhile is lost."""
        end = time.monotonic() + seconds
        poller = select.poll()
        poller.register(self._bell, select.POLLIN)
        while (left := end - time.monotonic()) > 0:
            if poller.poll(min(left, 1) * 1000):
                asked = self._take_asked()
                self._take_typed()
                if asked is not None:
                    return asked
        return None
