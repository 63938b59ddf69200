"""The ways to people: e-mail by SMTP, SMS by a gateway over HTTP, and ntfy."""

from __future__ import annotations

import json
import re
import ssl
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Literal
from urllib.parse import urlencode

import aiosmtplib
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gangvakt.errors import RelayRefused
from gangvakt.relay.http import Poster
from gangvakt.relay.outcome import DONE, Outcome, refuse, retry
from gangvakt.relay.targets import LONGEST_URL, Target
from gangvakt.relay.wording import Wording
from gangvakt.settings import is_loopback

SMTP_TIMEOUT_S = 15.0
CHANNELS = ("email", "sms", "ntfy")
PLACEHOLDERS = ("{to}", "{text}", "{secret}")
# How urgent ntfy shows RSMP's priorities: its 5 rings through silence.
NTFY_PRIORITY = {1: 5, 2: 4, 3: 3}

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}")
_PHONE = re.compile(r"\+[1-9][0-9]{5,14}")
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_RULES = {
    "email": (_EMAIL, "an address as ola@example.no"),
    "phone": (_PHONE, "+ and 6 to 15 digits, as +4791234567"),
    "ntfy": (_TOPIC, "1 to 64 of A-Z, a-z, 0-9, - and _"),
}


def check_way(field: str, value: str) -> str:
    """A person's address for one way: email, phone or ntfy. RelayRefused."""
    pattern, rule = _RULES[field]
    if not pattern.fullmatch(value) or len(value) > 254:
        raise RelayRefused("contact", field, value[:80], rule)
    return value


class EmailOptions(BaseModel):
    """The SMTP server that takes our mails."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1, max_length=253, description="The SMTP server.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How it is encrypted; none for this computer only."
    )
    user: str | None = Field(None, max_length=254, description="Who logs in there, if anybody.")
    sender: str = Field(max_length=254, description="Whom mails come from.")

    @model_validator(mode="after")
    def _checked(self) -> EmailOptions:
        check_way("email", self.sender)
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError("none is for a server on this computer only: starttls or tls")
        return self


class SmsOptions(BaseModel):
    """A gateway that takes a POST. In `body` and `headers` stand {to}, {text} and {secret}."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(max_length=LONGEST_URL, description="Where to post.")
    form: Literal["json", "form"] = Field("json", description="How the body is written.")
    body: dict[str, str] = Field(
        {"to": "{to}", "message": "{text}"}, min_length=1, max_length=20, description="Fields of the body."
    )
    headers: dict[str, str] = Field({}, max_length=10, description="Headers, as a token.")
    allow_private: bool = Field(False, description="It may be in this network, and then also http://.")

    @model_validator(mode="after")
    def _checked(self) -> SmsOptions:
        Target.parse(self.url, allow_private=self.allow_private)
        for name, value in {**self.body, **self.headers}.items():
            if len(name) > 64 or len(value) > 500:
                raise ValueError("names of at most 64 characters, values of at most 500")
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name) or not (value.isascii() and value.isprintable()):
                raise ValueError("headers are printable ASCII")
        if not any("{text}" in value for value in self.body.values()):
            raise ValueError("a field of the body must hold {text}")
        return self


class NtfyOptions(BaseModel):
    """An ntfy server, of the public or one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field("https://ntfy.sh", max_length=LONGEST_URL, description="The server, without a topic.")
    allow_private: bool = Field(False, description="It may be in this network, and then also http://.")

    @model_validator(mode="after")
    def _checked(self) -> NtfyOptions:
        Target.parse(self.url, allow_private=self.allow_private)
        return self


OPTIONS: dict[str, type[BaseModel]] = {"email": EmailOptions, "sms": SmsOptions, "ntfy": NtfyOptions}


async def send_email(
    options: EmailOptions, secret: str, to: str, wording: Wording, tls: ssl.SSLContext | None = None
) -> Outcome:
    """One mail to one person, in plain text with the same as HTML."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = options.sender, to, wording.subject
    mail["Message-ID"] = make_msgid(domain=options.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # no automatic answer comes back
    mail.set_content(wording.plain)
    mail.add_alternative(wording.html, subtype="html")
    try:
        await aiosmtplib.send(
            mail,
            hostname=options.host,
            port=options.port,
            use_tls=options.security == "tls",
            start_tls=options.security == "starttls",
            username=options.user,
            password=secret if options.user else None,
            timeout=SMTP_TIMEOUT_S,
            tls_context=tls,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        why = f"{options.host} does not take mail to {to} ({', '.join(map(str, codes))})"
        return refuse(why) if all(code >= 500 for code in codes) else retry(why)
    except (aiosmtplib.SMTPException, OSError) as error:
        return retry(f"{options.host}: {' '.join(str(error).split())[:200] or type(error).__name__}")
    return DONE


async def send_sms(poster: Poster, options: SmsOptions, secret: str, to: str, wording: Wording) -> Outcome:
    """By the gateway's own form."""
    values = {"{to}": to, "{text}": wording.short, "{secret}": secret}
    fields = {name: _fill(text, values) for name, text in options.body.items()}
    headers = {name.lower(): _fill(text, {"{secret}": secret}) for name, text in options.headers.items()}
    if options.form == "json":
        content, kind = json.dumps(fields, ensure_ascii=False), "application/json"
    else:
        content, kind = urlencode(fields), "application/x-www-form-urlencoded"
    target = Target.parse(options.url, allow_private=options.allow_private)
    return await poster.post(target, content.encode(), {"content-type": kind, **headers})


async def send_ntfy(poster: Poster, options: NtfyOptions, secret: str, to: str, wording: Wording) -> Outcome:
    """With a button that opens the page; the button itself acknowledges nothing."""
    message: dict[str, object] = {
        "topic": to,
        "title": wording.subject,
        "message": "\n".join(wording.lines) or wording.subject,
        "priority": 3 if wording.is_over else NTFY_PRIORITY.get(wording.priority, 3),
        "tags": ["white_check_mark" if wording.is_over else "rotating_light"],
    }
    if wording.link:
        message["click"] = wording.link
        message["actions"] = [{"action": "view", "label": "Acknowledge", "url": wording.link}]
    headers = {"content-type": "application/json"}
    if secret:
        headers["authorization"] = f"Bearer {secret}"
    target = Target.parse(options.url, allow_private=options.allow_private)
    return await poster.post(target, json.dumps(message, ensure_ascii=False).encode(), headers)


def _fill(template: str, values: dict[str, str]) -> str:
    """Each placeholder once: what was filled in is not filled again."""
    pattern = "|".join(re.escape(name) for name in values)
    return re.sub(pattern, lambda found: values[found[0]], template)
