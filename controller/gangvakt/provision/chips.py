"""What the pins and peripherals of each chip can do.

Sources: the chips' data sheets (pin lists, strapping pins, power-up glitches), the GPIO notes of ESP-IDF, and
what the official MicroPython images keep for themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOW, HIGH = 0, 1


@dataclass(frozen=True)
class Rmii:
    """Pins of the wired network: its data lines cannot be chosen, its clock has few places."""

    data: frozenset[int]
    clock_out: frozenset[int]  # pins that can send the clock to the network chip
    clock_in: frozenset[int]  # pins that can receive it


@dataclass(frozen=True)
class Chip:
    """GPIO numbers by what they must not be used for or alone can do; peripherals that are left for the sign;
    the machine code by mpy-cross's name; where the official image begins in flash, and its name for the chip.
    """

    all: frozenset[int]
    input_only: frozenset[int]
    flash: frozenset[int]  # wired to the flash chip on every module
    psram: Mapping[str, frozenset[int]]  # taken by memory of that kind, where the module has it
    console: frozenset[int]  # UART0, and USB where the chip has its own: the technician's port
    strapping: Mapping[int, int]  # level at reset without which the chip does not start or cannot be flashed
    harmless_strapping: frozenset[int]  # read at reset too, but only for the boot log, JTAG and the like
    glitch: frozenset[int]  # driven or pulsed at power-on: a lamp there would flash
    adc1: frozenset[int]  # the other converter cannot be used beside Wi-Fi
    uarts: frozenset[int]  # UART0 is the console of the official images, beside USB as well
    rmt_channels: int  # that send: one a lamp
    pwm_channels: int
    rmii: Rmii | None
    arch: str
    image_offset: int  # first byte of the official file
    image_chip_id: int


CHIPS = {
    "esp32": Chip(
        all=frozenset({*range(20), 21, 22, 23, 25, 26, 27, *range(32, 40)}),
        input_only=frozenset(range(34, 40)),
        flash=frozenset(range(6, 12)),
        psram={"quad": frozenset({16, 17})},
        console=frozenset({1, 3}),
        strapping={0: HIGH, 2: LOW, 12: LOW},  # 12 high sets the flash to 1.8 V
        harmless_strapping=frozenset({5, 15}),
        glitch=frozenset({0, 1, 3, 5, 12, 14, 15}),
        adc1=frozenset(range(32, 40)),
        uarts=frozenset({1, 2}),
        rmt_channels=8,
        pwm_channels=16,
        rmii=Rmii(frozenset({19, 21, 22, 25, 26, 27}), frozenset({0, 16, 17}), frozenset({0})),
        arch="xtensawin",
        image_offset=0x1000,
        image_chip_id=0,
    ),
    "esp32s3": Chip(
        all=frozenset({*range(22), *range(26, 49)}),
        input_only=frozenset(),
        flash=frozenset(range(26, 33)),
        psram={"quad": frozenset({26}), "octal": frozenset(range(33, 38))},
        console=frozenset({19, 20, 43, 44}),
        strapping={0: HIGH, 45: LOW, 46: LOW},  # 45 high sets the flash to 1.8 V
        harmless_strapping=frozenset({3}),
        glitch=frozenset({0, 18, 19, 20, 43, 45, 46}),
        adc1=frozenset(range(1, 11)),
        uarts=frozenset({1, 2}),
        rmt_channels=4,
        pwm_channels=8,
        rmii=None,
        arch="xtensawin",
        image_offset=0,
        image_chip_id=9,
    ),
    "esp32c3": Chip(
        all=frozenset(range(22)),
        input_only=frozenset(),
        flash=frozenset(range(11, 18)),
        psram={},
        console=frozenset({18, 19, 20, 21}),
        strapping={2: HIGH, 8: HIGH, 9: HIGH},
        harmless_strapping=frozenset(),
        glitch=frozenset({2, 8, 9, 18, 19, 21}),
        adc1=frozenset(range(5)),
        uarts=frozenset({1}),
        rmt_channels=2,
        pwm_channels=6,
        rmii=None,
        arch="rv32imc",
        image_offset=0,
        image_chip_id=5,
    ),
}
