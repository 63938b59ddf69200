"""How each fault is caused and undone, in virtual time and in real time."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.board.regs import R
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.shm import SharedMemory
from gangvakt_sim.faults.schedule import Fault
from gangvakt_sim.faults.trouble import Trouble

SECOND_US = 1_000_000
VERIFY_FAILED, REFUSED_BY_PEER = 0x2700 >> 7, 0x7780 >> 7  # as a byte; see soak/chip/_tlswrap.py
CHANNEL_GONE_S = 8.0  # longer than the driver takes to miss the beacons
POWER_AFTER_CUT_S = 2.0
PARTITIONS = ("data", "outbox")


class Hardware(Protocol):
    """A board as faults need it."""

    @property
    def memory(self) -> SharedMemory:
        """What it shares with the host."""

    @property
    def spec(self) -> BoardSpec:
        """What it is."""

    @property
    def flash(self) -> Path:
        """The file that is its flash."""

    def reset(self, kind: Reset, off_us: int = 0) -> None:
        """Reset it, after so long without power."""


class Carrier(Protocol):
    """A network as faults need it."""

    trouble: Trouble

    def end_all(self) -> None:
        """Connections that stand end now."""

    def break_all(self) -> None:
        """Connections that stand carry nothing from now on."""


class Life(Protocol):
    """What can be afflicted. `sensors` holds the names of the faults of sensors that stand."""

    sensors: set[str]
    channel: int

    @property
    def board(self) -> Hardware:
        """The sign's."""

    @property
    def network(self) -> Carrier:
        """Between the sign and its broker."""

    def access_point(self, is_there: bool) -> None:
        """Switch it on or off."""

    def later(self, us: int, do: Callable[[], None]) -> None:
        """Do something after a while."""


Act = Callable[[Life, Fault], None]


def begin(life: Life, fault: Fault) -> None:
    """Cause it."""
    _ACTS[fault.name][0](life, fault)


def end(life: Life, fault: Fault) -> None:
    """Undo it."""
    undo = _ACTS[fault.name][1]
    if undo is not None:
        undo(life, fault)


def _broker_down(life: Life, fault: Fault) -> None:
    life.network.trouble.broker_down = True
    life.network.end_all()


def _half_open(life: Life, fault: Fault) -> None:
    life.network.trouble.half_open = True
    life.network.break_all()


def _trouble(name: str, value: Callable[[Fault], int | bool]) -> tuple[Act, Act]:
    def on(life: Life, fault: Fault) -> None:
        setattr(life.network.trouble, name, value(fault))

    def off(life: Life, fault: Fault) -> None:
        setattr(life.network.trouble, name, type(value(fault))())

    return on, off


def _verdict(word: int) -> tuple[Act, Act]:
    """Seen at the next connection: so those that stand end now."""
    on, off = _trouble("verdict", lambda fault: word)

    def begin_now(life: Life, fault: Fault) -> None:
        on(life, fault)
        life.network.end_all()

    return begin_now, off


def _sensor(name: str) -> tuple[Act, Act]:
    def on(life: Life, fault: Fault) -> None:
        life.sensors.add(name)

    def off(life: Life, fault: Fault) -> None:
        life.sensors.discard(name)

    return on, off


def _channel(life: Life, fault: Fault) -> None:
    life.channel = fault.value("channel")
    life.access_point(False)
    life.later(round(CHANNEL_GONE_S * SECOND_US), lambda: life.access_point(True))


def _feeder_off(life: Life, fault: Fault) -> None:
    life.board.reset(Reset.POWER, round(fault.for_s * SECOND_US))


def _cut(life: Life, fault: Fault) -> None:
    life.board.memory[R.FLASH_CUT] = fault.value("n")


def _no_cut(life: Life, fault: Fault) -> None:
    life.board.memory[R.FLASH_CUT] = 0


def _rot(life: Life, fault: Fault) -> None:
    part = life.board.spec.partition(PARTITIONS[fault.value("partition")])
    rot(life.board.flash, part.offset, part.size, fault.value("bits"), random.Random(str(fault)))


def rot(path: os.PathLike[str], offset: int, size: int, bits: int, rng: random.Random) -> None:
    """Flip bits of a file."""
    with open(path, "r+b") as file:
        for _ in range(bits):
            at = offset + rng.randrange(size)
            file.seek(at)
            flipped = file.read(1)[0] ^ 1 << rng.randrange(8)
            file.seek(at)
            file.write(bytes((flipped,)))


def _jump(life: Life, fault: Fault) -> None:
    life.board.memory[R.RTC_OFFSET_S] += fault.value("s")


def _fragment(life: Life, fault: Fault) -> None:
    life.board.memory[R.FRAGMENT_BYTES] = fault.value("bytes")


def _whole(life: Life, fault: Fault) -> None:
    life.board.memory[R.FRAGMENT_BYTES] = 0


def _stuck(life: Life, fault: Fault) -> None:
    life.board.memory[R.STALL_REQUEST_US] = round(fault.for_s * SECOND_US)
    life.board.memory.count_up(R.STALL_REQUESTS)


_ACTS: dict[str, tuple[Act, Act | None]] = {
    "broker-down": (_broker_down, _trouble("broker_down", lambda fault: True)[1]),
    "half-open": (_half_open, _trouble("half_open", lambda fault: True)[1]),
    "packet-loss": _trouble("loss_pct", lambda fault: fault.value("percent")),
    "packet-delay": _trouble("delay_ms", lambda fault: fault.value("ms")),
    "wrong-certificate": _verdict(VERIFY_FAILED),
    "expired-certificate": _verdict(REFUSED_BY_PEER),
    "dns-dead": _trouble("dns_dead", lambda fault: True),
    "ap-gone": (lambda life, fault: life.access_point(False), lambda life, fault: life.access_point(True)),
    "ap-channel": (_channel, None),
    "feeder-off": (_feeder_off, None),
    "brown-out": (lambda life, fault: life.board.reset(Reset.BROWN_OUT), None),
    "power-cut-at-write": (_cut, _no_cut),
    "bit-rot": (_rot, None),
    "clock-jump": (_jump, None),
    "radar-silent": _sensor("radar-silent"),
    "radar-garbled": _sensor("radar-garbled"),
    "radar-stuck": _sensor("radar-stuck"),
    "pir-stuck": _sensor("pir-stuck"),
    "button-stuck": _sensor("button-stuck"),
    "memory-fragmentation": (_fragment, _whole),
    "stuck-task": (_stuck, None),
}
