"""What waits for the store, bounded by the size of the fleet and not by how fast it talks."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from gangvakt.fleet import SignId
from gangvakt.ingest.batch import Ack, Batch
from gangvakt.store import DeadLetter, SeenSign, Work

WAITING_DEAD_LETTERS = 100


@dataclass(frozen=True)
class Parcel:
    """One transaction's work, and what may be acknowledged after it."""

    work: Work
    acks: tuple[Ack, ...]


class Inbox:
    """One place a sign: its newest batch and its newest status.

    A sign has one unacknowledged batch at most, so a second one from it is the first again, or the first is
    of no interest any more; whatever is pushed out here was not acknowledged and comes again.
    """

    def __init__(self) -> None:
        self.dropped_letters = 0
        self._batches: dict[SignId, Batch] = {}
        self._signs: dict[SignId, SeenSign] = {}
        self._letters: deque[DeadLetter] = deque(maxlen=WAITING_DEAD_LETTERS)
        self._filled = asyncio.Event()

    def put_batch(self, batch: Batch) -> None:
        self._batches[batch.ack.sign] = batch
        self._filled.set()

    def put_sign(self, seen: SeenSign) -> None:
        self._signs[seen.sign] = seen
        self._filled.set()

    def put_letter(self, letter: DeadLetter) -> None:
        if len(self._letters) == WAITING_DEAD_LETTERS:
            self.dropped_letters += 1
        self._letters.append(letter)
        self._filled.set()

    async def take(self) -> Parcel:
        """Waits for something and takes all there is."""
        await self._filled.wait()
        batches = tuple(self._batches.values())
        events = tuple(event for batch in batches for event in batch.events)
        work = Work(events, tuple(self._signs.values()), tuple(self._letters))
        self._batches.clear()
        self._signs.clear()
        self._letters.clear()
        self._filled.clear()
        return Parcel(work, tuple(batch.ack for batch in batches))

    def give_back(self, parcel: Parcel) -> None:
        """After a failed write: what does not come again by itself waits for the next one."""
        for seen in parcel.work.signs:
            self._signs.setdefault(seen.sign, seen)
        newer = list(self._letters)
        self._letters.clear()
        for letter in (*parcel.work.dead_letters, *newer):
            self.put_letter(letter)
        if self._signs:
            self._filled.set()
