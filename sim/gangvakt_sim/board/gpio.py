"""The pins seen from outside: what the chip drives, and what the world drives into it."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import Record, SharedMemory
from gangvakt_sim.board.waveform import Dimmed, Edge, Quiet, Timeline, Train
from gangvakt_sim.errors import BoardRefusal

RISING, FALLING = 1, 2  # bits of an interrupt's trigger
MAX_EDGES = (
    1_000_000  # of plain GPIO; a program that toggles faster than anybody reads must not eat the memory
)


class Gpio:
    """All pins of a board, and when it stood still. Times are us on CLOCK_MONOTONIC."""

    def __init__(self, memory: SharedMemory, poke: Callable[[], None]) -> None:
        self._memory = memory
        self._poke = poke
        self._lock = threading.RLock()
        self._lines: dict[int, Timeline] = defaultdict(Timeline)
        self._channels: dict[int, Timeline] = defaultdict(Timeline)
        self._channel_pins: dict[int, set[int]] = defaultdict(set)
        self._settings: dict[int, tuple[int, int]] = {}
        self._functions: dict[int, tuple[int, int]] = {}
        self._edges: list[Edge] = []
        self._stalls: list[tuple[int, int]] = []
        self._duties: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def level(self, pin: int) -> int:
        """What the pad shows now."""
        _check(pin)
        self.drain()
        with self._lock:
            if self._functions.get(pin, (R.FUNC_GPIO, 0))[0] != R.FUNC_GPIO:
                return self._lines[pin].level_at(self._memory.clock())
        mode = self._memory[R.GPIO_MODE + pin]
        if mode & 2 and not (mode & 4 and self._memory[R.GPIO_OUT + pin]):
            return self._memory[R.GPIO_OUT + pin]
        driven = self._memory[R.GPIO_IN + pin]
        return driven - 1 if driven else int(bool(self._memory[R.GPIO_PULL + pin] & 2))

    def drive(self, pin: int, level: int | None) -> None:
        """The world drives an input to 0 or 1, or lets it go (None); a matching edge interrupts."""
        _check(pin)
        if level not in (0, 1, None):
            raise BoardRefusal("gpio", "level", level, "0, 1 or None")
        before = self._input(pin)
        self._memory[R.GPIO_IN + pin] = 0 if level is None else level + 1
        after = self._input(pin)
        trigger = self._memory[R.GPIO_TRIGGER + pin]
        if before != after and trigger & (RISING if after else FALLING):
            self._memory.count_up(R.GPIO_FIRED + pin)
            self._poke()

    def _input(self, pin: int) -> int:
        driven = self._memory[R.GPIO_IN + pin]
        return driven - 1 if driven else int(bool(self._memory[R.GPIO_PULL + pin] & 2))

    def edges(self) -> list[Edge]:
        """Every edge of pins that the program itself set, since the start."""
        self.drain()
        with self._lock:
            return list(self._edges)

    def stalls(self) -> list[tuple[int, int]]:
        """(begin, end) of every stall of the table that the chip made, since the start."""
        self.drain()
        with self._lock:
            return list(self._stalls)

    def waveform(self, pin: int, t0_us: int, t1_us: int) -> list[Edge]:
        """Every edge of a pin in [t0_us, t1_us), whatever drives it."""
        _check(pin)
        self.drain()
        with self._lock:
            return [Edge(t_us, pin, level) for t_us, level in self._lines[pin].changes(t0_us, t1_us)]

    def level_at(self, pin: int, t_us: int) -> int:
        """What the chip drove at `t_us`."""
        self.drain()
        with self._lock:
            return self._lines[pin].level_at(t_us)

    def duties(self, pin: int) -> list[tuple[int, int]]:
        """(t_us, duty 0..65535) since the start; a plain output counts as 0 or 65535."""
        self.drain()
        with self._lock:
            return list(self._duties[pin])

    def duty_at(self, pin: int, t_us: int) -> int:
        """The duty 0..65535 at `t_us`."""
        self.drain()
        with self._lock:
            changes = self._duties[pin]
            at = bisect_right(changes, (t_us, 65535)) - 1
            return changes[at][1] if at >= 0 else 0

    def drain(self) -> None:
        """Take over what the chip has logged."""
        with self._lock:
            for record in self._memory.records():
                self._apply(record)

    def power_off(self, t_us: int) -> None:
        """Every pin lets go: pull-downs keep the lamps dark."""
        self.drain()
        with self._lock:
            for pin in list(self._lines):
                self._let_go(pin, t_us)
            self._channel_pins.clear()
            self._channels.clear()
            self._functions.clear()

    def soft_reset(self, t_us: int) -> None:
        """PWM ends with the program; RMT and GPIO levels go on."""
        self.drain()
        with self._lock:
            for pin, (function, _) in list(self._functions.items()):
                if function == R.FUNC_PWM:
                    self._let_go(pin, t_us)

    def _let_go(self, pin: int, t_us: int) -> None:
        if self._lines[pin].level_at(t_us) and self._functions.get(pin, (0, 0))[0] == R.FUNC_GPIO:
            self._note_edge(t_us, pin, 0)
        self._lines[pin].add(Quiet(t_us, 0))
        self._functions[pin] = (R.FUNC_GPIO, 0)
        self._note_duty(t_us, pin, 0)

    def _note_edge(self, t_us: int, pin: int, level: int) -> None:
        self._edges.append(Edge(t_us, pin, level))
        _forget_oldest(self._edges)

    def _note_duty(self, t_us: int, pin: int, duty: int) -> None:
        changes = self._duties[pin]
        if (changes[-1][1] if changes else 0) != duty:
            changes.append((t_us, duty))
            _forget_oldest(changes)

    def _apply(self, record: Record) -> None:
        action = _ACTIONS.get(record.kind)
        if action is not None:
            action(self, record.t_us, *record.values)

    def _edge(self, t_us: int, pin: int, level: int, *_: int) -> None:
        self._note_edge(t_us, pin, level)
        self._lines[pin].add(Quiet(t_us, level))
        self._note_duty(t_us, pin, 65535 * level)

    def _stall(self, t_us: int, us: int, *_: int) -> None:
        self._stalls.append((t_us, t_us + us))
        _forget_oldest(self._stalls)

    def _function(self, t_us: int, pin: int, function: int, channel: int, _: int) -> None:
        for pins in self._channel_pins.values():
            pins.discard(pin)
        self._functions[pin] = (function, channel)
        if function == R.FUNC_RMT:
            self._channel_pins[channel].add(pin)
            self._lines[pin].add(self._channels[channel].last or Quiet(t_us, 0), t_us)
        elif function == R.FUNC_GPIO:
            level = self._memory[R.GPIO_OUT + pin]
            self._lines[pin].add(Quiet(t_us, level))
            self._note_duty(t_us, pin, 65535 * level)

    def _pwm(self, t_us: int, pin: int, hz: int, duty: int, _: int) -> None:
        self._lines[pin].add(Dimmed(t_us, hz, duty))
        self._note_duty(t_us, pin, duty)

    def _pwm_off(self, t_us: int, pin: int, *_: int) -> None:
        self._let_go(pin, t_us)

    def _rmt_config(self, t_us: int, channel: int, _pin: int, div: int, idle: int) -> None:
        self._settings[channel] = (div, idle)

    def _rmt_start(self, t_us: int, channel: int, start: int, count: int, loop: int) -> None:
        div, idle = self._settings.get(channel, (8, 0))
        self._put(channel, Train(t_us, self._memory.pulses(start, count), div, idle, bool(loop)))

    def _rmt_stop(self, t_us: int, channel: int, *_: int) -> None:
        train = self._channels[channel].last
        if isinstance(train, Train) and train.end_us is None:
            ended = replace(train, end_us=train.pass_end_us(t_us))
            self._channels[channel].replace_last(ended)
            for pin in self._channel_pins[channel]:
                if self._lines[pin].last is train:
                    self._lines[pin].replace_last(ended)

    def _rmt_off(self, t_us: int, channel: int, *_: int) -> None:
        self._put(channel, Quiet(t_us, self._settings.get(channel, (8, 0))[1]))

    def _put(self, channel: int, source: Train | Quiet) -> None:
        self._channels[channel].add(source)
        for pin in self._channel_pins[channel]:
            self._lines[pin].add(source)


def _forget_oldest(kept: list[Any]) -> None:
    if len(kept) > MAX_EDGES:
        del kept[: MAX_EDGES // 2]


def _check(pin: int) -> None:
    if not 0 <= pin < R.PINS:
        raise BoardRefusal("gpio", "pin", pin, f"0..{R.PINS - 1}")


_ACTIONS: dict[int, Callable[..., None]] = {
    R.LOG_EDGE: Gpio._edge,
    R.LOG_FUNC: Gpio._function,
    R.LOG_STALL: Gpio._stall,
    R.LOG_PWM: Gpio._pwm,
    R.LOG_PWM_OFF: Gpio._pwm_off,
    R.LOG_RMT_CONFIG: Gpio._rmt_config,
    R.LOG_RMT_START: Gpio._rmt_start,
    R.LOG_RMT_STOP: Gpio._rmt_stop,
    R.LOG_RMT_OFF: Gpio._rmt_off,
}
