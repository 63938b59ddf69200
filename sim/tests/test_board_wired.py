"""A board with a wired network: the firmware's own way onto it, with the wiring of the board file."""

from __future__ import annotations

import json
from pathlib import Path

from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.identity import make_identity
from gangvakt.provision.pki import Pki
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.flash import write_flash

NOBODY = ("127.0.0.1", 9)  # the discard port: the link is what is looked at, not the broker


def test_a_sign_without_wifi_joins_by_cable(tmp_path: Path) -> None:
    spec = load_board("olimex-esp32-poe")
    spec = spec.model_copy(update={"board": spec.board.model_copy(update={"arch": "x86"})})
    identity = make_identity(
        Pki.open(tmp_path / "pki"), SignId("drammen", "storgata", "north"), [NOBODY], None
    )
    assert json.loads(identity["identity.json"])["link"] == {"kind": "lan"}
    write_flash(tmp_path / "flash.bin", spec, identity)
    with VirtualBoard(spec, tmp_path / "flash.bin", config={"lan": True}) as board:
        board.output.wait_for("armed ", 20)
        board.output.wait_for("network: up (lan)", 30)
