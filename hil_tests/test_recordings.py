"""The flight recorder's whole way: recorded at a warning, held, fetched by command, and decided again."""

import json
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hil_tests.conftest import SIGN, WIFI
from hil_tests.controller import HOST
from hil_tests.rig import VirtualRig, lit, wait_until
from hil_tests.walks import CONFIG, Radar, to_the_kerb

from gangvakt.cli import main as gangvakt
from gangvakt.provision.board import BoardSpec, load_board
from gangvakt.provision.identity import make_identity
from gangvakt.provision.pki import Pki
from gangvakt.registry.opening import SavedLogin, save_login
from gangvakt.registry.remote import ApiOffice
from gangvakt_sim.cli import main as gangvakt_sim
from gangvakt_sim.controller import Controller

PASSWORD = "seks elger ved elva"
KEPT_S = 40
EXTRA_HEAP = 49_152
SLOTS_SIZE = 0x4000

Command = Callable[..., Any]


@pytest.fixture
def spec() -> BoardSpec:
    """A board on which a session, its commands and the recorder fit beside each other, which takes more heap
    than the chip has; its partition holds two recordings, so that the third needs the place of another.
    """
    found = load_board("virtual")
    heap = found.heap.model_copy(update={"bytes": found.heap.bytes + EXTRA_HEAP})
    parts = tuple(
        part.model_copy(update={"size": SLOTS_SIZE}) if part.name == "recorder" else part
        for part in found.partitions
    )
    return found.model_copy(update={"heap": heap, "partitions": parts})


@pytest.fixture
def rig(spec: BoardSpec, tmp_path: Path) -> Iterator[VirtualRig]:
    rig = VirtualRig(spec, tmp_path, {WIFI.ssid: WIFI.psk})
    yield rig
    print(rig.printed())  # pytest shows it beside a failure
    rig.stop()


@pytest.fixture
def controller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Controller]:
    """`gangvakt serve`, at which this test is logged in."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    controller = Controller(tmp_path / "controller", free_port(), free_port())
    Pki.open(controller.data / "pki")
    with controller.serving(tmp_path / "log") as process:
        process.wait_ready()
        once = process.first_password()
        assert once is not None
        url = controller.address.rstrip("/")
        token = ApiOffice(url).login("admin", once).token
        chosen = ApiOffice(url, token).choose_password(PASSWORD)
        save_login(tmp_path / "gangvakt", SavedLogin(url=url, user="admin", token=chosen.token))
        yield controller


@pytest.fixture
def recording(capsys: pytest.CaptureFixture[str]) -> Command:
    """`gangvakt sign recording`; None where it is refused."""

    def run(*words: str) -> Any:
        code = gangvakt(["sign", "recording", str(SIGN), *words, "--json"])
        said = capsys.readouterr()
        return None if code else json.loads(said.out)

    return run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def test_a_warning_is_recorded_held_fetched_and_decided_again(
    rig: VirtualRig,
    controller: Controller,
    recording: Command,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pki = Pki.open(controller.data / "pki")
    identity = make_identity(pki, SIGN, [(HOST, controller.mqtt_port)], WIFI)
    rig.start({"config.json": json.dumps({**CONFIG, "pir_enabled": False}).encode(), **identity})

    def numbers() -> list[tuple[int, bool]]:
        told = recording("list") or {"recordings": []}
        return sorted((one["number"], one["held"]) for one in told["recordings"])

    with Radar(rig.radar) as radar:
        rig.expect("armed ")
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 10, "light")
        rig.expect("session open", KEPT_S)
        wait_until(lambda: numbers() == [(1, False)], KEPT_S, "the warning in flash")
        assert recording("hold", "1") == {"recording": 1, "held": True}
        file = tmp_path / "warning.gvfr"
        assert recording("fetch", "1", "-o", str(file))["file"] == str(file)
        (kept,) = (controller.data / "recordings" / str(SIGN)).iterdir()
        assert kept.read_bytes() == file.read_bytes()
        monkeypatch.setattr(sys, "argv", ["gangvakt-sim", "replay", "--recording", str(file)])
        assert gangvakt_sim() == 0
        assert "the same decisions, bit for bit" in capsys.readouterr().out
        for number in (2, 3):  # the third takes the place of the second
            assert recording("hold") == {"recording": None, "held": True}
            wait_until(lambda number=number: (number, True) in numbers(), KEPT_S, f"recording {number}")
            assert recording("release", str(number)) == {"recording": number, "held": False}
        assert numbers() == [(1, True), (3, False)]
        assert recording("fetch", "2", "-o", str(tmp_path / "gone.gvfr")) is None
