"""What a test may do with a board: serial port and pins. A test asks for capabilities, never for a board."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from gangvakt.provision.board import BoardSpec, Tolerances
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.board import DEFAULT_MAC
from gangvakt_sim.board.uart import Peer
from gangvakt_sim.flash import write_flash
from gangvakt_sim.world.ld2450_module import Ld2450Module

Answer = dict[str, Any]


class Rig(Protocol):
    """A board under test with its lamps and sensors."""

    capabilities: frozenset[str]
    tolerances: Tolerances

    def start(self, files: Mapping[str, bytes]) -> None:
        """Flash firmware and these files of the data partition, then power up."""

    def stop(self) -> None:
        """Power off."""

    @property
    def port(self) -> str:
        """The serial port's path."""

    def power_cycle(self) -> None:
        """Power off and on again; the flash stays as it is."""

    def erase_data(self) -> None:
        """Power off, erase the whole data partition, power up again."""

    def expect(self, text: str, timeout_s: float = 20) -> None:
        """Wait until the board has printed `text` since it was powered up."""

    def printed(self) -> str:
        """All it has printed since it was powered up."""

    def type(self, text: str) -> None:
        """Send text to the serial port."""

    def radar(self, data: bytes, port: int = 0) -> None:
        """Send bytes to the radar input of a port."""

    def pir(self, level: int) -> None: ...

    def press(self, down: bool) -> None:
        """Hold the push button down, or let it go."""

    def lamps(self) -> tuple[bool, bool]:
        """Light of the left and the right lamp now."""


class VirtualRig:
    """The simulator's board."""

    capabilities = frozenset({"lamps", "radar", "pir", "network", "light_history"})

    def __init__(self, spec: BoardSpec, folder: Path, wifi: Mapping[str, str]) -> None:
        self._spec, self._flash, self._wifi = spec, folder / "flash.bin", dict(wifi)
        self.tolerances = spec.tolerances
        # By port; a module keeps its settings over resets. The first was set up by a start before.
        self.modules: dict[int, Peer] = {0: Ld2450Module(bluetooth=False)}
        self.before_power: Callable[[VirtualBoard], None] = lambda board: None
        self._board: VirtualBoard | None = None
        self._stalls: Stalls | None = None
        self._on = False
        self.mac = DEFAULT_MAC
        self.world: dict[str, Any] = {}  # around the radio, beside the access points

    @property
    def board(self) -> VirtualBoard:
        assert self._board is not None
        return self._board

    def start(
        self,
        files: Mapping[str, bytes],
        firmware_dir: Path = FIRMWARE_DIR,
        stalls: Stalls | None = None,
        trusted: bytes = b"",
    ) -> None:
        write_flash(self._flash, self._spec, files, firmware_dir, trusted)
        self._stalls = stalls
        self._power_up()

    def power_cycle(self) -> None:
        self.stop()
        self._power_up()

    def switch_on(self) -> None:
        """Power on after `stop`; the flash stays as it is."""
        self._power_up()

    @property
    def flash(self) -> Path:
        """The file of the flash."""
        return self._flash

    def erase_data(self) -> None:
        self.stop()
        part = self._spec.partition("data")
        with self._flash.open("r+b") as flash:
            flash.seek(part.offset)
            flash.write(b"\xff" * part.size)
        self._power_up()

    @property
    def port(self) -> str:
        return self.board.port

    def stop(self) -> None:
        if self._on:
            self._on = False
            self.board.stop()

    def expect(self, text: str, timeout_s: float = 20) -> None:
        self.board.output.wait_for(text, timeout_s)

    def _power_up(self) -> None:
        self._board = VirtualBoard(
            self._spec, self._flash, wifi=self._wifi, stalls=self._stalls, mac=self.mac, config=self.world
        )
        for port, module in self.modules.items():
            self._board.uart(self._spec.radars[port].uart).attach(module)
        self.before_power(self._board)
        self._on = True
        self._board.start()

    def printed(self) -> str:
        return "" if self._board is None else self._board.output.text()

    def type(self, text: str) -> None:
        self.board.send(text.encode())

    def radar(self, data: bytes, port: int = 0) -> None:
        if self._board is not None:  # what is sent to a board without power is lost
            self._board.uart(self._spec.radars[port].uart).report(data)

    def pir(self, level: int) -> None:
        self.board.gpio.drive(self._spec.pins.pir, level)

    def press(self, down: bool) -> None:
        self.board.gpio.drive(self._spec.pins.button, 0 if down else None)

    def lamps(self) -> tuple[bool, bool]:
        return self.board.lamps()


def wait_until(condition: Callable[[], bool], timeout_s: float = 20, what: str = "condition") -> None:
    """Poll until it holds; AssertionError naming `what` when it does not in time."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {timeout_s} s"
        time.sleep(0.02)


def ask(rig: Rig, command: str, timeout_s: float = 10) -> Answer:
    """The JSON answer to a console command."""
    before = len(answers(rig))
    rig.type(command + "\n")
    wait_until(lambda: len(answers(rig)) > before, timeout_s, f"answer to {command}")
    return answers(rig)[-1]


def answers(rig: Rig) -> list[Answer]:
    """Every whole line of JSON printed so far."""
    return [json.loads(line) for line in rig.printed().splitlines() if line[:1] == "{" and line[-1:] == "}"]


def lit(rig: Rig) -> bool:
    """Whether any lamp shines now."""
    return any(rig.lamps())
