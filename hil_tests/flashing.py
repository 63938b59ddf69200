"""What a technician has on the bench: a data folder with a site, the official image, and the command."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from hil_tests.walks import CONFIG, Radar

from gangvakt.cli import main
from gangvakt.fleet import SignId
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.identity import Wifi
from gangvakt.provision.pki import Pki
from gangvakt.provision.wire import RegistrationOut, SiteIn
from gangvakt.registry.local import LocalOffice
from gangvakt.settings import Settings
from gangvakt_sim.bench.context import free_ports
from gangvakt_sim.bootrom import BlankBoard, stand_in_image
from gangvakt_sim.children import child
from gangvakt_sim.controller import COMMAND, HOST, Controller, ControllerProcess
from gangvakt_sim.world.ld2450_module import Ld2450Module

SITE = "drammen/storgata"
MAC = bytes.fromhex("30aea4120001")
SIGN = SignId.parse(f"{SITE}/{MAC.hex()}")
WIFI = Wifi("gangvakt", "not-a-secret-here")


@dataclass(frozen=True)
class Technician:
    """Runs commands as one would; `broker` is where the signs of the site find it.

    `image` None is the stand-in for the official one, which no test may fetch.
    """

    spec: BoardSpec
    folder: Path
    broker: tuple[str, int]
    wifi: Wifi | None = WIFI
    image: Path | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def image_options(self) -> list[str]:
        image = self.image or self.folder / "image.bin"
        if not image.exists():
            image.write_bytes(stand_in_image(self.spec.board.chip))
        pinned = self.spec.image.sha256 is not None
        given = [] if pinned else ["--sha256", hashlib.sha256(image.read_bytes()).hexdigest()]
        return ["--image", str(image), *given]

    def add_site(self) -> None:
        config = {name: value for name, value in CONFIG.items() if name != "version"}
        site = SiteIn(site=SITE, title="Storgata", brokers=(self.broker,), config=config, wifi=self.wifi)
        Pki.open(Settings(data=self.data).pki_dir)
        self.office.add_site(site)

    @property
    def office(self) -> LocalOffice:
        return LocalOffice(self.data)

    def states(self) -> dict[str, str]:
        """Of every registration that the controller knows."""
        return {one.sign: one.state for one in self.office.registrations()}

    def registration(self, sign: SignId = SIGN) -> RegistrationOut:
        return self.office.registration(sign)

    def options(self) -> list[str]:
        """What every flashing here needs."""
        folders = ["--data", str(self.data), "--label-dir", str(self.folder / "labels")]
        return ["--board", self.spec.board.id, "--yes", *self.image_options(), *folders]

    def run(self, command: str, *arguments: str) -> int:
        """`gangvakt COMMAND`; its exit code."""
        erase = ["--board", self.spec.board.id, "--yes"]
        return main([command, *arguments, *(erase if command == "erase" else self.options())])


def told(text: str) -> list[dict[str, Any]]:
    """What a command printed with --json."""
    outcomes: list[dict[str, Any]] = json.loads(text)
    return outcomes


def blank_board(spec: BoardSpec, flash: Path, mac: bytes = MAC, **options: Any) -> BlankBoard:
    """A board fresh from the bag, with a radar at its port and the site's Wi-Fi in the air."""
    board = BlankBoard(spec, flash, mac=mac, wifi={WIFI.ssid: WIFI.psk}, **options)
    board.board.uart(spec.radar.uart).attach(Ld2450Module(bluetooth=False))
    return board


@dataclass(frozen=True)
class OnBench:
    """What lies on the bench: the simulator's board, or a real one at `port`, which reaches us at `host`."""

    board: str
    port: str | None
    host: str
    wifi: Wifi | None
    image: Path | None

    @classmethod
    def from_options(cls, options: pytest.Config) -> Self:
        port, ssid = options.getoption("--port"), options.getoption("--ssid")
        if port is None:
            return cls("virtual", None, HOST, WIFI, None)
        wifi = Wifi(ssid, os.environ.get("GANGVAKT_PSK", "")) if ssid else None
        image = options.getoption("--image")
        return cls(
            options.getoption("--board"), port, options.getoption("--host"), wifi, image and Path(image)
        )

    @contextmanager
    def plugged_in(self, technician: Technician) -> Iterator[str]:
        """The port of a blank board with an empty street before it."""
        if self.port is not None:
            assert technician.run("erase", "--all", "--port", self.port) == 0
            yield self.port
            return
        with blank_board(technician.spec, technician.folder / "flash.bin") as board:
            radar = board.board.uart(technician.spec.radar.uart)
            with Radar(radar.report):
                yield board.url


@contextmanager
def controller_at(host: str, data: Path, mqtt_port: int, log: Path) -> Iterator[None]:
    """`gangvakt serve`, which boards reach at `host`; it answers when this is entered."""
    (http_port,) = free_ports(1)
    ports = ["--http-port", str(http_port), "--mqtt-port", str(mqtt_port)]
    argv = [*COMMAND, "serve", "--data", str(data), *ports]
    if host != HOST:
        argv += ["--host", "0.0.0.0", "--name", host]
    with child(argv, log) as process:
        ControllerProcess(Controller(data, http_port, mqtt_port), process, log).wait_ready()
        yield
