"""A board as it comes out of the bag: an erased flash, and a port for esptool and mpremote."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.board import DEFAULT_MAC
from gangvakt_sim.board.flash import blank_flash
from gangvakt_sim.bootrom.adapter import Adapter
from gangvakt_sim.bootrom.boot_rom import BootRom
from gangvakt_sim.bootrom.chips import rom_chip
from gangvakt_sim.bootrom.faults import parse_faults
from gangvakt_sim.bootrom.line import Line
from gangvakt_sim.bootrom.nor import NorFlash
from gangvakt_sim.bootrom.server import PortServer
from gangvakt_sim.errors import BoardFailed

LOOPBACK = ("127.0.0.1", 0)
# What `wrong-chip` puts on the board instead.
OTHER_CHIP = {"esp32": "esp32s3", "esp32s3": "esp32c3", "esp32c3": "esp32"}
ERRAND_S = 10.0


class BlankBoard:
    """One board behind an RFC 2217 port. A context manager; its methods may be used from any thread.

    `flash` is created erased if it is not there. `chip` is that of the spec unless given. `faults` are names
    such as `brown-out@70000` (faults.NAMES); BoardRefusal for one that is none. With `paced`, bytes take on
    the line the time that the baud rate gives them.
    """

    def __init__(
        self,
        spec: BoardSpec,
        flash: Path,
        *,
        chip: str | None = None,
        mac: bytes = DEFAULT_MAC,
        wifi: Mapping[str, str] | None = None,
        faults: Sequence[str] = (),
        stalls: Stalls | None = None,
        paced: bool = False,
        address: tuple[str, int] = LOOPBACK,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        wrong = parse_faults(faults)
        name = chip or spec.board.chip
        kind = rom_chip(OTHER_CHIP.get(name, name) if wrong.wrong_chip else name)
        blank_flash(flash, spec)
        self._flash = NorFlash(flash, wrong.worn_block, wrong.brown_out)
        self._address = address
        self._line = Line("")
        rom = BootRom(kind, mac, self._flash)
        self.board = VirtualBoard(
            spec, flash, stalls=stalls, wifi=wifi, mac=mac, config=config, rom=rom, port=self._line
        )
        self._adapter = Adapter(self._line, rom, self.board.reset, wrong, paced)
        self._server: PortServer | None = None

    @property
    def url(self) -> str:
        """Of the port, for pyserial: rfc2217://HOST:PORT."""
        return self._line.name

    def start(self) -> None:
        """Plug it in. BoardFailed, or OSError when the address cannot be had."""
        try:
            self._server = PortServer(self._address, self._adapter, self._line.host_fd)
            self._line.name = f"rfc2217://{self._address[0]}:{self._server.port}"
            self.board.start()
            self._server.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Take it away; the flash file stays."""
        if self._server:
            self._server.stop()
        self.board.stop()
        self._flash.close()

    def mend(self) -> None:
        """End every fault: a good cable and supply, a new flash chip with the same content, a free port."""
        self._flash.mend()
        done = threading.Event()

        def errand(now_s: float) -> None:
            self._adapter.mend(now_s)
            done.set()

        if self._server is None:
            raise BoardFailed("a board must be started before it can be mended")
        self._server.do(errand)
        if not done.wait(ERRAND_S):
            raise BoardFailed(f"the port of the board does not answer: {self._server.failure}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
