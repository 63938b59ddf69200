"""Flashing up to the verified flash, by the real esptool and registry: every fault, every way to a sign."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hil_tests.flashing import MAC, SIGN, SITE, Technician, blank_board

from gangvakt.cli.app import INTERRUPTED
from gangvakt.errors import (
    BundleSpent,
    ConnectionLost,
    FlashWorn,
    LineNoisy,
    PortRefused,
    PowerWeak,
    SignExists,
    WrongChip,
)
from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.bundle_issuer import BundleIssuer
from gangvakt.provision.device import BoardAtPort
from gangvakt.provision.esptool_run import Esptool
from gangvakt.provision.flash_parts import Bench, Order
from gangvakt.provision.flash_steps import Step
from gangvakt.provision.flashing import Flashing
from gangvakt.provision.installed import Installed, expected, files_of
from gangvakt.provision.issuer import Issuer, KeyIssuer
from gangvakt.provision.label import LabelFacts
from gangvakt.provision.layout import Region, data_image, partition_table
from gangvakt.provision.tool_run import Stopped
from gangvakt.registry.bundle_making import make_bundle
from gangvakt.registry.syncing import sync_bundle
from gangvakt_sim.bootrom import BlankBoard
from gangvakt_sim.controller import COMMAND

SPEC = load_board("virtual")
OTHER = load_board("esp32-s3-devkitc")
NOBODY = ("127.0.0.1", 9)  # discard: no broker listens there
VERSION = "1.26.1"
LEAST_COST = 2**10  # of a passphrase: nobody shall guess this one
PASSPHRASE = "correct horse battery staple"
NEW_MAC = bytes.fromhex("30aea4120002")
CODE_OFFSET = 0x10000
CODE = random.Random(1).randbytes(30_000)  # as long on the line as in the flash

FAULTS = {
    "cable-pulled@15000": ConnectionLost,
    "worn-block@0x10100": FlashWorn,
    "noise@7": (LineNoisy, PowerWeak),  # by the byte that it hits
    "brown-out@15000": PowerWeak,
    "port-busy": PortRefused,
}


class SmallBuilder:
    """Enough of a flash to go wrong in: a table and a data partition with the new identity."""

    version = VERSION

    def prepare(self) -> None: ...

    def regions(self, data_files: Mapping[str, bytes]) -> tuple[Region, ...]:
        data = SPEC.partition("data")
        code = Region("code", CODE_OFFSET, CODE)
        table = Region("partition_table", 0x8000, partition_table(SPEC))
        return code, table, Region("data", data.offset, data_image(SPEC, data_files))


class UpToTheFlash(BoardAtPort):
    """The real board until its flash is verified; what a sign says afterwards is taken for good."""

    def write(self, chip: str, regions: Sequence[Region], on_progress: Callable[[float], None]) -> None:
        self._written = tuple(regions)
        super().write(chip, regions, on_progress)

    def wait_ready(self, timeout_s: float) -> Mapping[str, Any]:
        data = next(region for region in self._written if region.name == "data")
        told = json.loads(files_of(data)["/identity.json"])
        sign = SignId(told["municipality"], told["site"], told["sign"])
        return {"fw": "0.1.0", "sign": str(sign), "incarnation": told["incarnation"]}

    def inspect(self) -> Installed:
        return expected(VERSION, SPEC.board.machine, self._written)

    def self_test(self, *, offline: bool) -> Any:
        class Well:
            ok, failed, notes = True, (), ()
            hello = self.wait_ready(0)

            def as_json(self) -> dict[str, Any]:
                return {"ok": True}

        return Well()


class SeesAll(KeyIssuer):
    """A controller that sees every sign: what is flashed here runs no app."""

    def online(self, sign: SignId) -> bool:
        return True


class NoLabels:
    """Nobody needs one here."""

    def keep(self, facts: LabelFacts) -> None: ...
    def forget(self, sign: str) -> None: ...
    def print(self, facts: LabelFacts) -> Sequence[Path]:
        return ()


class Quiet:
    """Nobody watches."""

    def step(self, step: Step) -> None: ...
    def progress(self, share: float) -> None: ...
    def note(self, text: str) -> None: ...


@pytest.fixture
def technician(tmp_path: Path) -> Technician:
    technician = Technician(SPEC, tmp_path, NOBODY)
    technician.add_site()
    return technician


def flash(technician: Technician, board: BlankBoard, issuer: Issuer | None = None, **wanted: Any) -> None:
    stop = threading.Event()
    tool = Esptool(board.url, stub=False, stop=stop)
    issuer = issuer or SeesAll(technician.office)
    bench = Bench(issuer, SmallBuilder(), NoLabels(), stop)
    Flashing(Order(SPEC, SITE, **wanted), UpToTheFlash(tool, SPEC, stop=stop), bench, Quiet()).run()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_line_that_leaves_nothing_registered_and_the_next_run_succeeds(
    technician: Technician, tmp_path: Path, fault: str
):
    with blank_board(SPEC, tmp_path / "flash.bin", faults=(fault,)) as board:
        with pytest.raises(FAULTS[fault]) as caught:
            flash(technician, board)
        assert len(str(caught.value).splitlines()) == 1
        assert set(technician.states().values()) <= {"revoked"}, "nothing pending, nothing registered"
        board.mend()
        flash(technician, board)
    assert technician.states() == {str(SIGN): "registered"}


def test_a_board_with_another_chip_is_refused_before_anything_is_written(
    technician: Technician, tmp_path: Path
):
    with blank_board(SPEC, tmp_path / "flash.bin", faults=("wrong-chip",)) as board:
        with pytest.raises(WrongChip, match="the chip is esp32s3, board virtual has esp32"):
            flash(technician, board)
        assert technician.states() == {}
        facts = Esptool(board.url, stub=False).identify()
    assert (facts.chip, facts.mac) == (OTHER.board.chip, MAC.hex())
    assert set((tmp_path / "flash.bin").read_bytes()) == {0xFF}


def test_a_real_run_can_be_stopped_and_run_again(technician: Technician, tmp_path: Path):
    with blank_board(SPEC, tmp_path / "flash.bin") as board:
        stop = threading.Event()

        class StopsHalfway(Quiet):
            def progress(self, share: float) -> None:
                if share > 0.3:
                    stop.set()

        tool = Esptool(board.url, stub=False, stop=stop)
        bench = Bench(SeesAll(technician.office), SmallBuilder(), NoLabels(), stop)
        with pytest.raises(Stopped):
            Flashing(Order(SPEC, SITE), UpToTheFlash(tool, SPEC, stop=stop), bench, StopsHalfway()).run()
        assert set(technician.states().values()) <= {"revoked"}
        flash(technician, board)
    assert technician.states() == {str(SIGN): "registered"}


def test_a_ctrl_c_leaves_neither_a_tool_nor_a_registration(technician: Technician, tmp_path: Path):
    with blank_board(SPEC, tmp_path / "flash.bin", paced=True) as board:
        arguments = [*COMMAND, "flash", "--site", SITE, "--port", board.url, *technician.options()]
        # A shell's job in the background ignores the signal, and so would everything that it starts.
        arguments = ["env", "--default-signal=INT", *arguments]
        with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as command:
            assert command.stderr is not None
            next(line for line in command.stderr if "write the flash" in line)
            command.send_signal(signal.SIGINT)
            command.communicate()
        assert command.returncode == INTERRUPTED
        assert set(technician.states().values()) == {"revoked"}
        Esptool(board.url, stub=False).identify()  # the port is free, and the chip well


def test_with_a_bundle_a_board_becomes_a_sign_that_is_synced_later(technician: Technician, tmp_path: Path):
    file = tmp_path / "week-48.bundle"
    wanted = {"sites": [SITE], "limit": 1, "days": 1, "label": "week 48"}
    make_bundle(technician.office, wanted, PASSPHRASE, file, cost=LEAST_COST)
    with blank_board(SPEC, tmp_path / "flash.bin") as board:
        flash(technician, board, BundleIssuer(file, PASSPHRASE))
    with pytest.raises(BundleSpent):
        BundleIssuer(file, PASSPHRASE).begin(SITE, "30aea4120099", SPEC.board.id, again=False)
    assert technician.states() == {}, "nobody was told"
    sync_bundle(technician.office, file)
    assert technician.states() == {str(SIGN): "registered"}


def test_a_board_is_blank_until_something_is_written(tmp_path: Path):
    with blank_board(SPEC, tmp_path / "flash.bin") as board:
        tool = Esptool(board.url, stub=False)
        device = BoardAtPort(tool, SPEC, stop=threading.Event())
        assert device.is_blank()
        tool.write("esp32", [Region("partition_table", 0x8000, partition_table(SPEC))], lambda share: None)
        assert not device.is_blank()


def test_what_is_erased_reads_back_as_erased(tmp_path: Path):
    technician = Technician(SPEC, tmp_path, NOBODY)
    flash_file = tmp_path / "flash.bin"
    with blank_board(SPEC, flash_file) as board:
        Esptool(board.url, stub=False).write("esp32", SmallBuilder().regions({"key.der": b"secret"}), print)
        assert b"secret" in flash_file.read_bytes()
        assert technician.run("erase", "--port", board.url) == 0
    content = flash_file.read_bytes()
    for part in SPEC.partitions:
        if part.type == "data":
            assert set(content[part.offset : part.end]) == {0xFF}, part.name
    assert content[CODE_OFFSET : CODE_OFFSET + len(CODE)] == CODE, "the interpreter is left alone"


@pytest.mark.parametrize("fault", ["worn-block@0x300100"])
def test_an_area_that_does_not_erase_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str):
    with blank_board(SPEC, tmp_path / "flash.bin", faults=(fault,)) as board:
        assert Technician(SPEC, tmp_path, NOBODY).run("erase", "--port", board.url) == 1
    assert "does not hold what was written" in capsys.readouterr().err


def test_a_board_that_is_a_sign_is_left_alone_without_again(technician: Technician, tmp_path: Path):
    with blank_board(SPEC, tmp_path / "flash.bin") as board:
        flash(technician, board)
        before = technician.registration()
        with pytest.raises(SignExists, match="--again"):
            flash(technician, board)
        assert technician.registration() == before
        flash(technician, board, again=True)
    after = technician.registration()
    assert after.state == "registered"
    assert after.fingerprint != before.fingerprint
    assert after.incarnation != before.incarnation


def test_a_new_board_takes_the_place_of_a_dead_one_with_another_group_key(
    technician: Technician, tmp_path: Path
):
    with blank_board(SPEC, tmp_path / "old.bin") as board:
        flash(technician, board)
    version = technician.office.site(SIGN.site_id).group_version
    with blank_board(SPEC, tmp_path / "new.bin", mac=NEW_MAC) as board:
        flash(technician, board, replaces=SIGN)
    new = f"{SITE}/{NEW_MAC.hex()}"
    assert technician.states() == {str(SIGN): "replaced", new: "registered"}
    assert technician.office.site(SIGN.site_id).group_version == version + 1
