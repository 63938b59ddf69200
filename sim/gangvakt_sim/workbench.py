"""What is wired to a board on a technician's bench: a radar that sees nobody, light, supply, warmth."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S, NO_TARGET, SLOTS, encode_frame
from gangvakt_sim.world.ld2450_module import Ld2450Module

LIGHT_MV = 1500
SUPPLY_MV = 12_000  # before the divider
CELSIUS = 21.0


class Workbench:
    """A context manager; the radar, new from its box, reports while it lasts."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board
        self._ended = threading.Event()
        self._radar = threading.Thread(target=self._report, name="bench-radar", daemon=True)

    def __enter__(self) -> Self:
        spec, board = self._board.spec, self._board
        board.uart(spec.radar.uart).attach(Ld2450Module())
        board.thermometer.set(CELSIUS)
        if spec.analog.light is not None:
            board.adc.set(spec.analog.light, LIGHT_MV)
        if spec.analog.supply is not None:
            board.adc.set(spec.analog.supply, SUPPLY_MV * 1000 // spec.analog.supply_ratio_milli)
        self._radar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._radar.join()

    def _report(self) -> None:
        port, frame = self._board.uart(self._board.spec.radar.uart), encode_frame([NO_TARGET] * SLOTS)
        while not self._ended.wait(FRAME_PERIOD_S):
            port.report(frame)
