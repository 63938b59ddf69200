"""Signs with the real firmware, armed, with and without a controller."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gangvakt.provision.board import BoardSpec
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.walks import CONFIG
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.board import DEFAULT_MAC
from gangvakt_sim.controller import Controller, ControllerProcess
from gangvakt_sim.flash import FLASH_FILE, PSK_BYTES, SSID, identity_files, write_flash
from gangvakt_sim.virtual_sign import VirtualSign

MUNICIPALITY, SITE, SIGN = "benchmark", "storgata", "north"
ONLINE_S = 60.0
ANSWER_S = 10.0
DATABASE = "gangvakt.db"


def configured(files: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Files of the data partition: the bench's configuration and `files`."""
    return {"config.json": json.dumps(CONFIG).encode(), **(files or {})}


@contextmanager
def armed_board(
    spec: BoardSpec,
    folder: Path,
    files: Mapping[str, bytes],
    *,
    stalls: Stalls | None = None,
    wifi: Mapping[str, str] | None = None,
    firmware_dir: Path = FIRMWARE_DIR,
    mac: bytes = DEFAULT_MAC,
    world: Mapping[str, Any] | None = None,
    trusted: bytes = b"",
) -> Iterator[VirtualBoard]:
    """A board flashed in `folder`, armed; switched off on leaving. It takes updates by the `trusted` keys."""
    flash = folder / FLASH_FILE
    write_flash(flash, spec, files, firmware_dir, trusted)
    with VirtualBoard(spec, flash, stalls=stalls, wifi=wifi, mac=mac, config=world) as board:
        VirtualSign(spec, board).wait_armed()
        yield board


def status_of(board: VirtualBoard) -> dict[str, Any]:
    """What the sign answers to `status` on its console: the objects status, telemetry and details."""
    mark = board.output.mark()
    board.send(b"status\n")
    board.output.wait_for('{"', ANSWER_S, mark)
    wait_until(lambda: _answer(board, mark) is not None, ANSWER_S, "answer to status")
    return _answer(board, mark) or {}


def _answer(board: VirtualBoard, mark: int) -> dict[str, Any] | None:
    lines = board.output.text(mark).splitlines()
    whole = [line for line in lines if line.startswith("{") and line.endswith("}")]
    return cast("dict[str, Any]", json.loads(whole[-1])) if whole else None


def enrolled(controller: Controller, folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """A new sign of a controller: files for its data partition, and the network that it will look for."""
    psk = secrets.token_urlsafe(PSK_BYTES)
    folder.mkdir(parents=True)
    controller.enroll(MUNICIPALITY, SITE, SIGN, folder, SSID, psk)
    return identity_files(folder), {SSID: psk}


@dataclass(frozen=True)
class Online:
    """A running controller and a sign that is connected to it."""

    process: ControllerProcess
    board: VirtualBoard

    def stored(self, kind: str) -> int:
        """Rows of that kind in the controller's database."""
        return rows(self.process.controller.data / DATABASE, kind)


@contextmanager
def online_sign(bench: Bench, firmware_dir: Path = FIRMWARE_DIR) -> Iterator[Online]:
    """`gangvakt serve` and one sign with the chip's stalls, whose boot is stored already."""
    controller = Controller(bench.folder / "controller", *free_ports(2))
    identity, wifi = enrolled(controller, bench.folder / "identity")
    files, folder, stalls = configured(identity), bench.folder / "online", Stalls.default()
    with controller.serving(bench.folder / "controller.log") as process:
        process.wait_ready()
        with armed_board(
            bench.spec, folder, files, stalls=stalls, wifi=wifi, firmware_dir=firmware_dir
        ) as board:
            online = Online(process, board)
            wait_until(lambda: online.stored("boot") > 0, ONLINE_S, "boot event in the database")
            yield online


def rows(database: Path, kind: str, since_ms: int = 0) -> int:
    """Events of a kind that a database holds, received at or after a UTC time in ms."""
    if not database.exists():
        return 0
    query = "select count(*) from events where kind = ? and received_ms >= ?"
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query, (kind, since_ms)).fetchone()[0])
    except sqlite3.OperationalError:  # not migrated yet
        return 0
