"""The controller's end of the wire: the real broker, and a client that keeps and acknowledges events."""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import aiomqtt
from cryptography import x509

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.cli.ending import end_tasks
from gangvakt.errors import Unreadable
from gangvakt.fleet import SignId
from gangvakt.ingest.looks import parse_look
from gangvakt.ingest.schema import check
from gangvakt.ingest.topics import (
    command_topic,
    is_not_ours_to_read,
    offer_topic,
    piece_topic,
    renewal_topic,
)
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.pki import CONTROLLER_NAME, Pki
from gangvakt.provision.update_file import UpdateFile
from gangvakt.upkeep import LiveTls, OfferFolder, Renewer, Updater
from gangvakt.upkeep.offers import Offer
from gangvakt.upkeep.updater import pieces

HOST = "127.0.0.1"
ROOT = "gangvakt/v1/"
TIMEOUT_S = 10
ANSWER_S = 20  # as the controller waits: where memory is short the sign obeys between two sessions
# What a sign says below its own topic, by the schema of the wire document that it must keep to.
SCHEMAS = {
    "status": "StatusOnline",
    "event": "EventBatch",
    "telemetry": "Telemetry",
    "config/reported": "ConfigReported",
    "fetch": "Fetch",
    "update/reported": "UpdateReported",
    "response": "Response",
}
T = TypeVar("T")
DRAIN_S = 0.2  # for transports to notice that their peers are gone


class Controller:
    """Runs in a thread of its own. `acknowledging` off means a controller whose store is down; `telling_time`
    on, one whose acknowledgements tell the time.
    """

    def __init__(self, folder: Path) -> None:
        self.pki = Pki.open(folder)
        self._tls = LiveTls(self.pki, (HOST,))
        self._renewer = Renewer(self.pki, self._connected, self._send, now=lambda: datetime.now(UTC))
        self._client: aiomqtt.Client | None = None
        self.offers = OfferFolder(folder.parent / "updates")
        self._updater = Updater(self.offers, self._offer, self._piece, lambda sign: len(piece_topic(sign)))
        self._forced: dict[SignId, Offer] = {}
        self._updating: asyncio.Task[None] | None = None
        self.revoked: set[str] = set()  # fingerprints
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._broker: EmbeddedBroker | None = None
        self._receiver: asyncio.Task[None] | None = None
        self.port = 0
        self.acknowledging = True
        self.telling_time = False
        self.messages: list[tuple[str, Any]] = []
        self.refused: list[Unreadable] = []
        self._commands = 0

    def __enter__(self) -> "Controller":
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._run(asyncio.sleep(DRAIN_S))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT_S)
        self._loop.close()

    def start(self) -> None:
        """Broker and client; the port stays the same from the first start on."""
        self._run(self._start())

    def stop(self) -> None:
        """Neither broker nor client: nothing listens on the port."""
        self._run(self._stop())

    def on(self, suffix: str) -> list[Any]:
        """Decoded messages on the topics that end so, oldest first."""
        return [message for topic, message in self.messages if topic.endswith(suffix)]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """All events of a kind that arrived, as often as they did."""
        return [event for batch in self.on("/event") for event in batch["events"] if event["kind"] == kind]

    def renew(self) -> tuple[SignId, ...]:
        """Send a new certificate to each sign that needs one, as the controller does; to whom it was sent."""
        return self._run(self._renewer.round())

    def send_renewal(self, sign: SignId, pieces: Sequence[bytes]) -> None:
        self._run(self._send(sign, pieces))

    def offer(self, sign: SignId, update: UpdateFile) -> None:
        """Offer it whatever is wrong with it."""
        self._forced[sign] = Offer(update, 1)
        self._run(self._offer(sign, self._forced[sign].message()))

    def command(self, sign: SignId, verb: str, args: object = None, **more: object) -> dict[str, Any]:
        """The sign's answer."""
        self._commands += 1
        message = {"v": 1, "id": f"c{self._commands}", "verb": verb, "args": args, **more}
        self.publish(command_topic(sign), message)
        return self.answer(str(message["id"]))

    def answer(self, ident: str) -> dict[str, Any]:
        """The first answer to that command."""
        end = time.monotonic() + ANSWER_S
        while time.monotonic() < end:
            found = [told for told in self.on("/response") if told["id"] == ident]
            if found:
                return dict(found[0])
            time.sleep(0.02)
        raise AssertionError(f"no answer to {ident}")

    def publish(self, topic: str, message: object, *, retain: bool = False) -> None:
        """Say something to a sign; bytes as they are."""
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        self._run(self._publish(topic, payload, retain=retain))

    def take_over(self) -> None:
        """Notice that the authority has got a successor."""
        assert self._tls.refresh()

    def certificate_of(self, sign: SignId) -> x509.Certificate | None:
        """By which the sign is connected now."""
        return self._connected().get(str(sign))

    def admits(self, certificate: x509.Certificate) -> bool:
        """As a Gatekeeper."""
        return fingerprint(certificate) not in self.revoked

    def authorities(self) -> tuple[x509.Certificate, ...]:
        """As a Gatekeeper."""
        return ()

    def _connected(self) -> Mapping[str, x509.Certificate]:
        return self._broker.certificates() if self._broker else {}

    async def _send(self, sign: SignId, pieces: Sequence[bytes]) -> bool:
        assert self._client is not None
        for piece in pieces:
            await self._client.publish(renewal_topic(sign), piece, qos=1)
        return True

    async def _offer(self, sign: SignId, message: bytes) -> bool:
        return await self._send_one(offer_topic(sign), message, qos=1, retain=True)

    async def _piece(self, sign: SignId, piece: bytes) -> bool:
        return await self._send_one(piece_topic(sign), piece, qos=0, retain=False)

    async def _send_one(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        if self._client is None:
            return False
        await self._client.publish(topic, payload, qos=qos, retain=retain)
        return True

    async def _publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        assert self._client is not None
        await self._client.publish(topic, payload, qos=1, retain=retain)

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(TIMEOUT_S)

    async def _start(self) -> None:
        self._broker = EmbeddedBroker(HOST, self.port, self._tls.server, self)
        await self._broker.start()
        self.port = self._broker.endpoint.port
        self._receiver = self._loop.create_task(self._receive())
        self._updating = self._loop.create_task(self._updater.run())

    async def _stop(self) -> None:
        if self._receiver is not None:
            await end_tasks([self._receiver])
        if self._updating is not None:
            await end_tasks([self._updating])
        if self._broker is not None:
            await self._broker.stop()
        self._broker = self._receiver = self._updating = self._client = None

    async def _receive(self) -> None:
        options: dict[str, Any] = {"identifier": CONTROLLER_NAME, "tls_context": self._tls.client}
        async with aiomqtt.Client(HOST, self.port, **options) as client:
            self._client = client
            await client.subscribe(ROOT + "#", qos=1)
            async for message in client.messages:
                await self._take(client, message)

    async def _take(self, client: aiomqtt.Client, message: aiomqtt.Message) -> None:
        topic = message.topic.value
        if is_not_ours_to_read(topic):
            return
        if topic.endswith("/targets"):
            self._look(topic, bytes(message.payload))
            return
        content = json.loads(bytes(message.payload))
        self._check(topic, content)
        self.messages.append((topic, content))
        if topic.endswith("/fetch"):
            await self._answer(sign_of(topic), content)
        if topic.endswith("/update/reported"):
            self._updater.report(sign_of(topic), content)
        if topic.endswith("/event") and self.acknowledging:
            ack = {key: content[key] for key in ("v", "incarnation", "boot")}
            ack["seq"] = content["events"][-1]["seq"]
            if self.telling_time:
                ack |= {"t": time.time_ns() // 1_000_000, "up": content["uptime_ms"]}
            await client.publish(topic + "/ack", json.dumps(ack), qos=1)

    def _look(self, topic: str, payload: bytes) -> None:
        try:
            self.messages.append((topic, parse_look(payload, 0)))
        except Unreadable as error:
            self.refused.append(error)

    async def _answer(self, sign: SignId, asked: dict[str, Any]) -> None:
        forced = self._forced.get(sign)
        if forced is None:
            self._updater.ask(sign, asked)
        elif forced.id == asked["id"]:
            for piece in pieces(forced, asked["at"], asked["n"], 192):
                await self._piece(sign, piece)

    def _check(self, topic: str, content: dict[str, Any]) -> None:
        kind = topic.removeprefix(ROOT).split("/", 3)[3]
        offline = kind == "status" and not content.get("online")
        try:
            check("StatusOffline" if offline else SCHEMAS[kind], content)
            for event in content.get("events", ()):
                check("Event", event)
        except Unreadable as error:
            self.refused.append(error)


def sign_of(topic: str) -> SignId:
    """Whose topic it is."""
    return SignId(*topic.removeprefix(ROOT).split("/")[:3])
