"""Whether a sign is there: the broker's word, when it was heard, what it skipped, and its power, together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gangvakt.fleet.power import PowerProfile, Supply
from gangvakt.fleet.signs import SignState

# As the sign's configuration has them where it does not say otherwise.
DEFAULT_TELEMETRY_S = 10
DEFAULT_SAVING_TELEMETRY_S = 300
SAVING_FAULTS = frozenset({"battery_saving", "battery_low", "battery_last"})
# Telemetry is sent at QoS 0 and may be lost: one missing says nothing, three do.
MISSED_IN_A_ROW = 3
# A handshake, a reconnect with jitter and a busy network, before anybody calls a sign silent.
SHORTEST_SILENCE_MS = 60_000


class Presence(Enum):
    """What is said of a sign."""

    FINE = "fine"  # connected, heard in time, nothing missing
    PATCHY = "patchy"  # the same, but events it numbered did not arrive
    SILENT = "silent"  # said to be connected, or not told, and not heard in time
    OFFLINE = "offline"  # the broker says that the connection is gone
    OFF_BY_DAY = "off_by_day"  # not there, and its feeder gives no power now: normal
    UNKNOWN = "unknown"  # never heard, or not long enough watched to say


class Link(Enum):
    """The broker's last word on the sign's connection."""

    CONNECTED = "connected"
    GONE = "gone"  # its last will was published
    UNTOLD = "untold"  # nothing since this controller started
    NEVER = "never"  # nothing ever


class Heard(Enum):
    """When the sign itself was heard."""

    IN_TIME = "in_time"
    NOT_YET = "not_yet"  # not in time, but nobody has listened for as long as that
    LATE = "late"


# With power. A sign that was never heard is unknown, however long ago that never is.
POWERED: Mapping[tuple[Link, Heard], Presence] = {
    (Link.CONNECTED, Heard.IN_TIME): Presence.FINE,
    (Link.CONNECTED, Heard.NOT_YET): Presence.UNKNOWN,
    (Link.CONNECTED, Heard.LATE): Presence.SILENT,
    (Link.GONE, Heard.IN_TIME): Presence.OFFLINE,
    (Link.GONE, Heard.NOT_YET): Presence.OFFLINE,
    (Link.GONE, Heard.LATE): Presence.OFFLINE,
    (Link.UNTOLD, Heard.IN_TIME): Presence.UNKNOWN,
    (Link.UNTOLD, Heard.NOT_YET): Presence.UNKNOWN,
    (Link.UNTOLD, Heard.LATE): Presence.SILENT,
    (Link.NEVER, Heard.IN_TIME): Presence.UNKNOWN,
    (Link.NEVER, Heard.NOT_YET): Presence.UNKNOWN,
    (Link.NEVER, Heard.LATE): Presence.UNKNOWN,
}
# What becomes of it where the feeder gives no power, or may give none.
UNPOWERED: Mapping[Presence, Presence] = {
    Presence.FINE: Presence.FINE,
    Presence.SILENT: Presence.OFF_BY_DAY,
    Presence.OFFLINE: Presence.OFF_BY_DAY,
    Presence.UNKNOWN: Presence.UNKNOWN,
}
ABSENT = frozenset({Presence.SILENT, Presence.OFFLINE})


@dataclass(frozen=True)
class Proof:
    """Lamp current was seen at UTC `at_ms`; `by`: activation, or test (a short one by daylight)."""

    at_ms: int
    by: str


@dataclass(frozen=True)
class Sight:
    """What is said of one sign now. `missing` events did not arrive; `limit_ms` is how long it may be quiet;
    `proof` is None while no lamp current was seen since anybody looked."""

    presence: Presence
    limit_ms: int
    missing: int = 0
    proof: Proof | None = None


def interval_ms(state: SignState) -> int:
    """From one telemetry of the sign to the next, by its reported configuration and its battery's stage."""
    values = state.config.values if state.config else {}
    is_saving = any(fault.code in SAVING_FAULTS for fault in state.faults)
    name, default_s = (
        ("saving_telemetry_s", DEFAULT_SAVING_TELEMETRY_S)
        if is_saving
        else ("telemetry_s", DEFAULT_TELEMETRY_S)
    )
    told = values.get(name, default_s)
    return (told if isinstance(told, int) and told > 0 else default_s) * 1000


def silence_limit_ms(state: SignState) -> int:
    """How long the sign may say nothing before that means something."""
    return max(MISSED_IN_A_ROW * interval_ms(state), SHORTEST_SILENCE_MS)


def judge(
    state: SignState, profile: PowerProfile, now_ms: int, *, watched_since_ms: int, missing: int = 0
) -> Presence:
    """By the tables. `watched_since_ms` is when this controller began to listen: before that it missed
    everything, which is not held against the sign."""
    found = POWERED[_link(state), _heard(state, now_ms, watched_since_ms)]
    if profile.supply(now_ms) is not Supply.ON:
        found = UNPOWERED[found]
    return Presence.PATCHY if found is Presence.FINE and missing else found


def next_look_ms(
    state: SignState, profile: PowerProfile, now_ms: int, *, watched_since_ms: int
) -> int | None:
    """When `judge` may say something else though nothing is heard; None for never."""
    limit_ms = silence_limit_ms(state)
    edges = [since_ms + limit_ms + 1 for since_ms in (state.last_seen_ms or 0, watched_since_ms)]
    times = [edge for edge in edges if edge > now_ms]
    turn_ms = profile.next_change_ms(now_ms)
    return min([*times, turn_ms] if turn_ms is not None else times, default=None)


def _heard(state: SignState, now_ms: int, watched_since_ms: int) -> Heard:
    limit_ms, last_ms = silence_limit_ms(state), state.last_seen_ms or 0
    if now_ms - last_ms <= limit_ms:
        return Heard.IN_TIME
    return Heard.NOT_YET if now_ms - watched_since_ms <= limit_ms else Heard.LATE


def _link(state: SignState) -> Link:
    if state.online:
        return Link.CONNECTED
    if state.offline_since_ms is not None:
        return Link.GONE
    return Link.NEVER if state.last_seen_ms is None else Link.UNTOLD
