"""Many small messages to the broker in one write."""

from __future__ import annotations

import asyncio

import aiomqtt
from paho.mqtt.client import MQTT_ERR_NO_CONN, MQTTMessageInfo
from paho.mqtt.enums import MessageType

LENGTH_BITS = 0x7F  # of each byte of a packet's length; the highest says that another one follows
MORE = 0x80


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
    """A client that also takes frames that are made already.

    By `publish` each message costs a task, a timer, a TLS record and a system call: more than to receive,
    check and store an event. paho has no public way to send several at once, but keeps what it sends as
    bytes: to it all frames are one message.
    """

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
