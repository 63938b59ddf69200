"""Records, their ring, and recordings, as flash gives them back."""

from fuzz.flash import SECTOR, Flash
from fuzz.parser import Parser
from sign.core import ring_mount, ring_room
from sign.proto import record, recording
from sign.services import recording as room

INCARNATION = bytes.fromhex("9f3ac01b") if hasattr(bytes, "fromhex") else b"\x9f\x3a\xc0\x1b"
BOOT, SECTORS, SLOTS = 3, 3, 126


def packed(seq, boot=BOOT):
    data = bytearray(record.SIZE)
    record.pack_into(data, 0, 2, boot, seq, seq, 0, 1, seq, -1, 0x3FFFFFFF)
    return bytes(data)


class Record(Parser):
    """A record with its sum, or none."""

    def seeds(self):
        return [packed(1), packed(0xFFFFFFFF, 0xFFFFFFFF), bytes(32), b"\xff" * 32, packed(5)[:31]]

    def make(self, dice):
        """Now and then with the sum that its bytes need: what a programmer of flash could have written."""
        data = super().make(dice)
        if dice.below(2) or len(data) < record.SIZE:
            return data
        body = b"\x47" + data[1:30]
        crc = record.crc16(body, 0, 30)
        return body + bytes((crc & 0xFF, crc >> 8))

    def take(self, data):
        found = record.unpack(data)
        if found is None:
            return "no record"
        assert len(found) == 9
        again = bytearray(record.SIZE)
        kind, boot, seq, up_s, up_ms, code, a, b, c = found
        record.pack_into(again, 0, kind, boot, seq, up_s, up_ms, code, a, b, c)
        told = record.unpack(again)
        assert told[:6] == found[:6]
        assert [max(-0x3FFFFFFF, min(0x3FFFFFFF, each)) for each in found[6:]] == list(told[6:])
        return None

    def goes_on(self):
        assert record.unpack(packed(9))[2] == 9


class Ring(Parser):
    """After any damage the ring mounts, gives whole records in order, none twice, and takes new ones.

    An input says where a ring with two full sectors is overwritten: place (two bytes), length, bytes.
    """

    WRITTEN = 200

    def __init__(self):
        self.before = self._filled()
        self.whole = [bytes(sector) for sector in self.before.sectors]
        super().__init__()

    @staticmethod
    def _filled():
        flash = Flash(SECTORS)
        ring = ring_mount.mount(flash, INCARNATION)
        for seq in range(1, Ring.WRITTEN + 1):
            if not ring.has_place():
                ring_room.make_room(ring)
            ring.append(packed(seq))
        ring.ack(BOOT, 20)
        return flash

    def seeds(self):
        head, other = self.whole[0][:64], self.whole[1][:64]
        found = [b"\0\0\x40" + head, b"\x10\0\x40" + other, b"\x10\0\x40" + head, b"\0\x20\4" + bytes(4)]
        found += [b"\x20\0\x40" + other, b"\0\x30\4" + bytes(4), b"\0\x34\x0a" + b"\xff" * 10]
        return found + [b"\x10\x40\x20" + packed(300), b"\x0f\xf0\xff" + b"\xff" * 255, found[1] + found[0]]

    def _damaged(self, data):
        """The ring with what the input says written over it."""
        flash = Flash(SECTORS)
        for number, sector in enumerate(self.whole):
            flash.sectors[number][:] = sector
        while len(data) > 3:
            at, n = (data[0] << 8 | data[1]) % (SECTORS * SECTOR), data[2]
            piece = data[3 : 3 + n][: SECTOR - at % SECTOR]
            flash.sectors[at // SECTOR][at % SECTOR : at % SECTOR + len(piece)] = piece
            data = data[3 + n :]
        return flash

    def take(self, data):
        flash = self._damaged(data)
        ring = ring_mount.mount(flash, INCARNATION)
        waiting = ring.head - ring.tail
        assert 0 <= waiting <= SECTORS * SLOTS, waiting
        assert ring.dropped >= 0
        oldest = ring.peek(8)
        assert len(oldest) <= 8 and None not in oldest
        for _ in range(2):
            if not ring.has_place():
                ring_room.make_room(ring)
            ring.append(packed(1_000))
        ring.peek(8)
        ring.ack(BOOT, 50)
        assert 0 <= ring.head - ring.tail <= SECTORS * SLOTS
        if waiting == self.WRITTEN - 20 and not ring.damaged:
            return None
        return "records lost" if waiting else "as good as blank"

    def goes_on(self):
        """The next start finds what an undamaged flash holds."""


class Recordings(Parser):
    """A header that is whole lies in its slot; what is listed, marked and placed keeps to the partition."""

    SLOTS = 2

    def seeds(self):
        head = recording.pack(recording.Header(1, 4, 1, 3, 7, 60, 96, 5_000, 99))
        long = recording.pack(recording.Header(15, 4, 0xFFFFFFFF, 3, 7, 60, 0xFFFFFFFF, 5_000, 99))
        full = recording.pack(recording.Header(15, 64, 2, 3, 7, 60, 8_000, 5_000, 99))
        marks = bytes(24) + b"\xff" * 24
        return [head, head + marks, long, full, full + b"\xff" * 24 + bytes(64), b"\xff" * 128, head * 2]

    def make(self, dice):
        """As often as not with the sum that its bytes need."""
        data = super().make(dice)
        if dice.below(2) and len(data) >= 40:
            body = b"GVFR\1" + data[5:36]
            data = body + recording.crc32(body).to_bytes(4, "little") + data[40:]
        return data

    def take(self, data):
        flash = Flash(2 * self.SLOTS)
        flash.sectors[0][: len(data)] = data
        found = room._slots(flash)
        slot, number = room._place(flash)
        assert number >= 1 and slot in (0, 1, None)
        for _, header, count in found:
            assert 0 <= count <= 16 and recording.BODY <= header.size <= recording.SLOT_BYTES
            assert room._told(header, count)["number"] == header.number
        if not found:
            return "no recording"
        number = found[0][1].number
        try:
            room._mark(flash, found[0][0], found[0][2], not found[0][2] & 1)
        except room.ServiceError as error:
            assert error.field == "recording" and error.allowed
        assert room._found(flash, number)[1].number == number
        return None

    def goes_on(self):
        assert self.take(self.corpus[0]) is None
