"""Puts the pieces of recordings together, one recording a sign at a time, and has them written.

```mermaid
stateDiagram-v2
    [*] --> asked: somebody wants it
    [*] --> coming: piece at 0
    asked --> coming: piece at 0
    coming --> coming: next piece
    coming --> whole: last piece, sums are right
    coming --> broken: a gap, a wrong sum, or nothing for a minute
    asked --> broken: nothing for a minute
    whole --> kept: written
    whole --> broken: cannot be written
    broken --> coming: piece at 0
    kept --> coming: piece at 0
```
"""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from gangvakt.errors import GangvaktError, RecordingRefused
from gangvakt.fleet import SignId
from gangvakt.recordings.flight_file import LARGEST, SMALLEST, Head, read_head
from gangvakt.recordings.folder import RecordingFolder

LOG = logging.getLogger(__name__)

PIECE_BYTES = 160
SILENT_S = 60.0  # a sign sends ten pieces a second, and goes on after a reconnection
MOST_SIGNS = 256  # whose newest recording is remembered: 2 MB at most
MOST_WAITING = 64  # whole ones that wait for the disk

_VERSION = 1
_HEAD = struct.Struct(">BIHH")


class State(Enum):
    ASKED = "asked"
    COMING = "coming"
    WHOLE = "whole"
    KEPT = "kept"
    BROKEN = "broken"


NEXT = {
    State.ASKED: {State.COMING, State.BROKEN},
    State.COMING: {State.COMING, State.WHOLE, State.BROKEN},
    State.WHOLE: {State.KEPT, State.BROKEN},
    State.KEPT: set[State](),
    State.BROKEN: set[State](),
}


@dataclass(frozen=True)
class Progress:
    """How a recording's transfer stands: `bytes` is None before its first piece, `file` is there once it is
    kept, `why` where it is broken."""

    number: int
    state: State
    received: int = 0
    bytes: int | None = None
    file: Path | None = None
    why: str | None = None


class Piece(NamedTuple):
    number: int
    at: int
    size: int
    data: bytes


class Transfers:
    """`put` takes what comes and never waits; `run` writes. `refused` counts pieces that did not fit."""

    def __init__(self, folder: RecordingFolder, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.refused = 0
        self._folder, self._clock_s = folder, clock_s
        self._transfers: OrderedDict[SignId, _Transfer] = OrderedDict()
        self._waiting: deque[tuple[_Transfer, SignId, Head, bytes]] = deque()
        self._filled = asyncio.Event()

    def ask(self, sign: SignId, number: int) -> None:
        """From now on `progress` tells of what comes next."""
        self._begin(sign, _Transfer(number, self._clock_s()))

    def progress(self, sign: SignId, number: int) -> Progress | None:
        """None of a recording that is not the newest that this sign was asked for, or sent."""
        transfer = self._transfers.get(sign)
        if transfer is None or transfer.number != number:
            return None
        transfer.give_up_after(SILENT_S, self._clock_s())
        return transfer.progress()

    def put(self, sign: SignId, payload: bytes) -> None:
        """A piece came. RecordingRefused when it does not fit."""
        try:
            self._take(sign, parse_piece(payload))
        except RecordingRefused:
            self.refused += 1
            raise

    async def run(self) -> None:
        """Writes until cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._waiting:
                await self._write(*self._waiting.popleft())

    def _take(self, sign: SignId, piece: Piece) -> None:
        transfer, now_s = self._transfers.get(sign), self._clock_s()
        if transfer is None or not transfer.fits(piece):
            if piece.at:  # the rest of one that is broken, that was given up, or began before this process
                self.refused += 1
                return
            transfer = self._begin(sign, _Transfer(piece.number, now_s))
        if transfer.take(piece, now_s):
            self._finish(sign, transfer)

    def _begin(self, sign: SignId, transfer: _Transfer) -> _Transfer:
        self._transfers[sign] = transfer
        self._transfers.move_to_end(sign)
        if len(self._transfers) > MOST_SIGNS:
            self._transfers.popitem(last=False)
        return transfer

    def _finish(self, sign: SignId, transfer: _Transfer) -> None:
        data = transfer.all()
        try:
            head = read_head(data, "recording")
            if head.number != transfer.number:
                raise RecordingRefused("recording", "number", head.number, str(transfer.number))
            if len(self._waiting) == MOST_WAITING:
                raise RecordingRefused("recording", "waiting", MOST_WAITING, f"fewer than {MOST_WAITING}")
        except RecordingRefused as error:
            transfer.end(State.BROKEN, why=str(error))
            raise
        self._waiting.append((transfer, sign, head, data))
        self._filled.set()

    async def _write(self, transfer: _Transfer, sign: SignId, head: Head, data: bytes) -> None:
        """In a thread of its own: a slow disk holds up no event."""
        try:
            path = await asyncio.to_thread(self._folder.keep, sign, head, data)
        except (GangvaktError, OSError) as error:
            LOG.error("recording %d of %s: %s", head.number, sign, error)
            transfer.end(State.BROKEN, why=str(error))
        else:
            transfer.end(State.KEPT, file=path)


class _Transfer:
    """One recording on its way."""

    def __init__(self, number: int, now_s: float) -> None:
        self.number = number
        self._state, self._size = State.ASKED, 0
        self._data = bytearray()
        self._touched_s = now_s
        self._file: Path | None = None
        self._why: str | None = None

    def progress(self) -> Progress:
        received = self._size if self._state in (State.WHOLE, State.KEPT) else len(self._data)
        return Progress(self.number, self._state, received, self._size or None, self._file, self._why)

    def fits(self, piece: Piece) -> bool:
        """Whether it belongs to this one; another first piece belongs to another."""
        if piece.number != self.number or (self._size and piece.size != self._size):
            return False
        match self._state:
            case State.ASKED:
                return piece.at == 0
            case State.COMING:
                return piece.at > 0 or self._holds(piece)
            case State.WHOLE | State.KEPT:
                return piece.at > 0
            case State.BROKEN:
                return False

    def take(self, piece: Piece, now_s: float) -> bool:
        """Whether that was the last. RecordingRefused for a gap, or other bytes than came before."""
        if self._state in (State.WHOLE, State.KEPT):
            return False  # the last piece, delivered twice
        self._touched_s = now_s
        if self._holds(piece):
            return False  # delivered twice
        held, end = len(self._data), piece.at + len(piece.data)
        if piece.at != held:
            self.end(State.BROKEN, why=f"at byte {held} came the piece of byte {piece.at}")
            raise RecordingRefused("piece", "position", piece.at, str(held))
        self._size = piece.size
        self._data += piece.data
        self._enter(State.COMING)
        if end < piece.size:
            return False
        self._enter(State.WHOLE)
        return True

    def _holds(self, piece: Piece) -> bool:
        return self._data[piece.at : piece.at + len(piece.data)] == piece.data

    def all(self) -> bytes:
        """What came; it is forgotten here."""
        data = bytes(self._data)
        self._data.clear()
        return data

    def end(self, state: State, file: Path | None = None, why: str | None = None) -> None:
        self._enter(state)
        self._file, self._why = file, why
        self._data.clear()

    def give_up_after(self, silent_s: float, now_s: float) -> None:
        if self._state in (State.ASKED, State.COMING) and now_s - self._touched_s > silent_s:
            self.end(State.BROKEN, why=f"nothing more came within {silent_s:.0f} s")

    def _enter(self, state: State) -> None:
        assert state in NEXT[self._state], f"{self._state} to {state}"
        self._state = state


def parse_piece(payload: bytes) -> Piece:
    """RecordingRefused when it does not follow the wire contract."""
    if not _HEAD.size < len(payload) <= _HEAD.size + PIECE_BYTES:
        allowed = f"{_HEAD.size + 1}..{_HEAD.size + PIECE_BYTES} bytes"
        raise RecordingRefused("piece", "size", len(payload), allowed)
    version, number, at, size = _HEAD.unpack_from(payload)
    if version != _VERSION:
        raise RecordingRefused("piece", "version", version, str(_VERSION))
    if not SMALLEST <= size <= LARGEST:
        raise RecordingRefused("piece", "recording's size", size, f"{SMALLEST}..{LARGEST} bytes")
    data = payload[_HEAD.size :]
    if at + len(data) > size:
        raise RecordingRefused("piece", "end", at + len(data), f"..{size}")
    return Piece(number, at, size, data)
