"""What is done with recordings in flash: loaded for it, and then forgotten. See `flight` for who keeps them.

The partition holds slots of 8 KB. A new recording takes a free slot, else that of the oldest that is not
held; where all are held it is dropped. Its header is written last: without a whole one a slot counts as free.
"""

import asyncio
import json
import time
from binascii import crc32, hexlify

from sign import version
from sign.compat import const
from sign.proto.recording import (
    ASKED,
    BODY,
    HEADER_BYTES,
    MARK,
    MARKS,
    SLOT_BYTES,
    Header,
    marks,
    pack,
    unpack,
)
from sign.proto.service import ServiceError
from sign.services.stall import StallPermit
from sign.services.topics import ROOT

_SECTOR = const(4_096)
_PAGE = const(256)  # programmed at once, 3 ms at most
_PAGES = const(4)  # before somebody asks whether a stall is allowed still
_READ_MAX = const(128)
_ALL_MARKS = const(16)
_PAUSE_MS = const(50)
_PIECE_BYTES = const(160)


def listed(status, obj):
    """What is kept."""
    flight = status.flight
    found = [_told(header, count) for _, header, count in _slots(flight.partition)]
    return {"recordings": found, "dropped": flight.dropped}


def hold(status, obj):
    """Keep recording number `obj` whatever is recorded after it; None: the newest, "now": the last minute."""
    flight = status.flight
    recorder = flight.recorder
    if obj == "now" or (obj is None and recorder.event):
        flight.held = True
        recorder.happened(ASKED, time.ticks_ms(), 0)
        return {"recording": None, "held": True}
    slot, header, count = _found(flight.partition, obj)
    _mark(flight.partition, slot, count, True)
    return {"recording": header.number, "held": True}


def release(status, obj):
    """Let recording number `obj` be overwritten again."""
    partition = status.flight.partition
    slot, header, count = _found(partition, obj)
    _mark(partition, slot, count, False)
    return {"recording": header.number, "held": False}


def fetch(status, obj):
    """Send recording number `obj` to the controller."""
    if not status.is_online():
        raise ServiceError("recording-fetch", obj, "a session with the controller")
    flight = status.flight
    slot, header, _ = _found(flight.partition, obj)
    if flight.sender:
        status.duties.remove(flight.sender)
    flight.sender = Sender(status, slot, header).send
    status.duties.append(flight.sender)
    return {"recording": header.number, "bytes": header.size}


def read(status, obj):
    """Bytes of recording `obj[0]` from `obj[1]` on, as hexadecimal digits."""
    numbers = type(obj) is list and len(obj) == 2 and type(obj[0]) is int and type(obj[1]) is int
    if not numbers or obj[1] < 0:
        raise ServiceError("recording-read", obj, "[number, position]")
    partition = status.flight.partition
    slot, header, _ = _found(partition, obj[0])
    data = bytearray(max(0, min(_READ_MAX, header.size - obj[1])))
    if data:
        _read(partition, slot, obj[1], data)
    return {"at": obj[1], "of": header.size, "hex": hexlify(data).decode()}


class Sender:
    """Sends a recording to the controller, piece by piece; whoever has its `send` keeps this room, too."""

    def __init__(self, status, slot, header):
        self._status, self._slot = status, slot
        self._number, self._size, self._done = header.number, header.size, 0

    async def send(self, client):
        """The next piece: version, number u32, position u16, size u16, big-endian, then its bytes."""
        done, size, flight = self._done, self._size, self._status.flight
        data = bytearray(min(_PIECE_BYTES, size - done))
        _read(flight.partition, self._slot, done, data)
        head = b"\x01" + self._number.to_bytes(4, "big") + done.to_bytes(2, "big") + size.to_bytes(2, "big")
        await client.publish(ROOT + self._status.armed.sign + "/recording", [head, data], 1)
        self._done = done + len(data)
        if self._done >= size:
            self._status.duties.remove(flight.sender)
            flight.sender = None


async def work(status):
    """Keep what the recorder has, each piece when a stall is allowed; its number, None if it was dropped."""
    armed, flight = status.armed, status.flight
    kept = None
    for kept in keep(
        flight.partition, flight.recorder, particulars(status), armed.boot, armed.uptime.s, flight.held
    ):
        if kept == 0:
            await _moment(armed.detector)
    return kept


async def _moment(detector):
    permit = StallPermit(detector)
    await asyncio.sleep_ms(_PAUSE_MS)
    while not permit.granted(time.ticks_ms()):
        await asyncio.sleep_ms(_PAUSE_MS)


def particulars(status):
    """What is to be known of the sign, as JSON."""
    armed = status.armed
    text = json.dumps(
        {
            "sign": armed.sign,
            "fw": version.VERSION,
            "board": status.board,
            "schema": armed.schema,
            "config": armed.config_changed,
        }
    )
    return text.encode()


def keep(partition, recorder, told, boot, up_s, held=False):
    """Copy what the recorder has to flash: a generator that yields 0 before each stall, and at last the
    number, or None where nothing could be kept. `told` are the particulars.
    """
    header = Header(recorder.event, 0, 0, boot, recorder.event_seq, up_s, 0, 0, 0)
    position, header.entries = recorder.window()
    header.particulars = len(told)
    slot, header.number = _place(partition)
    if slot is None or not header.entries or header.size > SLOT_BYTES:
        recorder.taken()
        yield None
        return
    recorder.guard(position)
    header.end_ms = recorder.last_ms
    try:
        for sector in range(SLOT_BYTES // _SECTOR):
            yield 0
            partition.ioctl(6, slot * (SLOT_BYTES // _SECTOR) + sector)
        for page in _written(partition, slot, recorder, told, header, position):
            if page % _PAGES == 0:
                yield 0
    finally:
        recorder.taken()
    yield 0
    _write(partition, slot, 0, pack(header))
    if held:
        _write(partition, slot, MARKS, bytes(MARK))
    yield header.number


def _written(partition, slot, recorder, told, header, position):
    """Program particulars and entries; the number of each page before it is."""
    page, at, end = bytearray(_PAGE), BODY, header.size
    header.crc = 0
    rest = told
    while at < end:
        yield at // _PAGE
        count = min(_PAGE - at % _PAGE, end - at)
        view = memoryview(page)[:count]
        first = min(len(rest), count)
        view[:first] = rest[:first]
        rest = rest[first:]
        if first < count:
            recorder.copy(position, view[first:])
            position += count - first
        header.crc = crc32(view, header.crc)
        _write(partition, slot, at, view)
        at += count


def _slots(partition):
    """(slot, Header, marks) of all that are whole."""
    found = []
    data = bytearray(BODY)
    for slot in range(partition.ioctl(4, 0) * _SECTOR // SLOT_BYTES if partition else 0):
        _read(partition, slot, 0, data)
        header = unpack(bytes(data[:HEADER_BYTES]))
        if header:
            found.append((slot, header, marks(data)))
    return found


def _place(partition):
    """(slot for the next recording or None, its number)."""
    found = _slots(partition)
    number = 1 + max([header.number for _, header, _ in found] + [0])
    taken = [slot for slot, _, _ in found]
    for slot in range(partition.ioctl(4, 0) * _SECTOR // SLOT_BYTES):
        if slot not in taken:
            return slot, number
    loose = [(header.number, slot) for slot, header, count in found if not count & 1]
    return (min(loose)[1] if loose else None), number


def _found(partition, number):
    found = _slots(partition)
    if number is None and found:
        return max(found, key=lambda each: each[1].number)
    for each in found:
        if each[1].number == number:
            return each
    known = ", ".join([str(header.number) for _, header, _ in found])
    raise ServiceError("recording", number, known or "none is kept yet")


def _mark(partition, slot, count, held):
    if count & 1 == held:
        return
    if count >= _ALL_MARKS:
        raise ServiceError("recording", "marked %d times" % count, "another recording")
    _write(partition, slot, MARKS + count * MARK, bytes(MARK))


def _told(header, count):
    return {
        "number": header.number,
        "kind": header.kind,
        "boot": header.boot,
        "seq": header.seq,
        "up_s": header.up_s,
        "bytes": header.size,
        "held": bool(count & 1),
    }


def _read(partition, slot, at, into):
    at += slot * SLOT_BYTES
    partition.readblocks(at // _SECTOR, into, at % _SECTOR)


def _write(partition, slot, at, data):
    at += slot * SLOT_BYTES
    partition.writeblocks(at // _SECTOR, data, at % _SECTOR)
