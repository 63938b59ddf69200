"""The steps from a blank board to a registered sign, and what is left when one of them fails."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from gangvakt.cli import main
from gangvakt.errors import (
    BoardDeclined,
    FilesDiffer,
    FolderUnusable,
    GangvaktError,
    NeverOnline,
    OtherSign,
    SelfTestFailed,
    WrongChip,
)
from gangvakt.files import write_file
from gangvakt.fleet import SignId
from gangvakt.provision import flashing, label
from gangvakt.provision.device import LAMPS_UNSEEN
from gangvakt.provision.esptool_run import ChipFacts
from gangvakt.provision.flash_parts import Order
from gangvakt.provision.flash_steps import NEXT, Step
from gangvakt.provision.installed import Installed, files_of
from gangvakt.provision.label import LabelFolder
from gangvakt.provision.tool_run import Stopped

from .fakes import FACTS, SIGN, SITE, SPEC, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_blank_board_becomes_a_registered_sign_with_a_label(rig: Rig):
    finished = rig.run()
    assert rig.issuer.states == {str(SIGN): "registered"}
    assert finished.sign == SIGN
    assert finished.online is True
    assert rig.heard.steps == [*NEXT, Step.DONE]
    assert [(label.sign, label.micropython) for label in rig.labels.printed] == [(str(SIGN), "1.26.1")]


def test_the_report_says_what_was_found(rig: Rig):
    rig.run()
    report = rig.issuer.reports[str(SIGN)]
    assert report["mac"] == SIGN.sign
    assert report["micropython"] == "1.26.1"
    assert (report["sign"]["fw"], report["sign"]["sign"]) == ("0.1.0", str(SIGN))
    assert report["self_test"] == {"ok": True}


# Where a run can be made to fail before the sign is registered.
FAILURES = {
    "identify": ("device", "identify"),
    "image cannot be built": ("builder", "prepare"),
    "issuer refuses": ("issuer", "begin"),
    "data does not fit": ("builder", "regions"),
    "write": ("device", "write"),
    "app does not answer": ("device", "wait_ready"),
    "no REPL": ("device", "inspect"),
    "controller cannot be asked": ("issuer", "online"),
    "self-test cannot be run": ("device", "self_test"),
    "label cannot be kept": ("labels", "keep"),
    "controller refuses": ("issuer", "confirm"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_fails_nothing_stays_registered_or_pending(rig: Rig, failure: str):
    part, call = FAILURES[failure]
    getattr(rig, part).break_at = call
    with pytest.raises(GangvaktError):
        rig.run()
    assert rig.issuer.states == {}
    assert rig.flashing.step is Step.FAILED
    assert rig.labels.kept == {}, "what is no sign gets no label"
    assert rig.labels.printed == []


@pytest.mark.parametrize("failure", FAILURES)
def test_after_any_failure_the_same_command_succeeds(rig: Rig, failure: str):
    part, call = FAILURES[failure]
    getattr(rig, part).break_at = call
    with pytest.raises(GangvaktError):
        rig.run()
    getattr(rig, part).break_at = ""
    rig.run()
    assert rig.issuer.states == {str(SIGN): "registered"}


def test_a_file_that_differs_on_the_board_is_named(rig: Rig):
    def spoil(found: Installed) -> Installed:
        return replace(found, digests={**found.digests, "/data/identity.json": "00"})

    rig.device.spoil = spoil
    with pytest.raises(FilesDiffer, match=r"/data/identity\.json differs"):
        rig.run()
    assert rig.issuer.states == {}


def test_another_interpreter_is_named(rig: Rig):
    rig.device.spoil = lambda found: replace(found, version="1.25.0")
    with pytest.raises(FilesDiffer, match=r"MicroPython 1\.25\.0 instead of 1\.26\.1"):
        rig.run()


def test_a_sign_that_finds_fault_with_itself_is_not_registered(rig: Rig):
    rig.device.failing = ("radar", "left lamp")
    with pytest.raises(SelfTestFailed, match="radar, left lamp"):
        rig.run()
    assert rig.issuer.states == {}


@pytest.mark.parametrize("call", ["wait_ready", "self_test"])
@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"sign": f"{SITE}/30aea4120099"}, f"{SITE}/30aea4120099 answers instead of {SIGN}"),
        ({"sign": None, "incarnation": None}, "a board without identity answers"),
        ({"incarnation": "00000000"}, "another identity than was written"),
    ],
)
def test_no_other_sign_answers_for_it(rig: Rig, call: str, other: dict[str, str], said: str):
    rig.device.swapped = {call: other}
    with pytest.raises(OtherSign, match=said):
        rig.run()
    assert rig.issuer.states == {}


def test_what_nobody_looked_at_is_said(rig: Rig):
    rig.device.noting = (LAMPS_UNSEEN,)
    rig.run()
    assert LAMPS_UNSEEN in rig.heard.notes


def test_a_sign_that_the_controller_never_sees_is_not_registered(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(flashing, "ONLINE_SPARE_S", -SPEC.tolerances.online_ms / 1000)
    monkeypatch.setattr(flashing, "POLL_S", 0.001)
    rig.issuer.sees = [False]
    with pytest.raises(NeverOnline, match=str(SIGN)):
        rig.run()
    assert rig.issuer.states == {}


def test_why_nobody_can_see_the_sign_is_said_where_it_is_known(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(flashing, "ONLINE_SPARE_S", -SPEC.tolerances.online_ms / 1000)
    rig.issuer.sees, rig.issuer.unseen = [False], "no broker answers at 127.0.0.1:8883"
    with pytest.raises(NeverOnline, match=r"within 0 s: no broker answers at 127\.0\.0\.1:8883$"):
        rig.run()


@pytest.mark.parametrize(("lost", "left"), [("confirm", "registered"), ("begin", "pending")])
def test_an_answer_that_got_lost_for_good_ends_the_run_and_puts_no_registered_sign_out(
    rig: Rig, lost: str, left: str
):
    rig.issuer.lose = lost
    with pytest.raises(GangvaktError, match=f"the answer of {lost}"):
        rig.run()
    assert rig.issuer.states == {str(SIGN): left}
    assert rig.flashing.step is Step.FAILED
    rig.issuer.lose = ""
    rig.run()
    assert rig.issuer.states == {str(SIGN): "registered"}


def test_a_withdrawal_whose_answer_gets_lost_hides_not_why_the_run_failed(rig: Rig):
    rig.device.break_at = "write"
    rig.issuer.lose = "abandon"
    with pytest.raises(GangvaktError, match="write"):
        rig.run()
    assert rig.issuer.states == {}


def test_without_a_controller_the_check_is_left_out_and_said(rig: Rig):
    rig.issuer.sees = [None]
    finished = rig.run()
    assert finished.online is None
    assert rig.device.tested_offline is True
    assert any("not checked" in note for note in rig.heard.notes)
    assert rig.issuer.states == {str(SIGN): "registered"}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(FACTS, chip="esp32s3"), "the chip is esp32s3, board virtual has esp32"),
        (replace(FACTS, flash_bytes=0x200000), "the flash has 0x200000 bytes, board virtual needs 0x400000"),
    ],
)
def test_another_chip_is_refused_before_anything_is_made(rig: Rig, facts: ChipFacts, said: str):
    rig.device.facts = facts
    with pytest.raises(WrongChip, match=said):
        rig.run()
    assert rig.issuer.calls == []


def test_a_board_that_carries_something_is_overwritten_only_when_told(rig: Rig):
    rig.device.blank = False
    rig.order = Order(SPEC, SITE, may_overwrite=lambda facts: False)
    with pytest.raises(BoardDeclined, match="--yes"):
        rig.run()
    assert rig.device.flash == {}
    rig.order = Order(SPEC, SITE, may_overwrite=lambda facts: True)
    rig.run()


def test_nobody_is_asked_about_a_blank_board(rig: Rig):
    def never(facts: ChipFacts) -> bool:
        raise AssertionError("asked")

    rig.order = Order(SPEC, SITE, may_overwrite=never)
    rig.run()


@pytest.mark.parametrize("end", [KeyboardInterrupt, Stopped, ZeroDivisionError])
def test_also_what_is_no_error_of_ours_withdraws_the_registration(rig: Rig, end: type[BaseException]):
    def ends(*_: object) -> None:
        raise end

    rig.device.write = ends  # type: ignore[method-assign]
    with pytest.raises(end):
        rig.run()
    assert rig.issuer.states == {}


def test_a_stop_is_obeyed_before_the_next_step(rig: Rig):
    rig.stop.set()
    with pytest.raises(Stopped):
        rig.run()
    assert rig.issuer.calls == []


def test_a_label_that_cannot_be_printed_leaves_the_sign_registered_and_can_be_printed_later(rig: Rig):
    rig.labels.break_at = "print"
    with pytest.raises(GangvaktError):
        rig.run()
    assert rig.issuer.states == {str(SIGN): "registered"}
    assert "abandon" not in rig.issuer.calls
    assert list(rig.labels.kept) == [str(SIGN)]
    assert f"`gangvakt label {SIGN}`" in rig.heard.notes[-1]


def test_a_disk_that_gets_full_while_the_label_is_printed_spares_what_prints_it_again(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(path: Path, data: bytes) -> None:
        if path.suffix != ".json":
            raise FolderUnusable(path.parent, OSError(errno.ENOSPC, "No space left on device"))
        write_file(path, data)

    monkeypatch.setattr(label, "write_file", full)
    rig.labels = LabelFolder(tmp_path)  # type: ignore[assignment]
    with pytest.raises(FolderUnusable):
        rig.run()
    monkeypatch.undo()
    assert main(["label", str(SIGN), "--label-dir", str(tmp_path)]) == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".png", ".pdf"}


def test_a_registration_that_cannot_be_withdrawn_hides_not_why_the_run_failed(rig: Rig):
    rig.device.break_at = "write"
    rig.issuer.break_at = "abandon"
    with pytest.raises(GangvaktError, match="write"):
        rig.run()
    assert any("lapses within an hour" in note for note in rig.heard.notes)


def test_a_board_can_take_the_place_of_another(rig: Rig):
    rig.order = Order(SPEC, SITE, replaces=SignId.parse("drammen/storgata/30aea4120099"))
    rig.run()
    assert rig.issuer.calls[0] == "replace"


def test_a_configuration_of_its_own_is_put_over_the_site_s():
    rig = Rig(order=Order(SPEC, SITE, config={"dim_pct": 60}))
    rig.run()
    written = files_of(rig.device.flash["data"])
    assert json.loads(written["/config.json"]) == {"hold_ms": 8000, "dim_pct": 60}
    assert json.loads(written["/identity.json"])["sign"] == SIGN.sign
