"""All relays of a controller: each with a task of its own, so that none holds up another."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, Missing, RelayRefused
from gangvakt.fleet import SignEvent
from gangvakt.fleet.names import check_name
from gangvakt.relay.figures import Figures, figures_of
from gangvakt.relay.filters import LEAST_URGENT, check_kinds, wants_events
from gangvakt.relay.outcome import Outcome, Verdict
from gangvakt.relay.runner import Runner
from gangvakt.relay.signing import new_secret, rotated
from gangvakt.relay.types import Surroundings, check_options, type_of
from gangvakt.store.notices import NoticeTable
from gangvakt.store.outbox import Message, OutboxTable, append_events
from gangvakt.store.relays import NewRelay, RelayRecord, RelayTable, Undelivered

LOG = logging.getLogger(__name__)

PULSE_S = 0.5  # how long something may stand in the outbox before relays look
HOUSEKEEPING_S = 60.0
MOST_KEPT = 500_000  # rows of the outbox, some 200 MB: what a relay may lag behind
MOST_RELAYS = 50
NAME_RULE = "1 to 64 of a-z, 0-9, - and _, beginning with a letter"
TEST_KIND = "no.gangvakt.test.v1"

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class Relays:
    """Adds, changes and runs relays. Names are checked; Missing, RelayExists, RelayRefused otherwise."""

    def __init__(
        self,
        outbox: OutboxTable,
        relays: RelayTable,
        notices: NoticeTable,
        clock_ms: ClockMs = utc_ms,
        most_kept: int = MOST_KEPT,
    ) -> None:
        self._outbox, self._relays, self._notices = outbox, relays, notices
        self._clock_ms, self._most_kept = clock_ms, most_kept
        self._retries: Counter[str] = Counter()
        self._running: dict[str, tuple[Runner, asyncio.Task[None]]] = {}
        self._tasks: asyncio.TaskGroup | None = None  # while it runs
        self._around: Surroundings | None = None
        self._wants_events = True  # until it is known

    async def on_stored(self, connection: AsyncConnection, events: Sequence[SignEvent]) -> None:
        """For the journal: events go into the outbox when any relay could want them."""
        if self._wants_events:
            await append_events(connection, events, self._clock_ms)

    async def run(self) -> None:
        """Until cancelled, however often; then every relay has ended: a task group leaves none behind."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._start_all()
                self._tasks.create_task(self._pulse())
                self._tasks.create_task(self._keep_house())
        finally:
            self._tasks = None
            self._running.clear()

    async def all(self) -> tuple[RelayRecord, ...]:
        return await self._relays.all()

    async def get(self, name: str) -> RelayRecord:
        return await self._relays.get(name)

    async def count_undelivered(self) -> Mapping[int, int]:
        """By the ids of relays."""
        return await self._relays.count_undelivered()

    async def figures(self) -> tuple[Figures, ...]:
        """How each does, by their names."""
        return await figures_of(self._relays, self._outbox, self._retries)

    async def waiting(self, record: RelayRecord) -> int:
        """How many rows of the outbox are still before it, wanted or not."""
        return await self._outbox.waiting(record.position.row, record.municipality)

    async def add(self, wanted: NewRelay) -> tuple[RelayRecord, str | None]:
        """Starts it with the next message. Gives its secret too, which is not shown again."""
        kind = type_of(wanted.type)
        secret = new_secret() if kind.has_secret else ""
        new = replace(_checked(wanted), secret=secret)
        if len(await self._relays.all()) >= MOST_RELAYS:
            raise RelayRefused("relay", "name", new.name, f"at most {MOST_RELAYS} relays: remove one first")
        self._wants_events = self._wants_events or wants_events(new)
        record = await self._relays.add(new)
        await self._start(record)
        return record, secret or None

    async def change(self, name: str, values: Mapping[str, Any]) -> RelayRecord:
        """Replaces fields of NewRelay, of the options those that are named; it goes on where it was."""
        held = await self._relays.get(name)
        if "options" in values:
            values = {**values, "options": {**held.options, **values["options"]}}
        new = _checked(NewRelay(**{field: values.get(field, getattr(held, field)) for field in _FIELDS}))
        self._wants_events = self._wants_events or wants_events(new)
        changed = {field: getattr(new, field) for field in values if field in _FIELDS}
        record = await self._relays.change(name, changed)
        await self._restart(record)
        return record

    async def rotate(self, name: str) -> str:
        """A new secret; the old one signs beside it for a day."""
        held = await self._relays.get(name)
        if not type_of(held.type).has_secret:
            raise RelayRefused("relay", "type", held.type, "a relay that signs with a secret")
        fresh = new_secret()
        await self._restart(
            await self._relays.change(name, {"secret": rotated(held.secret, fresh, self._clock_ms())})
        )
        return fresh

    async def remove(self, name: str) -> None:
        """With all that it could not deliver."""
        await self._relays.get(name)
        await self._stop([name])
        await self._relays.remove(name)
        await self._learn()

    async def test(self, name: str) -> Outcome:
        """Tells a harmless message now, past the outbox, also when it is paused."""
        record = await self._relays.get(name)
        now_ms = self._clock_ms()
        text = {"text": "This is a test of a relay of Gangvakt. Nothing is wrong."}
        message = Message(
            f"{now_ms:x}-test", TEST_KIND, f"relay/{name}", record.municipality, text, now_ms, now_ms
        )
        return await self._runner(record).test(message)

    async def undelivered(self, name: str, after: int = 0, limit: int = 100) -> tuple[Undelivered, ...]:
        return await self._relays.undelivered(name, after, limit)

    async def retry(self, name: str, ids: Sequence[int]) -> tuple[int, Outcome | None]:
        """Tells what was given up once more, in order; stops at the first that fails.

        Gives how many went out and are forgotten, and why the next one did not. Missing for an id of none.
        """
        record = await self._relays.get(name)
        done = 0
        for wanted in sorted(set(ids)):
            found = await self._relays.undelivered(name, wanted - 1, 1)
            if not found or found[0].id != wanted:
                raise Missing("undelivered message", str(wanted), f"see `gangvakt relay undelivered {name}`")
            outcome = await self._runner(record).test(found[0].message)
            if outcome.verdict is not Verdict.DONE:
                return done, outcome
            await self._relays.forget_undelivered([wanted])
            done += 1
        return done, None

    async def keep_house(self) -> None:
        """Lets go what all have had; takes those that lag too far behind along, and says so."""
        records, head = await self._relays.all(), await self._outbox.head()
        bound = head - self._most_kept
        for record in records:
            if record.position.row < bound:
                missed = bound - record.position.row
                LOG.error("relay %s lags too far behind: %d messages are let go unsent", record.name, missed)
                await self._relays.skip_to(record, bound, missed)
                self._wake(record.name)
        done = min([max(record.position.row, bound) for record in records], default=head)
        await self._outbox.trim(done)

    async def _pulse(self) -> None:
        """Looks for what is new in the place of all."""
        known = -1
        while True:
            try:
                head = await self._outbox.head()
            except GangvaktError as error:
                LOG.warning("relays: %s", error)
                head = known
            if head != known:
                known = head
                for runner, _ in self._running.values():
                    runner.wake()
            await asyncio.sleep(PULSE_S)

    async def _keep_house(self) -> None:
        while True:
            try:
                await self.keep_house()
            except GangvaktError as error:
                LOG.warning("relays: %s", error)
            await asyncio.sleep(HOUSEKEEPING_S)

    async def _start_all(self) -> None:
        """What cannot be started, say by an option that this version does not know, stops no other."""
        for record in await self._relays.all():
            try:
                await self._start(record)
            except Exception:  # as above
                LOG.exception("relay %s is not started", record.name)
        await self._learn()

    async def _learn(self) -> None:
        self._wants_events = any(wants_events(record) for record in await self._relays.all())

    async def _start(self, record: RelayRecord) -> None:
        if self._around is None:
            self._around = Surroundings(await self._outbox.instance(), self._notices)
        if self._tasks is None or record.name in self._running:
            return
        relay = type_of(record.type).build(record, self._around)
        runner = Runner(
            record.name, relay, self._outbox, self._relays, self._clock_ms, on_failed=self._note_retry
        )
        self._running[record.name] = (
            runner,
            self._tasks.create_task(runner.run(), name=f"relay {record.name}"),
        )

    async def _restart(self, record: RelayRecord) -> None:
        await self._stop([record.name])
        await self._start(record)

    async def _stop(self, names: Sequence[str]) -> None:
        tasks = [self._running.pop(name)[1] for name in names if name in self._running]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _runner(self, record: RelayRecord) -> Runner:
        if record.name not in self._running:
            raise Missing("running relay", record.name)
        return self._running[record.name][0]

    def _note_retry(self, name: str) -> None:
        self._retries[name] += 1

    def _wake(self, name: str) -> None:
        if name in self._running:
            self._running[name][0].wake()


_FIELDS = ("name", "type", "municipality", "kinds", "least_priority", "options", "secret", "paused")


def _checked(wanted: NewRelay) -> NewRelay:
    if not _NAME.fullmatch(wanted.name):
        raise RelayRefused("relay", "name", wanted.name[:80], NAME_RULE)
    if wanted.municipality is not None:
        check_name("municipality", wanted.municipality)
    if not 1 <= wanted.least_priority <= LEAST_URGENT:
        raise RelayRefused("relay", "least_priority", wanted.least_priority, f"1 to {LEAST_URGENT}")
    kinds = wanted.kinds or type_of(wanted.type).kinds
    return replace(wanted, kinds=check_kinds(kinds), options=check_options(wanted.type, wanted.options))
