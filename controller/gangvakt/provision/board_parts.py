"""The tables of a board file, each with the bounds of its own values; boards/README.md describes them all."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

SECTOR = 0x1000  # the flash erases in 4 KiB sectors; every partition starts and ends on one
APP_ALIGN = 0x10000  # the chip maps code in 64 KiB pages
TABLE_END = 0x9000  # boot loader and partition table lie below
PARTITIONS_MAX = 95  # the table's sector holds one more line, which is its checksum
SUBTYPES_OF = {
    "app": ("factory", "ota_0", "ota_1"),
    "data": ("ota", "phy", "nvs", "undefined", "fat", "littlefs", "romfs"),
}

Text = Annotated[str, Field(min_length=1, max_length=64)]
Gpio = Annotated[int, Field(ge=0, le=48)]
Gpios = Annotated[frozenset[Gpio], Field(strict=False, max_length=49)]
Capability = Literal["wifi", "espnow", "esptool_stub"]


def refusal(field: str, value: object, allowed: str) -> PydanticCustomError:
    """An error of a rule that looks at several values; `load_board` makes a BoardError of it."""
    context = {"field": field, "value": value, "allowed": allowed}
    return PydanticCustomError("rule", "{field} is {value}; allowed: {allowed}", context)


class Part(BaseModel):
    """Strict, closed and frozen: a board file has no spare keys and no guessed types."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Head(Part):
    """Who the board is; `machine` is what the stock image calls it.

    `arch` is for a board whose machine code is not its chip's, by mpy-cross's name: the virtual one runs that
    of its interpreter. `taken` pins belong to parts of the board, `pulled_up` ones have a resistor to 3.3 V
    there. `capabilities` are those that no other table tells.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    name: Text
    chip: Literal["esp32", "esp32s3", "esp32c3"]
    machine: Text
    arch: Literal["x86", "xtensawin", "rv32imc"] | None = None
    psram: Literal["none", "quad", "octal"] = "none"
    taken: Gpios = frozenset()
    pulled_up: Gpios = frozenset()
    capabilities: Annotated[frozenset[Capability], Field(strict=False)] = frozenset()


class Image(Part):
    """The official MicroPython image that the board runs; without `sha256` whoever flashes gives the sum."""

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.bin$")]
    version: Annotated[str, Field(pattern=r"^1\.26\.[0-9]{1,2}$")]  # whose bytecode mpy-cross makes
    size: Annotated[int, Field(ge=64 * 1024, le=16 * 1024 * 1024)] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    url: Annotated[str, Field(pattern=r"^https://[!-~]{1,200}$")] | None = None


class Flash(Part):
    """Size in bytes."""

    size: Literal[0x200000, 0x400000, 0x800000, 0x1000000]


class Partition(Part):
    """One line of the partition table; offset and size in bytes, the name at most 15 characters (ESP-IDF)."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,15}$")]
    type: Literal["app", "data"]
    subtype: Literal[
        "factory", "ota_0", "ota_1", "ota", "phy", "nvs", "undefined", "fat", "littlefs", "romfs"
    ]
    offset: Annotated[int, Field(ge=TABLE_END, multiple_of=SECTOR)]
    size: Annotated[int, Field(ge=SECTOR, multiple_of=SECTOR)]

    @property
    def end(self) -> int:
        return self.offset + self.size

    @model_validator(mode="after")
    def _kind_is_known(self) -> Self:
        field = f"partition.{self.name}"
        if self.subtype not in SUBTYPES_OF[self.type]:
            raise refusal(f"{field}.subtype", self.subtype, "one of " + ", ".join(SUBTYPES_OF[self.type]))
        if self.type == "app" and self.offset % APP_ALIGN:
            raise refusal(f"{field}.offset", hex(self.offset), f"a multiple of {APP_ALIGN:#x} for an app")
        return self


class Pins(Part):
    """GPIO of each function."""

    lamp_left: Gpio
    lamp_right: Gpio
    dim: Gpio
    pir: Gpio
    button: Gpio
    status_led: Gpio
    thermometer: Gpio | None = None  # a DS18B20 alone on its wire, with a pull-up
    service_button: Gpio | None = None  # for technicians, where people press `button`


class RadarPort(Part):
    """A UART to which a radar is wired; its baud rate is that of the radar, whose kind the site chooses."""

    uart: Annotated[int, Field(ge=0, le=2)]
    rx: Gpio
    tx: Gpio


class Analog(Part):
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


class Lan(Part):
    """Wired network: the network chip by MicroPython's name, its address, and the pins that can be chosen.

    `ref_clk_mode` says where the clock at `ref_clk` goes: out of the chip or into it.
    """

    phy: Literal["PHY_LAN8710", "PHY_LAN8720", "PHY_IP101", "PHY_RTL8201", "PHY_DP83848", "PHY_KSZ8041"]
    phy_addr: Annotated[int, Field(ge=0, le=31)]
    mdc: Gpio
    mdio: Gpio
    power: Gpio | None = None
    ref_clk: Gpio
    ref_clk_mode: Literal["in", "out"]


class Ppp(Part):
    """A cellular modem at a UART of its own, at 115200 baud; `power` switches it on while high."""

    uart: Annotated[int, Field(ge=0, le=2)]
    rx: Gpio
    tx: Gpio
    power: Gpio | None = None


class Tolerances(Part):
    """Limits that the self-test and the tests on a board hold it to."""

    lamp_edge_us: Annotated[int, Field(ge=100, le=20_000)]  # an edge of a lamp's pattern from its table
    armed_ms: Annotated[int, Field(ge=200, le=30_000)]  # from power-on until the sign warns
    online_ms: Annotated[int, Field(ge=1000, le=300_000)]  # from power-on until the controller sees it


class Heap(Part):
    """Heap that is free at boot with the stock image."""

    bytes: Annotated[int, Field(ge=32 * 1024, le=8 * 1024 * 1024)]
