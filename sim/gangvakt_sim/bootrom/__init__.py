"""The boot ROM of the virtual board, and its serial port on the network (RFC 2217): what esptool talks to.

Imports go downwards: blank_board; server; session; adapter; boot_rom; loader; registers; then the pure rest.
"""

from gangvakt_sim.bootrom.blank_board import BlankBoard
from gangvakt_sim.bootrom.stand_in import stand_in_image

__all__ = ["BlankBoard", "stand_in_image"]
