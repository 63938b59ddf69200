"""The two slots of the app: the header, by which the start chooses, and the table of files behind it."""

import binascii
import struct
import sys

from fuzz import chip
from fuzz.flash import Flash
from fuzz.parser import Parser


class Partition:
    """`esp32.Partition` with both slots in memory."""

    TYPE_DATA = 1
    parts = {}

    @staticmethod
    def find(kind, label=None, subtype=None):
        return [Partition.parts[label]] if label in Partition.parts else []


chip.Esp32.Partition = Partition
chip.Esp32.NVS = chip.Nothing

import pack
import slots

if not chip.IS_CHIP:
    pack.crc32 = lambda path: binascii.crc32(path.encode())

BODY = bytes(range(200))
PROVED = (slots.VALID, slots.ORDER, slots.CONFIRMED)


def header(order, *marks):
    """A slot's first kilobyte."""
    head = bytearray(b"\xff" * 1_024)
    numbers = struct.pack("<4sBBHIII", slots.MAGIC, 0, 7, 0, 1_000_000, 0, len(BODY))
    head[: len(numbers)] = numbers
    head[20:52] = slots.hashlib.sha256(BODY).digest()
    for number in marks:
        at = slots.MARKS_AT + slots.MARK_UNIT * number
        head[at : at + 4] = struct.pack("<I", order) if number == slots.ORDER else slots.SET
    return bytes(head)


class Header(Parser):
    """The start finds a slot that may run, or the last resort, or says that there is none."""

    def seeds(self):
        return [
            header(1, *PROVED),
            header(2, slots.VALID, slots.ORDER),
            header(3, slots.VALID, slots.ORDER, slots.TRIAL, slots.TRIAL + 1, slots.TRIAL + 2),
            header(0xFFFFFFFF, *(PROVED + (slots.BAD,))),
            header(4),
            b"\xff" * 800,
        ]

    def make(self, dice):
        """Half of them in the marks."""
        data = super().make(dice)
        if dice.below(2):
            at = slots.MARKS_AT + 4 * dice.below(60)
            data = (data + b"\xff" * 1_024)[:1_024]
            data = data[:at] + dice.one_of((b"\xff" * 4, bytes(4), b"\xf0\xff\0\xff")) + data[at + 4 :]
        return data[:1_024]

    def take(self, data):
        self._flash(data, header(2, *PROVED[:2], slots.TRIAL))
        counted = []
        slots._mounted = counted.append
        try:
            slots.start(True)
        except OSError as error:
            assert str(error)
            return "no app"
        (slot,) = counted
        assert slot.name in slots.NAMES and slot.state(slots.TRIALS) != slots.EMPTY
        assert 0 <= slot.trials() <= slots.TRIALS
        sys.path.insert(0, slots.PATH + slot.name)
        try:
            slots.on_trial()
            slots.give_up()
        finally:
            sys.path.pop(0)
        return "slot " + slot.name if slot.name == "b" else None

    def goes_on(self):
        self._flash(header(9, *PROVED), header(2, *PROVED))
        assert slots.chosen().name == "a"
        self._flash(header(1, *PROVED), header(2, *PROVED))
        assert slots.chosen().name == "b"

    @staticmethod
    def _flash(a, b):
        for name, head in (("app_a", a), ("app_b", b)):
            part = Flash(2)
            part.sectors[0][: len(head)] = head
            part.sectors[1][: len(BODY)] = BODY
            Partition.parts[name] = part


def packed_app(*files):
    """As `pack` reads it: the head, the table, contents."""
    entries = [b"\0" * 12] * 8
    place = 12 + 12 * len(entries)
    contents = b""
    for path, data in files:
        key = pack.crc32(path) & 0x3FFFFFFF
        at = key
        while entries[at & 7] != b"\0" * 12:
            at += 1
        entries[at & 7] = struct.pack("<III", key, place + len(contents), len(data))
        contents += data
    return struct.pack("<III", len(entries), place + len(contents), 0) + b"".join(entries) + contents


FILES = (
    ("/sign/app.py", b"print()"),
    ("/sign/x.mpy", b"M\6" + bytes(60)),
    ("/sign/version.py", b"VERSION = 1"),
)


class Packed(Parser):
    """A look-up ends, whatever became of the table; what is read keeps to the partition."""

    def seeds(self):
        return [packed_app(*FILES), packed_app(), packed_app(FILES[0])]

    def take(self, data):
        part = Flash(2)
        part.sectors[1][: len(data)] = data
        part.reads = 0
        found = 0
        try:
            files = pack.Pack(part)
        except OSError:
            return "no table"
        for path in ("/sign/app.py", "/sign/none.py"):
            try:
                file = files.open(path, "rb")
                into = bytearray(64)
                n = file.readinto(into)
                assert 0 <= n <= 64
                found += path == "/sign/app.py"
            except OSError:
                pass
        return None if found else "no file"

    def goes_on(self):
        assert self.take(packed_app(*FILES)) is None
