"""Flash files: made once, and made anew, with a new identity, when anything they hold changes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gangvakt.provision.board import load_board
from gangvakt_sim import flash
from gangvakt_sim.controller import Controller
from gangvakt_sim.errors import StreetError
from gangvakt_sim.flash import FLASH_FILE, board_file, flash_sign, wifi_of, write_flash
from gangvakt_sim.world.scene import load_scene

SPEC = load_board("virtual")
SCENE = load_scene("storgata")
SOUTH = SCENE.sign("south")


@dataclass(frozen=True)
class PaperController(Controller):
    """Enrolls without any cryptography."""

    enrolled: list[str] = field(default_factory=list)

    def enroll(self, municipality: str, site: str, sign: str, out: Path, ssid: str, psk: str) -> None:
        self.enrolled.append(f"{municipality}/{site}/{sign}")
        identity = {"incarnation": len(self.enrolled), "link": {"kind": "wifi", "ssid": ssid, "psk": psk}}
        (out / "identity.json").write_text(json.dumps(identity))
        for name in ("ca.der", "cert.der", "key.der"):
            (out / name).write_bytes(name.encode())


@pytest.fixture
def controller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PaperController:
    monkeypatch.setattr(flash, "_app_images", lambda spec, *_: {"app_a": b"an app"})
    return PaperController(tmp_path / "controller", 8080, 8883)


def test_a_sign_is_flashed_once(tmp_path: Path, controller: PaperController) -> None:
    made = [flash_sign(tmp_path / "south", SPEC, SCENE, SOUTH, controller) for _ in range(2)]
    assert made == [True, False]
    assert controller.enrolled == ["drammen/storgata/south"]
    assert (tmp_path / "south" / FLASH_FILE).stat().st_size == SPEC.flash.size


def test_a_changed_place_means_a_new_flash_and_a_new_identity(
    tmp_path: Path, controller: PaperController
) -> None:
    flash_sign(tmp_path / "south", SPEC, SCENE, SOUTH, controller)
    moved = SOUTH.model_copy(update={"x": SOUTH.x - 1})
    assert flash_sign(tmp_path / "south", SPEC, SCENE, moved, controller)
    assert json.loads((tmp_path / "south" / "identity.json").read_text())["incarnation"] == 2


def test_another_broker_port_means_a_new_flash(tmp_path: Path, controller: PaperController) -> None:
    flash_sign(tmp_path / "south", SPEC, SCENE, SOUTH, controller)
    moved = PaperController(controller.data, 8080, 8884)
    assert flash_sign(tmp_path / "south", SPEC, SCENE, SOUTH, moved)


def test_the_board_finds_the_network_it_was_enrolled_for(tmp_path: Path, controller: PaperController) -> None:
    flash_sign(tmp_path / "south", SPEC, SCENE, SOUTH, controller)
    ((ssid, psk),) = wifi_of(tmp_path / "south").items()
    assert ssid == "gangvakt"
    assert len(psk) >= 16


def test_the_wiring_is_the_board_s() -> None:
    wiring = json.loads(board_file(SPEC))
    assert wiring["board"] == "virtual"
    assert wiring["pins"]["pir"] == SPEC.pins.pir
    assert [wiring[name]["uart"] for name in ("radar", "second")] == [port.uart for port in SPEC.radars]
    assert wiring["analog"]["light"] == SPEC.analog.light


def test_a_folder_without_firmware_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StreetError, match=r"main\.py is missing"):
        write_flash(tmp_path / "flash.bin", SPEC, {}, tmp_path)
    assert not (tmp_path / "flash.bin").exists()
