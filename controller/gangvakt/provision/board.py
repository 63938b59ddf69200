"""Board files: what a board is made of, read from TOML and checked before anything is built for it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gangvakt.errors import BoardError
from gangvakt.provision.chips import CHIPS

BOARDS_DIR = Path(__file__).resolve().parents[3] / "boards"

SECTOR = 0x1000  # the flash erases in 4 KiB sectors; every partition starts and ends on one
APP_ALIGN = 0x10000  # the chip maps code in 64 KiB pages
TABLE_END = 0x9000  # boot loader and partition table lie below

Text = Annotated[str, Field(min_length=1, max_length=64)]
Gpio = Annotated[int, Field(ge=0, le=48)]


class _Part(BaseModel):
    """Strict, closed and frozen: a board file has no spare keys and no guessed types."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Head(_Part):
    """Who the board is; `machine` is what the stock image calls it.

    `arch` is for a board whose machine code is not its chip's, by mpy-cross's name: the virtual one runs that
    of its interpreter.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    name: Text
    chip: Literal["esp32", "esp32s3", "esp32c3"]
    machine: Text
    arch: Literal["x86", "xtensawin", "rv32imc"] | None = None


class Flash(_Part):
    """Size in bytes."""

    size: Literal[0x200000, 0x400000, 0x800000, 0x1000000]


class Partition(_Part):
    """One line of the partition table; offset and size in bytes, the name at most 15 characters (ESP-IDF)."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,15}$")]
    type: Literal["app", "data"]
    subtype: Literal["factory", "ota_0", "ota_1", "ota", "phy", "nvs", "undefined", "fat", "littlefs"]
    offset: Annotated[int, Field(ge=TABLE_END, multiple_of=SECTOR)]
    size: Annotated[int, Field(ge=SECTOR, multiple_of=SECTOR)]

    @property
    def end(self) -> int:
        return self.offset + self.size

    @model_validator(mode="after")
    def _app_is_mappable(self) -> Self:
        if self.type == "app" and self.offset % APP_ALIGN:
            raise ValueError(f"offset of an app partition must be a multiple of {APP_ALIGN:#x}")
        return self


class Pins(_Part):
    """GPIO of each function."""

    lamp_left: Gpio
    lamp_right: Gpio
    dim: Gpio
    pir: Gpio
    button: Gpio
    status_led: Gpio
    thermometer: Gpio | None = None  # a DS18B20 alone on its wire, with a pull-up


LAMP_PINS = ("lamp_left", "lamp_right", "dim")
OUTPUT_PINS = (*LAMP_PINS, "status_led", "thermometer")
PORTS = ("radar", "second")  # tables of the radar ports 0 and 1


class RadarPort(_Part):
    """A UART to which a radar is wired; its baud rate is that of the radar, whose kind the site chooses."""

    uart: Annotated[int, Field(ge=0, le=2)]
    rx: Gpio
    tx: Gpio


class Analog(_Part):
    """Pins of the first converter; what is not fitted is left out.

    `supply_ratio_milli` is the voltage in front of the supply's divider by that at the pin, in thousandths.
    """

    light: Gpio | None = None
    lamp_current: Gpio | None = None
    supply: Gpio | None = None
    supply_ratio_milli: Annotated[int, Field(ge=1000, le=30_000)] = 1000

    def pins(self) -> dict[str, int]:
        """Pin by what is measured there, of what is fitted."""
        return self.model_dump(exclude={"supply_ratio_milli"}, exclude_none=True)


class Heap(_Part):
    """Heap that is free at boot with the stock image."""

    bytes: Annotated[int, Field(ge=32 * 1024, le=8 * 1024 * 1024)]


class BoardSpec(_Part):
    """A checked board file."""

    board: Head
    flash: Flash
    partitions: Annotated[tuple[Partition, ...], Field(alias="partition", strict=False, min_length=1)]
    pins: Pins
    radar: RadarPort
    second: RadarPort | None = None
    analog: Analog = Analog()
    heap: Heap

    @property
    def arch(self) -> str:
        """The machine code that the board runs, by mpy-cross's name."""
        return self.board.arch or CHIPS[self.board.chip].arch

    @property
    def radars(self) -> tuple[RadarPort, ...]:
        """By port number."""
        return (self.radar,) if self.second is None else (self.radar, self.second)

    def wiring(self) -> dict[str, Any]:
        """What the firmware is told about its wiring: board.json."""
        tables = self.model_dump(include={"pins", "radar", "second", "analog"}, exclude_none=True)
        return {"board": self.board.id, **tables}

    def partition(self, name: str) -> Partition:
        """The partition of that name; BoardError where the board has none."""
        for part in self.partitions:
            if part.name == name:
                return part
        names = ", ".join(part.name for part in self.partitions)
        raise BoardError(self.board.id, "partition", name, f"one of {names}")

    @model_validator(mode="after")
    def _partitions_fit(self) -> Self:
        end = TABLE_END
        for part in sorted(self.partitions, key=lambda p: p.offset):
            if part.offset < end:
                raise ValueError(f"partition {part.name} at {part.offset:#x} overlaps what ends at {end:#x}")
            end = part.end
        if end > self.flash.size:
            raise ValueError(f"partitions end at {end:#x}, the flash at {self.flash.size:#x}")
        if len({part.name for part in self.partitions}) < len(self.partitions):
            raise ValueError("two partitions have the same name")
        return self

    @model_validator(mode="after")
    def _pins_suit_the_chip(self) -> Self:
        chip = CHIPS[self.board.chip]
        used = self._pins_used()
        for field, gpio in used.items():
            if gpio not in chip.all or gpio in chip.flash | chip.console:
                raise ValueError(f"{field} = {gpio} is no free pin of the {self.board.chip}")
            if gpio in chip.input_only and (field in OUTPUT_PINS or field.endswith(".tx")):
                raise ValueError(f"{field} = {gpio} can only be an input")
            if gpio in chip.glitch and field in LAMP_PINS:
                raise ValueError(f"{field} = {gpio} is pulsed by the boot ROM: lamps would flash")
            if field.startswith("analog.") and gpio not in chip.adc1:
                raise ValueError(f"{field} = {gpio} is no pin of ADC1: allowed {sorted(chip.adc1)}")
        if len(set(used.values())) < len(used):
            raise ValueError("two functions share a pin: " + ", ".join(f"{k}={v}" for k, v in used.items()))
        self._check_uarts(chip.uarts)
        return self

    def _pins_used(self) -> dict[str, int]:
        used: dict[str, int] = self.pins.model_dump(exclude_none=True)
        for name, port in zip(PORTS, self.radars, strict=False):
            used |= {f"{name}.rx": port.rx, f"{name}.tx": port.tx}
        return used | {f"analog.{name}": gpio for name, gpio in self.analog.pins().items()}

    def _check_uarts(self, free: frozenset[int]) -> None:
        taken: set[int] = set()
        for name, port in zip(PORTS, self.radars, strict=False):
            if port.uart not in free - taken:
                raise ValueError(f"{name}.uart = {port.uart}: free are {sorted(free - taken)}")
            taken.add(port.uart)


def board_ids() -> list[str]:
    """Ids of the boards that the project ships."""
    return sorted(path.stem for path in BOARDS_DIR.glob("*.toml"))


def load_board(board: str | Path) -> BoardSpec:
    """Read a board by its id (a file of boards/) or by a path ending in .toml.

    BoardError names the file, the field, the value found and what is allowed.
    """
    path = Path(board) if str(board).endswith(".toml") else BOARDS_DIR / f"{board}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return BoardSpec.model_validate(table)
    except FileNotFoundError:
        known = "a path or one of " + ", ".join(board_ids())
        raise BoardError(str(path), "board", str(board), known) from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BoardError(str(path), "file", str(error), "a readable TOML file in UTF-8") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "board"
        value = first["input"] if not isinstance(first["input"], dict) else "(table)"
        raise BoardError(str(path), field, value, first["msg"].removeprefix("Value error, ")) from error
