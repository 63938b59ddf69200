"""Whether a board's wiring suits its chip, and what is special about each pin in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gangvakt.provision.board_parts import Ppp, RadarPort, refusal
from gangvakt.provision.chips import CHIPS, HIGH, LOW, Chip

if TYPE_CHECKING:
    from gangvakt.provision.board import BoardSpec

LAMP_FIELDS = ("pins.lamp_left", "pins.lamp_right", "pins.dim")
OUTPUT_FIELDS = (
    *LAMP_FIELDS,
    "pins.status_led",
    "pins.thermometer",
    "radar.tx",
    "second.tx",
    "ppp.tx",
    "ppp.power",
)
PORTS = ("radar", "second")  # tables of the radar ports 0 and 1
LEVELS = {LOW: "low", HIGH: "high"}

# What is wired to a pin holds it at this level during a reset: pull-downs of the lamp drivers, a PIR without
# a person, a status LED to ground; a push button with its pull-up, a one-wire bus, a serial line at rest.
LEVEL_AT_RESET = {
    **dict.fromkeys((*LAMP_FIELDS, "pins.pir", "pins.status_led"), LOW),
    **dict.fromkeys(("pins.button", "pins.service_button", "pins.thermometer"), HIGH),
    **dict.fromkeys(("radar.rx", "radar.tx", "second.rx", "second.tx", "ppp.rx", "ppp.tx"), HIGH),
}


@dataclass(frozen=True)
class PinUse:
    """One function, its GPIO, and what whoever wires it should know."""

    field: str
    gpio: int
    notes: tuple[str, ...]


def pins_used(spec: BoardSpec) -> dict[str, int]:
    """GPIO by function, named by table and key; those of a network as well."""
    used = {f"pins.{name}": gpio for name, gpio in spec.pins.model_dump(exclude_none=True).items()}
    for name, port in zip(PORTS, spec.radars, strict=False):
        used |= {f"{name}.rx": port.rx, f"{name}.tx": port.tx}
    used |= {f"analog.{name}": gpio for name, gpio in spec.analog.pins().items()}
    if spec.lan is not None:
        chosen = spec.lan.model_dump(include={"mdc", "mdio", "power", "ref_clk"}, exclude_none=True)
        used |= {f"lan.{name}": gpio for name, gpio in chosen.items()}
    if spec.ppp is not None:
        chosen = spec.ppp.model_dump(include={"rx", "tx", "power"}, exclude_none=True)
        used |= {f"ppp.{name}": gpio for name, gpio in chosen.items()}
    return used


def pin_uses(spec: BoardSpec) -> list[PinUse]:
    """Every function with its notes, in the order of the board file."""
    chip = CHIPS[spec.board.chip]
    return [PinUse(field, gpio, tuple(_notes(spec, chip, gpio))) for field, gpio in pins_used(spec).items()]


def check_pins(spec: BoardSpec) -> None:
    """PydanticCustomError for the first thing that is wrong."""
    chip = CHIPS[spec.board.chip]
    if spec.board.psram != "none" and spec.board.psram not in chip.psram:
        kinds = " or ".join(["none", *chip.psram])
        raise refusal("board.psram", spec.board.psram, f"{kinds} on the {spec.board.chip}")
    used = pins_used(spec)
    reserved = _reserved(spec, chip)
    for field, gpio in used.items():
        if gpio in reserved:
            raise refusal(field, gpio, f"a free pin: {gpio} is {reserved[gpio]}")
        _check_direction(chip, field, gpio)
        _check_reset(spec, chip, field, gpio)
    _check_shared(used)
    _check_uarts(spec, chip)
    _check_lan(spec, chip)


def _reserved(spec: BoardSpec, chip: Chip) -> dict[int, str]:
    """Why a GPIO cannot be used for anything, for all 64 numbers that a chip of this family could have."""
    why = dict.fromkeys(set(range(64)) - chip.all, f"no pin of the {spec.board.chip}")
    why |= dict.fromkeys(chip.flash, "wired to the flash chip")
    why |= dict.fromkeys(chip.psram.get(spec.board.psram, ()), "wired to the PSRAM")
    why |= dict.fromkeys(chip.console, "the console's, UART0 or USB")
    why |= dict.fromkeys(spec.board.taken, "taken by a part of the board (board.taken)")
    if spec.lan is not None and chip.rmii is not None:
        why |= dict.fromkeys(chip.rmii.data, "a data line of the wired network")
    return why


def _check_direction(chip: Chip, field: str, gpio: int) -> None:
    if gpio in chip.input_only and (field in OUTPUT_FIELDS or field.startswith("lan.")):
        raise refusal(field, gpio, f"an output: {gpio} can only be an input")
    if field.startswith("analog.") and gpio not in chip.adc1:
        raise refusal(field, gpio, f"a pin of ADC1, one of {sorted(chip.adc1)}")


def _check_reset(spec: BoardSpec, chip: Chip, field: str, gpio: int) -> None:
    """Nothing may light a lamp or keep the chip from starting while it is in reset."""
    if field in LAMP_FIELDS and gpio in chip.glitch:
        raise refusal(field, gpio, f"a pin that is quiet at power-on: {gpio} is pulsed and lamps would flash")
    if field in LAMP_FIELDS and gpio in spec.board.pulled_up:
        raise refusal(
            field, gpio, f"a pin without a pull-up on the board: by {gpio} lamps would flash in reset"
        )
    if gpio not in chip.strapping or field.startswith("lan."):
        return  # a maker who wires a network chip to a strapping pin has seen to it
    wanted = chip.strapping[gpio]
    if LEVEL_AT_RESET.get(field) != wanted:
        raise refusal(
            field, gpio, f"another pin: the chip does not start unless {gpio} is {LEVELS[wanted]} in reset"
        )


def _check_shared(used: dict[str, int]) -> None:
    owner: dict[int, str] = {}
    for field, gpio in used.items():
        if gpio in owner:
            raise refusal(field, gpio, f"a pin of its own: {owner[gpio]} has {gpio} as well")
        owner[gpio] = field


def _check_uarts(spec: BoardSpec, chip: Chip) -> None:
    free = set(chip.uarts)
    ports: list[tuple[str, RadarPort | Ppp]] = list(zip(PORTS, spec.radars, strict=False))
    if spec.ppp is not None:
        ports.append(("ppp", spec.ppp))
    for name, port in ports:
        if port.uart not in free:
            left = f"one of {sorted(free)}" if free else "no further port"
            raise refusal(f"{name}.uart", port.uart, f"{left}: UART0 is the console's")
        free.remove(port.uart)


def _check_lan(spec: BoardSpec, chip: Chip) -> None:
    if spec.lan is None:
        return
    if chip.rmii is None:
        raise refusal("lan.phy", spec.lan.phy, f"no table [lan]: the {spec.board.chip} has no wired network")
    pins = chip.rmii.clock_out if spec.lan.ref_clk_mode == "out" else chip.rmii.clock_in
    if spec.lan.ref_clk not in pins:
        raise refusal("lan.ref_clk", spec.lan.ref_clk, f"one of {sorted(pins)} for this ref_clk_mode")


def _notes(spec: BoardSpec, chip: Chip, gpio: int) -> list[str]:
    found = []
    if gpio in chip.strapping:
        found.append(f"strapping pin: must be {LEVELS[chip.strapping[gpio]]} in reset")
    if gpio in chip.harmless_strapping:
        found.append("strapping pin, of no consequence here")
    if gpio in chip.glitch:
        found.append("driven for a moment at power-on")
    if gpio in chip.input_only:
        found.append("input only, no pull resistors inside")
    if gpio in spec.board.pulled_up:
        found.append("pulled up on the board")
    return found
