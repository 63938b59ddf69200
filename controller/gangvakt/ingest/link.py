"""The controller's own connection to the broker."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import aiomqtt
from pydantic_core import to_json

from gangvakt.broker import Endpoint
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet import SignId, SiteId
from gangvakt.ingest.batch import Ack
from gangvakt.ingest.pipeline import Ingest
from gangvakt.ingest.together import TogetherClient, frame
from gangvakt.ingest.topics import (
    SIGN_FILTERS,
    SIMULATOR_FILTER,
    ack_topic,
    command_topic,
    desired_topic,
    offer_topic,
    piece_topic,
    renewal_topic,
    street_topic,
)
from gangvakt.provision.pki import CONTROLLER_NAME

LOG = logging.getLogger(__name__)

RETRY_S = 1.0
KEEPALIVE_S = 30
ACKS_A_WRITE = 64  # some 10 KB: what a TLS record holds
# Without it an acknowledgement waits up to 40 ms for the TCP one of the packet before.
PROMPT = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
# At QoS 0: while the connection lasts it loses nothing that QoS 1 would bring, and beyond it only a session
# that outlives the connection would help. What must not be lost is acknowledged by ourselves, after the
# commit; a PUBACK for each message besides, in a TLS record of its own, costs more than storing the event.
SUBSCRIPTIONS = [(topics, 0) for topics in (*SIGN_FILTERS, SIMULATOR_FILTER)]

OnConnect = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """Until somebody wants to know."""


class Link:
    """Receives for `ingest` and sends its acknowledgements; connects again when the connection is lost."""

    def __init__(
        self, endpoint: Endpoint, tls: ssl.SSLContext, ingest: Ingest, clock_ms: ClockMs = utc_ms
    ) -> None:
        self.connected = asyncio.Event()
        self.on_connect: OnConnect = _nothing  # what is told to the broker anew
        self._clock_ms = clock_ms
        self._endpoint, self._tls, self._ingest = endpoint, tls, ingest
        self._client: TogetherClient | None = None

    async def run(self) -> None:
        """Receives until cancelled."""
        while True:
            try:
                await self._serve_once()
            except aiomqtt.MqttError as error:
                LOG.warning("connection to the broker: %s", error)
            finally:
                self.connected.clear()
                self._client = None
            await asyncio.sleep(RETRY_S)

    async def send_acks(self, acks: Sequence[Ack]) -> None:
        """At QoS 0: what is not acknowledged, or not heard, comes again, with the same batch."""
        for start in range(0, len(acks), ACKS_A_WRITE):
            now_ms = self._clock_ms()
            some = acks[start : start + ACKS_A_WRITE]
            frames = b"".join(frame(ack_topic(ack.sign), to_json(ack.message(now_ms))) for ack in some)
            await self._tried(
                f"{len(some)} acknowledgements", partial(TogetherClient.publish_frames, frames=frames)
            )

    async def send_renewal(self, sign: SignId, pieces: Sequence[bytes]) -> bool:
        """The pieces of a renewal, in order; False when the broker did not take all of them."""
        for piece in pieces:
            if not await self._publish(renewal_topic(sign), piece):
                return False
        return True

    async def send_offer(self, sign: SignId, message: bytes) -> bool:
        """An offer of an update, which the broker keeps; b"" takes it back."""
        return await self._publish(offer_topic(sign), message, retain=True)

    async def send_piece(self, sign: SignId, piece: bytes) -> bool:
        """Part of an update; what is lost is asked for again."""
        return await self._publish(piece_topic(sign), piece, qos=0)

    async def send_command(self, sign: SignId, command: bytes) -> bool:
        """False when the broker did not take it."""
        return await self._publish(command_topic(sign), command)

    async def send_desired(self, sign: SignId, config: bytes) -> bool:
        """Kept by the broker for a sign that is away; False when it did not take it."""
        return await self._publish(desired_topic(sign), config, retain=True)

    async def send_street_order(self, site: SiteId, order: bytes) -> bool:
        """To the simulator of a crossing; not kept for one that is away."""
        return await self._publish(street_topic(site), order, qos=0)

    async def _publish(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False) -> bool:
        return await self._tried(
            f"message on {topic}", lambda client: client.publish(topic, payload, qos=qos, retain=retain)
        )

    async def _tried(self, what: str, send: Callable[[TogetherClient], Awaitable[None]]) -> bool:
        """False, and a line in the log, when the broker did not take it."""
        if self._client is None:
            return False
        try:
            await send(self._client)
        except aiomqtt.MqttError as error:
            LOG.warning("%s: %s", what, error)
            return False
        finally:
            _end_if_cancelled()
        return True

    async def _serve_once(self) -> None:
        async with TogetherClient(
            self._endpoint.host,
            self._endpoint.port,
            self._ingest.receive,
            identifier=CONTROLLER_NAME,
            tls_context=self._tls,
            keepalive=KEEPALIVE_S,
            socket_options=PROMPT,
        ) as client:
            self._client = client
            await client.subscribe(SUBSCRIPTIONS)
            self.connected.set()
            await self.on_connect()
            async for _ in client.messages:  # there are none: this waits for the end of the connection
                pass


def _end_if_cancelled() -> None:
    # The client waits by asyncio.wait_for, which before Python 3.12 forgets a cancellation that comes at the
    # moment the awaited thing does: whoever sends in a loop would never end.
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
