"""The two transistors by which DTR and RTS pull the chip's EN and boot pins."""

from __future__ import annotations

import enum

# With both lines asserted neither transistor conducts. On the board the capacitor at EN bridges the moment
# between two changes; behind RFC 2217 it lasts 50 ms and more, so that servers for these chips wait for the
# second change, and so does this one.
SETTLE_S = 0.5


class Straps(enum.Enum):
    """What the two pins do to the chip."""

    HELD = "EN is low"
    RUN = "EN has risen with the boot pin high: the flash is started"
    DOWNLOAD = "EN has risen with the boot pin low: the ROM waits for a download"


class ResetCircuit:
    """RTS alone pulls EN low, DTR alone the boot pin (IO0; IO9 of an ESP32-C3), both together neither."""

    def __init__(self) -> None:
        self.dtr = self.rts = False
        self._held = False
        self._settled_s: float | None = None

    def change(self, dtr: bool, rts: bool, now_s: float) -> Straps | None:
        """The lines are now so; what it does to the chip, or None."""
        self.dtr, self.rts = dtr, rts
        self._settled_s = None
        if rts and not dtr:
            before, self._held = self._held, True
            return None if before else Straps.HELD
        if not self._held:
            return None
        if dtr and rts:
            self._settled_s = now_s + SETTLE_S
            return None
        return self._release(Straps.DOWNLOAD if dtr else Straps.RUN)

    def settle(self, now_s: float) -> Straps | None:
        """To be called at `next_s`: what both lines together do to the chip."""
        if self._settled_s is None or now_s < self._settled_s:
            return None
        return self._release(Straps.RUN)

    @property
    def next_s(self) -> float | None:
        """When to call `settle`."""
        return self._settled_s

    def _release(self, straps: Straps) -> Straps:
        self._held, self._settled_s = False, None
        return straps
