"""What the pins of each chip can do. Source: the chips' data sheets and the ESP-IDF GPIO notes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChipPins:
    """GPIO numbers by what they must not be used for, and the UARTs free beside the console."""

    all: frozenset[int]
    input_only: frozenset[int]
    flash: frozenset[int]  # wired to the flash chip on every module
    console: frozenset[int]  # UART0, the technician's port
    glitch: frozenset[int]  # driven or pulsed by the boot ROM: a lamp there would flash at power-on
    uarts: frozenset[int]


CHIPS = {
    "esp32": ChipPins(
        all=frozenset({*range(20), 21, 22, 23, 25, 26, 27, *range(32, 40)}),
        input_only=frozenset(range(34, 40)),
        flash=frozenset(range(6, 12)),
        console=frozenset({1, 3}),
        glitch=frozenset({0, 1, 3, 5, 12, 14, 15}),
        uarts=frozenset({1, 2}),
    )
}
