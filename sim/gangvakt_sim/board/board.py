"""The virtual board: what a test, the simulated street or a technician's tool holds in the hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.board.flash import blank_flash, prepare_flash
from gangvakt_sim.board.gpio import Gpio
from gangvakt_sim.board.regs import R
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.rom import Rom
from gangvakt_sim.board.serial import SerialLog, SerialPort
from gangvakt_sim.board.shm import SharedMemory, now_us
from gangvakt_sim.board.stalls import Stalls
from gangvakt_sim.board.supervisor import Supervisor
from gangvakt_sim.board.uart import Uart
from gangvakt_sim.errors import BoardFailed, BoardRefusal
from gangvakt_sim.interpreter import CHIP_BITS, Interpreter, find_interpreter

DEFAULT_MAC = bytes.fromhex("30aea4120001")
MAX_MV = 3300
LAMP_NAMES = ("left", "right")
TICKS_PERIOD_MS = 1 << 30
LAMP_MV = 600  # of a lamp that is well, at full brightness


class _HasMemory(Protocol):
    @property
    def memory(self) -> SharedMemory: ...


class Adc:
    """Voltages at the chip's pins."""

    def __init__(self, supervisor: _HasMemory) -> None:
        self._memory = supervisor.memory

    def set(self, pin: int, mv: int) -> None:
        """Put `mv` millivolts on a pin."""
        if not 0 <= pin < R.PINS:
            raise BoardRefusal("adc", "pin", pin, f"0..{R.PINS - 1}")
        if not 0 <= mv <= MAX_MV:
            raise BoardRefusal("adc", "mv", mv, f"0..{MAX_MV}")
        self._memory[R.ADC_MV + pin] = mv


class LampCurrent:
    """What each lamp draws while it shines, seen at the shunt's converter pin: pattern times DIM carrier."""

    def __init__(self, supervisor: _HasMemory, spec: BoardSpec) -> None:
        self._memory = supervisor.memory
        adc, pins = spec.analog.lamp_current, spec.pins
        for lamp, pin in enumerate((pins.lamp_left, pins.lamp_right)):
            at = R.LAMP + R.LAMP_WORDS * lamp
            self._memory[at + R.L_ADC] = 0 if adc is None else adc + 1
            self._memory[at + R.L_PIN], self._memory[at + R.L_DIM] = pin, pins.dim
            self._memory[at + R.L_MV] = LAMP_MV

    def set(self, lamp: str, mv: int) -> None:
        """Lamp "left" or "right" gives `mv` while it shines: LAMP_MV as it should, 0 dead, more shorted."""
        if lamp not in LAMP_NAMES:
            raise BoardRefusal("lamp_current", "lamp", lamp, " or ".join(LAMP_NAMES))
        if not 0 <= mv <= MAX_MV:
            raise BoardRefusal("lamp_current", "mv", mv, f"0..{MAX_MV}")
        self._memory[R.LAMP + R.LAMP_WORDS * LAMP_NAMES.index(lamp) + R.L_MV] = mv


class Thermometer:
    """The DS18B20 on the board's wire; nobody answers until a temperature is set."""

    def __init__(self, supervisor: _HasMemory, spec: BoardSpec) -> None:
        self._memory, self._pin = supervisor.memory, spec.pins.thermometer

    def set(self, celsius: float | None) -> None:
        """What it measures, to a sixteenth of a degree; None: it is gone."""
        if celsius is None or self._pin is None:
            self._memory[R.THERMOMETER] = 0
            return
        if not -55 <= celsius <= 125:
            raise BoardRefusal("thermometer", "celsius", celsius, "-55..125")
        self._memory[R.THERMOMETER_RAW] = round(celsius * 16)
        self._memory[R.THERMOMETER] = self._pin + 1


class VirtualBoard:
    """One board. A context manager; blocking, may be used from several threads.

    `flash` is created blank if it is not there. `stalls` None = no stall is injected. `wifi` are the access
    points around ({ssid: password}); `config` is handed to the chip's radio and network modules as it is.
    With a `rom`, it alone decides what the flash starts, and nothing is written there for it. `port` is a
    serial port in place of the pty.
    """

    def __init__(
        self,
        spec: BoardSpec,
        flash: Path,
        *,
        stalls: Stalls | None = None,
        wifi: Mapping[str, str] | None = None,
        mac: bytes = DEFAULT_MAC,
        interpreter: Interpreter | Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
        rom: Rom | None = None,
        port: SerialPort | None = None,
    ) -> None:
        if len(mac) != 6:
            raise BoardRefusal("board", "mac", mac.hex(), "6 bytes")
        self.spec = spec
        self.flash = flash
        (prepare_flash if rom is None else blank_flash)(flash, spec)
        interpreter = find_interpreter() if interpreter is None else interpreter
        if isinstance(interpreter, Interpreter) and interpreter.bits != CHIP_BITS:
            raise BoardFailed(f"a virtual board needs a {CHIP_BITS}-bit MicroPython, not {interpreter}")
        argv = interpreter.argv if isinstance(interpreter, Interpreter) else tuple(interpreter)
        world = {"wifi": dict(wifi or {}), **(config or {})}
        self._supervisor = Supervisor(argv, spec.heap.bytes, mac, flash, world, rom, port)
        self._stalls = stalls
        self._supervisor.use_stalls(stalls)
        self.adc = Adc(self._supervisor)
        self.lamp_current = LampCurrent(self._supervisor, spec)
        self.thermometer = Thermometer(self._supervisor, spec)

    def start_ticks_at(self, ms: int) -> None:
        """What `time.ticks_ms()` shows at the next reset, so that a test sees it wrap at 2**30 ms."""
        if not 0 <= ms < TICKS_PERIOD_MS:
            raise BoardRefusal("board", "ticks", ms, f"0..{TICKS_PERIOD_MS - 1}")
        self._supervisor.ticks_offset_ms = ms

    def start(self) -> None:
        """Power on. Raises BoardFailed."""
        self._supervisor.start()

    def stop(self) -> None:
        """Power off for good."""
        self._supervisor.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> str:
        """Name of the serial port: the path of the pty, unless another was given."""
        return self._supervisor.port.name

    @property
    def output(self) -> SerialLog:
        """Everything printed since the start."""
        return self._supervisor.log

    @property
    def gpio(self) -> Gpio:
        """The pins."""
        return self._supervisor.gpio

    @property
    def memory_free(self) -> int:
        """Free heap when boot.py started, in bytes."""
        return self._supervisor.memory[R.HEAP_FREE]

    @property
    def pid(self) -> int | None:
        """Process id of the interpreter, which changes with every reset."""
        return self._supervisor.pid

    @property
    def running_main(self) -> bool:
        """True from the start of main.py until its end."""
        return bool(self._supervisor.memory[R.PHASE] == R.PHASE_MAIN_PY)

    def uart(self, number: int) -> Uart:
        """UART 1 or 2."""
        if number not in (1, 2):
            raise BoardRefusal("uart", "number", number, "1 or 2")
        return self._supervisor.uarts[number]

    def hard_reset(self) -> None:
        """Pull the reset line (EN)."""
        self.reset(Reset.POWER)

    def power_cycle(self) -> None:
        """Power off and on; a flash operation under way is torn."""
        self.reset(Reset.POWER)

    def reset(self, kind: Reset, off_us: int = 0) -> None:
        """Reset for a reason; returns when the chip has started again, or its ROM knows that it will not.

        With `off_us` it has no power for so long first, and this returns at once.
        """
        self._supervisor.reset(kind, off_us / 1_000_000)

    @property
    def memory(self) -> SharedMemory:
        """What the chip and the outside world share."""
        return self._supervisor.memory

    @property
    def starts(self) -> Sequence[Reset]:
        """Why the chip has started, each time."""
        return tuple(self._supervisor.kinds)

    def send(self, data: bytes) -> None:
        """Type into the serial console, as a client of the port would."""
        self._supervisor.type(data)

    def set_config(self, config: Mapping[str, Any]) -> None:
        """Change the world around the chip's radio and network: all of it, `wifi` included."""
        self._supervisor.memory.set_config(config)

    def set_stalls(self, stalls: Stalls | None) -> None:
        """Switch the injection of stalls on (with a table) or off."""
        self._stalls = stalls
        self._supervisor.use_stalls(stalls)

    def inject(self, kind: str) -> int:
        """Block the program now for the longest stall of a kind (stalls.KINDS); its length in us."""
        duration_us = (self._stalls or Stalls.default()).worst_us(kind)
        self._supervisor.block(duration_us)
        return duration_us

    def lamps(self, t_us: int | None = None) -> tuple[bool, bool]:
        """(left, right): does light come out? The lamp's line is high and DIM is not dark."""
        t_us = now_us() if t_us is None else t_us
        pins = self.spec.pins
        lit = self.gpio.duty_at(pins.dim, t_us) > 0
        left, right = (
            lit and bool(self.gpio.level_at(pin, t_us)) for pin in (pins.lamp_left, pins.lamp_right)
        )
        return left, right

    def lamp_edges(self, t0_us: int, t1_us: int) -> list[tuple[int, str, int]]:
        """(t_us, "left" or "right", 0 or 1) of every change of light in [t0_us, t1_us)."""
        pins = self.spec.pins
        times = {t for t, _ in self.dim_changes() if t0_us <= t < t1_us}
        for pin in (pins.lamp_left, pins.lamp_right):
            times.update(edge.t_us for edge in self.gpio.waveform(pin, t0_us, t1_us))
        changes = []
        before = self.lamps(t0_us - 1)
        for t_us in sorted(times):
            now = self.lamps(t_us)
            for name, old, new in zip(("left", "right"), before, now, strict=True):
                if old != new:
                    changes.append((t_us, name, int(new)))
            before = now
        return changes

    def dim_changes(self) -> list[tuple[int, int]]:
        """(t_us, duty 0..65535) of the DIM pin since the start."""
        return self.gpio.duties(self.spec.pins.dim)
