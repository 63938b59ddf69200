"""What the pins of each chip can do. Source: the chips' data sheets and the ESP-IDF GPIO notes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChipPins:
    """GPIO numbers by what they must not be used for or alone can do, the UARTs free beside the console, and
    the machine code of the chip by mpy-cross's name.
    """

    all: frozenset[int]
    input_only: frozenset[int]
    flash: frozenset[int]  # wired to the flash chip on every module
    console: frozenset[int]  # UART0 or USB, the technician's port
    glitch: frozenset[int]  # driven or pulsed at power-on: a lamp there would flash
    adc1: frozenset[int]  # the other converter cannot be used beside Wi-Fi
    uarts: frozenset[int]
    arch: str


CHIPS = {
    "esp32": ChipPins(
        all=frozenset({*range(20), 21, 22, 23, 25, 26, 27, *range(32, 40)}),
        input_only=frozenset(range(34, 40)),
        flash=frozenset(range(6, 12)),
        console=frozenset({1, 3}),
        glitch=frozenset({0, 1, 3, 5, 12, 14, 15}),
        adc1=frozenset(range(32, 40)),
        uarts=frozenset({1, 2}),
        arch="xtensawin",
    ),
    "esp32s3": ChipPins(
        all=frozenset({*range(22), *range(26, 49)}),
        input_only=frozenset(),
        flash=frozenset(range(26, 33)),
        console=frozenset({19, 20, 43, 44}),
        glitch=frozenset({0, 18, 19, 20, 43, 45, 46}),
        adc1=frozenset(range(1, 11)),
        uarts=frozenset({1, 2}),
        arch="xtensawin",
    ),
    "esp32c3": ChipPins(
        all=frozenset(range(22)),
        input_only=frozenset(),
        flash=frozenset(range(11, 18)),
        console=frozenset({18, 19, 20, 21}),
        glitch=frozenset({2, 8, 9, 18, 19, 21}),
        adc1=frozenset(range(5)),
        uarts=frozenset({1}),
        arch="rv32imc",
    ),
}
