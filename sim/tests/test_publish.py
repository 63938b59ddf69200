"""The street's session to the broker: mutual TLS against a broker of the test's own."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from gangvakt.provision.pki import Pki, server_context
from gangvakt_sim.errors import StreetError
from gangvakt_sim.publish import Broker, StreetPublisher

CONNACK_OK = b"\x20\x02\x00\x00"
CONNACK_REFUSED = b"\x20\x02\x00\x05"
CONNECT, PUBLISH, PUBACK = 0x10, 0x30, 0x40


class TinyBroker:
    """Accepts one session after the other over TLS, notes what is published."""

    def __init__(self, pki: Pki, connack: bytes) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._context = server_context(pki.server_files(["127.0.0.1"]))
        self._connack = connack
        self._news = threading.Condition()
        self.published: list[tuple[str, object, bool]] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def wait_for(self, count: int) -> list[tuple[str, object, bool]]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.published) >= count, timeout=10)
            return list(self.published)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._server.accept()
            except OSError:
                return
            with plain, contextlib.suppress(OSError):
                self._session(plain)

    def _session(self, plain: socket.socket) -> None:
        with (
            self._context.wrap_socket(plain, server_side=True) as session,
            session.makefile("rwb") as stream,
        ):
            while head := stream.read(1):
                self._packet(head[0], self._body(stream), stream)

    def _body(self, stream: IO[bytes]) -> bytes:
        length = shift = 0
        while True:
            byte = stream.read(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return bytes(stream.read(length))

    def _packet(self, head: int, body: bytes, stream: IO[bytes]) -> None:
        if head & 0xF0 == CONNECT:
            stream.write(self._connack)
        elif head & 0xF0 == PUBLISH:
            topic_end = 2 + int.from_bytes(body[:2], "big")
            qos = head >> 1 & 3
            if qos:
                stream.write(bytes((PUBACK, 2)) + body[topic_end : topic_end + 2])
            payload = json.loads(body[topic_end + (2 if qos else 0) :])
            with self._news:
                self.published.append((body[2:topic_end].decode(), payload, bool(head & 1)))
                self._news.notify_all()
        stream.flush()


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki.open(tmp_path / "pki")


def broker_of(pki: Pki, folder: Path, port: int) -> Broker:
    credentials = pki.issue_simulator()
    for name, content in (
        ("ca.pem", pki.authority_pem),
        ("cert.pem", credentials.certificate_pem),
        ("key.pem", credentials.key_pem),
    ):
        (folder / name).write_bytes(content)
    return Broker("127.0.0.1", port, folder / "ca.pem", folder / "cert.pem", folder / "key.pem")


@pytest.fixture
def open_broker(pki: Pki) -> Iterator[TinyBroker]:
    broker = TinyBroker(pki, CONNACK_OK)
    yield broker
    broker.close()


def test_the_scene_is_retained_and_moments_are_not(pki: Pki, tmp_path: Path, open_broker: TinyBroker) -> None:
    broker = broker_of(pki, tmp_path, open_broker.port)
    with StreetPublisher(broker, "drammen", "storgata", {"v": 1}) as street:
        street.world({"t_s": 0.1})
        published = open_broker.wait_for(2)
    topic = "gangvakt-sim/v1/drammen/storgata"
    assert published == [(f"{topic}/scene", {"v": 1}, True), (f"{topic}/world", {"t_s": 0.1}, False)]


def test_an_unreachable_broker_is_one_line(pki: Pki, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(StreetError, match=f"broker 127.0.0.1:{port} cannot be reached: .*refused"):
        StreetPublisher(broker_of(pki, tmp_path, port), "drammen", "storgata", {}).__enter__()


def test_a_broker_that_refuses_says_why(pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gangvakt_sim.publish.CONNECT_S", 1.0)
    refusing = TinyBroker(pki, CONNACK_REFUSED)
    try:
        with pytest.raises(StreetError, match="does not let the simulator in: Not authorized"):
            StreetPublisher(broker_of(pki, tmp_path, refusing.port), "drammen", "storgata", {}).__enter__()
    finally:
        refusing.close()


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_a_broker_of_another_authority_is_not_trusted(tmp_path: Path, open_broker: TinyBroker) -> None:
    stranger = Pki.open(tmp_path / "stranger")
    with pytest.raises(StreetError, match="certificate verify failed"):
        StreetPublisher(broker_of(stranger, tmp_path, open_broker.port), "a", "b", {}).__enter__()
