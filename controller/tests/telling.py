"""A real SMTP server, and people who are told of alarms by it and by a real HTTP gateway."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gangvakt.relay import Links, Notifier
from gangvakt.relay.on_call import OnCallOptions
from gangvakt.relay.people import People
from gangvakt.store import Store
from gangvakt.store.notices import Contact
from gangvakt.store.outbox import Message, Position
from gangvakt.store.relays import NewRelay

START_MS = 1_780_000_000_000
MINUTE_MS = 60_000


@dataclass
class MailServer:
    """Takes mails over STARTTLS from whoever knows the password; `refuses` are codes by recipient."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        assert session.ssl is not None, "a mail came without TLS"
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@asynccontextmanager
async def a_mail_server(tls: ssl.SSLContext) -> AsyncIterator[MailServer]:
    handler = MailServer()

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"signs", b"pass")
        return AuthResult(success=good)

    def make() -> SMTP:
        return SMTP(
            handler,
            hostname="localhost",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=check,
        )

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()


@dataclass
class Staff:
    """Two on call, a relay to them, and a clock that is turned by hand."""

    store: Store
    notifier: Notifier
    people: People
    now_ms: list[int]
    acknowledged: list[tuple[str, str]]
    number: int = 0

    async def alarm(self, alarm: int, step: str = "raised", **data: Any) -> Message:
        """Tells the relay of a step of an alarm."""
        self.number += 1
        content = {"alarm": alarm, "code": "LAMP", "priority": 2, "municipality": "drammen", **data}
        kind, at = f"no.gangvakt.alarm.{step}.v1", Position(self.number)
        now_ms = self.now_ms[0]
        told = Message(str(self.number), kind, "drammen/storgata", "drammen", content, now_ms, now_ms, at)
        await self.people.deliver([told])
        return told

    async def after(self, minutes: float) -> None:
        """Lets time pass, and all that is due happen."""
        self.now_ms[0] += int(minutes * MINUTE_MS)
        await self.notifier.step()


@asynccontextmanager
async def staff_of(store: Store, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Staff]:
    now_ms, acknowledged = [START_MS], list[tuple[str, str]]()
    clock = lambda: now_ms[0]  # noqa: E731
    first = await store.notices.save_contact(Contact(0, "Ola", email="ola@example.no"))
    second = await store.notices.save_contact(Contact(0, "Kari", phone="+4791234567", ntfy="signs-kari"))
    checked = OnCallOptions(contacts=[first.id, second.id], timezone="UTC", **options)
    await store.relays.add(NewRelay("on-call", "people", None, ("*",), 3, checked.model_dump(mode="json")))

    async def acknowledge(alarm: str, who: str) -> None:
        acknowledged.append((alarm, who))

    notifier = Notifier(
        store.notices, store.relays, Links(b"k" * 32), "http://localhost:1", acknowledge, clock, tls
    )
    try:
        yield Staff(store, notifier, People("on-call", checked, store.notices, clock), now_ms, acknowledged)
    finally:
        await notifier.close()
