"""Alarms reach people: gathered, by mail and telephone, one after the other until somebody takes them."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator

import pytest

from gangvakt.errors import LinkRefused
from gangvakt.provision.pki import server_context
from gangvakt.relay.links import LIFE_S
from gangvakt.store import Store
from gangvakt.store.notices import Contact, Notice

from .relaying import Target, a_target
from .support import Keys
from .telling import MailServer, Staff, a_mail_server, staff_of


@pytest.fixture
async def mail(keys: Keys) -> AsyncIterator[MailServer]:
    context = server_context(keys.pki.server_files(["localhost", "127.0.0.1"]))
    context.verify_mode = ssl.CERT_NONE  # of whoever sends mails nobody asks a certificate
    async with a_mail_server(context) as server:
        yield server


@pytest.fixture
async def gateway() -> AsyncIterator[Target]:
    async with a_target() as target:
        yield target


@pytest.fixture
async def staff(store: Store, mail: MailServer, gateway: Target, keys: Keys) -> AsyncIterator[Staff]:
    tls = ssl.create_default_context(cafile=str(keys.pki.controller_files().authority))
    base = f"http://127.0.0.1:{gateway.port}"
    server = {"host": "localhost", "port": mail.port, "user": "signs", "sender": "signs@example.no"}
    sms = {"url": f"{base}/sms", "allow_private": True, "headers": {"Authorization": "Bearer {secret}"}}
    await store.notices.save_channel("email", server, "pass")
    await store.notices.save_channel("sms", sms, "token")
    await store.notices.save_channel("ntfy", {"url": f"{base}/ntfy", "allow_private": True}, "tk")
    async with staff_of(store, tls, group_s=60, escalate_min=15) as staff:
        yield staff


async def the_notice(staff: Staff) -> Notice:
    (notice,) = await staff.store.notices.latest()
    return notice


def token_in(mail: MailServer) -> str:
    body = mail.mails[-1].get_body(("plain",))
    assert body is not None
    return body.get_content().split("/a/")[1].split()[0]


async def test_alarms_of_a_minute_are_one_mail_in_text_and_html(staff: Staff, mail: MailServer) -> None:
    await staff.alarm(17, text="a lamp is dead", sign="drammen/storgata/north")
    await staff.alarm(18, code="RADAR", priority=1, text="<script>alert(1)</script>\r\nBcc: x@y.z")
    await staff.after(0.5)
    assert mail.mails == [], "they are still gathered"
    await staff.after(0.6)
    (one,) = mail.mails
    assert one["To"] == "ola@example.no"
    assert one["Subject"] == "drammen: 2 alarms, priority 1"
    assert one["Bcc"] is None
    plain, html = one.get_body(("plain",)), one.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "P2 LAMP drammen/storgata/north: a lamp is dead" in plain.get_content()
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


async def test_the_next_person_is_told_until_somebody_acknowledges(
    staff: Staff, mail: MailServer, gateway: Target
) -> None:
    await staff.alarm(17)
    await staff.after(1)
    await staff.after(14)
    assert gateway.requests == []
    await staff.after(1)
    assert sorted(request.path for request in gateway.requests) == ["/ntfy", "/sms"]
    sms = next(request for request in gateway.requests if request.path == "/sms")
    assert sms.headers["authorization"] == "Bearer token"
    body = json.loads(sms.body)
    assert body["to"] == "+4791234567"
    assert "1 alarm, priority 2: LAMP" in body["message"]
    ntfy = json.loads(next(request for request in gateway.requests if request.path == "/ntfy").body)
    assert (ntfy["topic"], ntfy["priority"]) == ("signs-kari", 4)
    assert ntfy["actions"][0]["action"] == "view", "a button that only opens the page"
    await staff.after(15)
    assert (await the_notice(staff)).state == "exhausted"
    await staff.after(60)
    assert (len(mail.mails), len(gateway.requests)) == (1, 2)


async def test_a_link_acknowledges_its_alarms_and_ends_the_escalation(
    staff: Staff, mail: MailServer, gateway: Target
) -> None:
    await staff.alarm(17)
    await staff.alarm(18)
    await staff.after(1)
    token = token_in(mail)
    await staff.notifier.look_at(token)
    assert staff.acknowledged == [], "who looks has not acknowledged"
    assert (await staff.notifier.acknowledge_by(token)).state == "acknowledged"
    assert staff.acknowledged == [("17", "Ola (link)"), ("18", "Ola (link)")]
    assert (await staff.notifier.acknowledge_by(token)).acknowledged_by == "Ola"
    assert len(staff.acknowledged) == 2, "once more is harmless"
    await staff.after(60)
    assert gateway.requests == []


async def test_a_link_ends_after_a_day_or_when_it_is_called_back(staff: Staff, mail: MailServer) -> None:
    await staff.alarm(17)
    await staff.after(1)
    token = token_in(mail)
    staff.now_ms[0] += LIFE_S * 1000
    with pytest.raises(LinkRefused, match="age"):
        await staff.notifier.acknowledge_by(token)
    staff.now_ms[0] -= LIFE_S * 1000
    await staff.notifier.revoke((await the_notice(staff)).id)
    with pytest.raises(LinkRefused, match="called back"):
        await staff.notifier.acknowledge_by(token)
    assert staff.acknowledged == []


async def test_an_alarm_that_ends_while_it_is_gathered_is_not_told(staff: Staff, mail: MailServer) -> None:
    await staff.alarm(17)
    await staff.alarm(17, "cleared")
    await staff.after(30)
    assert mail.mails == []
    assert (await the_notice(staff)).state == "cleared"


async def test_whoever_was_told_hears_that_it_is_over(
    staff: Staff, mail: MailServer, gateway: Target
) -> None:
    await staff.alarm(17)
    await staff.after(1)
    await staff.alarm(17, "cleared")
    await staff.after(30)
    assert [one["Subject"] for one in mail.mails] == [
        "drammen: 1 alarm, priority 2: LAMP",
        "drammen: 1 alarm cleared",
    ]
    assert gateway.requests == [], "the next person was never told"


@pytest.mark.parametrize("step", ["acknowledged", "suspended"])
async def test_what_staff_take_elsewhere_is_not_escalated(staff: Staff, gateway: Target, step: str) -> None:
    await staff.alarm(17)
    await staff.after(1)
    await staff.alarm(17, step)
    await staff.after(60)
    assert gateway.requests == []
    assert (await the_notice(staff)).state == "acknowledged"


async def test_a_message_that_is_delivered_twice_is_told_once(staff: Staff, mail: MailServer) -> None:
    told = await staff.alarm(17)
    await staff.alarm(17, "acknowledged")
    await staff.people.deliver([told])
    await staff.after(30)
    assert mail.mails == []
    assert len(await staff.store.notices.latest()) == 1


async def test_mail_that_nobody_takes_is_tried_again_and_told_to_the_next(
    staff: Staff, mail: MailServer, gateway: Target
) -> None:
    mail.refuses["ola@example.no"] = "450 later"
    await staff.alarm(17)
    await staff.after(1)
    (send,) = await staff.store.notices.sends_of((await the_notice(staff)).id)
    assert (send.state, send.attempts) == ("due", 1)
    assert "450" in (send.error or "")
    del mail.refuses["ola@example.no"]
    await staff.after(1)
    assert len(mail.mails) == 1
    assert gateway.requests == []


async def test_an_address_that_does_not_exist_brings_the_next_person_at_once(
    staff: Staff, mail: MailServer, gateway: Target
) -> None:
    mail.refuses["ola@example.no"] = "550 no such user"
    await staff.alarm(17)
    await staff.after(1)
    await staff.after(0)
    assert len(gateway.requests) == 2
    assert (await the_notice(staff)).step == 1


async def test_at_night_only_what_is_urgent_is_told(store: Store, mail: MailServer) -> None:
    shifts = [{"begin": "07:00", "until": "15:30"}]  # it is 20:26 UTC
    async with staff_of(store, shifts=shifts, group_s=0, always_priority=1) as staff:
        await staff.alarm(17, priority=2)
        await staff.after(1)
        assert (await the_notice(staff)).state == "waiting"
        await staff.alarm(18, priority=1)
        await staff.after(0)
        assert (await the_notice(staff)).state == "told"


async def test_a_contact_that_is_gone_is_passed_over(staff: Staff, gateway: Target) -> None:
    (ola, _) = await staff.store.notices.contacts()
    await staff.store.notices.remove_contact(ola.id)
    await staff.alarm(17)
    await staff.after(1)
    assert len(gateway.requests) == 2


async def test_a_way_that_is_not_set_up_is_named(staff: Staff) -> None:
    await staff.store.notices.remove_channel("email")
    await staff.alarm(17)
    await staff.after(1)
    (send,) = await staff.store.notices.sends_of((await the_notice(staff)).id)
    assert "email is not set up" in (send.error or "")


async def test_a_form_of_the_gateways_own_is_filled_once(staff: Staff, gateway: Target) -> None:
    options = {
        "url": f"http://127.0.0.1:{gateway.port}/form",
        "allow_private": True,
        "form": "form",
        "body": {"nr": "{to}", "txt": "Signs: {text}", "key": "{secret}"},
    }
    await staff.store.notices.save_channel("sms", options, "k&y")
    (_, kari) = await staff.store.notices.contacts()
    await staff.store.notices.save_contact(Contact(kari.id, "Kari", phone="+4791234567"))
    await staff.alarm(17, text="{secret} {to}")
    await staff.after(1)
    await staff.after(15)
    (request,) = gateway.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body.count(b"k%26y") == 1, "what came with an alarm is not filled in"
    assert b"nr=%2B4791234567" in request.body
