"""Many small messages at a time, from the broker and to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_ERR_NO_CONN, Client, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import MessageType

LENGTH_BITS = 0x7F  # of each byte of a packet's length; the highest says that another one follows
MORE = 0x80
# What is read before others have their turn: some ms.
PACKETS_A_TURN = 64

Receive = Callable[[str, bytes], None]


def frame(topic: str, payload: bytes) -> bytes:
    """A PUBLISH of MQTT 3.1.1 (its section 3.3) at QoS 0, not retained."""
    name = topic.encode()
    size = 2 + len(name) + len(payload)
    return b"".join((b"\x30", _length(size), len(name).to_bytes(2, "big"), name, payload))


def _length(size: int) -> bytes:
    """Section 2.2.3: seven bits a byte, the lowest first."""
    told = bytearray()
    while size > LENGTH_BITS:
        told.append(size & LENGTH_BITS | MORE)
        size >>= 7
    told.append(size)
    return bytes(told)


class TogetherClient(aiomqtt.Client):
    """A client that reads as many messages as have come, and also takes frames that are made already.

    By `publish` each message costs a task, a timer, a TLS record and a system call: more than to receive,
    check and store an event. paho has no public way to send several at once, but keeps what it sends as
    bytes: to it all frames are one message. `messages` has none: each is received as it is read, for a queue
    costs two tasks a message and would have to be unlimited: bounded, it throws away the newest message.
    """

    def __init__(self, host: str, port: int, receive: Receive, **options: Any) -> None:
        """`receive` gets each message; it neither raises nor waits. `options` as aiomqtt has them."""
        super().__init__(host, port, **options)
        self._receive = receive
        self._received = 0

    async def publish_frames(self, frames: bytes) -> None:
        """Returns when all are written; MqttError when there is no connection, or it takes too long."""
        paho = self._client
        if paho.socket() is None:
            raise aiomqtt.MqttCodeError(MQTT_ERR_NO_CONN, "Could not publish messages")
        number = paho._mid_generate()
        written = asyncio.Event()
        with self._pending_call(number, written, self._pending_publishes):
            paho._packet_queue(MessageType.PUBLISH, frames, number, 0, MQTTMessageInfo(number))
            await self._wait_for(written.wait(), timeout=None)

    def _on_socket_open(self, client: Client, userdata: Any, sock: Any) -> None:
        super()._on_socket_open(client, userdata, sock)
        self._loop.call_soon_threadsafe(self._loop.add_reader, sock.fileno(), self._read)

    def _read(self) -> None:
        """What has come: paho reads one packet at a time, and the event loop between two takes as long."""
        try:
            for _ in range(PACKETS_A_TURN):
                if not self._read_packet():
                    break
        except Exception as error:  # as aiomqtt: whatever it is, the connection is of no more use
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _read_packet(self) -> bool:
        """Whether there may be another one."""
        before = self._received
        self._client.loop_read()
        socket: Any = self._client.socket()
        return self._received > before or (socket is not None and socket.pending() > 0)

    def _on_message(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        self._received += 1
        self._receive(message.topic, bytes(message.payload))
