"""ESP-NOW between virtual boards: who hears whom, on which channel, and what gets lost on the way."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard

TIMEOUT_S = 20
FRAMES = 200
ON_AIR = """
import _espnow, network, sys, time, json
sta = network.WLAN(network.STA_IF); sta.active(True)
radio = _espnow.ESPNowBase(); radio.active(True)
all = b'\\xff' * 6
radio.add_peer(all)
into = [None, bytearray(250), 0, 0]
def heard(ms=300):
    found = []
    end = time.ticks_add(time.ticks_ms(), ms)
    while time.ticks_diff(end, time.ticks_ms()) > 0:
        if radio.recvinto(into, 20): found.append(bytes(into[1]).decode())
    return found
print('on air')
while True: exec(sys.stdin.readline())
"""

Start = Callable[..., VirtualBoard]


class Station:
    """A board on the air that does what it is told."""

    def __init__(self, board: VirtualBoard) -> None:
        self.board = board
        board.output.wait_for("on air", TIMEOUT_S)

    def do(self, source: str) -> str:
        """Run a statement; what it printed."""
        mark = self.board.output.mark()
        self.board.send(f"{source}; print('done')\n".encode())
        return self.board.output.wait_for("done\n", TIMEOUT_S, mark)

    def heard(self) -> list[str]:
        """Messages that wait, or come within a moment."""
        text = self.do("print(json.dumps(heard()))")
        return list(json.loads(next(line for line in text.splitlines() if line.startswith("["))))

    def say(self, text: str) -> None:
        self.do(f"radio.send(all, {text!r}, False)")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Callable[..., Station]]:
    """Start a board with these settings of the air, and others of the world around."""
    spec = load_board("virtual")
    image = littlefs_image(spec.partition("vfs"), {"/main.py": ON_AIR.encode()})
    with ExitStack() as stack:
        count = iter(range(100))

        def start(air: Mapping[str, Any], **world: object) -> Station:
            number = next(count)
            flash = tmp_path / f"{number}.bin"
            flash.write_bytes(merge_flash(spec, {"vfs": image}))
            mac = bytes.fromhex("30aea41200") + bytes([number])
            board = VirtualBoard(spec, flash, mac=mac, config={"espnow": dict(air), **world})
            return Station(stack.enter_context(board))

        yield start


@pytest.fixture
def air() -> str:
    """A place of its own: tests run side by side."""
    return secrets.token_hex(8)


def test_everybody_in_reach_hears_a_broadcast_but_its_sender(
    station: Callable[..., Station], air: str
) -> None:
    first, second, elsewhere = station({"air": air}), station({"air": air}), station({"air": air + "x"})
    first.say("hello")
    assert second.heard() == ["hello"]
    assert first.heard() == elsewhere.heard() == []


def test_only_who_is_on_the_same_channel_hears(station: Callable[..., Station], air: str) -> None:
    first, second = station({"air": air}), station({"air": air})
    second.do("sta.config(channel=6)")
    first.say("lost")
    first.do("sta.config(channel=6)")
    first.say("found")
    assert second.heard() == ["found"]


def test_a_station_is_on_the_channel_of_its_access_point(station: Callable[..., Station], air: str) -> None:
    world = {"wifi": {"street": "password1"}, "channels": {"street": 11}}
    joined, alone = station({"air": air}, **world), station({"air": air})
    joined.do("sta.config(reconnects=0); sta.connect('street', 'password1')")
    joined.do("exec('while not sta.isconnected(): time.sleep_ms(20)')")
    assert "11" in joined.do("print(sta.config('channel'))")
    alone.do("sta.config(channel=11)")
    joined.say("hello")
    assert alone.heard() == ["hello"]


def test_what_is_lost_doubled_and_late_is_decided_by_a_seed(
    station: Callable[..., Station], air: str
) -> None:
    first = station({"air": air})
    faults = {"loss": 0.25, "duplicates": 0.25, "delay_ms": [1, 9]}
    seconds = [station({"air": air, **faults, "seed": seed}) for seed in (1, 2)]
    for second in seconds:
        second.do("radio.config(rxbuf=20000)")
    first.do(f"exec('for n in range({FRAMES}): radio.send(all, str(n), False); time.sleep_ms(2)')")
    heard = [second.heard() for second in seconds]
    assert heard[0] != heard[1]
    for one in heard:
        assert 0.6 * FRAMES < len(set(one)) < 0.9 * FRAMES
        assert 1.1 * len(set(one)) < len(one) < 1.4 * len(set(one))


def test_a_full_buffer_drops_and_counts_the_newest(station: Callable[..., Station], air: str) -> None:
    first, second = station({"air": air}), station({"air": air})
    first.do("exec('for n in range(10): radio.send(all, bytes(100), False); time.sleep_ms(5)')")
    assert len(second.heard()) == 526 // 113
    assert str((0, 0, 0, 4, 6)) in second.do("print(radio.stats())")


def test_a_callback_tells_of_each_frame(station: Callable[..., Station], air: str) -> None:
    first, second = station({"air": air}), station({"air": air})
    second.do("told = []; radio.irq(told.append, 7)")
    first.say("hello")
    assert second.heard() == ["hello"]
    assert "[7]" in second.do("print(told)")
