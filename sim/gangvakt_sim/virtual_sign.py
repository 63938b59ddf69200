"""A virtual board as a sign of the street: its sensors' cables and the light of its lamps."""

from __future__ import annotations

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.board.uart import Peer
from gangvakt_sim.errors import BoardTimeout, StreetError
from gangvakt_sim.world.ld2450_module import Ld2450Module

ARMED_TEXT = "armed"  # the firmware prints it once it would warn
ARMED_S = 20.0


class VirtualSign:
    """A started board seen as radar and PIR inputs and lamps. `second` is the module at its second radar
    port."""

    def __init__(self, spec: BoardSpec, board: VirtualBoard, second: Peer | None = None) -> None:
        self._board, self._pir_pin = board, spec.pins.pir
        self._radar_port = board.uart(spec.radar.uart)
        self._radar_port.attach(Ld2450Module(bluetooth=False))  # as a start before has left it
        self._second_port = board.uart(spec.second.uart) if spec.second else None
        if self._second_port and second:
            self._second_port.attach(second)
        self._pir_level: bool | None = None

    def wait_armed(self) -> None:
        """Until the firmware says that it would warn. StreetError with its last words when it does not."""
        try:
            self._board.output.wait_for(ARMED_TEXT, ARMED_S)
        except BoardTimeout as error:
            lines = self._board.output.text().splitlines()
            last = next((line for line in reversed(lines) if line.strip()), "nothing")
            raise StreetError(f"firmware not armed after {ARMED_S:.0f} s; its last words: {last}") from error

    def radar(self, frame: bytes) -> None:
        """Bytes into the radar's UART."""
        self._radar_port.report(frame)

    def second(self, frame: bytes) -> None:
        """Bytes into the second radar's UART; without one they are lost."""
        if self._second_port:
            self._second_port.report(frame)

    def pir(self, level: bool) -> None:
        """The PIR's level onto its pin."""
        if level != self._pir_level:
            self._pir_level = level
            self._board.gpio.drive(self._pir_pin, int(level))

    def lamps(self) -> tuple[bool, bool]:
        """Light that leaves the left and the right lamp now."""
        return self._board.lamps()

    def lamp_edges(self, start_s: float, end_s: float) -> list[tuple[int, str, int]]:
        """Changes of light between two times of the monotonic clock: time in us, lamp, level."""
        return list(self._board.lamp_edges(round(start_s * 1e6), round(end_s * 1e6)))
