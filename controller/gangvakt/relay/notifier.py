"""Tells people of notices: the first one, then the next one until somebody acknowledges."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, LinkRefused, StoreError
from gangvakt.relay.backoff import wait_s
from gangvakt.relay.channels import (
    EmailOptions,
    NtfyOptions,
    SmsOptions,
    send_email,
    send_ntfy,
    send_sms,
)
from gangvakt.relay.http import Poster
from gangvakt.relay.links import LIFE_S, Link, Links
from gangvakt.relay.notice_states import OVER, NoticeState, become, may_become
from gangvakt.relay.on_call import OnCallOptions
from gangvakt.relay.outcome import Outcome, Verdict, refuse, retry
from gangvakt.relay.people import on_call_ms
from gangvakt.relay.wording import word
from gangvakt.store.acting import acting
from gangvakt.store.audit import note
from gangvakt.store.notices import (
    Contact,
    Notice,
    NoticeTable,
    Send,
    add_sends,
    read_notice,
    write_notice,
)
from gangvakt.store.relays import RelayRecord, RelayTable

LOG = logging.getLogger(__name__)

LOOK_S = 1.0
MOST_TRIES = 8  # of one message to one person: some four minutes, then the next person is nearer
LONGEST_PAUSE_S = 60.0
SEND_S = 30.0
HOUSEKEEPING_LOOKS = 600

Acknowledge = Callable[[str, str], Awaitable[None]]
"""Given an alarm's id and who acknowledges it."""


class Notifier:
    """Works through what is due until cancelled. `address` is where people reach the pages by default."""

    def __init__(
        self,
        notices: NoticeTable,
        relays: RelayTable,
        links: Links,
        address: str,
        acknowledge: Acknowledge,
        clock_ms: ClockMs = utc_ms,
        mail_tls: ssl.SSLContext | None = None,
    ) -> None:
        self._notices, self._relays, self._links = notices, relays, links
        self._address, self._acknowledge = address, acknowledge
        self._clock_ms, self._mail_tls = clock_ms, mail_tls
        self._poster = Poster()

    async def run(self) -> None:
        looks = 0
        try:
            while True:
                try:
                    await self.step()
                    if looks % HOUSEKEEPING_LOOKS == 0:
                        await self._notices.thin_out(OVER)
                except GangvaktError as error:
                    LOG.warning("telling people: %s", error)
                except Exception:  # the next look must come, whatever went wrong with this one
                    LOG.exception("telling people")
                looks += 1
                await asyncio.sleep(LOOK_S)
        finally:
            await self.close()

    async def close(self) -> None:
        """Lets go what is open."""
        await self._poster.close()

    async def step(self) -> None:
        """All that is due now; one person's dead telephone does not hold up another's."""
        now_ms = self._clock_ms()
        open_states = (NoticeState.WAITING.value, NoticeState.TOLD.value)
        for notice in await self._notices.due(open_states, now_ms):
            await self._tell_next(notice.id)
        sends = await self._notices.due_sends(now_ms)
        if sends:
            contacts = {contact.id: contact for contact in await self._notices.contacts()}
            await asyncio.gather(*(self._send(send, contacts.get(send.contact)) for send in sends))

    async def look_at(self, token: str) -> tuple[Notice, Link]:
        """What a link is about. LinkRefused for one that is forged, over or called back."""
        link = self._links.read(token, self._clock_ms() // 1000)
        notice = await self._notices.get(link.notice)
        if notice is None or notice.state == NoticeState.REVOKED.value:
            raise LinkRefused("link", "state", "called back", "a newer message's: log in to acknowledge")
        return notice, link

    async def acknowledge_by(self, token: str) -> Notice:
        """Acknowledges every alarm of the notice that still stands. Once more is harmless. LinkRefused."""
        notice, link = await self.look_at(token)
        names = {contact.id: contact.name for contact in await self._notices.contacts()}
        who = names.get(link.contact, f"contact {link.contact}")
        if not may_become(notice, NoticeState.ACKNOWLEDGED):
            return notice
        for alarm, entry in notice.alarms.items():
            if entry["state"] == "raised" and alarm != "test":
                await self._acknowledge_one(alarm, f"{who} (link)"[:64])
        return await self._end(notice.id, NoticeState.ACKNOWLEDGED, who) or notice

    async def revoke(self, notice: str) -> Notice | None:
        """Calls the links of a notice back; None when there is none that is open."""
        return await self._end(notice, NoticeState.REVOKED, None)

    async def _acknowledge_one(self, alarm: str, who: str) -> None:
        """One that somebody else has taken meanwhile does not keep the others from it."""
        try:
            await self._acknowledge(alarm, who)
        except StoreError:
            raise
        except GangvaktError as error:
            LOG.info("alarm %s: %s", alarm, error)

    async def _end(self, notice_id: str, state: NoticeState, who: str | None) -> Notice | None:
        async with self._notices.exclusive() as connection:
            notice = await read_notice(connection, notice_id)
            if notice is None or not may_become(notice, state):
                return notice if notice and notice.state == state.value else None
            ended = replace(become(notice, state), acknowledged_by=who)
            await write_notice(connection, ended, self._clock_ms())
            states = {"state": notice.state}, {"state": ended.state}
            await note(connection, who or acting(), f"notice.{state.value}", f"notice:{notice.id}", *states)
            return ended

    async def _tell_next(self, notice_id: str) -> None:
        """The first person or the next one; after the last, nobody any more."""
        relays = {record.id: record for record in await self._relays.all()}
        contacts = {contact.id: contact for contact in await self._notices.contacts()}
        now_ms = self._clock_ms()
        async with self._notices.exclusive() as connection:
            notice = await read_notice(connection, notice_id)
            if notice is None or notice.due_ms is None or notice.due_ms > now_ms:
                return
            record = relays.get(notice.relay)
            if record is None or record.paused:
                return
            options = OnCallOptions.model_validate(record.options)
            told, sends = _next_step(notice, options, contacts, now_ms)
            await add_sends(connection, sends)
            await write_notice(connection, told, now_ms)
        if told.state == NoticeState.EXHAUSTED.value:
            LOG.error("notice %s of %s: nobody has acknowledged", notice_id, record.name)

    async def _send(self, send: Send, contact: Contact | None) -> None:
        """Once; what fails is tried again, and after MOST_TRIES the next person is told at once."""
        try:
            async with asyncio.timeout(SEND_S):
                outcome = await self._one_send(send, contact)
        except TimeoutError:
            outcome = retry(f"no answer within {SEND_S:.0f} s")
        except Exception as error:
            LOG.exception("telling people")
            outcome = retry(f"internal error: {error!r}")
        tried = replace(send, attempts=send.attempts + 1, error=outcome.why or None)
        if outcome.verdict is Verdict.DONE:
            await self._notices.save_send(replace(tried, state="sent"))
            return
        LOG.warning("%s to contact %d, try %d: %s", send.channel, send.contact, tried.attempts, outcome.why)
        if outcome.verdict is Verdict.RETRY and tried.attempts < MOST_TRIES:
            pause_s = min(LONGEST_PAUSE_S, wait_s(send.attempts, outcome.after_s))
            await self._notices.save_send(replace(tried, due_ms=self._clock_ms() + int(pause_s * 1000)))
            return
        await self._notices.save_send(replace(tried, state="failed"))
        await self._hasten(send)

    async def _hasten(self, failed: Send) -> None:
        """Nobody was reached in this step: the next person is not kept waiting."""
        sends = [send for send in await self._notices.sends_of(failed.notice) if send.step == failed.step]
        if any(send.state != "failed" for send in sends):
            return
        async with self._notices.exclusive() as connection:
            notice = await read_notice(connection, failed.notice)
            if notice and notice.state == NoticeState.TOLD.value and notice.step == failed.step:
                now_ms = self._clock_ms()
                await write_notice(connection, replace(notice, due_ms=now_ms), now_ms)

    async def _one_send(self, send: Send, contact: Contact | None) -> Outcome:
        notice = await self._notices.get(send.notice)
        to = _ways(contact).get(send.channel) if contact else None
        if notice is None or to is None:
            return refuse("the contact is gone, or its address for this")
        found = await self._notices.channel(send.channel)
        if found is None:
            return retry(f"{send.channel} is not set up: `gangvakt relay channel {send.channel} --help`")
        expires_s = self._clock_ms() // 1000 + LIFE_S
        token = self._links.make(Link(notice.id, send.contact, expires_s))
        link = f"{await self._address_of(notice)}/a/{token}"
        return await self._by(send.channel, *found, to, notice, link)

    async def _address_of(self, notice: Notice) -> str:
        for record in await self._relays.all():
            if record.id == notice.relay:
                return str(record.options.get("address") or self._address)
        return self._address

    async def _by(
        self, channel: str, options: Mapping[str, Any], secret: str, to: str, notice: Notice, link: str
    ) -> Outcome:
        wording = word(notice, link)
        match channel:
            case "email":
                email = EmailOptions.model_validate(options)
                return await send_email(email, secret, to, wording, self._mail_tls)
            case "sms":
                return await send_sms(self._poster, SmsOptions.model_validate(options), secret, to, wording)
            case _:
                return await send_ntfy(self._poster, NtfyOptions.model_validate(options), secret, to, wording)


def _next_step(
    notice: Notice, options: OnCallOptions, contacts: Mapping[int, Contact], now_ms: int
) -> tuple[Notice, list[Send]]:
    """The notice as it is then, and what is to be sent. A contact that is gone is passed over."""
    standing = [alarm for alarm in notice.alarms.values() if alarm["state"] == "raised"]
    for step in range(notice.step + 1, len(options.contacts)):
        contact = contacts.get(options.contacts[step])
        ways = _ways(contact) if contact else {}
        if contact and ways:
            sends = [Send(notice.id, step, contact.id, way, "due", now_ms) for way in ways]
            later_ms = on_call_ms(options, now_ms + options.escalate_min * 60_000, standing)
            return become(replace(notice, step=step), NoticeState.TOLD, later_ms), sends
    told = notice if notice.state == NoticeState.TOLD.value else become(notice, NoticeState.TOLD)
    return become(told, NoticeState.EXHAUSTED), []


def _ways(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    found = {"email": contact.email, "sms": contact.phone, "ntfy": contact.ntfy}
    return {way: to for way, to in found.items() if to}


def channels_of(record: RelayRecord, contacts: Mapping[int, Contact]) -> set[str]:
    """The ways that a relay to people needs."""
    options = OnCallOptions.model_validate(record.options)
    return {way for number in options.contacts for way in _ways(contacts.get(number))}
