"""Server-sent events: each reader is told what changes, as long as he keeps up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from pydantic import BaseModel
from starlette.exceptions import HTTPException

from gangvakt.api.look_out import LookOut
from gangvakt.api.models import DroppedOut, EventOut, SignOut
from gangvakt.api.paging import encode_cursor
from gangvakt.api.services import EventReader
from gangvakt.fleet import Change, ChangeKind, Changes, LiveFleet, SignEvent, SignId, SignState

HEARTBEAT_S = 15.0  # proxies give a silent connection up after half a minute and more
HEARTBEAT = b":\n\n"
RETRY_MS = 2000
CAPACITY = 4096  # changes that wait for one reader: two seconds of the busiest fleet
MOST_READERS = 200
PAGE = 500
MOST_MISSED = 10_000  # events told again; whoever missed more reads the list

TOO_SLOW = "you read too slowly: read the lists again"
TOO_MUCH_MISSED = "too much was missed: read the list of events"

Sees = Callable[[str], bool]
"""Whether what belongs to a municipality is shown to the reader."""
StillIn = Callable[[], Awaitable[bool]]
"""Whether the reader's session goes on; asked with every heartbeat."""


def _nowhere(municipality: str) -> bool:
    return False


class LiveFeeds:
    """All readers of one controller."""

    def __init__(
        self,
        fleet: LiveFleet,
        events: EventReader,
        sign_out: Callable[[SignState], SignOut] = SignOut.of,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.is_closed = False
        self._fleet, self._events, self._heartbeat_s = fleet, events, heartbeat_s
        self._sign_out = sign_out
        self._readers: set[Changes] = set()

    @property
    def readers(self) -> int:
        return len(self._readers)

    def close(self) -> None:
        """Ends every reader, since the controller stops."""
        self.is_closed = True
        for reader in tuple(self._readers):
            reader.close()

    def check_room(self) -> None:
        """503 when nobody more can listen."""
        if self.is_closed or len(self._readers) >= MOST_READERS:
            refusal = f"{MOST_READERS} listen already, or the controller stops: try again"
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, refusal, {"Retry-After": "5"})

    async def tell(
        self, sees: Sees, still_in: StillIn, last_id: int | None, watches: Sees = _nowhere
    ) -> AsyncIterator[bytes]:
        """Blocks of text/event-stream; behind the stored event `last_id`, what was missed comes first.
        `watches`: where the reader is shown what signs see as well."""
        with self._reading() as changes:
            yield f"retry: {RETRY_MS}\n\n".encode()
            told = last_id or 0
            if last_id is not None:
                async for event in self._missed(last_id):
                    told = event.id if event else told
                    if event is None:
                        yield _block("dropped", DroppedOut(count=None, why=TOO_MUCH_MISSED))
                    elif sees(event.sign.municipality):
                        yield _event(event)
            async for block in self._changes(changes, (sees, watches), still_in, told):
                yield block

    @contextmanager
    def _reading(self) -> Iterator[Changes]:
        with self._fleet.subscribe(CAPACITY) as changes:
            self._readers.add(changes)
            try:
                yield changes
            finally:
                self._readers.discard(changes)

    async def _missed(self, last_id: int) -> AsyncIterator[SignEvent | None]:
        """Stored events behind `last_id`; None when there are more than are told again."""
        for _ in range(MOST_MISSED // PAGE):
            found = await self._events.page(last_id, PAGE)
            for event in found:
                last_id = event.id
                yield event
            if len(found) < PAGE:
                return
        yield None

    async def _changes(
        self, changes: Changes, shown: tuple[Sees, Sees], still_in: StillIn, told: int
    ) -> AsyncIterator[bytes]:
        dropped, checked_s = 0, time.monotonic()
        spoke_s = checked_s
        while (taken := await self._batch(changes, spoke_s + self._heartbeat_s)) is not None:
            now_s = time.monotonic()
            if now_s - checked_s >= self._heartbeat_s:
                if not await still_in():
                    return
                checked_s = now_s
            blocks = list(self._blocks(taken, *shown, told))
            if changes.dropped > dropped:
                blocks.insert(0, _block("dropped", DroppedOut(count=changes.dropped - dropped, why=TOO_SLOW)))
                dropped = changes.dropped
            if blocks or now_s - spoke_s >= self._heartbeat_s:
                yield b"".join(blocks) or HEARTBEAT
                spoke_s = now_s

    async def _batch(self, changes: Changes, until_s: float) -> tuple[Change, ...] | None:
        """All that is pending, as soon as anything is; nothing at `until_s`; None: it is over."""
        if self.is_closed:
            return None
        try:
            async with asyncio.timeout(max(0, until_s - time.monotonic())):
                first = await anext(changes)
        except TimeoutError:
            return ()
        except StopAsyncIteration:
            return None
        return first, *changes.take()

    def _blocks(self, taken: Iterable[Change], sees: Sees, watches: Sees, told: int) -> Iterator[bytes]:
        """A sign that changed several times is told once, as it is now; what it sees the same."""
        signs: dict[SignId, None] = {}
        looks: dict[SignId, None] = {}
        for change in taken:
            if not sees(change.site.municipality):
                continue
            if change.event is not None and change.event.id > told:
                yield _event(change.event)
            elif change.kind is ChangeKind.SIGN and change.sign is not None:
                signs[change.sign] = None
            elif change.kind is ChangeKind.LOOK and change.sign is not None:
                looks[change.sign] = None
        for sign in looks:
            look = self._fleet.look(sign)
            if look is not None and watches(sign.municipality):
                yield _block("look", LookOut.of(sign, look))
        for sign in signs:
            state = self._fleet.sign(sign)
            if state is not None:
                yield _block("sign", self._sign_out(state))


def _event(event: SignEvent) -> bytes:
    return f"id: {encode_cursor(event.id)}\n".encode() + _block("event", EventOut.of(event))


def _block(name: str, data: BaseModel) -> bytes:
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n".encode()
