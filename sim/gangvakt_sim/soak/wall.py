"""A sign's life in real time: a virtual board, a proxy, and a real controller with its broker."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.gpio import Gpio
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.shm import SharedMemory, now_us
from gangvakt_sim.board.uart import Uart
from gangvakt_sim.controller import Controller
from gangvakt_sim.faults.proxy import HOST, Proxy
from gangvakt_sim.flash import FLASH_FILE, SSID, identity_files, write_flash
from gangvakt_sim.soak.judge import Verdict, judge
from gangvakt_sim.soak.machine import BEGIN_US, Over
from gangvakt_sim.soak.mqtt import Store
from gangvakt_sim.soak.run import config_of
from gangvakt_sim.soak.world import Life, Plan, Tell
from gangvakt_sim.virtual_sign import VirtualSign

PSK = "not-a-secret"
DATABASE = "gangvakt.db"


class WallBoard:
    """A VirtualBoard as a life needs it; its clock begins with BEGIN_US."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board, self._origin_us = board, now_us() - BEGIN_US
        self._read = 0

    @property
    def spec(self) -> BoardSpec:
        """What it is."""
        return self._board.spec

    @property
    def flash(self) -> Path:
        """The file that is its flash."""
        return self._board.flash

    @property
    def memory(self) -> SharedMemory:
        """What it shares with the host."""
        return self._board.memory

    @property
    def uarts(self) -> Sequence[Uart]:
        """All of them; number 0 is the console, of which there is no other end."""
        return (self._board.uart(1), *(self._board.uart(number) for number in (1, 2)))

    @property
    def gpio(self) -> Gpio:
        """The pins."""
        return self._board.gpio

    @property
    def starts(self) -> Sequence[Reset]:
        """Why it has started, each time."""
        return self._board.starts

    def now_us(self) -> int:
        """The board's clock."""
        return now_us() - self._origin_us

    def lit(self) -> bool:
        """Whether a warning is shown."""
        return self._board.gpio.duty_at(self.spec.pins.dim, now_us()) > 0

    def said(self) -> str:
        """The whole lines that were printed since this was asked the last time."""
        lines, newline, _ = self._board.output.raw(self._read).rpartition(b"\n")
        self._read += len(lines) + len(newline)
        return lines.decode(errors="replace")

    def leap(self, us: int) -> None:
        """In real time there is nothing to skip."""

    def reset(self, kind: Reset, off_us: int = 0) -> None:
        """Reset it, after so long without power."""
        self._board.reset(kind, off_us)


def live(plan: Plan, spec: BoardSpec, folder: Path, tell: Tell) -> list[Verdict]:
    """One life. SimError when board or controller cannot be started."""
    controller = Controller(folder / "controller", _free_port(), _free_port())
    identity = _enroll(controller, plan, folder)
    with controller.serving(folder / "controller.log") as process:
        process.wait_ready()
        with Proxy(controller.mqtt_port, plan.seed) as proxy:
            flash = folder / FLASH_FILE
            write_flash(flash, spec, {"config.json": config_of(plan), **_by_way_of(identity, proxy.port)})
            with VirtualBoard(spec, flash, stalls=Stalls.default(), wifi={SSID: PSK}) as board:
                VirtualSign(spec, board).wait_armed()
                body = WallBoard(board)
                life = Life(body, plan, {SSID: PSK}, lambda later: proxy, tell)
                _run(life, body, board)
                end_us = body.now_us()
        return judge(life.notes, _stored(controller.data / DATABASE), end_us)


def _run(life: Life, body: WallBoard, board: VirtualBoard) -> None:
    seen = 0
    try:
        while True:
            starts = body.starts
            for kind in starts[seen:]:
                life.started(body.now_us(), kind)
            seen = len(starts)
            next_us = life.step(body.now_us())
            time.sleep(max(0.0, (next_us - body.now_us()) / 1_000_000))
    except Over:
        (Path(board.flash).parent / "printed.txt").write_text(board.output.text())


def _enroll(controller: Controller, plan: Plan, folder: Path) -> dict[str, bytes]:
    """A new identity; the controller's certificate is for its host, whatever the port."""
    out = folder / "sign" / str(time.time_ns())
    out.mkdir(parents=True)
    controller.enroll(plan.scene.municipality, plan.scene.name, plan.pole.id, out, SSID, PSK)
    return identity_files(out)


def _by_way_of(identity: dict[str, bytes], port: int) -> dict[str, bytes]:
    """The same with the proxy as its broker."""
    told = json.loads(identity["identity.json"])
    told["brokers"] = [[HOST, port]]
    return {**identity, "identity.json": json.dumps(told).encode()}


def _stored(database: Path) -> Store:
    """What the controller has in its database."""
    store = Store()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT incarnation, boot, seq, detail FROM events ORDER BY id")
        for incarnation, boot, seq, detail in rows:
            store.events[incarnation, boot, seq] = json.loads(detail)
    return store


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
