"""What a technician has on the bench: a data folder with a site, the official image, and the command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil_tests.walks import CONFIG

from gangvakt.cli import main
from gangvakt.fleet import SignId
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.identity import Wifi
from gangvakt.provision.wire import RegistrationOut, SiteIn
from gangvakt.registry.local import LocalOffice
from gangvakt_sim.bootrom import BlankBoard, stand_in_image
from gangvakt_sim.world.ld2450_module import Ld2450Module

SITE = "drammen/storgata"
MAC = bytes.fromhex("30aea4120001")
SIGN = SignId.parse(f"{SITE}/{MAC.hex()}")
WIFI = Wifi("gangvakt", "not-a-secret-here")


@dataclass(frozen=True)
class Technician:
    """Runs commands as one would; `broker` is where the signs of the site find it."""

    spec: BoardSpec
    folder: Path
    broker: tuple[str, int]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def labels(self) -> Path:
        return self.folder / "labels"

    @property
    def image(self) -> Path:
        """The stand-in for the official image, which no test may fetch."""
        path = self.folder / "image.bin"
        if not path.exists():
            path.write_bytes(stand_in_image(self.spec.board.chip))
        return path

    def image_options(self) -> list[str]:
        pinned = self.spec.image.sha256 is not None
        given = [] if pinned else ["--sha256", hashlib.sha256(self.image.read_bytes()).hexdigest()]
        return ["--image", str(self.image), *given]

    def add_site(self) -> None:
        config = {name: value for name, value in CONFIG.items() if name != "version"}
        site = SiteIn(site=SITE, title="Storgata", brokers=(self.broker,), config=config, wifi=WIFI)
        self.office.add_site(site)

    @property
    def office(self) -> LocalOffice:
        return LocalOffice(self.data)

    def states(self) -> dict[str, str]:
        """Of every registration that the controller knows."""
        return {one.sign: one.state for one in self.office.registrations()}

    def registration(self, sign: SignId = SIGN) -> RegistrationOut:
        return self.office.registration(sign)

    def run(self, command: str, *arguments: str) -> int:
        """`gangvakt COMMAND` with what every flashing here needs; its exit code."""
        common = ["--board", self.spec.board.id, "--yes"]
        if command != "erase":
            common += [*self.image_options(), "--data", str(self.data), "--label-dir", str(self.labels)]
        return main([command, *arguments, *common])


def told(text: str) -> list[dict[str, Any]]:
    """What a command printed with --json."""
    outcomes: list[dict[str, Any]] = json.loads(text)
    return outcomes


def blank_board(spec: BoardSpec, flash: Path, mac: bytes = MAC, **options: Any) -> BlankBoard:
    """A board fresh from the bag, with a radar at its port and the site's Wi-Fi in the air."""
    board = BlankBoard(spec, flash, mac=mac, wifi=wifi_map(WIFI), **options)
    board.board.uart(spec.radar.uart).attach(Ld2450Module(bluetooth=False))
    return board


def wifi_map(wifi: Wifi) -> Mapping[str, str]:
    return {wifi.ssid: wifi.psk}
