"""Wiping a board: keys, data and code, or the whole flash, read back as erased."""

from __future__ import annotations

from collections.abc import Callable

from gangvakt.provision.board import BoardSpec
from gangvakt.provision.esptool_run import ERASED, Esptool
from gangvakt.provision.layout import Region


def erased_regions(spec: BoardSpec, *, everything: bool) -> tuple[Region, ...]:
    """What erasing writes: all data partitions (keys, configuration, events, the sign's code), or everything.

    Without `everything` loader, table and interpreter stay, and the board starts into an empty MicroPython.
    """
    if everything:
        return (Region("flash", 0, ERASED * spec.flash.size),)
    return tuple(
        Region(part.name, part.offset, ERASED * part.size) for part in spec.partitions if part.type == "data"
    )


def erase(tool: Esptool, spec: BoardSpec, *, everything: bool, on_progress: Callable[[float], None]) -> None:
    """Erase the board at the tool's port; BoardTrouble when it does not read back as erased."""
    tool.write(spec.board.chip, erased_regions(spec, everything=everything), on_progress)
