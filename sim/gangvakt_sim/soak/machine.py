"""A virtual board in virtual time: interpreter and world take turns, and the clock belongs to both.

The interpreter runs until it waits for something that only the world can bring. Then it asks the host, which
looks at the shared memory, changes it, and says when it wants to be asked again.
"""

from __future__ import annotations

import os
import random
import select
import subprocess
from pathlib import Path
from typing import Protocol

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.board.board import DEFAULT_MAC, Adc, LampCurrent, Thermometer
from gangvakt_sim.board.chip_process import RECURSION_STACK, ChipFiles
from gangvakt_sim.board.flash import prepare_flash, tear
from gangvakt_sim.board.gpio import Gpio
from gangvakt_sim.board.regs import R
from gangvakt_sim.board.reset import REQUESTED, Reset, apply_reset, clear_hardware
from gangvakt_sim.board.shm import SharedMemory, unwrap_us
from gangvakt_sim.board.stalls import Stalls
from gangvakt_sim.board.uart import Uart
from gangvakt_sim.errors import BoardFailed
from gangvakt_sim.interpreter import find_interpreter

CHIP = Path(__file__).with_name("chip")
BEGIN_US = 100_000_000  # a clock of zero would hide what is wrong before the first second
SECOND_US = 1_000_000
# Less than in real time: what fills it up is looked at in every collection.
MODEL_HEAP = 352 << 10
STUCK_S = 60.0  # of real time without a word from the interpreter: it runs in circles
GO_ON, LEAVE = b"\0", b"\1"
PRINTED_KEPT = 1 << 16
LOG_FULL = R.LOG_RECORDS // 2
NEVER_US = 1 << 62


class World(Protocol):
    """What surrounds the board."""

    def step(self, now_us: int) -> int:
        """Bring everything up to now; when to be asked again."""

    def call(self, what: int, now_us: int) -> int:
        """The chip wants something of the network (R.V_CALL_*); when to be asked again."""

    def started(self, now_us: int, kind: Reset) -> None:
        """The chip starts; nothing that it had is there any more."""


class Over(Exception):
    """The world has seen enough."""


class TimelessBoard:
    """One board. `run` lets it live until the world raises Over."""

    def __init__(self, spec: BoardSpec, flash: Path, folder: Path, seed: int, stalls: Stalls | None) -> None:
        self.spec, self.flash = spec, flash
        prepare_flash(flash, spec)
        self.memory = SharedMemory()
        self.memory.clock = self.now_us
        self.gpio = Gpio(self.memory, _nobody)
        self.uarts = tuple(Uart(self.memory, number, _nobody) for number in range(R.UARTS))
        self.memory.set_config({})
        self._set_now(BEGIN_US)
        self._prepare_memory(stalls)
        self.adc, self.lamp_current, self.thermometer = (
            Adc(self),
            LampCurrent(self, spec),
            Thermometer(self, spec),
        )
        self._files = ChipFiles(CHIP)
        self._printed = folder / "printed.txt"
        self._printed.write_bytes(b"")  # what an earlier life printed is none of this one's
        self._read = 0
        self._rng = random.Random(f"{seed}/flash")
        self._asked: Reset | None = None
        self._off_us = 0
        self.starts: list[tuple[int, Reset]] = []
        self.calls = 0

    def _prepare_memory(self, stalls: Stalls | None) -> None:
        memory = self.memory
        memory[R.FLASH_SIZE] = self.flash.stat().st_size
        memory[R.HEAP_BYTES] = self.spec.heap.bytes
        memory[R.RECURSION_STACK] = RECURSION_STACK
        memory[R.MAC_HIGH] = int.from_bytes(DEFAULT_MAC[:3], "big")
        memory[R.MAC_LOW] = int.from_bytes(DEFAULT_MAC[3:], "big")
        if stalls is not None:
            stalls.store(memory)
        memory[R.STALL_ON] = int(stalls is not None)

    def now_us(self) -> int:
        """The board's clock."""
        return self.memory[R.V_S] * SECOND_US + self.memory[R.V_US]

    def _set_now(self, now_us: int) -> None:
        self.memory[R.V_S], self.memory[R.V_US] = divmod(now_us, SECOND_US)

    def leap(self, us: int) -> None:
        """Nothing happens for so long: the chip goes on behind it."""
        self.memory[R.V_LEAP_US] = us

    def reset(self, kind: Reset, off_us: int = 0) -> None:
        """From within a step of the world: a reset, after so long without power."""
        self._asked, self._off_us = kind, off_us

    def printed(self) -> str:
        """The end of what was printed."""
        return self._printed.read_bytes()[-PRINTED_KEPT:].decode(errors="replace")

    def said(self) -> str:
        """The whole lines that were printed since this was asked the last time."""
        with self._printed.open("rb") as printed:
            printed.seek(self._read)
            lines, newline, _ = printed.read().rpartition(b"\n")
        self._read += len(lines) + len(newline)
        return lines.decode(errors="replace")

    def lit(self) -> bool:
        """Whether a warning is shown: DIM lets light out, whatever the pattern does just now."""
        self.gpio.drain()
        return self.gpio.duty_at(self.spec.pins.dim, self.now_us()) > 0

    def run(self, world: World) -> None:
        """Power on, and live. BoardFailed when the interpreter does not."""
        kind = Reset.POWER
        try:
            while True:
                kind = self._one_life(kind, world)
        except Over:
            return

    def close(self) -> None:
        """Give everything back."""
        self._files.close()
        self.memory.close()

    def _one_life(self, kind: Reset, world: World) -> Reset:
        self._prepare(kind)
        self.starts.append((self.now_us(), kind))
        world.started(self.now_us(), kind)
        with _Interpreter(self) as interpreter:
            while interpreter.awaits_host():
                self._serve(world)
                if self._asked is not None:
                    interpreter.answer(LEAVE)
                    break
                interpreter.answer(GO_ON)
        return self._after(world, interpreter)

    def _prepare(self, kind: Reset) -> None:
        if kind is Reset.SOFT:
            self.gpio.soft_reset(self.now_us())
        else:
            self.gpio.power_off(self.now_us())
        apply_reset(self.memory, kind)
        self.memory[R.V_FIRED] = self.memory[R.V_WORLD] = self.memory[R.V_LEAP_US] = 0
        for socket in range(R.N_SOCKETS):
            self.memory[R.N_SOCKET + R.N_WORDS * socket] = R.N_FREE

    def _serve(self, world: World) -> None:
        self.calls += 1
        memory = self.memory
        now_us = self.now_us()
        if memory[R.LOG_HEAD] - memory[R.LOG_TAIL] > LOG_FULL:
            self.gpio.drain()
        if memory[R.V_CALL] == R.V_CALL_STEP:
            self._ask_again(world.step(now_us))
            self._watch_dog(now_us)
        else:
            self._ask_again(world.call(memory[R.V_CALL], now_us))

    def _ask_again(self, next_us: int) -> None:
        self.memory[R.V_NEXT_S], self.memory[R.V_NEXT_US] = divmod(next_us, SECOND_US)

    def _watch_dog(self, now_us: int) -> None:
        limit_us = 1000 * self.memory[R.WDT_MS]
        if limit_us and now_us - unwrap_us(self.memory[R.WDT_FED_US], now_us) > limit_us:
            self._asked = Reset.WATCHDOG

    def _after(self, world: World, interpreter: _Interpreter) -> Reset:
        """Why the chip starts anew, after the time that it is off."""
        self.gpio.drain()
        asked, self._asked = self._asked, None
        if asked is None:
            if not self.memory[R.HEAP_FREE]:
                raise BoardFailed(
                    f"the chip's modules do not load (exit code {interpreter.code})", self.printed()
                )
            asked = REQUESTED.get(self.memory[R.RESET_REQUEST], Reset.PANIC)
        if asked is Reset.POWER or self.memory[R.RESET_REQUEST] == R.REQUEST_NONE:
            tear(self.memory, self.flash, self._rng)
        if asked is Reset.DEEPSLEEP:
            self._off_us = 1000 * self.memory[R.SLEEP_MS] if self.memory[R.SLEEP_MS] >= 0 else NEVER_US
        self._be_off(world)
        return asked

    def _be_off(self, world: World) -> None:
        """The world goes on without the board."""
        end_us, self._off_us = self.now_us() + self._off_us, 0
        self.gpio.power_off(self.now_us())
        clear_hardware(self.memory)
        for uart in range(R.UARTS):
            self.memory[R.UART + R.UART_WORDS * uart + R.U_OPEN] = 0
        while (now_us := self.now_us()) < end_us:
            self._set_now(min(max(world.step(now_us), now_us + 1000) + self.memory[R.V_LEAP_US], end_us))
            self.memory[R.V_LEAP_US] = 0
            if self._asked is not None:  # a reset of what has no power
                self._asked = None
        self._ask_again(self.now_us())


class _Interpreter:
    """The child process of one life; a context manager."""

    code = 0

    def __init__(self, board: TimelessBoard) -> None:
        self._board = board

    def __enter__(self) -> _Interpreter:
        board = self._board
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        stdin, self._silence = os.pipe()
        flash = os.open(board.flash, os.O_RDWR)
        fds = (board.memory.fd, flash, their_in, their_out)
        heap = board.spec.heap.bytes + MODEL_HEAP
        with board._printed.open("ab") as printed:
            self._child = subprocess.Popen(
                [
                    *find_interpreter().argv,
                    "-X",
                    f"heapsize={heap}",
                    "-c",
                    "import _start",
                ],
                stdin=stdin,
                stdout=printed,
                stderr=printed,
                env={
                    "MICROPYPATH": f"{board._files.path}:.frozen",
                    "GANGVAKT_BOARD_FDS": ",".join(map(str, fds)),
                    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                },
                pass_fds=fds,
                start_new_session=True,
            )
        for fd in (flash, their_in, their_out, stdin):
            os.close(fd)
        return self

    def __exit__(self, *_: object) -> None:
        for fd in (self._in, self._out, self._silence):
            os.close(fd)
        if self._board._asked is None and self._board.memory[R.RESET_REQUEST] == R.REQUEST_NONE:
            self._child.kill()
        self.code = self._child.wait()

    def awaits_host(self) -> bool:
        """Wait until it asks; False when it has ended. BoardFailed when it does neither."""
        while True:
            ready = select.select([self._in], [], [], STUCK_S)[0]
            if not ready:
                self._child.kill()
                raise BoardFailed(
                    f"the program runs in circles at {self._board.now_us()} us", self._board.printed()
                )
            return bool(os.read(self._in, 1))

    def answer(self, what: bytes) -> None:
        os.write(self._out, what)


def _nobody() -> None:
    """No ticker waits for a poke: the chip looks when it is answered."""
