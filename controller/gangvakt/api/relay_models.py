"""How relays, contacts and notices are told."""

from __future__ import annotations

from collections.abc import Mapping

from gangvakt.provision.relay_wire import (
    ContactOut,
    NoticeOut,
    OutcomeOut,
    RelayOut,
    SendOut,
    UndeliveredOut,
)
from gangvakt.relay.desk import RelayDesk
from gangvakt.relay.outcome import Outcome, Verdict
from gangvakt.relay.runner import state_of
from gangvakt.store.notices import Contact, Notice
from gangvakt.store.relays import RelayRecord, Undelivered


async def relay_out(desk: RelayDesk, record: RelayRecord, undelivered: Mapping[int, int]) -> RelayOut:
    """`undelivered` counts what was given up, by the ids of relays."""
    return RelayOut(
        name=record.name,
        type=record.type,
        municipality=record.municipality,
        kinds=record.kinds,
        least_priority=record.least_priority,
        options=dict(record.options),
        state=state_of(record).value,
        waiting=await desk.relays.waiting(record),
        delivered=record.delivered,
        delivered_ms=record.delivered_ms,
        undelivered=undelivered.get(record.id, 0),
        missed=record.missed,
        attempts=record.attempts,
        next_try_ms=record.next_try_ms or None,
        last_error=record.last_error,
    )


def outcome_out(outcome: Outcome | None, done: int) -> OutcomeOut:
    """None: all went out."""
    if outcome is None:
        return OutcomeOut(verdict=Verdict.DONE.value, why=None, done=done)
    return OutcomeOut(verdict=outcome.verdict.value, why=outcome.why or None, done=done)


def undelivered_out(one: Undelivered) -> UndeliveredOut:
    return UndeliveredOut(
        number=one.id,
        id=one.message.id,
        kind=one.message.kind,
        subject=one.message.subject,
        data=dict(one.message.data),
        time_ms=one.message.time_ms,
        reason=one.reason,
        given_up_ms=one.given_up_ms,
    )


def contact_out(contact: Contact) -> ContactOut:
    return ContactOut(**vars(contact))


async def notice_out(desk: RelayDesk, notice: Notice, names: Mapping[int, str]) -> NoticeOut:
    """`names` are those of relays, by their ids."""
    sends = await desk.notices.sends_of(notice.id)
    return NoticeOut(
        id=notice.id,
        relay=names.get(notice.relay),
        municipality=notice.municipality,
        state=notice.state,
        alarms=tuple(notice.alarms),
        step=notice.step,
        opened_ms=notice.opened_ms,
        due_ms=notice.due_ms,
        acknowledged_by=notice.acknowledged_by,
        sends=tuple(
            SendOut(
                contact=send.contact,
                channel=send.channel,
                state=send.state,
                attempts=send.attempts,
                error=send.error,
            )
            for send in sends
        ),
    )
