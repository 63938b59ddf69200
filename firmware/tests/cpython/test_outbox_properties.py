"""Whatever comes to outbox, sender and clock: what is stored stays, and what is not ours is refused."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sign.core import events, ring_mount, ring_room
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.proto import ntp, record
from sign.services.outbox_sender import OutboxSender

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from plain_flash import SECTOR, Flash

pytestmark = pytest.mark.parser

INCARNATION = "9f3ac01b"
OWN = bytes.fromhex(INCARNATION)
BOOT = 3
NONCE = b"12345678"
SECTORS = 3

whatever = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
field = st.sampled_from([1, BOOT, INCARNATION, 2, 5, 99]) | whatever
acks = st.fixed_dictionaries(
    {}, optional={name: field for name in ("v", "incarnation", "boot", "seq", "t", "up")}
).map(lambda ack: json.dumps(ack).encode())


@given(st.lists(acks | st.binary(max_size=60), max_size=6))
def test_an_acknowledgement_of_any_bytes_lets_go_only_what_it_names(payloads):
    heard = []
    outbox, uptime = Outbox(8, BOOT), Uptime(0)
    for _ in range(4):
        outbox.add(events.BOOT, uptime)
    sender = OutboxSender(
        outbox, uptime, INCARNATION, BOOT, lambda: None, lambda ms, more_ms: heard.append(ms)
    )
    assert sender.due(0)
    sender.batch(0)
    stored = 0
    for payload in payloads:
        sender.on_ack(payload, 100)
        stored = max(stored, _named(payload))
    assert outbox.held == 4 - stored
    assert len(heard) <= len(payloads)


def _named(payload):
    """Up to where a payload acknowledges, 0 when it is none for us."""
    try:
        ack = json.loads(payload)
        mine = (ack["v"], ack["incarnation"], ack["boot"]) == (1, INCARNATION, BOOT)
        return ack["seq"] if mine and type(ack["seq"]) is int and 0 <= ack["seq"] <= 4 else 0
    except (ValueError, KeyError, TypeError):
        return 0


@given(st.binary(max_size=100) | st.binary(min_size=40, max_size=60).map(lambda b: b[:24] + NONCE + b[32:]))
def test_any_bytes_from_a_time_server_are_a_time_or_nothing(data):
    said_ms = ntp.answer(data, NONCE)
    assert said_ms is None or 0 <= said_ms < 1 << 43
    ntp.sends_away(data, NONCE)


def packed(seq):
    data = bytearray(record.SIZE)
    record.pack_into(data, 0, 2, BOOT, seq, seq, 0, 1, seq, 0, 0)
    return bytes(data)


steps = st.lists(st.tuples(st.sampled_from(["records", "ack", "reset"]), st.integers(1, 150)), max_size=12)


@given(steps)
def test_whatever_happens_to_a_ring_it_gives_what_waits_in_order(happenings):
    flash = Flash(SECTORS)
    ring = ring_mount.mount(flash, OWN)
    stored = acked = 0
    for name, number in happenings:
        if name == "records":
            for _ in range(number):
                if not ring.has_place():
                    ring_room.make_room(ring)
                stored += 1
                ring.append(packed(stored))
        elif name == "ack":
            acked = max(acked, min(stored, number))
            ring.ack(BOOT, number)
        else:
            ring = ring_mount.mount(flash, OWN)
        waiting = [kept[2] for kept in map(ring.read, range(ring.tail, ring.head))]
        assert waiting == list(range(stored - len(waiting) + 1, stored + 1))
        assert len(waiting) == stored - acked or ring.dropped > 0
        assert len(waiting) >= min(stored - acked, (SECTORS - 1) * 126)


def passes_unnoticed(before, after, at):
    """Whether the record there is another one now, whose sum of 16 bits is right all the same."""
    at -= at % record.SIZE
    same = after[at : at + record.SIZE] == before[at : at + record.SIZE]
    return not same and record.unpack(after, at) is not None


def test_a_sum_of_16_bits_does_not_notice_every_damage():
    """What is said in OUTBOX.md; found by the test below."""
    before, after = bytearray(packed(2)), bytearray(packed(2))
    after[10], after[30] = 126, 126
    assert passes_unnoticed(before, after, 10)


@given(st.lists(st.tuples(st.integers(0, SECTORS * SECTOR - 1), st.integers(0, 255)), max_size=40))
def test_any_damage_to_the_flash_invents_nothing_and_stops_nothing(patches):
    flash = Flash(SECTORS)
    ring = ring_mount.mount(flash, OWN)
    for seq in range(1, 201):
        if not ring.has_place():
            ring_room.make_room(ring)
        ring.append(packed(seq))
    written = bytes(flash.bytes)
    for at, byte in patches:
        flash.bytes[at] = byte
    assume(not any(passes_unnoticed(written, flash.bytes, at) for at, _ in patches))
    ring = ring_mount.mount(flash, OWN)
    found = [kept[2] for kept in map(ring.read, range(ring.tail, ring.head)) if kept]
    assert found == sorted(set(found))
    assert set(found) <= set(range(1, 201))
    for _ in range(3):
        ring_room.make_room(ring) if not ring.has_place() else None
        ring.append(packed(1000))
    ring.peek(8)
