"""`gangvakt-sim run` as a whole: everything starts, shows itself, and ends without a trace."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gangvakt.provision.pki import CONTROLLER_NAME, Pki, client_context

from .processes import all_gone, descendants, wait_until

STREET = "gangvakt-sim/v1/drammen/storgata"
ORDER_S = 20.0
OPEN = "Ctrl-C ends everything."
START_S = 90.0  # a first start on a busy computer, with everything to be built
COMMAND = (sys.executable, "-c", "import sys; from gangvakt_sim.cli import main; sys.exit(main())")
MPREMOTE = (sys.executable, "-m", "mpremote")
LEAST_CHILDREN = 3  # the controller and two interpreters


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as a, socket.create_server(("127.0.0.1", 0)) as b:
        return a.getsockname()[1], b.getsockname()[1]


class Running:
    """A running `gangvakt-sim` and what it printed."""

    def __init__(self, out: Path, *arguments: str | int | Path) -> None:
        self._out = out
        with out.open("wb") as file:
            self.process = subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
            )

    def said(self) -> str:
        return self._out.read_text()

    def wait_for(self, text: str) -> None:
        """Until the text is on the screen."""
        assert wait_until(lambda: text in self.said() or self.process.poll() is not None, START_S)
        assert text in self.said(), self.said()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Street(Running):
    """A street with its controller."""

    def __init__(self, data: Path, ports: tuple[int, int]) -> None:
        self.data, (self.http_port, self.mqtt_port) = data, ports
        options = ("--data", data, "--http-port", self.http_port, "--mqtt-port", self.mqtt_port)
        super().__init__(data.with_suffix(".out"), "run", *options)

    def wait_open(self) -> None:
        """Until the last lines are on the screen."""
        self.wait_for(OPEN)

    def page(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[int, int]]:
    """One data folder and its ports for all starts of this file."""
    return tmp_path_factory.mktemp("street") / "run", free_ports()


@pytest.fixture
def street(state: tuple[Path, tuple[int, int]]) -> Iterator[Street]:
    made = Street(*state)
    yield made
    made.end()


def test_the_last_lines_are_the_address_and_the_one_time_password(street: Street) -> None:
    street.wait_open()
    *_, address, password, end = street.said().splitlines()
    assert address == f"The street is open: http://127.0.0.1:{street.http_port}/"
    assert re.fullmatch(r"Log in as admin with the one-time password \S{8,}", password)
    assert end == OPEN


def test_the_second_start_flashes_nothing_anew_and_the_page_is_there(street: Street) -> None:
    street.wait_open()
    assert street.page("/") in (200, 302, 303, 307)
    assert street.said().count("flashed before") == 2


class Orders:
    """A session of the controller's kind: orders to the street, and the worlds that it tells."""

    def __init__(self, data: Path, port: int) -> None:
        self.worlds: list[dict[str, Any]] = []
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"{CONTROLLER_NAME}:test")
        self._client.on_connect = lambda client, *_: client.subscribe(f"{STREET}/world")
        self._client.on_message = lambda _client, _data, message: self.worlds.append(
            json.loads(message.payload)
        )
        files = Pki.open(data / "controller" / "pki").controller_files()
        self._client.tls_set_context(client_context(files))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def order(self, ident: str, **told: object) -> dict[str, Any]:
        """What became of it, as the street says."""
        self._client.publish(f"{STREET}/order", json.dumps({"v": 1, "id": ident, **told}))
        assert self.waits(lambda world: world.get("order", {}).get("id") == ident), self.worlds[-1:]
        return dict(self.worlds[-1]["order"])

    def waits(self, condition: Callable[[dict[str, Any]], bool], within_s: float = ORDER_S) -> bool:
        return wait_until(lambda: bool(self.worlds) and condition(self.worlds[-1]), within_s)


def test_people_are_sent_and_signs_afflicted_from_outside(street: Street) -> None:
    street.wait_open()
    orders = Orders(street.data, street.mqtt_port)
    try:
        assert orders.waits(lambda world: world["faults"] == []), "the street tells what is wrong"
        assert orders.order("a1", order="stop")["field"] == "people"
        assert orders.order("a2", order="run")["ok"]
        assert orders.waits(lambda world: any(one["id"] == "guest1" for one in world["actors"]))
        assert orders.order("a3", order="fault", sign="north", fault="radar-silent", for_s=60)["ok"]
        assert orders.waits(lambda world: world["faults"][:1] and world["faults"][0]["sign"] == "north")
        assert orders.order("a4", order="mend", sign="north")["ok"]
        assert orders.waits(lambda world: world["faults"] == [])
    finally:
        orders.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_process_behind(street: Street, number: signal.Signals) -> None:
    street.wait_open()
    children = descendants(street.process.pid)
    assert len(children) >= LEAST_CHILDREN
    street.process.send_signal(number)
    assert street.process.wait(20) == 0
    assert all_gone(children)


def test_kill_9_leaves_no_process_behind(street: Street) -> None:
    street.wait_open()
    children = descendants(street.process.pid)
    street.process.kill()
    street.process.wait()
    assert all_gone(children)


def test_the_end_of_the_controller_is_one_line_and_ends_everything(street: Street) -> None:
    street.wait_open()
    children = descendants(street.process.pid)
    (controller,) = [
        pid for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    ]
    os.kill(controller, signal.SIGKILL)
    assert street.process.wait(20) == 1
    assert "gangvakt-sim: the controller ended with code -9" in street.said().splitlines()[-1]
    assert all_gone(children)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path / "board.out", "board", "--state", tmp_path / "state")
    yield made
    made.end()


@pytest.mark.alone  # mpremote gives a prompt little time
def test_a_single_board_is_used_with_mpremote_and_leaves_nothing_behind(board: Running) -> None:
    board.wait_for("Ctrl-C switches it off.")
    port = re.search(r"/dev/pts/\d+", board.said())
    assert port
    listing = [*MPREMOTE, "connect", port[0], "ls", ":/"]
    listed = subprocess.run(listing, capture_output=True, text=True, timeout=30, check=True).stdout
    assert "slots.mpy" in listed
    children = descendants(board.process.pid)
    board.process.send_signal(signal.SIGINT)
    assert board.process.wait(10) == 0
    assert children
    assert all_gone(children)


def test_a_recorded_track_is_walked_before_the_real_firmware(tmp_path: Path) -> None:
    rows = [f"walker,pedestrian,{step / 10},-0.5,{-3.5 + step * 0.13}" for step in range(60)]
    tracks, out = tmp_path / "tracks.csv", tmp_path / "walk.jsonl"
    tracks.write_text("\n".join(["track,kind,t,x,y", *rows]))
    options = ("--site", "storgata", "--perfect-radar", "--out", out)
    replay = Running(tmp_path / "walk.out", "walk", tracks, *options)
    try:
        assert replay.process.wait(START_S) == 0, replay.said()
    finally:
        replay.end()
    outcome = json.loads(out.read_text())
    ((start, end),) = outcome["on"]
    assert outcome["track"] == "walker"
    assert outcome["kerb_s"] == 2.7
    assert 0.2 < start < 2.7
    assert end is None
