"""The USB adapter on the board: bytes both ways, baud rates, DTR and RTS to EN and the boot pin, faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gangvakt_sim.board.reset import Reset
from gangvakt_sim.bootrom.boot_rom import BootRom
from gangvakt_sim.bootrom.circuit import ResetCircuit, Straps
from gangvakt_sim.bootrom.faults import Faults, Noise
from gangvakt_sim.bootrom.line import Line
from gangvakt_sim.bootrom.nor import BrownOut
from gangvakt_sim.bootrom.wire import Wire

APP_BAUD = 115_200
# Two rates that differ by more are not understood: a UART samples the last of ten bits half a bit off at 5 %.
BAUD_TOLERANCE = 0.04
# A cable that is pulled is plugged in again after so long.
PULLED_S = 30.0


class CablePulled(Exception):
    """The connection ends in the middle."""


class Adapter:
    """All that the host's side of the port can do. Used by one thread; `reset` returns when the chip has."""

    def __init__(
        self, line: Line, rom: BootRom, reset: Callable[[Reset], None], faults: Faults, paced: bool
    ) -> None:
        self._line, self._rom, self._reset = line, rom, reset
        self._faults = faults
        self._noises = () if faults.noise is None else (Noise(faults.noise), Noise(~faults.noise))
        self._circuit = ResetCircuit()
        self._in, self._out = Wire(paced), Wire(paced)
        self._received = 0
        self._plugged_in_s = 0.0
        self.baud = APP_BAUD

    # -- the host

    def receive(self, data: bytes, now_s: float) -> None:
        """Bytes from the host. CablePulled when that fault strikes."""
        limit = self._faults.cable_pulled
        self._received += len(data)
        if limit is not None and self._received >= limit:
            self._faults = replace(self._faults, cable_pulled=None)
            self._plugged_in_s = now_s + PULLED_S
            self._power(Straps.HELD)
            raise CablePulled
        self._in.push(self._noisy(data, 0), self.baud, now_s)

    def transmit(self, now_s: float) -> bytes:
        """Bytes for the host, after what has arrived at the chip is done."""
        self._let_arrive(now_s)
        if sent := self._line.take():
            self._send(sent, self._chip_baud(), now_s)
        return self._out.pop(now_s)

    def set_lines(self, dtr: bool, rts: bool, now_s: float) -> None:
        """DTR and RTS, asserted or not."""
        self._obey(self._circuit.change(dtr, rts, now_s))

    @property
    def lines(self) -> tuple[bool, bool]:
        """DTR and RTS as they are."""
        return self._circuit.dtr, self._circuit.rts

    def set_baud(self, baud: int) -> None:
        """The host's rate; what is under way goes on as it was sent."""
        self.baud = baud
        if self._rom.loader:
            self._rom.loader.host_baud = baud

    def purge_received(self) -> None:
        """Forget what the chip sent and the host has not fetched."""
        self._line.take()
        self._out.clear()

    def purge_sent(self) -> None:
        """Forget what has not reached the chip."""
        self._in.clear()

    # -- the world

    @property
    def next_s(self) -> float | None:
        """When something happens by itself; None = never."""
        times = (self._in.next_s, self._out.next_s, self._circuit.next_s, self._plugged_in_s or None)
        return min((time_s for time_s in times if time_s is not None), default=None)

    def tick(self, now_s: float) -> None:
        """To be called at `next_s`."""
        self._obey(self._circuit.settle(now_s))
        if self._plugged_in_s and now_s >= self._plugged_in_s:
            self._plugged_in_s = 0.0
            self._power(Straps.RUN)

    @property
    def port_free(self) -> bool:
        """Whether a host may open the port now."""
        return not self._faults.port_busy and not self._plugged_in_s

    def mend(self, now_s: float) -> None:
        """End every fault of the line; a pulled cable is plugged in."""
        self._faults, self._noises = Faults(), ()
        if self._plugged_in_s:
            self._plugged_in_s = now_s
            self.tick(now_s)

    # -- inside

    def _obey(self, straps: Straps | None) -> None:
        if straps is not None:
            self._power(straps)

    def _power(self, straps: Straps) -> None:
        self._in.clear()  # a chip in reset hears nothing
        self._rom.straps = straps
        self._reset(Reset.POWER)
        if self._rom.loader:
            self._rom.loader.host_baud = self.baud

    def _let_arrive(self, now_s: float) -> None:
        data = self._in.pop(now_s)
        if not data or self._rom.straps is Straps.HELD:
            return
        chip_baud = self._chip_baud()
        data = self._at(chip_baud, data)
        if self._rom.loader is None:
            self._line.send(data)
            return
        try:
            self._send(self._rom.loader.feed(data), chip_baud, now_s)
        except BrownOut:
            self._reset(Reset.BROWN_OUT)
            return
        if self._rom.loader.leaving:
            kind, last_words = self._rom.loader.leaving.value
            self._send(last_words, chip_baud, now_s)
            self._reset(kind)

    def _send(self, data: bytes, chip_baud: int, now_s: float) -> None:
        self._out.push(self._noisy(self._at(chip_baud, data), 1), chip_baud, now_s)

    def _chip_baud(self) -> int:
        if self._rom.loader is None:
            return APP_BAUD
        return self._rom.loader.baud or self.baud

    def _at(self, chip_baud: int, data: bytes) -> bytes:
        """What the other side understands at its rate."""
        if abs(self.baud - chip_baud) <= BAUD_TOLERANCE * chip_baud:
            return data
        return bytes(byte & 0x55 | 0x80 for byte in data)

    def _noisy(self, data: bytes, direction: int) -> bytes:
        return self._noises[direction].garble(data) if self._noises else data
