"""What the routes of relays, contacts and ways to people take and give. Times are UTC ms since 1970."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

A_URL = {"url": "https://example.no/gangvakt"}
KINDS = "Types of CloudEvents that it takes: whole, or a beginning with .* behind it, or *."
SOME_KINDS = ["no.gangvakt.alarm.*"]
OPTIONS = "What its type needs"
WHOSE = "Whose messages it takes; null: of all."
PRIORITY = "Alarms less urgent than this stay here; 1 is the most urgent."
MOST_OPTIONS = 20
MOST_RETRIED = 100
HIGHEST_ROW = 2**31 - 1


class RelayIn(BaseModel):
    """A relay that shall be."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="1 to 64 of a-z, 0-9, - and _.", max_length=64, examples=["traffic-centre"])
    type: str = Field(description="webhook or people.", max_length=16, examples=["webhook"])
    municipality: str | None = Field(None, description=WHOSE, max_length=32, examples=["drammen"])
    kinds: tuple[str, ...] = Field(
        (), description=f"{KINDS} None: alarms.", max_length=20, examples=[SOME_KINDS]
    )
    least_priority: int = Field(3, description=PRIORITY, ge=1, le=3, examples=[3])
    options: dict[str, Any] = Field(description=f"{OPTIONS}.", max_length=MOST_OPTIONS, examples=[A_URL])
    paused: bool = Field(
        False, description="It waits until it is resumed; nothing is lost meanwhile.", examples=[False]
    )


class RelayChange(BaseModel):
    """What shall be another way; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    kinds: tuple[str, ...] | None = Field(None, description=KINDS, max_length=20, examples=[SOME_KINDS])
    least_priority: int | None = Field(None, description=PRIORITY, ge=1, le=3, examples=[2])
    options: dict[str, Any] | None = Field(
        None,
        description=f"{OPTIONS}; only what is named is replaced.",
        max_length=MOST_OPTIONS,
        examples=[A_URL],
    )
    paused: bool | None = Field(None, description="Whether it waits.", examples=[True])


class RelayOut(BaseModel):
    """A relay and how it stands; no secrets."""

    name: str = Field(description="Its name.", examples=["traffic-centre"])
    type: str = Field(description="webhook or people.", examples=["webhook"])
    municipality: str | None = Field(description=WHOSE, examples=["drammen"])
    kinds: tuple[str, ...] = Field(description=KINDS, examples=[SOME_KINDS])
    least_priority: int = Field(description=PRIORITY, examples=[3])
    options: dict[str, Any] = Field(description=f"{OPTIONS}.", examples=[A_URL])
    state: str = Field(description="good, failing or paused.", examples=["good"])
    waiting: int = Field(description="Messages before it that it has not looked at.", examples=[0])
    delivered: int = Field(description="Messages that it has delivered.", examples=[1204])
    delivered_ms: int | None = Field(description="When it last delivered any.", examples=[1780000000000])
    undelivered: int = Field(description="Messages that it has given up; they are kept.", examples=[0])
    missed: int = Field(description="Messages let go unsent, because it lagged too far.", examples=[0])
    attempts: int = Field(description="Failures in a row.", examples=[0])
    next_try_ms: int | None = Field(description="When it tries again.", examples=[None])
    last_error: str | None = Field(description="What went wrong last.", examples=[None])


class RelaySecretOut(BaseModel):
    """A relay's secret, which is shown this once."""

    relay: RelayOut = Field(description="The relay.")
    secret: str | None = Field(
        description="What its messages are signed with (Standard Webhooks); shown this once.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )


class OutcomeOut(BaseModel):
    """What became of a message, or of several."""

    verdict: str = Field(description="done, retry or refuse.", examples=["done"])
    why: str | None = Field(description="Why it was not done.", examples=[None])
    done: int = Field(description="How many went out.", examples=[1])


class UndeliveredOut(BaseModel):
    """A message that a relay has given up."""

    number: int = Field(description="By which it is told again.", examples=[17])
    id: str = Field(description="The CloudEvent's id.", examples=["19e2a-81"])
    kind: str = Field(description="Its type.", examples=["no.gangvakt.alarm.raised.v1"])
    subject: str = Field(description="What it is about.", examples=["drammen/storgata/30aea4120001"])
    data: dict[str, Any] = Field(description="What it says.", examples=[{"code": "radar_silent"}])
    time_ms: int = Field(description="When it happened.", examples=[1780000000000])
    reason: str = Field(description="Why it was given up.", examples=["http 422: no such sign"])
    given_up_ms: int = Field(description="When.", examples=[1780000060000])


class RetryIn(BaseModel):
    """Which messages shall be told again."""

    model_config = ConfigDict(extra="forbid")

    numbers: tuple[Annotated[int, Field(ge=1, le=HIGHEST_ROW)], ...] = Field(
        description="Their numbers.", min_length=1, max_length=MOST_RETRIED, examples=[[17, 18]]
    )


class ContactIn(BaseModel):
    """Somebody who can be told; at least one way."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="As colleagues know them.", min_length=1, max_length=64, examples=["Ola"])
    municipality: str | None = Field(
        None, description="Whose they are; null: of all.", max_length=32, examples=["drammen"]
    )
    email: str | None = Field(None, description="For mails.", max_length=254, examples=["ola@example.no"])
    phone: str | None = Field(None, description="For SMS.", max_length=16, examples=["+4791234567"])
    ntfy: str | None = Field(None, description="A topic of ntfy.", max_length=64, examples=["signs-ola"])


class ContactOut(ContactIn):
    """A contact."""

    id: int = Field(description="By which relays to people name them.", examples=[1])


class ChannelIn(BaseModel):
    """How e-mail, SMS or ntfy leaves here."""

    model_config = ConfigDict(extra="forbid")

    options: dict[str, Any] = Field(
        description="What the way needs.",
        max_length=20,
        examples=[{"host": "smtp.example.no", "sender": "signs@example.no"}],
    )
    secret: str | None = Field(
        None, description="Password or token; null keeps the one there is.", max_length=500, examples=[None]
    )


class ChannelOut(BaseModel):
    """One way to people; never its secret."""

    name: str = Field(description="email, sms or ntfy.", examples=["email"])
    options: dict[str, Any] = Field(
        description="What is set.", examples=[{"host": "smtp.example.no", "sender": "signs@example.no"}]
    )
    has_secret: bool = Field(description="Whether a password or token is kept.", examples=[True])


class SendOut(BaseModel):
    """One message to one person."""

    contact: int = Field(description="Whom.", examples=[1])
    channel: str = Field(description="By which way.", examples=["email"])
    state: str = Field(description="due, sent or failed.", examples=["sent"])
    attempts: int = Field(description="Tries so far.", examples=[1])
    error: str | None = Field(description="What went wrong last.", examples=[None])


class NoticeOut(BaseModel):
    """Alarms that people were told of together."""

    id: str = Field(description="Its id.", examples=["9f3ac01b77d0e1aa"])
    relay: str | None = Field(description="The relay to people.", examples=["on-call"])
    municipality: str | None = Field(description="Whose alarms.", examples=["drammen"])
    state: str = Field(
        description="waiting, told, exhausted, acknowledged, cleared or revoked.", examples=["told"]
    )
    alarms: tuple[str, ...] = Field(description="The numbers of its alarms.", examples=[["17", "18"]])
    step: int = Field(description="Which contact was told last, from 0; -1: none yet.", examples=[0])
    opened_ms: int = Field(description="When its first alarm came.", examples=[1780000000000])
    due_ms: int | None = Field(description="When the next person is told.", examples=[1780000900000])
    acknowledged_by: str | None = Field(description="Who has taken it.", examples=["Ola"])
    sends: tuple[SendOut, ...] = Field(description="What was sent.")
