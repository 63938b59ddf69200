"""Fixtures: a controller, a board that is ready to be started, and what is flashed beside the firmware."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hil_tests.controller import HOST, Controller
from hil_tests.rig import VirtualRig
from hil_tests.walks import CONFIG, Radar

from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.identity import Wifi, make_identity

WIFI = Wifi("gangvakt", "not-a-secret-here")
SIGN = SignId("drammen", "storgata", "north")


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """It must understand, by the wire document, all that the sign says to it."""
    with Controller(tmp_path / "pki") as controller:
        yield controller
    assert not controller.refused


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[VirtualRig]:
    rig = VirtualRig(load_board("virtual"), tmp_path, {WIFI.ssid: WIFI.psk})
    yield rig
    print(rig.printed())  # pytest shows it beside a failure
    rig.stop()


@pytest.fixture
def radar(rig: VirtualRig) -> Iterator[Radar]:
    """The street before the board; start the board first, then use it as a context."""
    return Radar(rig.radar)


@pytest.fixture
def config() -> dict[str, bytes]:
    """Files of a sign that has a good configuration and no identity."""
    return {"config.json": json.dumps(CONFIG).encode()}


@pytest.fixture
def enrolled(controller: Controller, config: dict[str, bytes]) -> dict[str, bytes]:
    """Files of a sign that knows its controller."""
    return {**config, **make_identity(controller.pki, SIGN, [(HOST, controller.port)], WIFI)}
