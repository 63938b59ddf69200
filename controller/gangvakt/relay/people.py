"""The relay to people: alarms are gathered into notices, of which the notifier tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.relay.notice_states import OPEN, NoticeState, become
from gangvakt.relay.on_call import OnCallOptions, next_on_call
from gangvakt.relay.outcome import DONE, Outcome, refuse
from gangvakt.store.notices import (
    Notice,
    NoticeTable,
    Send,
    add_sends,
    new_notice_id,
    open_notices,
    set_taken,
    taken,
    told_of,
    write_notice,
)
from gangvakt.store.outbox import Message

RAISED = "no.gangvakt.alarm.raised.v1"
CLEARED = "no.gangvakt.alarm.cleared.v1"
ACKNOWLEDGED = "no.gangvakt.alarm.acknowledged.v1"
SUSPENDED = "no.gangvakt.alarm.suspended.v1"  # staff know of it
ESCALATED = "no.gangvakt.alarm.escalated.v1"
TEST = "no.gangvakt.test.v1"
MOST_BATCH = 50
MOST_ALARMS = 50  # in one notice; the next ones open another
LONGEST_TEXT = 500

KEPT = ("code", "priority", "object", "municipality", "site", "sign", "text")


class People:
    """Takes alarms into the notices of one relay. Taking a message twice changes nothing."""

    most = MOST_BATCH

    def __init__(
        self, name: str, options: OnCallOptions, notices: NoticeTable, clock_ms: ClockMs = utc_ms
    ) -> None:
        self._name, self._options, self._notices, self._clock_ms = name, options, notices, clock_ms

    async def deliver(self, batch: Sequence[Message]) -> Outcome:
        async with self._notices.exclusive() as connection:
            relay, last = await taken(connection, self._name)
            for message in batch:
                if message.kind == TEST:
                    await self._test(connection, relay, message)
                elif message.position.row > last and (why := await self._take(connection, relay, message)):
                    return refuse(why)
            await set_taken(connection, relay, max(last, *(message.position.row for message in batch)))
        return DONE

    async def close(self) -> None:
        return None

    async def _take(self, connection: AsyncConnection, relay: int, message: Message) -> str | None:
        """Why it cannot be taken."""
        alarm = message.data.get("alarm", message.data.get("id"))
        if not isinstance(alarm, str | int) or isinstance(alarm, bool):
            return "data.alarm is missing: an alarm has a number"
        found = await open_notices(connection, relay, OPEN)
        match message.kind:
            case k if k in (RAISED, ESCALATED):
                await self._raised(connection, relay, found, str(alarm), message)
            case k if k in (CLEARED, ACKNOWLEDGED, SUSPENDED):
                for notice in found:
                    if str(alarm) in notice.alarms:
                        await self._ended(connection, notice, str(alarm), message.kind)
        return None

    async def _raised(
        self,
        connection: AsyncConnection,
        relay: int,
        found: Sequence[Notice],
        alarm: str,
        message: Message,
    ) -> None:
        now_ms = self._clock_ms()
        entry = _entry(message)
        for notice in found:
            is_same = alarm in notice.alarms
            if is_same or self._joins(notice, message):
                due_ms = notice.due_ms
                if notice.state == NoticeState.WAITING.value:
                    due_ms = min(notice.due_ms or now_ms, self._due_ms(now_ms, entry))
                grown = replace(notice, alarms={**notice.alarms, alarm: entry}, due_ms=due_ms)
                await write_notice(connection, grown, now_ms)
                return
        due_ms = self._due_ms(now_ms, entry)
        fresh = Notice(
            new_notice_id(),
            relay,
            message.municipality,
            {alarm: entry},
            NoticeState.WAITING.value,
            -1,
            now_ms,
            due_ms,
        )
        await write_notice(connection, fresh, now_ms)

    def _joins(self, notice: Notice, message: Message) -> bool:
        is_waiting = notice.state == NoticeState.WAITING.value
        has_room = len(notice.alarms) < MOST_ALARMS
        return is_waiting and has_room and notice.municipality == message.municipality

    def _due_ms(self, now_ms: int, entry: Mapping[str, Any]) -> int:
        gathered_ms = now_ms + self._options.group_s * 1000
        return on_call_ms(self._options, gathered_ms, [entry])

    async def _ended(self, connection: AsyncConnection, notice: Notice, alarm: str, kind: str) -> None:
        """One of its alarms is cleared or acknowledged; the last one ends the notice."""
        how = "cleared" if kind == CLEARED else "acknowledged"
        alarms = {**notice.alarms, alarm: {**notice.alarms[alarm], "state": how}}
        changed, now_ms = replace(notice, alarms=alarms), self._clock_ms()
        left = [one for one in alarms.values() if one["state"] == "raised"]
        if not left:
            is_cleared = all(one["state"] == "cleared" for one in alarms.values())
            changed = become(changed, NoticeState.CLEARED if is_cleared else NoticeState.ACKNOWLEDGED)
            if is_cleared:
                await add_sends(connection, await self._all_clear(connection, changed, now_ms))
        await write_notice(connection, changed, now_ms)

    async def _all_clear(self, connection: AsyncConnection, notice: Notice, now_ms: int) -> list[Send]:
        """Whoever was told hears that it is over."""
        told = {(send.contact, send.channel) for send in await told_of(connection, notice.id)}
        return [Send(notice.id, notice.step, to, by, "due", now_ms) for to, by in sorted(told)]

    async def _test(self, connection: AsyncConnection, relay: int, message: Message) -> None:
        """Told at once, and whatever the hour, but only to the first person."""
        now_ms = self._clock_ms()
        entry = {**_entry(message), "code": "TEST", "priority": 3, "object": self._name, "state": "raised"}
        waiting = NoticeState.WAITING.value
        notice = Notice(
            new_notice_id(), relay, message.municipality, {"test": entry}, waiting, -1, now_ms, now_ms
        )
        await write_notice(connection, notice, now_ms)


def on_call_ms(options: OnCallOptions, at_ms: int, alarms: Sequence[Mapping[str, Any]]) -> int:
    """When alarms may be told from `at_ms` on: at once if one is urgent, else when somebody is on call."""
    if any(alarm.get("priority", 3) <= options.always_priority for alarm in alarms):
        return at_ms
    moment = next_on_call(options, datetime.fromtimestamp(at_ms / 1000, UTC))
    return at_ms if moment is None else int(moment.timestamp() * 1000)


def _entry(message: Message) -> dict[str, Any]:
    """What is kept of an alarm; texts are cut, a priority that is none is the least."""
    kept: dict[str, Any] = {}
    for name in KEPT:
        value = message.data.get(name)
        if value is not None:
            kept[name] = value if isinstance(value, int) else str(value)[:LONGEST_TEXT]
    if not isinstance(kept.get("priority"), int):
        kept["priority"] = 3
    return kept | {"state": "raised", "time_ms": message.time_ms}
