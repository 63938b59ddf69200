"""Which port is meant."""

from __future__ import annotations

import pytest
from serial.tools.list_ports_common import ListPortInfo

from gangvakt.errors import PortMissing
from gangvakt.provision import ports
from gangvakt.provision.ports import Candidate, find_port, is_url

CP2102 = Candidate("/dev/ttyUSB0", "CP2102N USB to UART Bridge Controller", "10C4:EA60", "0001")
CH340 = Candidate("COM7", "USB-SERIAL CH340", "1A86:7523", None)


def test_the_only_candidate_is_taken():
    assert find_port(None, lambda: [CP2102]) == "/dev/ttyUSB0"


def test_several_are_listed_by_what_usb_says_of_them():
    with pytest.raises(PortMissing) as caught:
        find_port(None, lambda: [CH340, CP2102])
    assert str(caught.value) == (
        "several ports, choose one with --port: COM7 (USB-SERIAL CH340, 1A86:7523); "
        "/dev/ttyUSB0 (CP2102N USB to UART Bridge Controller, 10C4:EA60, serial number 0001)"
    )
    assert len(caught.value.candidates) == 2


@pytest.mark.parametrize(
    ("platform", "check"),
    [("linux", "dialout"), ("darwin", "System Settings"), ("win32", "Device Manager"), ("haiku", "driver")],
)
def test_none_says_what_to_check_on_this_system(monkeypatch: pytest.MonkeyPatch, platform: str, check: str):
    monkeypatch.setattr(ports.sys, "platform", platform)
    with pytest.raises(PortMissing, match=f"data lines.*{check}"):
        find_port(None, list)


@pytest.mark.parametrize("given", ["rfc2217://127.0.0.1:4000", "socket://10.0.0.2:23", "COM7", "/dev/pts/3"])
def test_what_is_given_is_taken_as_it_is(given: str):
    assert find_port(given, list) == given


def test_an_empty_name_is_refused():
    with pytest.raises(PortMissing, match="--port is empty"):
        find_port("  ", lambda: [CP2102])


def test_urls_are_told_from_ports():
    assert is_url("RFC2217://board:4000")
    assert not is_url("COM7")


def test_ports_of_the_computer_itself_are_no_candidates(monkeypatch: pytest.MonkeyPatch):
    def port(device: str, vid: int | None) -> ListPortInfo:
        info = ListPortInfo(device)
        info.vid, info.pid, info.product = vid, 0x7523, "USB2.0-Ser!"
        return info

    monkeypatch.setattr(
        ports.list_ports, "comports", lambda: [port("/dev/ttyUSB1", 0x1A86), port("/dev/ttyS0", None)]
    )
    assert [str(one) for one in ports.candidates()] == ["/dev/ttyUSB1 (USB2.0-Ser!, 1A86:7523)"]
