"""The broker and the controller behind it in virtual time: MQTT 3.1.1, as much as a sign makes use of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 1, 2, 3, 4, 8, 9
PINGREQ, PINGRESP, DISCONNECT = 12, 13, 14
KEEPALIVE_FACTOR = 1.5  # the standard's: who is silent for so long is gone


class NotMqtt(Exception):
    """What came is no packet that a broker takes."""


@dataclass
class Session:
    """What a broker keeps of a client between connections."""

    subscriptions: set[str] = field(default_factory=set)
    unacknowledged: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    last_id: int = 0


@dataclass
class Store:
    """What the controller has stored of one sign."""

    events: dict[tuple[str, int, int], dict[str, Any]] = field(default_factory=dict)
    repeated: int = 0
    telemetry: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    order_broken: int = 0  # events that came after a later one of the same boot

    def take(self, batch: dict[str, Any], utc_ms: int) -> dict[str, Any]:
        """Store a batch, each event once; the acknowledgement."""
        who = str(batch["incarnation"])
        highest: dict[int, int] = {}
        for event in batch["events"]:
            boot = int(event.get("boot", batch["boot"]))
            key = (who, boot, int(event["seq"]))
            self.repeated += key in self.events
            if key not in self.events:
                self.order_broken += key[2] < highest.get(boot, 0)
                self.events[key] = event
            highest[boot] = max(highest.get(boot, 0), key[2])
        last = batch["events"][-1]
        ack = {"v": 1, "incarnation": who, "boot": batch["boot"], "seq": last["seq"], "t": utc_ms}
        return {**ack, "up": batch["uptime_ms"]}


class Broker:
    """Sessions by client, and the controller that answers on `event`."""

    def __init__(self, begin_utc_ms: int) -> None:
        self._begin_utc_ms = begin_utc_ms
        self.sessions: dict[str, Session] = {}
        self.store = Store()
        self.connects = 0
        self.acknowledging = True

    def utc_ms(self, now_us: int) -> int:
        """What time it is, by the board's clock of the same moment."""
        return self._begin_utc_ms + now_us // 1000


class Peer:
    """The broker's end of one connection. `send` takes bytes for the client, `close` ends the connection."""

    def __init__(
        self, broker: Broker, send: Callable[[bytes], None], close: Callable[[], None], now_us: int
    ) -> None:
        self._broker, self._send, self._close = broker, send, close
        self._buffer = bytearray()
        self._session: Session | None = None
        self._keepalive_us = 0
        self.heard_us = now_us

    @property
    def is_open(self) -> bool:
        """Whether the client was let in."""
        return self._session is not None

    def overdue(self, now_us: int) -> bool:
        """Whether the client has been silent for too long."""
        return bool(self._keepalive_us) and now_us - self.heard_us > KEEPALIVE_FACTOR * self._keepalive_us

    def receive(self, data: bytes, now_us: int) -> None:
        """Bytes from the client. NotMqtt when they are none of a client."""
        self.heard_us = now_us
        self._buffer += data
        for kind, flags, body in self._packets():
            self._handle(kind, flags, body, now_us)

    def _packets(self) -> Iterator[tuple[int, int, bytes]]:
        while len(self._buffer) >= 2:
            size, at, shift = 0, 1, 0
            while True:
                if at >= len(self._buffer):
                    return
                byte = self._buffer[at]
                size |= (byte & 0x7F) << shift
                at, shift = at + 1, shift + 7
                if not byte & 0x80:
                    break
                if shift > 21:
                    raise NotMqtt("length")
            if len(self._buffer) < at + size:
                return
            first, body = self._buffer[0], bytes(self._buffer[at : at + size])
            del self._buffer[: at + size]
            yield first >> 4, first & 15, body

    def _handle(self, kind: int, flags: int, body: bytes, now_us: int) -> None:
        if (kind == CONNECT) != (self._session is None):
            raise NotMqtt(f"packet {kind}")
        if kind == CONNECT:
            self._connect(body)
        elif kind == PUBLISH:
            self._publish(flags, body, now_us)
        elif kind == PUBACK:
            assert self._session is not None
            self._session.unacknowledged.pop(int.from_bytes(body[:2], "big"), None)
        elif kind == SUBSCRIBE:
            self._subscribe(body)
        elif kind == PINGREQ:
            self._send(bytes((PINGRESP << 4, 0)))
        elif kind == DISCONNECT:
            self._close()
        else:
            raise NotMqtt(f"packet {kind}")

    def _connect(self, body: bytes) -> None:
        protocol, rest = _text(body)
        level, flags, keepalive_s = rest[0], rest[1], int.from_bytes(rest[2:4], "big")
        if protocol != "MQTT" or level != 4:
            raise NotMqtt("protocol")
        client, _ = _text(rest[4:])
        clean = bool(flags & 2)
        known = client in self._broker.sessions and not clean
        if not known:
            self._broker.sessions[client] = Session()
        self._session = self._broker.sessions[client]
        self._keepalive_us = keepalive_s * 1_000_000
        self._broker.connects += 1
        self._send(bytes((CONNACK << 4, 2, int(known), 0)))
        for packet_id, (topic, payload) in list(self._session.unacknowledged.items()):
            self._send(_publish(topic, payload, packet_id, again=True))

    def _subscribe(self, body: bytes) -> None:
        assert self._session is not None
        packet_id, rest, granted = body[:2], body[2:], bytearray()
        while rest:
            topic, rest = _text(rest)
            self._session.subscriptions.add(topic)
            granted.append(rest[0])
            rest = rest[1:]
        self._send(bytes((SUBACK << 4, 2 + len(granted))) + packet_id + granted)

    def _publish(self, flags: int, body: bytes, now_us: int) -> None:
        topic, rest = _text(body)
        qos = flags >> 1 & 3
        if qos:
            self._send(bytes((PUBACK << 4, 2)) + rest[:2])
            rest = rest[2:]
        self._control(topic, rest, now_us)

    def _control(self, topic: str, payload: bytes, now_us: int) -> None:
        """What the controller does with it."""
        store, what = self._broker.store, topic.split("/", 5)[-1]
        if what == "event" and self._broker.acknowledging:
            self.publish(
                topic + "/ack",
                json.dumps(store.take(json.loads(payload), self._broker.utc_ms(now_us))).encode(),
            )
        elif what == "telemetry":
            store.telemetry.append((now_us, json.loads(payload)))
        elif what == "status":
            store.status = json.loads(payload)

    def publish(self, topic: str, payload: bytes) -> None:
        """A message of QoS 1 for the client, if it has subscribed to the topic."""
        session = self._session
        if session is None or topic not in session.subscriptions:
            return
        session.last_id = session.last_id % 0xFFFF + 1
        session.unacknowledged[session.last_id] = (topic, payload)
        self._send(_publish(topic, payload, session.last_id))


def _text(data: bytes) -> tuple[str, bytes]:
    size = int.from_bytes(data[:2], "big")
    if len(data) < 2 + size:
        raise NotMqtt("text")
    return data[2 : 2 + size].decode(), data[2 + size :]


def _publish(topic: str, payload: bytes, packet_id: int, again: bool = False) -> bytes:
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + packet_id.to_bytes(2, "big") + payload
    return bytes((PUBLISH << 4 | 8 * again | 2,)) + _length(len(body)) + body


def _length(size: int) -> bytes:
    found = bytearray()
    while True:
        size, low = divmod(size, 128)
        found.append(low | (128 if size else 0))
        if not size:
            return bytes(found)
