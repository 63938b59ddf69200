"""What waits for the store, bounded whatever the signs say and however long the store takes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from gangvakt.fleet import SignId
from gangvakt.ingest.batch import Ack, Batch
from gangvakt.store import DeadLetter, SeenSign, Work

WAITING_DEAD_LETTERS = 100
# An event takes about 1.5 KB until it is stored: 50 MB, however long the store does not answer.
MOST_WAITING_EVENTS = 32_768
# A sign sends its next batch when the last is acknowledged; one that does not must not take all the room.
MOST_WAITING_OF_A_SIGN = 256
# A transaction costs as much as some hundred events, and a longer one makes the first of them wait.
MOST_EVENTS_A_TRANSACTION = 4096


@dataclass(frozen=True)
class Parcel:
    """One transaction's work, and what may be acknowledged after it."""

    work: Work
    acks: tuple[Ack, ...]


class Inbox:
    """One place a sign: its newest batch and its newest status.

    A sign has one unacknowledged batch at most, so a second one from it is the first again. If it is not,
    what its acknowledgement would cover as well is stored with it; whatever else is pushed out here was not
    acknowledged and comes again.
    """

    def __init__(self) -> None:
        self.dropped_letters = 0
        self.postponed_batches = 0
        self.waiting_events = 0
        self._batches: dict[SignId, Batch] = {}
        self._signs: dict[SignId, SeenSign] = {}
        self._letters: deque[DeadLetter] = deque(maxlen=WAITING_DEAD_LETTERS)
        self._filled, self._plenty = asyncio.Event(), asyncio.Event()
        self._since_s = 0.0  # monotonic: when the oldest of what waits came

    def put_batch(self, batch: Batch) -> None:
        """Refused and counted while too many events wait: it is not acknowledged, and comes again."""
        before = self._batches.get(batch.ack.sign)
        batch = batch.after(before) if before is not None else batch
        if len(batch.events) > MOST_WAITING_OF_A_SIGN:
            self.postponed_batches += 1
            return
        self._forget(batch.ack.sign)
        if self.waiting_events + len(batch.events) > MOST_WAITING_EVENTS:
            self.postponed_batches += 1
            return
        self._batches[batch.ack.sign] = batch
        self.waiting_events += len(batch.events)
        self._fill()
        if self.waiting_events >= MOST_EVENTS_A_TRANSACTION:
            self._plenty.set()

    def put_sign(self, seen: SeenSign) -> None:
        self._signs[seen.sign] = seen
        self._fill()

    def put_letter(self, letter: DeadLetter) -> None:
        if len(self._letters) == WAITING_DEAD_LETTERS:
            self.dropped_letters += 1
        self._letters.append(letter)
        self._fill()

    def _fill(self) -> None:
        if not self._filled.is_set():
            self._since_s = time.monotonic()
            self._filled.set()

    async def take(self, gather_s: float = 0.0) -> Parcel:
        """Waits for something, and for more until it has waited for `gather_s`, unless there is plenty.

        Takes what a transaction may hold: all, but of events no more than that.
        """
        await self._filled.wait()
        left_s = self._since_s + gather_s - time.monotonic()
        if left_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._plenty.wait()
        batches = self._take_batches()
        events = tuple(event for batch in batches for event in batch.events)
        work = Work(events, tuple(self._signs.values()), tuple(self._letters))
        self._signs.clear()
        self._letters.clear()
        if not self._batches:
            self._filled.clear()
        return Parcel(work, tuple(batch.ack for batch in batches))

    def _take_batches(self) -> tuple[Batch, ...]:
        """The oldest ones."""
        taken: list[Batch] = []
        count = 0
        for batch in self._batches.values():
            count += len(batch.events)
            if taken and count > MOST_EVENTS_A_TRANSACTION:
                break
            taken.append(batch)
        for batch in taken:
            self._forget(batch.ack.sign)
        self._plenty.clear()
        if self.waiting_events >= MOST_EVENTS_A_TRANSACTION:
            self._plenty.set()
        return tuple(taken)

    def _forget(self, sign: SignId) -> None:
        batch = self._batches.pop(sign, None)
        if batch is not None:
            self.waiting_events -= len(batch.events)

    def give_back(self, parcel: Parcel) -> None:
        """After a failed write: what does not come again by itself waits for the next one."""
        for seen in parcel.work.signs:
            self._signs.setdefault(seen.sign, seen)
        newer = list(self._letters)
        self._letters.clear()
        for letter in (*parcel.work.dead_letters, *newer):
            self.put_letter(letter)
        if self._signs:
            self._fill()
