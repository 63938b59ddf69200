"""The power is cut at every flash operation of a ring's life, torn ones too."""

import os

from torn_flash import COMPLETE, NOT_BEGUN, SECTOR, PowerCut, TornFlash

from sign.core import ring_mount, ring_room
from sign.proto import record

INCARNATION = b"\x9f\x3a\xc0\x1b"
SECTORS = 3  # the fewest in which the oldest one, the newest one and one between them differ
SLOTS = 126
SOAK = bool(os.getenv("GANGVAKT_SOAK"))
LIFE = 4 * SLOTS * SECTORS if SOAK else SLOTS * SECTORS + 150
SEEDS = (NOT_BEGUN, COMPLETE, 2, 3)


def packed(seq):
    data = bytearray(record.SIZE)
    record.pack_into(data, 0, 2, 1 + seq // 200, seq, seq, 0, 1, seq, 0, 0)
    return bytes(data)


def ends(ring):
    """The first and the last sequence number of what waits, (None, None) when nothing does. What lies between
    must be as long as those two say; all of it is read now and then, for that takes long."""
    if ring.tail == ring.head:
        return None, None
    some = 1 if SOAK or ring.head % 61 == 0 else ring.head - ring.tail - 1
    for at in range(ring.tail, ring.head, max(some, 1)):
        assert number(ring, at) == number(ring, ring.tail) + at - ring.tail
    return number(ring, ring.tail), number(ring, ring.head - 1)


def number(ring, at):
    """Sequence number of a record, which must be one that was written."""
    seen = ring.read(at)
    assert seen, "lost"
    assert (seen[1], seen[6]) == (1 + seen[2] // 200, seen[2]), "invented"
    return seen[2]


class Life:
    """What was stored and acknowledged so far, and the next thing that happens."""

    def __init__(self):
        self.flash = TornFlash(SECTORS * SECTOR)
        self.ring = ring_mount.mount(self.flash, INCARNATION)
        self.stored = self.acked = self.dropped = self.lost = 0

    def next(self):
        """(name, function of a ring) of the next step: room, record, at times an acknowledgement. For a while
        nobody acknowledges anything, so that the oldest give way."""
        ring = self.ring
        if not ring.has_place() or (not ring.is_roomy and self.stored % 40 == 0):
            return "room", ring_room.make_room
        if self.stored % 10 == 9 and self.acked < self.stored - 12 and self.stored % 500 > 60:
            return "ack", lambda ring: ring.ack(1 + self.up_to() // 200, self.up_to())
        return "record", lambda ring: ring.append(packed(self.stored + 1))

    def up_to(self):
        oldest = max(self.acked, self.dropped) + 1
        last_of_boot = oldest // 200 * 200 + 199
        return min(oldest + 7, last_of_boot)

    def happened(self, name, ring):
        if name == "record":
            self.stored += 1
        elif name == "ack":
            self.acked = self.up_to()
        elif name == "room":
            self.dropped = max(self.dropped, (ends(ring)[0] or self.stored + 1) - 1)


def check(life, name, ring):
    """Nothing that waits is lost, nothing is invented, in order: only the cut step may be done or not."""
    first, last = ends(ring)
    if first is None:
        first, last = life.stored + 1, life.stored
    assert last - first == ring.head - ring.tail - 1, (name, first, last)
    assert last == life.stored or (name == "record" and last == life.stored + 1), (name, last, life.stored)
    gone = max(life.acked, life.dropped)
    if name == "room":
        assert first - 1 in (gone, max(gone, life.acked + ring.dropped - life.lost)), (name, first, gone)
    elif name == "ack":
        assert gone <= first - 1 <= life.up_to(), (name, first, gone)  # a program in each of two sectors
    else:
        assert first - 1 == gone, (name, first, gone)


def test_a_cut_at_any_operation_of_a_life_loses_nothing_that_was_stored():
    life = Life()
    cuts = 0
    while life.stored < LIFE:
        name, act = life.next()
        if name == "record" and not SOAK and 8 < life.stored % SLOTS < SLOTS - 8 and life.stored % 9:
            act(life.ring)
            life.stored += 1
            continue
        life.lost = life.ring.dropped
        operation = 0
        for seed in SEEDS:
            operation = 1
            while cut(life, name, act, operation, seed):
                cuts += 1
                operation += 1
        act(life.ring)
        life.happened(name, life.ring)
        check(life, "", life.ring)
        check(life, "", ring_mount.mount(life.flash, INCARNATION))
    assert life.dropped > 0
    assert life.acked > 0
    print("cuts", cuts)


def cut(life, name, act, operation, seed):
    """Whether the step has that operation."""
    torn = life.flash.reboot()
    torn.cut_at(operation, seed)
    try:
        act(ring_mount.mount(torn, INCARNATION))
    except PowerCut:
        pass
    is_cut = torn.is_off
    left = torn.reboot()
    torn.close()
    if is_cut:
        look(life, name, left)
    left.close()
    return is_cut


def look(life, name, left):
    ring = ring_mount.mount(left, INCARNATION)
    check(life, name, ring)
    # And it goes on: room is made, a record finds its place behind the others.
    if not ring.has_place():
        ring_room.make_room(ring)
    first, last = ends(ring)
    if last != life.stored + 1:
        ring.append(packed(life.stored + 1))
    after = ends(ring_mount.mount(left, INCARNATION))
    assert after[1] == life.stored + 1
    assert first in (None, after[0])
