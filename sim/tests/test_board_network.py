"""The virtual board's networks: joining, losing and regaining a link, and what reaches the world outside."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard

WIFI = {"street": "password1"}
TIMEOUT_S = 20

JOIN = """
import network, time
w = network.WLAN(network.STA_IF); w.active(True); w.config(reconnects=0)
def join(ssid, key):
    w.connect(ssid, key)
    while w.status() == network.STAT_CONNECTING: time.sleep_ms(20)
    return w.status()
"""

StartBoard = Callable[..., AbstractContextManager[VirtualBoard]]


@pytest.fixture
def start_board(tmp_path: Path) -> StartBoard:
    """A board that runs the given main.py with one access point around; more is set by keyword."""

    @contextmanager
    def start(source: str, **config: object) -> Iterator[VirtualBoard]:
        spec = load_board("virtual")
        image = littlefs_image(spec.partition("vfs"), {"/main.py": source.encode()})
        flash = Path(tempfile.mkstemp(dir=tmp_path)[1])
        flash.write_bytes(merge_flash(spec, {"vfs": image}))
        with VirtualBoard(spec, flash, wifi=WIFI, config=config) as board:
            yield board

    return start


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A service of the world outside."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(TIMEOUT_S)
        yield server


def port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def test_station_joins_and_gets_a_loopback_address(start_board: StartBoard) -> None:
    with start_board(
        JOIN + "print(join('street', 'password1'), w.isconnected(), w.ifconfig()[0][:4], 'end')"
    ) as board:
        assert "1010 True 127. end" in board.output.wait_for("end", TIMEOUT_S)


def test_wrong_password_and_missing_access_point_have_their_numbers(start_board: StartBoard) -> None:
    source = JOIN + "print(join('street', 'password2'), join('nowhere', 'password1'), w.isconnected(), 'end')"
    with start_board(source) as board:
        assert "202 201 False end" in board.output.wait_for("end", TIMEOUT_S)


def test_scan_finds_the_access_point(start_board: StartBoard) -> None:
    with start_board(JOIN + "print([(x[0], x[4]) for x in w.scan()], 'end')") as board:
        assert "[(b'street', 3)] end" in board.output.wait_for("end", TIMEOUT_S)


def test_without_a_link_the_world_outside_is_unreachable(
    start_board: StartBoard, listener: socket.socket
) -> None:
    source = f"""
import socket
try: socket.socket().connect(('127.0.0.1', {port(listener)}))
except OSError as e: print(e.errno, 'end')
"""
    with start_board(source) as board:
        assert "118 end" in board.output.wait_for("end", TIMEOUT_S)
    listener.settimeout(0)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_addresses_off_the_machine_are_never_reached(start_board: StartBoard) -> None:
    source = (
        JOIN
        + """
import socket
join('street', 'password1')
try: socket.socket().connect(('192.0.2.1', 80))
except OSError as e: print(e.errno, 'end')
"""
    )
    with start_board(source) as board:
        assert "118 end" in board.output.wait_for("end", TIMEOUT_S)


def test_lost_link_is_silent_and_what_was_written_arrives_later(
    start_board: StartBoard, listener: socket.socket
) -> None:
    source = (
        JOIN
        + f"""
import socket
join('street', 'password1')
s = socket.socket(); s.connect(('127.0.0.1', {port(listener)})); s.setblocking(False)
s.send(b'before ')
print('connected')
while not s.read(1): time.sleep_ms(20)
print('asked')
input()
s.send(b'during ')
print('read', s.read(10))
input()
s.send(b'after'); print('end')
"""
    )
    with start_board(source) as board:
        board.output.wait_for("connected", TIMEOUT_S)
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(TIMEOUT_S)
            assert peer.recv(100) == b"before "
            peer.sendall(b"?")
            board.output.wait_for("asked", TIMEOUT_S)
            board.set_config({"wifi": {}})
            board.send(b"lost\r")
            assert "read None" in board.output.wait_for("read None", TIMEOUT_S)
            peer.settimeout(0.2)
            with pytest.raises(TimeoutError):
                peer.recv(100)
            board.set_config({"wifi": WIFI})
            board.send(b"back\r")
            board.output.wait_for("end", TIMEOUT_S)
            peer.settimeout(TIMEOUT_S)
            assert receive(peer, len(b"during after")) == b"during after"


def receive(peer: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += peer.recv(count - len(data))
    return data


def test_cable_is_a_link_too(start_board: StartBoard, listener: socket.socket) -> None:
    source = f"""
import network, socket
lan = network.LAN(); lan.active(True)
socket.socket().connect(('127.0.0.1', {port(listener)}))
print(lan.isconnected(), lan.ifconfig()[2], 'end')
"""
    with start_board(source, lan=True) as board:
        assert "True 127.0.0.1 end" in board.output.wait_for("end", TIMEOUT_S)


def test_names_come_from_the_hosts_table(start_board: StartBoard) -> None:
    source = (
        JOIN
        + """
import socket
join('street', 'password1')
print(socket.getaddrinfo('broker.example', 1)[0][-1], 'end')
"""
    )
    with start_board(source, hosts={"broker.example": "127.0.0.1"}) as board:
        assert "('127.0.0.1', 1) end" in board.output.wait_for("end", TIMEOUT_S)


def test_collected_sockets_free_their_places(start_board: StartBoard) -> None:
    source = """
import gc, socket
for _ in range(30): socket.socket(); gc.collect()
print('end')
"""
    with start_board(source) as board:
        assert "Error" not in board.output.wait_for("end", TIMEOUT_S)


def test_callbacks_wait_for_the_100_ms_steps_of_a_blocking_receive(
    start_board: StartBoard, listener: socket.socket
) -> None:
    source = (
        JOIN
        + f"""
import socket
from machine import Timer
join('street', 'password1')
seen = []
s = socket.socket(); s.connect(('127.0.0.1', {port(listener)})); s.settimeout(0.5)
Timer(0, period=10, callback=lambda t: seen.append(time.ticks_ms()))
try: s.recv(1)
except OSError as e: pass
gaps = [time.ticks_diff(b, a) for a, b in zip(seen, seen[1:])]
print('gap', max(gaps) >= 90, 'end')
"""
    )
    with start_board(source) as board:
        assert "gap True end" in board.output.wait_for("end", TIMEOUT_S)


def test_two_boards_can_listen_on_the_same_port(start_board: StartBoard) -> None:
    source = "import socket\ns = socket.socket(); s.bind(('0.0.0.0', 8080)); s.listen(1); print('end')"
    with start_board(source) as first, start_board(source) as second:
        for board in (first, second):
            board.output.wait_for("end", TIMEOUT_S)
