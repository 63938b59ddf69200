"""Every message's way: topic -> JSON -> value -> live model and inbox -> store -> acknowledgement."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, Protocol

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import RecordingRefused, StoreError, Unreadable
from gangvakt.fleet import Answer, Crash, LiveFleet, SignId, SignStatus, SiteId
from gangvakt.ingest.batch import Ack, parse_batch
from gangvakt.ingest.decode import LARGEST_SCENE, LARGEST_SIGN_MESSAGE, decode, plain
from gangvakt.ingest.inbox import Inbox, Parcel
from gangvakt.ingest.looks import parse_look
from gangvakt.ingest.messages import parse_answer, parse_config, parse_status, parse_telemetry
from gangvakt.ingest.quick import prepare, quick_batch
from gangvakt.ingest.scenes import parse_scene, parse_world
from gangvakt.ingest.schema import check
from gangvakt.ingest.topics import SignTopic, SiteTopic, Tail, is_not_ours_to_read, parse_topic
from gangvakt.store import DeadLetter, Journal, SeenSign

LOG = logging.getLogger(__name__)

STORE_RETRY_S = 1.0  # a full disk or a locked database is not better within milliseconds
# Transactions whose acknowledgements the broker has not yet taken: the store does not wait for any of them,
# unless so many wait that the broker has stopped taking them.
WAITING_PARCELS = 16
# What comes within this is stored together: a sign does not feel it, and a transaction costs some ms. Where
# there are many events it is longer, for these save most; a single sign that delivers a day's events waits
# for each transaction before it sends the next ones.
GATHER_S, GATHER_MANY_S = 0.02, 0.05
MANY_EVENTS = 64
LONGEST_TOPIC = 256  # characters kept of a dead letter's topic
LONGEST_REASON = 500

OnAnswer = Callable[[SignId, Answer], None]
SendAcks = Callable[[Sequence[Ack]], Awaitable[None]]


async def _acknowledge(acks: asyncio.Queue[Sequence[Ack]], send: SendAcks) -> None:
    while True:
        await send(await acks.get())


class Updates(Protocol):
    """Who sees to updates. Both messages are checked; neither method waits or raises."""

    def ask(self, sign: SignId, message: dict[str, Any]) -> None: ...
    def report(self, sign: SignId, message: dict[str, Any]) -> None: ...


class Recordings(Protocol):
    """Who puts flight recordings together."""

    def put(self, sign: SignId, payload: bytes) -> None:
        """A piece came. Never waits; RecordingRefused when it does not fit."""
        ...


class Ingest:
    """Takes messages without ever waiting; `run` writes them and acknowledges what is committed."""

    def __init__(self, fleet: LiveFleet, journal: Journal, clock_ms: ClockMs = utc_ms) -> None:
        self.store_error: StoreError | None = None  # of the last write; None after a good one
        self.updates: Updates | None = None  # both set before the first message, where there is one
        self.recordings: Recordings | None = None
        self._fleet = fleet
        self._journal = journal
        self._clock_ms = clock_ms
        self._inbox = Inbox()
        prepare()
        self.on_answer: OnAnswer = lambda sign, answer: None  # of whoever sends commands

    def receive(self, topic: str, payload: bytes) -> None:
        """Never raises: what cannot be read becomes a dead letter."""
        now_ms = self._clock_ms()
        try:
            self._dispatch(topic, payload, now_ms)
        except (Unreadable, RecordingRefused) as error:
            self._bury(topic, payload, str(error), now_ms)
        except Exception as error:  # one strange message must not stop all the others
            LOG.exception("message on %s", topic)
            self._bury(topic, payload, f"internal error: {error!r}", now_ms)

    async def run(self, send_acks: SendAcks) -> None:
        """Writes until cancelled."""
        acks: asyncio.Queue[Sequence[Ack]] = asyncio.Queue(WAITING_PARCELS)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_acknowledge(acks, send_acks))
            gather_s = GATHER_S
            while True:
                parcel = await self._inbox.take(gather_s)
                gather_s = GATHER_MANY_S if len(parcel.work.events) > MANY_EVENTS else GATHER_S
                if await self._write(parcel):
                    if parcel.acks:
                        await acks.put(parcel.acks)
                else:
                    await asyncio.sleep(STORE_RETRY_S)

    async def _write(self, parcel: Parcel) -> bool:
        try:
            stored = await self._journal.write(parcel.work)
        except StoreError as error:
            LOG.error("%s; the signs keep their events", error)
            self.store_error = error
            self._inbox.give_back(parcel)
            return False
        self.store_error = None
        self._fleet.put_events(stored)
        return True

    def _dispatch(self, topic: str, payload: bytes, now_ms: int) -> None:
        match parse_topic(topic):
            case SignTopic(sign, Tail.EVENT):
                self._events(sign, topic, payload, now_ms)
            case SignTopic(sign, Tail.RECORDING):
                if self.recordings is not None:
                    self.recordings.put(sign, payload)
            case SignTopic(sign, Tail.TARGETS):
                self._fleet.put_look(sign, parse_look(payload, now_ms))
            case SignTopic(sign, tail):
                self._sign_message(sign, tail, payload, now_ms)
            case SiteTopic(site, tail):
                self._site_message(site, tail, decode(payload, LARGEST_SCENE), now_ms)
            case None if not is_not_ours_to_read(topic):
                raise Unreadable("message", "topic", topic[:LONGEST_TOPIC], "a topic of the wire contract")

    def _sign_message(self, sign: SignId, tail: Tail, payload: bytes, now_ms: int) -> None:
        message: dict[str, Any] = decode(payload, LARGEST_SIGN_MESSAGE)
        match tail:
            case Tail.STATUS:
                self._status(sign, message, now_ms)
            case Tail.TELEMETRY:
                self._fleet.put_telemetry(sign, parse_telemetry(message), now_ms)
            case Tail.FETCH | Tail.UPDATE:
                self._update(sign, tail, message)
            case Tail.RESPONSE:
                self.on_answer(sign, parse_answer(message))
            case _:
                self._fleet.put_config(sign, parse_config(message), now_ms)

    def _update(self, sign: SignId, tail: Tail, message: dict[str, Any]) -> None:
        check("Fetch" if tail is Tail.FETCH else "UpdateReported", message)
        if self.updates is not None:
            (self.updates.ask if tail is Tail.FETCH else self.updates.report)(sign, message)

    def _site_message(self, site: SiteId, tail: Tail, message: dict[str, Any], now_ms: int) -> None:
        if tail is Tail.SCENE:
            self._fleet.put_scene(parse_scene(site, message))
        else:
            self._fleet.put_world(parse_world(site, message, now_ms))

    def _status(self, sign: SignId, message: dict[str, Any], now_ms: int) -> None:
        status = parse_status(message)
        if status is None:
            self._fleet.put_offline(sign, now_ms)
            return
        crash = status.crash or self._last_crash(sign, status)
        if crash:
            status, message = replace(status, crash=crash), {**message, "crash": asdict(crash)}
        self._fleet.put_status(sign, status, now_ms)
        self._inbox.put_sign(SeenSign(sign, now_ms, json.dumps(message, separators=(",", ":"))))

    def _last_crash(self, sign: SignId, status: SignStatus) -> Crash | None:
        """What the same sign told before; it leaves it out once it is sure that it was heard."""
        state = self._fleet.sign(sign)
        before = state.status if state else None
        return before.crash if before and before.incarnation == status.incarnation else None

    def _events(self, sign: SignId, topic: str, payload: bytes, now_ms: int) -> None:
        quick = quick_batch(payload) if len(payload) <= LARGEST_SIGN_MESSAGE else None
        message: dict[str, Any] = decode(payload, LARGEST_SIGN_MESSAGE) if quick is None else quick
        running_boot = self._running_boot(sign, message)
        batch = parse_batch(sign, message, now_ms, running_boot, is_checked=quick is not None)
        for error in batch.refused:
            self._bury(topic, payload, str(error), now_ms)
        self._fleet.put_seen(sign, now_ms)
        self._inbox.put_batch(batch)

    def _running_boot(self, sign: SignId, message: dict[str, Any]) -> int | None:
        state = self._fleet.sign(sign)
        if state is None or state.status is None or state.status.incarnation != message.get("incarnation"):
            return None
        return state.status.boot

    def _bury(self, topic: str, payload: bytes, reason: str, now_ms: int) -> None:
        told = plain(topic)[:LONGEST_TOPIC], plain(reason)[:LONGEST_REASON]
        letter = DeadLetter(now_ms, *told, payload, len(payload))
        self._inbox.put_letter(letter)
