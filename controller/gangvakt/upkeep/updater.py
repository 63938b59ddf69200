"""Makes offers known to the signs, and gives them the pieces they ask for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from gangvakt.fleet import SignId
from gangvakt.upkeep.offers import VERSION, Offer, OfferFolder

LOG = logging.getLogger(__name__)

ROUND_S = 1.0
PIECE_BYTES_MAX = 192
# A packet of 256 bytes, less fixed header, length of the topic, packet id, version, sum and place.
PIECE_ROOM_BYTES = 240
NOTE_S = 1.0  # how often progress is worth a file
ASKED_BYTES_MAX = 1024
HELD_MAX = 32  # updates in memory, of those that signs fetch now

Offering = Callable[[SignId, bytes], Awaitable[bool]]
Sending = Callable[[SignId, bytes], Awaitable[bool]]


class Updater:
    """`offer` publishes a retained offer, `send` a piece; both say whether it went out. `topic_bytes` is the
    length of a sign's topic for pieces."""

    def __init__(
        self, offers: OfferFolder, offer: Offering, send: Sending, topic_bytes: Callable[[SignId], int]
    ) -> None:
        self._offers, self._offer, self._send, self._topic_bytes = offers, offer, send, topic_bytes
        self._known: dict[SignId, int] = {}
        self._held: OrderedDict[SignId, tuple[int, Offer | None]] = OrderedDict()
        self._noted_s: dict[SignId, float] = {}
        self._asked: dict[SignId, dict[str, Any]] = {}
        self._filled = asyncio.Event()

    def ask(self, sign: SignId, message: dict[str, Any]) -> None:
        """A sign asks for pieces. Never waits; of one sign only the newest question counts."""
        self._asked[sign] = message
        self._filled.set()

    def report(self, sign: SignId, message: dict[str, Any]) -> None:
        """A sign says how it stands with its update."""
        self._offers.report(sign, message)
        LOG.warning("update of %s: %s", sign, _said(message))

    async def run(self, round_s: float = ROUND_S) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.round()
                await self._serve(time.monotonic() + round_s)
            except Exception:  # the next round must come, whatever went wrong with this one
                LOG.exception("updates")
                await asyncio.sleep(round_s)

    async def round(self) -> None:
        """Publish what is new, and an empty offer where one was withdrawn."""
        stamps = self._offers.stamps()
        for sign in self._known.keys() - stamps.keys():
            if await self._offer(sign, b""):
                del self._known[sign]
        for sign, stamp in stamps.items():
            if self._known.get(sign) != stamp:
                held = self._get(sign, stamp)
                if held is not None and await self._offer(sign, held.message()):
                    self._known[sign] = stamp

    async def _serve(self, until_s: float) -> None:
        """What signs ask for until then; an answer that has begun is given whole."""
        while (left_s := until_s - time.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._filled.wait()
            self._filled.clear()
            asked, self._asked = self._asked, {}
            for sign, message in asked.items():
                await self._answer(sign, message)

    async def _answer(self, sign: SignId, message: dict[str, Any]) -> None:
        held = self._get(sign, self._known.get(sign, 0))
        if held is None or held.id != message["id"]:
            return
        self._note(sign, message["at"])
        size = min(PIECE_BYTES_MAX, PIECE_ROOM_BYTES - self._topic_bytes(sign))
        for piece in pieces(held, message["at"], min(message["n"], ASKED_BYTES_MAX), size):
            if not await self._send(sign, piece):
                return

    def _note(self, sign: SignId, at: int) -> None:
        now_s = time.monotonic()
        if now_s - self._noted_s.get(sign, 0) >= NOTE_S:
            self._noted_s[sign] = now_s
            self._offers.note_progress(sign, at)

    def _get(self, sign: SignId, stamp: int) -> Offer | None:
        """From the file only where that has changed."""
        if self._held.get(sign, (None, None))[0] != stamp:
            self._held[sign] = stamp, self._offers.get(sign)
        self._held.move_to_end(sign)
        if len(self._held) > HELD_MAX:
            self._held.popitem(last=False)
        return self._held[sign][1]


def pieces(offer: Offer, at: int, n: int, size: int) -> Iterator[bytes]:
    """`n` bytes of signature and body from `at` on; an empty piece where there are no more."""
    content = offer.update.signature + offer.update.body
    head = bytes((VERSION,)) + offer.update.manifest.sha256[:4]
    end = min(at + n, len(content))
    for place in range(at, max(end, at + 1), size):
        yield head + place.to_bytes(4, "big") + content[place : min(place + size, end)]


def _said(message: dict[str, Any]) -> str:
    said = f"{message['state']} ({message['id']})"
    if "field" not in message:
        return said
    return f"{said}: {message['field']} is {message.get('value')!r}, allowed: {message.get('allowed')}"
