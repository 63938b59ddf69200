"""The broker inside this process: for trying out and for small pilots."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType
from amqtt.errors import AMQTTError, MQTTError, NoDataError
from cryptography import x509

from gangvakt.broker.frames import FrameReader, PacketRefused, PromptWriter
from gangvakt.broker.gatekeeper import AdmitsAll, Gatekeeper
from gangvakt.broker.mended import MendedBroker
from gangvakt.broker.port import Endpoint
from gangvakt.broker.trust import GrowingTrust
from gangvakt.errors import BrokerFailed, PortTaken
from gangvakt.settings import LOOPBACK, is_wildcard

LOG = logging.getLogger(__name__)

LISTENER = "default"
HANDSHAKE_S = 20.0  # a sign's own handshake takes a second; mobile networks add some
MOST_CONNECTIONS = 1000  # twenty times the first fleet; beyond, new ones are closed at once
STOP_S = 1.5
RECHECK_S = 20.0  # whoever is revoked is cut off within a minute

# What a peer can do to its own connection; all of it ends that connection and nothing else.
PEER_ERRORS = (AMQTTError, MQTTError, NoDataError, PacketRefused, OSError, EOFError, TimeoutError, ValueError)


class EmbeddedBroker:
    """amqtt behind a TLS listener of our own, which takes only clients with a certificate.

    Whom `gatekeeper` does not admit is turned away, and cut off within `recheck_s` when that is news. The
    gatekeeper's authorities are trusted beside those of `tls`.
    """

    def __init__(
        self,
        host: str,
        port: int,
        tls: ssl.SSLContext,
        gatekeeper: Gatekeeper | None = None,
        *,
        recheck_s: float = RECHECK_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._gatekeeper = gatekeeper or AdmitsAll()
        self._trust = GrowingTrust(tls, self._gatekeeper)
        self._recheck_s, self._now = recheck_s, now
        self._rechecking: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        self._broker: MendedBroker | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> Endpoint:
        """Where a client on this computer connects; valid after `start`."""
        if self._server is None:
            raise BrokerFailed("the MQTT broker is not started")
        host = LOOPBACK if is_wildcard(self._host) else self._host
        return Endpoint(host, self._server.sockets[0].getsockname()[1])

    @property
    def signs_port(self) -> int:
        return self.endpoint.port

    async def start(self) -> None:
        self._broker = MendedBroker(_config())
        self._broker.gatekeeper = self._gatekeeper
        self._trust.refresh()
        await self._broker.start()
        try:
            self._server = await asyncio.start_server(
                self._accept, self._host, self._port, ssl=self._tls, ssl_handshake_timeout=HANDSHAKE_S
            )
        except OSError as error:
            await self.stop()
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(self._port, "--mqtt-port") from error
            raise BrokerFailed(f"cannot listen on {self._host}:{self._port}: {error.strerror}") from error
        self._rechecking = asyncio.create_task(self._recheck(self._broker))

    def certificates(self) -> Mapping[str, x509.Certificate]:
        return self._broker.certificates() if self._broker else {}

    async def stop(self) -> None:
        """Closes the port, then every connection; within STOP_S, whatever the clients do."""
        if self._rechecking is not None:
            self._rechecking.cancel()
        if self._server is not None:
            self._server.close()
        if self._broker is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._shut_down(self._broker), STOP_S)
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._broker = self._server = None

    async def _recheck(self, broker: MendedBroker) -> None:
        while True:
            await asyncio.sleep(self._recheck_s)
            try:
                await broker.cut_unwanted(self._now())
            except Exception:  # the next look must come, whatever went wrong with this one
                LOG.exception("looking at standing connections")

    async def _shut_down(self, broker: MendedBroker) -> None:
        await broker.end_all()
        await broker.shutdown()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if self._broker is None or task is None or len(self._connections) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        ours = PromptWriter(writer)
        try:
            await self._broker.external_connected(FrameReader(reader), ours, LISTENER)
        except PEER_ERRORS as error:
            LOG.info("connection of %s ended: %r", ours.get_peer_info(), error)
        finally:
            await ours.close()


def _config() -> BrokerConfig:
    return BrokerConfig(
        listeners={LISTENER: ListenerConfig(type=ListenerType.EXTERNAL)},
        plugins={
            "gangvakt.broker.plugins.CertificateAuthPlugin": {},
            "gangvakt.broker.plugins.TopicAclPlugin": {},
        },
    )
