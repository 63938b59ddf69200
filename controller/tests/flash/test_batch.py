"""Several boards at a time."""

from __future__ import annotations

import threading

import pytest
import typer

from gangvakt.errors import BoardSilent
from gangvakt.fleet import SignId
from gangvakt.provision.batch import Batch, Outcome
from gangvakt.provision.flash_parts import Finished
from gangvakt.provision.ports import Candidate
from gangvakt.provision.tool_run import Stopped

WAIT_S = 10


def finished(port: str) -> Finished:
    return Finished(SignId("drammen", "storgata", port.lower()), {}, (), True, 1.0)


def plug(*devices: str) -> list[Candidate]:
    return [Candidate(device, "CH340", "1A86:7523", None) for device in devices]


def test_all_boards_run_at_the_same_time():
    together = threading.Barrier(4, timeout=WAIT_S)

    def run(port: str) -> Finished:
        together.wait()
        return finished(port)

    outcomes = Batch(run, threading.Event()).run_ports(["COM1", "COM2", "COM3", "COM4"])
    assert sorted(outcome.port for outcome in outcomes) == ["COM1", "COM2", "COM3", "COM4"]
    assert all(outcome.finished for outcome in outcomes)


def test_one_that_fails_does_not_stop_the_others():
    def run(port: str) -> Finished:
        if port == "COM2":
            raise BoardSilent(port, "no serial data received", "check the cable")
        return finished(port)

    heard: list[Outcome] = []
    outcomes = Batch(run, threading.Event(), heard.append).run_ports(["COM1", "COM2", "COM3"])
    assert heard == outcomes
    assert {one.port: one.error for one in outcomes if one.error} == {
        "COM2": "COM2: no serial data received: check the cable"
    }


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (typer.Abort(), "COM2: Abort: run the command again"),
        (ZeroDivisionError("by\nnothing"), "COM2: ZeroDivisionError by nothing: run the command again"),
    ],
)
def test_what_is_no_error_of_ours_is_a_line_of_the_report_too(error: Exception, said: str):
    def run(port: str) -> Finished:
        if port == "COM2":
            raise error
        return finished(port)

    outcomes = Batch(run, threading.Event()).run_ports(["COM1", "COM2"])
    assert {one.port: one.error for one in outcomes} == {"COM1": None, "COM2": said}


def test_a_stop_ends_all_and_is_no_error():
    stop, entered = threading.Event(), threading.Barrier(2, timeout=WAIT_S)

    def run(port: str) -> Finished:
        entered.wait()
        assert stop.wait(WAIT_S)
        raise Stopped

    batch = Batch(run, stop)
    stopper = threading.Thread(target=lambda: (entered.wait(), stop.set()))
    stopper.start()
    outcomes = batch.run_ports(["COM1"])
    stopper.join()
    assert [outcome.error for outcome in outcomes] == ["COM1: stopped"]


def test_it_goes_on_with_the_next_board_plugged_in():
    seen: list[str] = []

    def plugged() -> list[Candidate]:
        return plug("COM1") if not seen else plug("COM1", "COM2")

    def run(port: str) -> Finished:
        seen.append(port)
        return finished(port)

    outcomes = Batch(run, threading.Event()).run_plugged(plugged, count=2)
    assert [outcome.port for outcome in outcomes] == ["COM1", "COM2"]
    assert seen == ["COM1", "COM2"]


def test_a_board_that_failed_is_tried_again_when_it_is_plugged_in_again():
    tries: list[str] = []
    unplugged = threading.Event()

    def plugged() -> list[Candidate]:
        if len(tries) == 1 and not unplugged.is_set():
            unplugged.set()
            return []
        return plug("COM1")

    def run(port: str) -> Finished:
        tries.append(port)
        if len(tries) == 1:
            raise BoardSilent(port, "no serial data received", "check the cable")
        return finished(port)

    outcomes = Batch(run, threading.Event()).run_plugged(plugged, count=1)
    assert [outcome.finished is not None for outcome in outcomes] == [False, True]
