"""One relay at work: reads on from its place in the outbox, delivers, and remembers how far it came."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence
from enum import Enum

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import Missing, StoreError
from gangvakt.relay.backoff import Chance, wait_s
from gangvakt.relay.filters import takes, wants_events
from gangvakt.relay.outcome import Outcome, Relay, Verdict, retry
from gangvakt.store.outbox import Message, OutboxTable, Position
from gangvakt.store.relays import RelayRecord, RelayTable

LOG = logging.getLogger(__name__)

READ_AT_ONCE = 100
DELIVERY_S = 30.0  # a target that has not answered by then is taken for dead
OWN_ERROR_S = 5.0
GIVE_UP_MS = 3 * 24 * 3600 * 1000  # a long weekend: somebody can mend the target on Monday
SAVE_SKIPPED_MS = 10_000  # what passed a relay by is remembered this seldom: it costs a write


class State(Enum):
    """How a relay stands."""

    GOOD = "good"
    FAILING = "failing"
    PAUSED = "paused"


def state_of(record: RelayRecord) -> State:
    if record.paused:
        return State.PAUSED
    return State.FAILING if record.attempts else State.GOOD


class Runner:
    """Works for one relay until cancelled or until the relay is removed; survives whatever it raises.

    `wake` makes it look at once: something was appended, or the relay was changed. `on_failed` is called
    after each try that must be repeated.
    """

    def __init__(
        self,
        name: str,
        relay: Relay,
        outbox: OutboxTable,
        relays: RelayTable,
        clock_ms: ClockMs = utc_ms,
        chance: Chance = random.random,
        on_failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.name, self.relay, self._on_failed = name, relay, on_failed
        self._outbox, self._relays = outbox, relays
        self._clock_ms, self._chance = clock_ms, chance
        self._woken = asyncio.Event()
        self._skipped: Position | None = None  # further than what is stored, since nothing there was wanted
        self._saved_ms = 0

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self._sleep(await self.step())
                except Missing:
                    return
                except StoreError as error:
                    LOG.warning("relay %s: %s", self.name, error)
                    await asyncio.sleep(OWN_ERROR_S)
                except Exception:  # one relay's own fault; it tries on, and holds up no other
                    LOG.exception("relay %s", self.name)
                    await asyncio.sleep(OWN_ERROR_S)
        finally:
            await self.relay.close()

    async def step(self) -> float | None:
        """One batch. Gives how long nothing is to be done (s), 0 to go on, None until woken."""
        self._woken.clear()
        record = await self._relays.get(self.name)
        wait_ms = record.next_try_ms - self._clock_ms()
        if record.paused:
            return None
        if wait_ms > 0:
            return wait_ms / 1000
        start = max(record.position, self._skipped or record.position)
        page, position = await self._outbox.read(
            start, READ_AT_ONCE, record.municipality, events=wants_events(record)
        )
        if position == start:
            return await self._save_skipped(record)
        wanted = [message for message in page if takes(record, message)]
        if not wanted:
            self._skipped = position
            return 0.0
        rest = wanted[self.relay.most :]
        batch = wanted[: self.relay.most]
        return await self._deliver(record, batch, batch[-1].position if rest else position)

    async def test(self, message: Message) -> Outcome:
        """Delivers one message past the outbox, and tells what became of it."""
        return await self._tell([message])

    async def _deliver(self, record: RelayRecord, batch: Sequence[Message], position: Position) -> float:
        outcome = await self._tell(batch)
        match outcome.verdict:
            case Verdict.DONE:
                await self._relays.advance(record, position, len(batch))
                self._skipped = None
            case Verdict.REFUSE if len(batch) > 1:  # one of them is at fault
                for message in batch:
                    if await self._deliver(record, [message], message.position):
                        break
            case Verdict.REFUSE:
                LOG.error("relay %s gives up %s: %s", self.name, batch[0].id, outcome.why)
                await self._relays.give_up(record, batch, outcome.why)
            case Verdict.RETRY:
                return await self._failed(record, batch, outcome)
        return 0.0

    async def _failed(self, record: RelayRecord, batch: Sequence[Message], outcome: Outcome) -> float:
        now_ms = self._clock_ms()
        old = [message for message in batch if now_ms - message.told_ms > GIVE_UP_MS]
        if old:
            LOG.error("relay %s gives up %d messages: %s", self.name, len(old), outcome.why)
            await self._relays.give_up(record, old, f"too old; at last: {outcome.why}")
        pause_s = wait_s(record.attempts, outcome.after_s, self._chance)
        LOG.warning("relay %s, try %d: %s", self.name, record.attempts + 1, outcome.why)
        self._on_failed(self.name)
        await self._relays.failed(record, now_ms + int(pause_s * 1000), outcome.why)
        return pause_s

    async def _tell(self, batch: Sequence[Message]) -> Outcome:
        try:
            async with asyncio.timeout(DELIVERY_S):
                return await self.relay.deliver(batch)
        except TimeoutError:
            return retry(f"no answer within {DELIVERY_S:.0f} s")
        except StoreError as error:
            return retry(str(error))
        except Exception as error:
            LOG.exception("relay %s", self.name)
            return retry(f"internal error: {error!r}")

    async def _save_skipped(self, record: RelayRecord) -> float | None:
        now_ms = self._clock_ms()
        if self._skipped is None or self._skipped <= record.position:
            return None
        if now_ms - self._saved_ms < SAVE_SKIPPED_MS:
            return SAVE_SKIPPED_MS / 1000
        self._saved_ms = now_ms
        await self._relays.advance(record, self._skipped, 0)
        return None

    async def _sleep(self, pause_s: float | None) -> None:
        if pause_s == 0:
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._woken.wait()
