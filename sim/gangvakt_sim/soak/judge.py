"""What must hold at the end of a sign's life, whatever went wrong in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gangvakt_sim.board.reset import Reset
from gangvakt_sim.soak.mqtt import Store
from gangvakt_sim.soak.notes import Notes
from gangvakt_sim.soak.street import SECOND_US, Visit

ARMED_US = 5 * SECOND_US  # a start is over by then, and its radar heard
TRUST_US = 600 * SECOND_US  # until a sign believes again a sensor that was broken
DARK_AFTER_US = 120 * SECOND_US  # the longest hold, and what a sensor sees after the last person has gone
BACK_AFTER_US = 600 * SECOND_US  # back-off of the session and of the link at their longest, and a few tries
LEAST_BYTES_LOST = 2048
CAUSED_US = 60 * SECOND_US  # what a fault has broken may show a little later
SETTLED_US = 1800 * SECOND_US  # the memory of the first half hour says nothing yet
NEVER_US = 1 << 62
LOOK_US = 30 * SECOND_US  # until what was printed has been read
LEAST_HOURS = 4.0  # what is free goes up and down: shorter times say nothing
NETWORK = frozenset(
    {
        "broker-down",
        "half-open",
        "packet-loss",
        "packet-delay",
        "wrong-certificate",
        "expired-certificate",
        "dns-dead",
        "ap-gone",
        "ap-channel",
        "feeder-off",
        "brown-out",
        "power-cut-at-write",
        "clock-jump",
        "stuck-task",
        "bit-rot",
        "memory-fragmentation",
    }
)


@dataclass(frozen=True)
class Verdict:
    """One invariant: whether it held, the figure behind it, and the moments at which it did not."""

    name: str
    holds: bool
    figure: str
    broken_us: tuple[int, ...] = ()


def judge(notes: Notes, store: Store, end_us: int) -> list[Verdict]:
    """All invariants of a life that ended at `end_us`."""
    return [
        _warned(notes),
        _no_lamp_stuck(notes, end_us),
        _no_event_lost(store, notes),
        _each_event_once(store),
        _memory(store, notes),
        _memory_suffices(notes),
        _reachable(notes, end_us),
        _no_own_reset(notes),
    ]


def _warned(notes: Notes) -> Verdict:
    judged = [visit for visit in notes.visits if not _excused(notes, visit)]
    seen = [visit for visit in judged if not visit.is_overlooked]
    missed = [visit for visit in seen if not visit.warned]
    others = len(notes.visits) - len(judged)
    figure = f"{len(seen) - len(missed)} of {len(seen)}; {others} more without sensors or power"
    if len(seen) < len(judged):
        figure += f", {len(judged) - len(seen)} of whom the radar showed too little for any sign"
    return Verdict("every person is warned", not missed, figure, tuple(visit.start_us for visit in missed))


def _excused(notes: Notes, visit: Visit) -> bool:
    """Whether a sensor was broken or the sign had no power, from before to after."""
    if any(
        start_us <= visit.kerb_us and start_us + ARMED_US >= visit.start_us
        for start_us, _ in notes.starts[1:]
    ):
        return True
    return any(
        fault.kind.hides_people and begin_us <= visit.kerb_us and visit.start_us <= end_us + TRUST_US
        for begin_us, end_us, fault in notes.faults
    )


def _no_lamp_stuck(notes: Notes, end_us: int) -> Verdict:
    """Nobody there, no broken sensor, and still light."""
    worst_us, broken = 0, []
    for lit_us, dark_us in _spans(notes.lit, end_us):
        for from_us, to_us in _without(lit_us, dark_us, _times_with_somebody(notes)):
            worst_us = max(worst_us, to_us - from_us)
            if to_us - from_us > DARK_AFTER_US:
                broken.append(from_us)
    figure = f"at most {worst_us / SECOND_US:.0f} s of light without anybody"
    return Verdict("no lamp is stuck", not broken, figure, tuple(broken))


def _times_with_somebody(notes: Notes) -> list[tuple[int, int]]:
    spans = [(visit.start_us, visit.end_us) for visit in notes.visits]
    spans += [
        (a, b + TRUST_US)
        for a, b, fault in notes.faults
        if fault.kind.hides_people or fault.name == "pir-stuck"
    ]
    return sorted(spans)


def _no_event_lost(store: Store, notes: Notes) -> Verdict:
    """Of each start everything up to the last that came has come; what a power cut took is told."""
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for who, boot, seq in store.events:
        seen[who, boot].add(seq)
    told = sum(event.get("dropped", 0) + event.get("damaged", 0) for event in store.events.values())
    holes = sum(max(seqs) - len(seqs) for seqs in seen.values())
    figure = f"{len(store.events)} events of {len(seen)} starts, {holes} missing, {told} told as lost"
    return Verdict("no stored event is lost", holes <= told, figure)


def _each_event_once(store: Store) -> Verdict:
    figure = f"{store.repeated} came again and were recognised, {store.order_broken} out of order"
    return Verdict("events keep their order", store.order_broken == 0, figure)


def _memory(store: Store, notes: Notes) -> Verdict:
    """The most that was free in the first and in the last third of the longest time without a reset."""
    begins = [at_us for at_us, _ in notes.starts]
    lives = [_told(store, *span) for span in zip(begins, [*begins[1:], NEVER_US], strict=True)]
    told = max(lives, key=len, default=[])
    hours = (told[-1][0] - told[0][0]) / SECOND_US / 3600 if told else 0.0
    if hours < LEAST_HOURS:
        return Verdict("memory does not shrink", True, f"not judged: {hours:.1f} h without a reset at most")
    third = len(told) // 3
    first, last = (max(free for _, free in part) for part in (told[:third], told[-third:]))
    figure = f"{first}, then {last} bytes free at best, over {hours:.1f} h without a reset"
    holds = first - last < LEAST_BYTES_LOST
    return Verdict("memory does not shrink", holds, figure, () if holds else (told[-1][0],))


def _memory_suffices(notes: Notes) -> Verdict:
    """What the sign asked for and did not get is nothing that it printed, unless its heap was in pieces."""
    pieces = [(a, b + LOOK_US) for a, b, fault in notes.faults if fault.name == "memory-fragmentation"]
    short = [
        (at_us, line) for at_us, line in notes.memory_errors if not any(a <= at_us <= b for a, b in pieces)
    ]
    figure = f"{len(short)} MemoryError printed" + (f", the first: {short[0][1]}" if short else "")
    return Verdict("memory suffices", not short, figure, tuple(at_us for at_us, _ in short))


def _told(store: Store, begin_us: int, end_us: int) -> list[tuple[int, int]]:
    """(when, free bytes) of one start, once it has settled."""
    return [(t, doc["heap_free"]) for t, doc in store.telemetry if begin_us + SETTLED_US < t < end_us]


def _reachable(notes: Notes, end_us: int) -> Verdict:
    troubled = sorted((a, b) for a, b, fault in notes.faults if fault.name in NETWORK)
    worst_us, broken = 0, []
    for from_us, to_us in _offline(notes, end_us):
        for alone_us, until_us in _without(from_us, to_us, troubled):
            worst_us = max(worst_us, until_us - alone_us)
            if until_us - alone_us > BACK_AFTER_US:
                broken.append(alone_us)
    figure = f"back at most {worst_us / SECOND_US:.0f} s after the end of what kept it away"
    return Verdict("always reachable again", not broken, figure, tuple(broken))


def _offline(notes: Notes, end_us: int) -> Iterator[tuple[int, int]]:
    return _spans([(t, not online) for t, online in notes.online], end_us)


def _no_own_reset(notes: Notes) -> Verdict:
    """Each start has a fault behind it."""
    own = [
        at_us for at_us, kind in notes.starts[1:] if kind is not Reset.DEEPSLEEP and not _caused(notes, at_us)
    ]
    kinds: dict[str, int] = defaultdict(int)
    for _, kind in notes.starts[1:]:
        kinds[kind.name.lower()] += 1
    figure = ", ".join(f"{count} {name}" for name, count in kinds.items()) or "none"
    return Verdict("no reset without a cause", not own, figure, tuple(own))


def _caused(notes: Notes, at_us: int) -> bool:
    return any(begin_us <= at_us <= end_us + CAUSED_US for begin_us, end_us, _ in notes.faults)


def _spans(changes: Sequence[tuple[int, bool]], end_us: int) -> Iterator[tuple[int, int]]:
    """(from, to) of the times at which it was true."""
    for (from_us, value), (to_us, _) in zip(changes, [*changes[1:], (end_us, False)], strict=False):
        if value:
            yield from_us, to_us


def _without(from_us: int, to_us: int, away: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a time without sorted others."""
    for a, b in away:
        if b <= from_us or a >= to_us:
            continue
        if a > from_us:
            yield from_us, a
        from_us = max(from_us, b)
    if from_us < to_us:
        yield from_us, to_us
