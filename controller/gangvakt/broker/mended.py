"""amqtt 0.12.1 with the holes closed that a fleet would fall through. Its version is pinned for this file.

As shipped it
- does not end a silent client, and leaves the old connection of a client id open that connects anew;
- changes sessions before it has asked who is calling, and does not check where wills go;
- sends every new client the retained messages of all filters that anybody subscribed to;
- loses the message it delivers when another client subscribes at that moment;
- leaves a client connected, but deaf, after a forbidden topic.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from datetime import datetime
from typing import Any

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker, Server
from amqtt.contexts import Action
from amqtt.errors import MQTTError
from amqtt.mqtt.connack import NOT_AUTHORIZED, SERVER_UNAVAILABLE, ConnackPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import OutgoingApplicationMessage, Session
from cryptography import x509

from gangvakt.broker.acl import may_retain
from gangvakt.broker.frames import FrameReader, Pace
from gangvakt.broker.gatekeeper import AdmitsAll, Gatekeeper
from gangvakt.broker.identity import Role
from gangvakt.broker.plugins import certificate_of, identity_of
from gangvakt.broker.port import LONGEST_KEEPALIVE_S

LOG = logging.getLogger(__name__)

CONNECT_WITHIN_S = 10.0  # a client that opened TLS says who it is at once
SILENCE_FACTOR = 1.5  # MQTT 3.1.1, 3.1.2.10: a client is dead after one and a half keep-alives
TAKE_OVER_S = 5.0
FULL_TOLD_EVERY_S = 60.0

# With 100 signs that say something every second, more than they do, 99 % of the messages are through in 20 to
# 60 ms (bench, `--only broker`). With 200, other programs on the computer made that 70 to 1100 ms of the 250
# that are promised. A sign that is turned away tries again, and warns meanwhile: it needs no broker for that.
MOST_SIGNS = 100

# A sign sends less than one packet a second; after a night offline it catches up at this pace.
SIGN_PACKETS_PER_S, SIGN_BURST = 50.0, 200


class MendedHandler(BrokerProtocolHandler):  # type: ignore[misc]  # amqtt ships no types
    """One connection; a silent client is treated as gone."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.ended = asyncio.Event()

    def handle_read_timeout(self) -> None:
        if self._disconnect_waiter is not None and not self._disconnect_waiter.done():
            self._disconnect_waiter.set_result(None)


class MendedBroker(Broker):  # type: ignore[misc]  # amqtt ships no types
    """Sessions last as long as their connections: signs keep what must not be lost themselves.

    `gatekeeper` is set before it starts.
    """

    gatekeeper: Gatekeeper = AdmitsAll()
    most_signs = MOST_SIGNS
    _told_full_s = -FULL_TOLD_EVERY_S

    async def _initialize_client_session(
        self, reader: ReaderAdapter, writer: WriterAdapter, remote_address: str, remote_port: int
    ) -> tuple[BrokerProtocolHandler, Session]:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            handler, session = await MendedHandler.init_from_connect(reader, writer, self.plugins_manager)
        may_be = await self._authenticate(session, self.listeners_config["default"])
        if may_be and self._is_full_for(session):
            await ConnackPacket.build(0, SERVER_UNAVAILABLE).to_stream(writer)
            raise MQTTError(f"{remote_address}:{remote_port}: no room for {session.client_id!r}")
        if not may_be or not self._admits(session):
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            raise MQTTError(f"{remote_address}:{remote_port} may not be {session.client_id!r}")
        session.clean_session, session.parent = True, 0
        session.keep_alive = _silence_s(session.keep_alive)
        _set_pace(reader, session)
        return handler, session

    async def _handle_client_session(
        self,
        reader: ReaderAdapter,
        writer: WriterAdapter,
        client_session: Session,
        handler: BrokerProtocolHandler,
        server: Server,
        listener_name: str,
    ) -> None:
        client_id = client_session.client_id
        if client_id is None or not isinstance(handler, MendedHandler):
            raise MQTTError("a session without a client id")
        await self._take_over(client_id)
        client_session.transitions.connect()
        handler.attach(client_session, reader, writer)
        self._sessions[client_id] = (client_session, handler)
        try:
            await handler.mqtt_connack_authorize(authorize=True)
            await handler.start()
            await self._client_message_loop(client_session, handler)
        finally:
            await self._end(client_session, handler)

    async def _take_over(self, client_id: str) -> None:
        """Ends the connection that has this client id already, will included, before the new one begins."""
        while held := self._sessions.get(client_id):
            _, old = held
            if not isinstance(old, MendedHandler) or old.ended.is_set():
                await self._delete_session(client_id)
                return
            LOG.info("%s connects anew: its old connection ends", client_id)
            await old.stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(old.ended.wait(), TAKE_OVER_S)
            old.ended.set()

    async def _end(self, session: Session, handler: MendedHandler) -> None:
        if session.transitions.is_connected():
            gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            gone.set_result(None)
            await self._handle_disconnect(session, handler, gone)
        held = self._sessions.get(session.client_id or "")
        if held is not None and held[1] is handler:
            await self._delete_session(session.client_id or "")
        handler.ended.set()

    def _is_full_for(self, session: Session) -> bool:
        """Whether it would be one sign too many; one that connects anew is none."""
        connected = {name for name, (held, _) in self._sessions.items() if _is_sign(held)}
        if not _is_sign(session) or session.client_id in connected or len(connected) < self.most_signs:
            return False
        now_s = asyncio.get_running_loop().time()
        if now_s - self._told_full_s >= FULL_TOLD_EVERY_S:
            self._told_full_s = now_s
            LOG.error(
                "%s is turned away: the embedded broker serves %d signs; start with --broker mosquitto",
                session.client_id,
                self.most_signs,
            )
        return True

    def _admits(self, session: Session) -> bool:
        certificate = certificate_of(session)
        return certificate is not None and self.gatekeeper.admits(certificate)

    def certificates(self) -> dict[str, x509.Certificate]:
        """Of every client that is connected, by its client id."""
        connected = ((name, certificate_of(session)) for name, (session, _) in self._sessions.items())
        return {name: certificate for name, certificate in connected if certificate is not None}

    async def cut_unwanted(self, now: datetime) -> None:
        """Ends the connections of whom the gatekeeper admits no more, or whose certificate has ended."""
        for name, (session, handler) in list(self._sessions.items()):
            certificate = certificate_of(session)
            ended = certificate is not None and now >= certificate.not_valid_after_utc
            if ended or not self._admits(session):
                why = "its certificate has ended" if ended else "its certificate is not admitted any more"
                LOG.warning("%s is cut off: %s", name, why)
                await handler.stop()

    async def _run_broadcast(self, running_tasks: Any) -> None:
        message = await self._broadcast_queue.get()
        topic = message["topic"]
        # A copy: asking the plugins gives way to others, who may subscribe.
        for topic_filter, subscribers in list(self._subscriptions.items()):
            if not self._matches(topic, topic_filter):
                continue
            for session, qos in list(subscribers):
                if not await self._topic_filtering(session, topic=topic, action=Action.RECEIVE):
                    continue
                handler = self._get_handler(session)
                if handler is not None and session.transitions.is_connected():
                    delivery = handler.mqtt_publish(
                        topic, message["data"], message.get("qos", qos), retain=False
                    )
                    running_tasks.append(asyncio.ensure_future(_quietly(delivery, session)))

    async def retain_message(
        self, source_session: Session | None, topic_name: str | None, data: Any, qos: int | None = None
    ) -> None:
        identity = identity_of(source_session)
        if identity is not None and topic_name is not None and may_retain(identity, topic_name):
            await super().retain_message(source_session, topic_name, data, qos)

    async def end_all(self) -> None:
        """Closes every connection, all at once."""
        handlers = [handler for _, handler in self._sessions.values()]
        await asyncio.gather(*(handler.stop() for handler in handlers), return_exceptions=True)


async def _quietly(delivery: Any, session: Session) -> OutgoingApplicationMessage | None:
    """A subscriber that goes away during a delivery is nothing to report."""
    try:
        delivered: OutgoingApplicationMessage = await delivery
    except Exception as error:  # amqtt raises many kinds, and none may stop the broadcast
        LOG.debug("delivery to %s: %r", session.client_id, error)
        return None
    return delivered


def _silence_s(keep_alive_s: int) -> int:
    """After how many seconds without a packet a client is dead; amqtt takes whole ones."""
    asked_s = keep_alive_s if 0 < keep_alive_s <= LONGEST_KEEPALIVE_S else LONGEST_KEEPALIVE_S
    return math.ceil(asked_s * SILENCE_FACTOR)


def _is_sign(session: Session) -> bool:
    identity = identity_of(session)
    return identity is not None and identity.role is Role.SIGN


def _set_pace(reader: ReaderAdapter, session: Session) -> None:
    identity = identity_of(session)
    if isinstance(reader, FrameReader) and identity is not None and identity.role is Role.SIGN:
        reader.pace = Pace(SIGN_PACKETS_PER_S, SIGN_BURST)
