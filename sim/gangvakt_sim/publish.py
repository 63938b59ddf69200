"""Publishes the simulated street to the controller's broker, with the simulator's own certificate."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gangvakt_sim.errors import StreetError

CLIENT_ID = "gangvakt-sim"
TOPIC_ROOT = "gangvakt-sim/v1"
KEEPALIVE_S = 15
CONNECT_S = 10.0
RETRY_S = (1, 5)  # least and most between two attempts

Message = Mapping[str, object]


@dataclass(frozen=True)
class Broker:
    """Where the broker is, and the PEM files for it."""

    host: str
    port: int
    authority: Path
    certificate: Path
    key: Path

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class StreetPublisher:
    """One MQTT session on its own thread, reconnecting by itself; moments without a session are dropped."""

    def __init__(
        self,
        broker: Broker,
        municipality: str,
        site: str,
        scene: Message,
        on_order: Callable[[bytes], None] | None = None,
    ) -> None:
        self._broker = broker
        self._topic = f"{TOPIC_ROOT}/{municipality}/{site}"
        self._scene = _encoded(scene)
        self._connected = threading.Event()
        self._refusal = "no answer"
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=CLIENT_ID, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._on_order = on_order
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(*RETRY_S)

    def __enter__(self) -> Self:
        """Connect. StreetError when the broker cannot be reached within ten seconds or refuses."""
        try:
            self._client.tls_set_context(_context(self._broker))
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        except OSError as error:
            raise StreetError(f"broker {self._broker} cannot be reached: {error}") from error
        self._client.loop_start()
        if not self._connected.wait(CONNECT_S):
            self._client.loop_stop()
            raise StreetError(f"broker {self._broker} does not let the simulator in: {self._refusal}")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def world(self, message: Message) -> None:
        """Publish one moment."""
        if self._connected.is_set():
            self._client.publish(f"{self._topic}/world", _encoded(message), qos=0)

    def _on_connect(
        self,
        client: Client,
        _data: object,
        _flags: ConnectFlags,
        code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if code.is_failure:
            self._refusal = str(code)
            return
        if self._on_order is not None:
            client.subscribe(f"{self._topic}/order", qos=0)
        client.publish(f"{self._topic}/scene", self._scene, qos=1, retain=True)
        self._connected.set()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        """On the session's thread. A retained one is of another day."""
        if self._on_order is not None and not message.retain:
            self._on_order(bytes(message.payload))

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connected.clear()


def _encoded(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def _context(broker: Broker) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(broker.authority)
    context.load_cert_chain(broker.certificate, broker.key)
    return context
