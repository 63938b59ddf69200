"""Topics: what a message is, and of whom."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from gangvakt.broker import SIGNS_ROOT, SIMULATOR_ROOT
from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId, SiteId

_ANY_SIGN = f"{SIGNS_ROOT}/+/+/+"
# Not simply everything below: each acknowledgement, which has a level more, would come back to us.
SIGN_FILTERS = tuple(f"{_ANY_SIGN}/{tail}" for tail in ("+", "config/reported", "update/reported"))
SIMULATOR_FILTER = f"{SIMULATOR_ROOT}/#"

_SIGN_LEVELS = 5  # gangvakt/v1/<municipality>/<site>/<sign>, then the tail
_SITE_LEVELS = 4
_SIMULATOR_VERSION = "v1"
_KNOWN_SIGNS = 16_384  # whose names are not checked anew with each message: a large city's and then some


class Tail(Enum):
    """The end of a topic says what the message is."""

    STATUS = "status"
    EVENT = "event"
    TELEMETRY = "telemetry"
    CONFIG = "config/reported"
    FETCH = "fetch"
    UPDATE = "update/reported"
    RESPONSE = "response"
    RECORDING = "recording"
    TARGETS = "targets"
    SCENE = "scene"
    WORLD = "world"


SIGN_TAILS = frozenset(
    {
        Tail.STATUS,
        Tail.EVENT,
        Tail.TELEMETRY,
        Tail.CONFIG,
        Tail.FETCH,
        Tail.UPDATE,
        Tail.RESPONSE,
        Tail.RECORDING,
        Tail.TARGETS,
    }
)
SIMULATOR_TAILS = frozenset({Tail.SCENE, Tail.WORLD})

ACK_TAIL = "event/ack"
RENEWAL_TAIL = "renewal"
OFFER_TAIL = "update"
PIECE_TAIL = "piece"
COMMAND_TAIL = "command"
DESIRED_TAIL = "config/desired"
STREET_TAIL = "order"  # of the simulator
OUR_TAILS = tuple(
    f"/{tail}" for tail in (ACK_TAIL, RENEWAL_TAIL, OFFER_TAIL, PIECE_TAIL, COMMAND_TAIL, DESIRED_TAIL)
)
# Not for the store: what we say ourselves (a renewal holds a private key), and what the poles of one crossing
# tell each other.
GROUP_LEVEL = "group"


class SignTopic(NamedTuple):
    sign: SignId
    tail: Tail


class SiteTopic(NamedTuple):
    site: SiteId
    tail: Tail


def parse_topic(topic: str) -> SignTopic | SiteTopic | None:
    """None when nothing in the wire contract has this topic."""
    levels = topic.split("/")
    try:
        if topic.startswith(f"{SIGNS_ROOT}/"):
            return _sign_topic(levels)
        if levels[:2] == [SIMULATOR_ROOT, _SIMULATOR_VERSION]:
            return _site_topic(levels)
    except (NameRefused, ValueError):
        return None
    return None


def is_not_ours_to_read(topic: str) -> bool:
    """Known topics that are meant for others."""
    levels = topic.split("/")
    is_group = len(levels) >= _SIGN_LEVELS and levels[4] == GROUP_LEVEL
    is_street = levels[0] == SIMULATOR_ROOT and levels[_SITE_LEVELS:] == [STREET_TAIL]
    return is_group or is_street or topic.endswith(OUR_TAILS)


def ack_topic(sign: SignId) -> str:
    return f"{SIGNS_ROOT}/{sign}/{ACK_TAIL}"


def renewal_topic(sign: SignId) -> str:
    return f"{SIGNS_ROOT}/{sign}/{RENEWAL_TAIL}"


def offer_topic(sign: SignId) -> str:
    return f"{SIGNS_ROOT}/{sign}/{OFFER_TAIL}"


def piece_topic(sign: SignId) -> str:
    return f"{SIGNS_ROOT}/{sign}/{PIECE_TAIL}"


def command_topic(sign: SignId) -> str:
    return f"{SIGNS_ROOT}/{sign}/{COMMAND_TAIL}"


def desired_topic(sign: SignId) -> str:
    return f"{SIGNS_ROOT}/{sign}/{DESIRED_TAIL}"


def street_topic(site: SiteId) -> str:
    """Where the simulator of a crossing listens."""
    return f"{SIMULATOR_ROOT}/{_SIMULATOR_VERSION}/{site}/{STREET_TAIL}"


def _sign_topic(levels: list[str]) -> SignTopic | None:
    tail = Tail("/".join(levels[_SIGN_LEVELS:]))
    return SignTopic(_sign(*levels[2:_SIGN_LEVELS]), tail) if tail in SIGN_TAILS else None


@lru_cache(_KNOWN_SIGNS)
def _sign(municipality: str, site: str, name: str) -> SignId:
    return SignId(municipality, site, name)


def _site_topic(levels: list[str]) -> SiteTopic | None:
    tail = Tail("/".join(levels[_SITE_LEVELS:]))
    return SiteTopic(SiteId(*levels[2:_SITE_LEVELS]), tail) if tail in SIMULATOR_TAILS else None
