"""Flash files of virtual boards: made from the firmware's sources, anew when anything they hold changes."""

from __future__ import annotations

import functools
import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from gangvakt.provision.board import BoardSpec
from gangvakt.provision.identity import GroupKey
from gangvakt.provision.image import FIRMWARE_DIR, merge_flash
from gangvakt.provision.layout import app_images, data_image
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.settings import Settings
from gangvakt_sim.controller import Controller
from gangvakt_sim.errors import StreetError
from gangvakt_sim.first_password import PRIVATE_FILE
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import Scene, SignPole

SSID = "gangvakt"
PSK_BYTES = 12
FLASH_FILE = "flash.bin"
GROUP_FILE = "group_key.json"
STAMP_FILE = "stamp"  # says what the flash was made of
IDENTITY_FILES = ("identity.json", "ca.der", "cert.der", "key.der")
SECOND_AUTHORITY = "ca2.der"  # while an old authority and its successor overlap


def board_file(spec: BoardSpec) -> bytes:
    """board.json: what the firmware needs to know about its wiring."""
    return json.dumps(spec.wiring()).encode()


def write_flash(
    path: Path,
    spec: BoardSpec,
    files: Mapping[str, bytes],
    firmware_dir: Path = FIRMWARE_DIR,
    trusted: bytes = b"",
) -> None:
    """A whole flash with the firmware, the wiring and `files` (by name) in the data partition; the app takes
    updates signed by the `trusted` keys."""
    if not (firmware_dir / "main.py").exists():
        raise StreetError(f"{firmware_dir} holds no firmware: main.py is missing")
    images = {**_app_images(spec, firmware_dir, trusted), "data": data_image(spec, files)}
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.touch(mode=PRIVATE_FILE)  # the flash holds the sign's private key
    aside.write_bytes(merge_flash(spec, images))
    aside.replace(path)


@functools.cache
def _app_images(spec: BoardSpec, firmware_dir: Path, trusted: bytes) -> dict[str, bytes]:
    """The firmware, compiled once for all signs that are started together."""
    return app_images(spec, firmware_dir, trusted)


def config_file(scene: Scene, sign: SignPole) -> bytes:
    """config.json of a sign of a scene; where there are several they warn together."""
    return json.dumps({**sign_config(scene, sign), "pole_sync": len(scene.signs) > 1}).encode()


def flash_sign(folder: Path, spec: BoardSpec, scene: Scene, sign: SignPole, controller: Controller) -> bool:
    """Enroll a sign and make its flash file in `folder` unless it is up to date; True when it was made.

    A sign that is flashed anew counts its boots from one again: therefore it gets a new identity as well.
    """
    config = config_file(scene, sign)
    stamp = _stamp(board_file(spec), config, controller)
    if (folder / FLASH_FILE).exists() and _read(folder / STAMP_FILE) == stamp:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    psk = secrets.token_urlsafe(PSK_BYTES)
    controller.enroll(scene.municipality, scene.name, sign.id, folder, SSID, psk)
    _join_group(folder)
    trusted = UpdateKeys(Settings(data=controller.data).update_keys_dir).trusted()
    files = {"config.json": config, **identity_files(folder)}
    write_flash(folder / FLASH_FILE, spec, files, trusted=trusted)
    # The authority may have been made by this very enrolment.
    (folder / STAMP_FILE).write_text(_stamp(board_file(spec), config, controller))
    return True


def _join_group(folder: Path) -> None:
    """Give the sign what the poles of the crossing have in common; `enroll` knows of single signs only."""
    path = folder / "identity.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "group_key": _group_key(folder)}, indent=1))


def _group_key(folder: Path) -> dict[str, object]:
    """The key of the signs whose folders lie beside one another, made with the first of them."""
    path = folder.parent / GROUP_FILE
    if not path.exists():
        key = GroupKey.first()
        path.touch(mode=PRIVATE_FILE)
        path.write_text(json.dumps({"version": key.version, "hex": key.hex}))
    found: dict[str, object] = json.loads(path.read_text())
    return found


def identity_files(folder: Path) -> dict[str, bytes]:
    """What a sign that was enrolled into `folder` carries."""
    found = {name: (folder / name).read_bytes() for name in IDENTITY_FILES}
    if (folder / SECOND_AUTHORITY).exists():
        found[SECOND_AUTHORITY] = (folder / SECOND_AUTHORITY).read_bytes()
    return found


def wifi_of(folder: Path) -> dict[str, str]:
    """The network that a flashed sign looks for: its name and key."""
    link = json.loads((folder / "identity.json").read_bytes())["link"]
    return {link["ssid"]: link["psk"]}


def _stamp(board: bytes, config: bytes, controller: Controller) -> str:
    authority = controller.authority() or b""
    parts = (board, config, controller.broker.encode(), authority, _sources(FIRMWARE_DIR))
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _sources(firmware_dir: Path) -> bytes:
    files = [
        *sorted(firmware_dir.glob("*.py")),
        *sorted((firmware_dir / "sign").rglob("*.py")),
    ]
    return b"".join(str(file).encode() + file.read_bytes() for file in files if file.exists())


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
