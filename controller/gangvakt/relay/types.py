"""The kinds of relays there are. Another is a file with its options and its `deliver`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from gangvakt.errors import RelayRefused
from gangvakt.provision.allowed import allowed_of
from gangvakt.relay.cloud_events import source_of
from gangvakt.relay.on_call import OnCallOptions
from gangvakt.relay.outcome import Relay
from gangvakt.relay.people import People
from gangvakt.relay.webhook import Webhook, WebhookOptions
from gangvakt.store.notices import NoticeTable
from gangvakt.store.relays import RelayRecord


@dataclass(frozen=True)
class Surroundings:
    """What relays are built with."""

    instance: str
    notices: NoticeTable


@dataclass(frozen=True)
class RelayType:
    """One kind of relay: what can be set, whether it signs with a secret, and how it is built."""

    options: type[BaseModel]
    has_secret: bool
    kinds: tuple[str, ...]  # what it takes where nothing else is said
    build: Callable[[RelayRecord, Surroundings], Relay]


def _webhook(record: RelayRecord, around: Surroundings) -> Relay:
    options = WebhookOptions.model_validate(record.options)
    return Webhook(options, record.secret, source_of(around.instance))


def _people(record: RelayRecord, around: Surroundings) -> Relay:
    return People(record.name, OnCallOptions.model_validate(record.options), around.notices)


TYPES: Mapping[str, RelayType] = {
    "webhook": RelayType(WebhookOptions, True, ("no.gangvakt.alarm.*",), _webhook),
    "people": RelayType(OnCallOptions, False, ("no.gangvakt.alarm.*",), _people),
}


def type_of(name: str) -> RelayType:
    if name not in TYPES:
        raise RelayRefused("relay", "type", name[:80], " or ".join(TYPES))
    return TYPES[name]


def check_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with their defaults. RelayRefused for the first that does not fit."""
    return check_model(type_of(name).options, options, "relay").model_dump(mode="json")


def check_model(model: type[BaseModel], values: Mapping[str, Any], source: str) -> BaseModel:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "options"
        given = None if isinstance(first["input"], dict | list) else str(first["input"])[:80]
        raise RelayRefused(source, field, given, allowed_of(dict(first))) from None
