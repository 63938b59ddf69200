"""The virtual board: the real MicroPython with an ESP32's modules, flash, pins and serial port around it."""

from gangvakt_sim.board.board import VirtualBoard
from gangvakt_sim.board.stalls import Stalls
from gangvakt_sim.board.waveform import Edge

__all__ = ["Edge", "Stalls", "VirtualBoard"]
