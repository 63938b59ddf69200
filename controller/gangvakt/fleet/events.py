"""Events of signs, and the changes of the live model that readers are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from gangvakt.fleet.names import SignId, SiteId

QUALITY_UTC = "utc"  # stamped by the sign's own clock
QUALITY_UPTIME = "uptime"  # restamped by the controller from the sign's uptime
QUALITY_RECEIVED = "received"  # the boot it belongs to is over: it happened before this time
QUALITY_DOUBTFUL = "doubtful"  # what its sign says cannot be; the time is when it was heard of

# A sign that claims to know the time, and is further off than this from when we hear it, does not know it.
AHEAD_MS = 60_000
# A sign believes no time later than three years after its own build; nor do we believe an older event.
BEHIND_MS = 3 * 366 * 86_400_000


def can_be(utc_ms: int, received_ms: int) -> bool:
    """Whether what was heard of at `received_ms` may have happened at `utc_ms`."""
    return received_ms - BEHIND_MS <= utc_ms <= received_ms + AHEAD_MS


class EventKey(NamedTuple):
    """What makes an event unique for ever, whatever is sent twice, reset or flashed anew."""

    sign: SignId
    incarnation: str
    boot: int
    seq: int


class SignEvent(NamedTuple):
    """A stored event. `id` ascends in the order of storing; `detail` is what else the sign wrote."""

    id: int
    sign: SignId
    incarnation: str
    boot: int
    seq: int
    kind: str
    utc_ms: int
    quality: str
    up_ms: int
    received_ms: int
    detail: Mapping[str, object]

    @property
    def key(self) -> EventKey:
        return EventKey(self.sign, self.incarnation, self.boot, self.seq)


class ChangeKind(Enum):
    """What changed in the live model."""

    SIGN = "sign"
    EVENT = "event"
    SCENE = "scene"
    WORLD = "world"
    LOOK = "look"


@dataclass(frozen=True)
class Change:
    """One change; `sign` where it concerns one sign, `event` where it is one."""

    kind: ChangeKind
    site: SiteId
    sign: SignId | None = None
    event: SignEvent | None = None
