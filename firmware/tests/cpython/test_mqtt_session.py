"""The MQTT client on MicroPython against a broker that follows a script, to the letter or not."""

import random
import socket
import subprocess
from pathlib import Path

import pytest

from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter

SESSION = Path(__file__).resolve().parents[1] / "micropython" / "session.py"
HEAP = "heapsize=168k"
TIMEOUT_S = 30
CONNACK = b"\x20\x02\x00\x00"
CONNACK_PRESENT = b"\x20\x02\x01\x00"
PINGRESP = b"\xd0\x00"
GARBAGE_ROUNDS = 40


class Peer:
    """One accepted connection, seen from the broker."""

    def __init__(self, connection):
        self.connection = connection

    def read(self):
        """The next packet as (first byte, body); None at the end."""
        head = self._exactly(1)
        if not head:
            return None
        length = shift = 0
        while True:
            byte = self._exactly(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return head[0], self._exactly(length)

    def send(self, data):
        self.connection.sendall(data)

    def accept(self, connack=CONNACK):
        """CONNECT and SUBSCRIBE answered as they should be."""
        assert self.read()[0] == 0x10
        self.send(connack)
        return self.subscribed()

    def subscribed(self):
        kind, body = self.read()
        assert kind == 0x82
        self.send(b"\x90\x03" + body[:2] + b"\x01")

    def drain(self):
        """Read until the client gives up."""
        while self.read():
            pass

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.connection.recv(count - len(data))
            except ConnectionResetError:
                piece = b""
            if not piece:
                return b""
            data += piece
        return data


def converse(*scripts):
    """Run the client once for each script; its output as lines."""
    try:
        argv = find_interpreter().argv
    except InterpreterMissing as error:
        pytest.skip(str(error))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(TIMEOUT_S)
        port = str(server.getsockname()[1])
        with subprocess.Popen(
            [*argv, "-X", HEAP, str(SESSION), port, str(len(scripts))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as client:
            try:
                for script in scripts:
                    connection, _ = server.accept()
                    connection.settimeout(TIMEOUT_S)
                    with connection:
                        script(Peer(connection))
                return client.communicate(timeout=TIMEOUT_S)[0].splitlines()
            finally:
                client.kill()


def silent(peer):
    peer.drain()


def hangs_up(peer):
    peer.read()


def refuses(peer):
    peer.read()
    peer.send(b"\x20\x02\x00\x05")
    peer.drain()


def garbles(peer):
    peer.read()
    peer.send(b"\x00\xff\xff\xff\xff")
    peer.drain()


def never_acknowledges(peer):
    peer.accept()
    while True:
        packet = peer.read()
        if packet is None:
            return
        if packet[0] == 0xC0:
            peer.send(PINGRESP)


def acknowledges(peer):
    kind, body = peer.read()
    assert kind in (0x32, 0x3A)
    topic = 2 + body[1]
    peer.send(b"\x40\x02" + body[topic : topic + 2])


def never_answers_pings(peer):
    peer.accept()
    acknowledges(peer)
    peer.drain()


def sends_qos_2(peer):
    peer.accept()
    peer.send(b"\x34\x05\x00\x01a\x00\x07")
    peer.drain()


LARGE = b"x" * 5000


def sends_too_much(peer):
    peer.accept()
    acknowledges(peer)
    peer.read()
    peer.send(b"\x33" + b"\x94\x27" + b"\x00\x08sign/ack\x00\x09" + LARGE)
    assert peer.read() == (0x40, b"\x00\x09")
    peer.send(b"\x30\x0d\x00\x08sign/ackyes")


def subscribes_nothing(peer):
    peer.read()
    peer.send(CONNACK)
    _, body = peer.read()
    peer.send(b"\x90\x03" + body[:2] + b"\x80")
    peer.drain()


def speaks_before_connack(peer):
    peer.read()
    peer.send(PINGRESP)
    peer.drain()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (silent, "connack_timeout"),
        (hangs_up, "closed_by_broker"),
        (refuses, "refused_5"),
        (garbles, "malformed_"),
        (never_acknowledges, "puback_timeout"),
        (never_answers_pings, "pingresp_timeout"),
        (sends_qos_2, "malformed_qos"),
        (subscribes_nothing, "subscription_refused"),
        (speaks_before_connack, "unexpected_packet"),
    ],
)
def test_a_broker_that_misbehaves_ends_the_session_with_a_counted_reason(script, reason):
    said = converse(script)
    assert [line for line in said if line.startswith(f"ended {reason}")], said
    assert said[-1] == "counted 1"


def test_connect_carries_will_keepalive_and_the_wish_for_a_persistent_session():
    seen = []

    def script(peer):
        seen.append(peer.read())

    converse(script)
    kind, body = seen[0]
    assert kind == 0x10
    assert body[:10] == b"\x00\x04MQTT\x04\x2c\x00\x02"  # will QoS 1 retained, no clean session; 2 s
    assert body[10:] == b"\x00\x0etown/site/sign\x00\x0bsign/status\x00\x04gone"


def test_what_was_not_acknowledged_is_sent_again_in_the_same_session():
    seen = []

    def first(peer):
        peer.accept()
        seen.append(peer.read())

    def second(peer):
        peer.read()
        peer.send(CONNACK_PRESENT)
        seen.append(peer.read())
        peer.subscribed()

    said = converse(first, second)
    (kind, body), (again, same) = seen
    assert (kind, again) == (0x32, 0x3A)
    assert body == same
    assert "open, in flight 1" in said


def test_a_session_that_the_broker_forgot_starts_empty():
    def first(peer):
        peer.accept()
        peer.read()

    def second(peer):
        peer.accept()

    said = converse(first, second)
    assert [line for line in said if line.startswith("open")] == ["open, in flight 0", "open, in flight 0"]


def test_messages_reach_the_app_and_are_acknowledged():
    seen = []

    def script(peer):
        peer.accept()
        acknowledges(peer)
        assert peer.read()[1] == b"\x00\x0esign/telemetryworld"
        peer.send(b"\x32\x0f\x00\x08sign/ack\x00\x09yes")
        seen.append(peer.read())

    said = converse(script)
    assert seen == [(0x40, b"\x00\x09")]
    assert "message sign/ack b'yes'" in said


def test_what_is_too_large_is_acknowledged_and_passed_over():
    said = converse(sends_too_much)
    assert "message sign/ack b'yes'" in said
    assert "passed over 1" in said


def test_pings_keep_an_idle_session_open():
    pings = []

    def script(peer):
        peer.accept()
        acknowledges(peer)
        peer.read()
        for _ in range(2):
            pings.append(peer.read())
            peer.send(PINGRESP)

    converse(script)
    assert pings == [(0xC0, b""), (0xC0, b"")]


def test_no_garbage_ends_the_program():
    source = random.Random(7)

    def script(peer):
        peer.read()
        stage = source.randrange(3)
        if stage > 0:
            peer.send(CONNACK)
        if stage > 1:
            peer.subscribed()
        peer.send(source.randbytes(source.randrange(1, 300)))

    said = converse(*[script] * GARBAGE_ROUNDS)
    assert said[-1] == f"counted {GARBAGE_ROUNDS}", said
