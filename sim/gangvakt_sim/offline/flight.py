"""Flight recordings of a sign: the file of firmware/sign/proto/recording.py, its entries read and checked."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gangvakt_sim.errors import FlightError

MAGIC = b"GVFR"
FORMAT = 1
HEAD = struct.Struct("<4sBBHIIIIIII")
BODY = 128
MAX_BYTES = 8192
TICKS_MASK = 0x3FFFFFFF

BAND = 84  # first bytes below three times that ask the detector, each after so many ms
PASSED, READ, INPUTS, NOTE = 252, 253, 254, 255
CHECKPOINT, EXTENDED, SEASON, ON, OFF, FAULT, TOLD, ORDER = range(1, 9)
NUMBERS = {EXTENDED: 1, SEASON: 1, ON: 4, OFF: 2, FAULT: 2, TOLD: 2, ORDER: 2}
ASKED = 15
KINDS = {ON: "warning", FAULT: "fault", ASKED: "command"}
SLOTS = 3
FRAME_HEAD, FRAME_TAIL = b"\xaa\xff\x03\x00", b"\x55\xcc"
MAX_READ = 512
MAX_CHANGED = 64  # longer reads are written as they are


@dataclass(frozen=True)
class Checkpoint:
    """All that the detector knew, in the firmware's coding."""

    now_ms: int
    state: bytes


@dataclass(frozen=True)
class Asked:
    """The detector was fed what the ports gave and asked, with the levels of PIR (1) and button (2)."""

    now_ms: int
    levels: int
    reads: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True)
class Note:
    """What else happened, by the numbers of firmware/sign/core/notes.py."""

    now_ms: int
    kind: int
    numbers: tuple[int, ...]


Entry = Checkpoint | Asked | Note


@dataclass(frozen=True)
class Flight:
    """One recording; `kind` says why it was kept, `seq` the event's number in that boot, 0 for none."""

    name: str
    kind: str
    number: int
    boot: int
    seq: int
    up_s: int
    end_ms: int
    sign: str
    firmware: str
    board: str
    config: dict[str, object]
    entries: tuple[Entry, ...]

    @property
    def start_ms(self) -> int:
        """Ticks at the first checkpoint."""
        return self.entries[0].now_ms

    def s(self, now_ms: int) -> float:
        """Seconds from the start to a time in ticks."""
        return ((now_ms - self.start_ms) & TICKS_MASK) / 1000


def read_flight(path: Path) -> Flight:
    """FlightError names the file, what in it does not fit and what is allowed."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FlightError(str(path), "file", error.strerror or str(error), "a readable file") from error
    return parse_flight(data, str(path))


def parse_flight(data: bytes, name: str) -> Flight:
    """As `read_flight`, from bytes; what follows the recording itself does not count."""
    refuse = _Refusal(name)
    if len(data) < BODY:
        raise refuse("file", f"{len(data)} bytes", f"{BODY}..{MAX_BYTES} bytes")
    magic, form, kind, length, number, boot, seq, up_s, entries, end_ms, crc = HEAD.unpack_from(data)
    if magic != MAGIC or form != FORMAT:
        raise refuse("beginning", data[:5].hex(), (MAGIC + bytes([FORMAT])).hex())
    (said,) = struct.unpack_from("<I", data, HEAD.size)
    if said != zlib.crc32(data[: HEAD.size]):
        raise refuse("header's checksum", f"{said:08x}", f"{zlib.crc32(data[: HEAD.size]):08x}")
    body = data[BODY : BODY + length + entries]
    if BODY + length + entries > MAX_BYTES or len(body) < length + entries:
        raise refuse("length", len(data), f"{BODY + length + entries}, at most {MAX_BYTES}")
    if crc != zlib.crc32(body):
        raise refuse("checksum", f"{zlib.crc32(body):08x}", f"{crc:08x}")
    told = _particulars(body[:length], refuse)
    found = tuple(_Entries(body[length:], refuse).read())
    sign, firmware, board = (str(told.get(key) or "") for key in ("sign", "fw", "board"))
    why = KINDS.get(kind, f"code-{kind}")
    config = told["config"]
    return Flight(name, why, number, boot, seq, up_s, end_ms, sign, firmware, board, config, found)


class _Refusal:
    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, field: str, value: object, allowed: str) -> FlightError:
        return FlightError(self._name, field, value, allowed)


def _particulars(data: bytes, refuse: _Refusal) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise refuse("particulars", data[:40], "a JSON object") from error
    if not isinstance(told, dict) or not isinstance(told.get("config"), dict):
        raise refuse("particulars", data[:40], "a JSON object with config")
    return told


class _Entries:
    """Reads the entries one after the other."""

    def __init__(self, data: bytes, refuse: _Refusal) -> None:
        self._data, self._refuse = data, refuse
        self._at = 0
        self._now_ms = self._levels = 0
        self._reads: list[tuple[int, bytes]] = []
        self._forget()

    def _forget(self) -> None:
        """Changes are counted from the last checkpoint on."""
        self._before = [[[0] * 4 for _ in range(SLOTS)] for _ in range(2)]
        self._last = [b"", b""]

    def read(self) -> Iterator[Entry]:
        """All of them; the first is a checkpoint."""
        if self._data[:2] != bytes((NOTE, CHECKPOINT)):
            raise self._wrong("another one", "a checkpoint at the beginning")
        while self._at < len(self._data):
            entry = self._entry()
            if entry is not None:
                yield entry

    def _entry(self) -> Entry | None:
        first = self._take(1)[0]
        if first < 3 * BAND:
            return self._asked(first)
        if first == PASSED:
            self._pass(int.from_bytes(self._take(4), "little"))
        elif first == READ:
            self._read()
        elif first == INPUTS:
            self._levels = self._take(1)[0]
            if self._levels > 3:
                raise self._wrong(f"levels {self._levels}", "levels 0..3")
        else:
            return self._noted()
        return None

    def _asked(self, first: int) -> Asked:
        band, passed_ms = divmod(first, BAND)
        self._pass(passed_ms)
        if band == 1:
            self._reads.append((0, FRAME_HEAD + bytes(8 * SLOTS) + FRAME_TAIL))
        elif band == 2:
            self._reads.append((0, self._frame(0)))
        # The sign reads its first port first.
        reads, self._reads = tuple(sorted(self._reads, key=lambda read: read[0])), []
        return Asked(self._now_ms, self._levels, reads)

    def _pass(self, ms: int) -> None:
        self._now_ms = (self._now_ms + ms) & TICKS_MASK

    def _read(self) -> None:
        high = self._take(1)[0]
        port, how = high >> 7, high & 0x60
        if how:
            data = self._changed(port) if how == 0x40 else self._last[port]
            if not data:
                raise self._wrong("a change of nothing", "a read before it")
        else:
            count = (high & 0x1F) << 8 | self._take(1)[0]
            if count > MAX_READ:
                raise self._wrong(f"a read of {count} bytes", f"up to {MAX_READ} bytes")
            data = self._take(count) if count else b""
            if count:
                self._last[port] = data if count <= MAX_CHANGED else b""
        self._reads.append((port, data or self._frame(port)))

    def _changed(self, port: int) -> bytes:
        data = bytearray(self._last[port])
        mask = int.from_bytes(self._take((len(data) + 7) // 8), "little")
        for k in range(len(data)):
            if mask >> k & 1:
                data[k] = self._take(1)[0]
        self._last[port] = bytes(data)
        return self._last[port]

    def _frame(self, port: int) -> bytes:
        forms = self._take(1)[0]
        slots = [self._slot(forms >> 2 * k & 3, self._before[port][k]) for k in range(SLOTS)]
        return FRAME_HEAD + b"".join(slots) + FRAME_TAIL

    def _slot(self, form: int, before: list[int]) -> bytes:
        if form == 0:
            return bytes(8)
        if form == 3:
            data = self._take(8)
            before[:] = [*map(_ordered, struct.unpack("<3H", data[:6])), int.from_bytes(data[6:], "little")]
            return data
        for k, change in enumerate(self._changes(form)):
            before[k] = (before[k] + change) & 0xFFFF
        return struct.pack("<4H", *map(_ordered, before[:3]), before[3])

    def _changes(self, form: int) -> tuple[int, int, int]:
        if form == 1:
            x, y, v = struct.unpack("<3b", self._take(3))
            return x, y, v
        word = int.from_bytes(self._take(4), "little")
        return _signed(word, 11), _signed(word >> 11, 11), _signed(word >> 22, 10)

    def _noted(self) -> Entry:
        kind = self._take(1)[0]
        if kind == CHECKPOINT:
            return self._checkpoint()
        if kind not in NUMBERS:
            raise self._wrong(f"kind {kind}", ", ".join(map(str, NUMBERS)))
        return Note(self._now_ms, kind, tuple(self._number() for _ in range(NUMBERS[kind])))

    def _checkpoint(self) -> Checkpoint:
        length = int.from_bytes(self._take(2), "little")
        end = self._at + length
        state = self._take(length)
        self._at -= length
        self._now_ms, self._levels = self._number() & TICKS_MASK, self._number() & 3
        self._at = end
        self._forget()
        return Checkpoint(self._now_ms, state)

    def _number(self) -> int:
        value = 0
        for k in range(5):
            byte = self._take(1)[0]
            value |= (byte & 0x7F) << 7 * k
            if byte < 0x80:
                return value >> 1 ^ -(value & 1)
        raise self._wrong("a number of more than five bytes", "up to five bytes")

    def _take(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            raise self._wrong("cut short", "whole entries")
        self._at += count
        return self._data[self._at - count : self._at]

    def _wrong(self, value: object, allowed: str) -> FlightError:
        return self._refuse(f"entry before byte {self._at}", value, allowed)


def _ordered(raw: int) -> int:
    """Sign-magnitude with bit 15 set for positive to the order of values, and back."""
    return raw if raw & 0x8000 else 0x7FFF - raw


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value
