"""A day without a broker, 400 events an hour, resets in between: the sign's outbox, then the real ingest."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gangvakt.fleet import LiveFleet
from gangvakt.ingest import Ingest
from gangvakt.ingest.batch import Ack
from sign.core import events, ring_mount, ring_room
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.services.outbox_sender import OutboxSender
from sign.services.pieces import pieces

from .migrated import a_store
from .support import NORTH

sys.path.insert(0, str(Path(__file__).parents[2] / "firmware" / "tests"))

from plain_flash import Flash

INCARNATION = "9f3ac01b"
START_MS = 1_800_000_000_000
EVERY_MS = 3_600_000 // 400
EVENTS = 24 * 400
A_BOOT = 2100  # events from one reset to the next
SECTORS = 96
MEMORY = 32


class Sign:
    """The firmware's own outbox and sender; `now_ms` is the street's time, known from the third boot on."""

    def __init__(self) -> None:
        self.flash = Flash(SECTORS)
        self.boot = 0
        self.now_ms = START_MS
        self.start()

    def start(self) -> None:
        """A reset: what is not in flash is gone."""
        self.boot += 1
        self.begun_ms = self.now_ms
        self.uptime = Uptime(0)
        self.outbox = Outbox(MEMORY, self.boot)
        self.outbox.flash = ring_mount.mount(self.flash, bytes.fromhex(INCARNATION))
        self.sender = OutboxSender(self.outbox, self.uptime, INCARNATION, self.boot, self.utc_ms, self.hear)

    def utc_ms(self) -> int | None:
        """As hal.clock."""
        return None

    def hear(self, ms: object, more_ms: int) -> None:
        """As hal.clock."""
        assert isinstance(ms, int)

    def happen(self, number: int) -> None:
        """One event, now and then the keeper."""
        self.now_ms += EVERY_MS
        self.uptime.update(self.now_ms - self.begun_ms)
        if number % A_BOOT == 1000 and self.boot > 2:  # a time server has answered
            self.outbox.add(events.CLOCK_SET, self.uptime, 0, *divmod(self.now_ms, 86_400_000))
        else:
            self.outbox.add(events.ACTIVATION_ON, self.uptime, 1, 2000, number)
        if number % 5 == 0:
            self.keep()

    def keep(self) -> None:
        assert self.outbox.flash is not None
        if not self.outbox.flash.is_roomy:
            ring_room.make_room(self.outbox.flash)
        self.outbox.move_all()


class Wire:
    """Between the two, without a broker."""

    def __init__(self, sign: Sign, ingest: Ingest) -> None:
        self.sign, self.ingest = sign, ingest
        self.acked = asyncio.Event()
        self.batches = 0

    async def send_acks(self, acks: Sequence[Ack]) -> None:
        for ack in acks:
            payload = json.dumps(ack.message(self.sign.now_ms)).encode()
            self.sign.sender.on_ack(payload, self.batches)
        self.acked.set()

    async def drain(self) -> None:
        while self.sign.sender.due(self.batches):
            self.acked.clear()
            document: Any = self.sign.sender.batch(self.batches)
            self.ingest.receive(f"gangvakt/v1/{NORTH}/event", b"".join(pieces(document)))
            await asyncio.wait_for(self.acked.wait(), 5)
            self.batches += 1


@contextlib.contextmanager
def running(work: Any) -> Iterator[None]:
    task = asyncio.ensure_future(work)
    yield
    task.cancel()


async def test_a_day_without_a_broker_is_delivered_whole_in_order_and_once(tmp_path: Path) -> None:
    sign = Sign()
    happened: list[tuple[int, int, int]] = []
    for number in range(1, EVENTS + 1):
        if number % A_BOOT == 0:
            sign.keep()
            sign.start()
        sign.happen(number)
        happened.append((sign.boot, sign.outbox.next_seq - 1, sign.now_ms))
    assert sign.outbox.held == EVENTS
    assert sign.outbox.dropped == 0
    async with a_store(tmp_path / "x.db") as store:
        ingest = Ingest(LiveFleet(), store.journal, lambda: sign.now_ms)
        wire = Wire(sign, ingest)
        with running(ingest.run(wire.send_acks)):
            await wire.drain()
        assert sign.outbox.held == 0
        assert sign.sender.bad_acks == 0
        stored = await store.events.page(limit=2 * EVENTS)
        assert [(event.boot, event.seq) for event in stored] == [key[:2] for key in happened]
        known = [at for at, event in enumerate(stored) if event.quality != "received"]
        assert [stored[at].utc_ms for at in known] == [happened[at][2] for at in known]
        assert {stored[at].boot for at in known} == {3, 4, 5}
        assert await store.dead_letters.latest() == ()
