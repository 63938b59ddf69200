"""A LD2450 that can be configured: single or multiple targets, zones."""

from __future__ import annotations

from collections.abc import Mapping

from gangvakt_sim.world.hlk_module import Command, HlkModule
from gangvakt_sim.world.radar_module import ModuleFaults

VERSION = bytes.fromhex("0000 0201 16240622".replace(" ", ""))  # V1.02.22062416
SINGLE, MULTI = b"\x01\x00", b"\x02\x00"
ZONES_BYTES = 26  # mode u16, three times two corners of int16


class Ld2450Module(HlkModule):
    """The command side of a LD2450; what it sees comes from `Ld2450Model`. Zones are kept, not applied."""

    def __init__(self, faults: ModuleFaults | None = None, *, bluetooth: bool = True) -> None:
        super().__init__(VERSION, faults, bluetooth=bluetooth)
        self.mode = MULTI
        self.zones = bytes(ZONES_BYTES)

    def commands(self) -> Mapping[int, Command]:
        """Those of every module and its own."""
        return {
            **super().commands(),
            0x80: lambda _: self._set_mode(SINGLE),
            0x90: lambda _: self._set_mode(MULTI),
            0x91: lambda _: self.mode,
            0xC1: lambda _: self.zones,
            0xC2: self._set_zones,
        }

    def report(self, frame: bytes) -> bytes:
        """What of a frame goes over the wire: nothing while it is being configured."""
        return frame if self.reporting else b""

    def _set_mode(self, mode: bytes) -> bytes:
        self.mode = mode
        return b""

    def _set_zones(self, value: bytes) -> bytes | None:
        if len(value) != ZONES_BYTES or value[0] > 2:
            return None
        self.zones = value
        return b""
