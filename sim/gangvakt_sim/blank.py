"""`gangvakt-sim board --rfc2217` and `image`: boards out of the bag, and what to flash them with."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.markup import escape

from gangvakt.provision.board import load_board
from gangvakt_sim.board import Stalls
from gangvakt_sim.board.board import DEFAULT_MAC
from gangvakt_sim.bootrom import BlankBoard, stand_in_image
from gangvakt_sim.bootrom.chips import rom_chip
from gangvakt_sim.bootrom.faults import parse_faults
from gangvakt_sim.children import ends_on_signals
from gangvakt_sim.errors import BoardRefusal
from gangvakt_sim.flash import FLASH_FILE
from gangvakt_sim.say import Say, announce_interpreter
from gangvakt_sim.workbench import Workbench

MOST_BOARDS = 16
HIGHEST_PORT = 65_535
MAC_BYTES = 6
WIFI = re.compile(r"(?P<ssid>[^:]{1,32}):(?P<key>.{8,63})")


@dataclass(frozen=True)
class BlankOptions:
    """What `gangvakt-sim board` was told about its port."""

    board: str
    state: Path
    address: str
    blank: bool
    chip: str | None
    count: int
    mac: str
    wifi: tuple[str, ...]
    faults: tuple[str, ...]
    paced: bool


def hold_blank_boards(options: BlankOptions, say: Say) -> None:
    """Start the boards and keep them until a signal. BoardRefusal for an option that is out of bounds."""
    boards = _boards(options)
    announce_interpreter(say)
    with ends_on_signals():
        try:
            with ExitStack() as stack:
                for make in boards:
                    board = stack.enter_context(make())
                    stack.enter_context(Workbench(board.board))
                    say.line(board.url)
                say.line(_how_to_use(board.url, options))
                threading.Event().wait()
        except KeyboardInterrupt:
            say.line("\nThe boards are off; their flashes are kept.")


def write_stand_in(chip: str, out: Path, say: Say) -> None:
    """Write the stand-in for the official image of a chip to a file."""
    image = stand_in_image(chip)
    out.write_bytes(image)
    at = rom_chip(chip).bootloader_offset
    say.line(f"{escape(str(out))}: {len(image)} bytes, to be written at {at:#x} of an {rom_chip(chip).title}")


def _boards(options: BlankOptions) -> list[Callable[[], BlankBoard]]:
    """One maker a board, when every option has been found good."""
    spec = load_board(options.board)
    parse_faults(options.faults)
    rom_chip(options.chip or spec.board.chip)
    if not 1 <= options.count <= MOST_BOARDS:
        raise BoardRefusal("options", "--count", options.count, f"1 to {MOST_BOARDS}")
    host, port = _address(options.address, options.count)
    first_mac, wifi = _mac(options.mac, options.count), dict(map(_wifi, options.wifi))

    def make(number: int) -> BlankBoard:
        return BlankBoard(
            spec,
            _flash(options.state / str(number + 1), options.blank),
            chip=options.chip,
            mac=(first_mac + number).to_bytes(MAC_BYTES, "big"),
            wifi=wifi,
            faults=options.faults,
            stalls=Stalls.default(),
            paced=options.paced,
            address=(host, port + number if port else 0),
        )

    return [partial(make, number) for number in range(options.count)]


def _flash(folder: Path, blank: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    flash = folder / FLASH_FILE
    if blank:
        flash.unlink(missing_ok=True)
    return flash


def _address(text: str, count: int) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) + count - 1 > HIGHEST_PORT:
        raise BoardRefusal("options", "--rfc2217", text, "HOST:PORT such as 127.0.0.1:0")
    return host, int(port)


def _mac(text: str, count: int) -> int:
    if not re.fullmatch(r"[0-9a-fA-F]{12}", text) or int(text, 16) + count > 1 << 8 * MAC_BYTES:
        raise BoardRefusal("options", "--mac", text, f"12 hex digits such as {DEFAULT_MAC.hex()}")
    return int(text, 16)


def _wifi(text: str) -> tuple[str, str]:
    match = WIFI.fullmatch(text)
    if match is None:
        raise BoardRefusal("options", "--wifi", text, "SSID:KEY, a key of 8 to 63 characters")
    return match["ssid"], match["key"]


def _how_to_use(url: str, options: BlankOptions) -> str:
    lines = (
        "",
        "Serial ports of the boards stand above. To use one:",
        f"  esptool --no-stub --port {url} flash-id",
        f'  mpremote connect {url} exec "print(1)"  # once flashed',
        f"Flashes lie in {options.state}; Ctrl-C switches the boards off.",
    )
    return escape("\n".join(lines))
