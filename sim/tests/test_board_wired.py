"""A board with a wired network: the firmware's own way onto it and to its broker."""

from __future__ import annotations

import json
from pathlib import Path

from hil_tests.controller import HOST, Controller

from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.identity import make_identity
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.flash import write_flash

SIGN = SignId("drammen", "storgata", "north")


def test_a_sign_without_wifi_joins_by_cable(tmp_path: Path) -> None:
    spec = load_board("olimex-esp32-poe")
    spec = spec.model_copy(update={"board": spec.board.model_copy(update={"arch": "x86"})})
    with Controller(tmp_path / "pki") as controller:
        identity = make_identity(controller.pki, SIGN, [(HOST, controller.port)], None)
        assert json.loads(identity["identity.json"])["link"] == {"kind": "lan"}
        files = {**identity, "config.json": b'{"radar_setup": false}'}  # nothing is wired to the radar's port
        write_flash(tmp_path / "flash.bin", spec, files)
        with VirtualBoard(spec, tmp_path / "flash.bin", config={"lan": True}) as board:
            board.output.wait_for("armed ", 20)
            board.output.wait_for("network: up (lan)", 30)
            board.output.wait_for("broker: session open", 30)
            told = controller.command(SIGN, "selftest", "network")["answer"]
    assert (told["kind"], told["up"], told["rssi_dbm"]) == ("lan", True, None)
