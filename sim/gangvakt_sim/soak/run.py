"""Makes a sign, lets it live in virtual time, and judges its life."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from gangvakt.fleet import SignId
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.identity import Wifi, make_identity
from gangvakt.provision.pki import Pki
from gangvakt_sim.board.stalls import Stalls
from gangvakt_sim.flash import FLASH_FILE, write_flash
from gangvakt_sim.soak.judge import Verdict, judge
from gangvakt_sim.soak.machine import BEGIN_US, SECOND_US, TimelessBoard
from gangvakt_sim.soak.mqtt import Broker
from gangvakt_sim.soak.network import BROKER_NAME, BROKER_PORT, Network
from gangvakt_sim.soak.notes import Notes
from gangvakt_sim.soak.world import LEAP_US, Later, Life, Plan, Tell
from gangvakt_sim.world.messages import sign_config

WIFI = Wifi("gangvakt", "not-a-secret")
PKI = "pki"
# A leap hides the radar for so long; a sign must not call that silent.
RADAR_SILENT_MS = LEAP_US // 1000 + 3000


@dataclass(frozen=True)
class Result:
    """A life that is over."""

    verdicts: list[Verdict]
    notes: Notes
    virtual_s: float
    wall_s: float

    @property
    def ratio(self) -> float:
        """How much faster than real time it was, its start included."""
        return self.virtual_s / self.wall_s


class VirtualLife(Life):
    """The World of a TimelessBoard."""

    def __init__(self, board: TimelessBoard, plan: Plan, broker: Broker, tell: Tell) -> None:
        def connect(later: Later) -> Network:
            self._calls = Network(board.memory, broker, later, plan.seed)
            return self._calls

        super().__init__(board, plan, {WIFI.ssid: WIFI.psk}, connect, tell)

    def call(self, what: int, now_us: int) -> int:
        """See World."""
        self._calls.call(what)
        return self.next_us()


def config_of(plan: Plan, **more: object) -> bytes:
    """config.json of the plan's sign."""
    return json.dumps({**sign_config(plan.scene, plan.pole), **more}).encode()


def live(plan: Plan, spec: BoardSpec, folder: Path, tell: Tell) -> Result:
    """One life in `folder`, which keeps flash, keys and what was printed. SimError when the program hangs."""
    sign = SignId(plan.scene.municipality, plan.scene.name, plan.pole.id)
    identity = make_identity(Pki.open(folder / PKI), sign, [(BROKER_NAME, BROKER_PORT)], WIFI)
    config = config_of(plan, radar_silent_ms=RADAR_SILENT_MS)
    write_flash(folder / FLASH_FILE, spec, {"config.json": config, **identity})
    utc_ms = 1000 * int(json.loads(identity["identity.json"])["built_utc_s"])
    board = TimelessBoard(spec, folder / FLASH_FILE, folder, plan.seed, Stalls.default())
    try:
        broker = Broker(utc_ms)
        life = VirtualLife(board, plan, broker, tell)
        begun = time.monotonic()
        board.run(life)
        wall_s = time.monotonic() - begun
        verdicts = judge(life.notes, broker.store, board.now_us())
        return Result(verdicts, life.notes, (board.now_us() - BEGIN_US) / SECOND_US, wall_s)
    finally:
        board.close()
