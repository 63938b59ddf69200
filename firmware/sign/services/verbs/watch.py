"""`watch 60`: what the sign sees and decides goes to the controller's pages, for so many seconds; `watch 0`
ends it.

Pictures are for looking at: at most four a second, at QoS 0, each made in one buffer outside the tick. While
anything else is on its way the turn of a picture passes.
"""

import asyncio
import time
from array import array

from sign.compat import const, ticks_add, ticks_diff
from sign.core.picture import LARGEST, LIT, PIR, SEEN_CELLS, SHADOW, take
from sign.proto.service import ServiceError
from sign.services.topics import ROOT

_LONGEST_S = const(60)
_S_MS = const(1_000)
_EVERY_MS = const(250)


def watch(status, obj):
    """Begin for so many seconds, in place of what was begun before; 0 ends it."""
    if type(obj) is not int or not 0 <= obj <= _LONGEST_S:
        raise ServiceError("watch", obj, "0..%d" % _LONGEST_S)
    if obj and status.armed.borrowed:  # obeyed without a session, for which there was no memory beside this
        raise ServiceError("memory", "too little beside a session", "more, as without the recorder")
    if obj and not status.is_online():
        raise ServiceError("watch", "no session", "a session with the controller")
    if status.looking:
        status.looking.stop()
    if obj:
        status.looking = Watch(status, obj * _S_MS)
    return {"watch": obj}


class Watch:
    """Sends pictures as a duty of this session until it is over. Its task keeps this room, and none of those
    that obeyed the command."""

    def __init__(self, status, lasts_ms):
        self._status = status
        self._session = status.link.sessions
        self._data = memoryview(bytearray(LARGEST))
        self._seen = array("i", [0] * SEEN_CELLS)
        self._next_ms = time.ticks_ms()
        self._end_ms = ticks_add(self._next_ms, lasts_ms)
        self._duty = self.send
        status.duties.append(self._duty)
        self._task = asyncio.create_task(self._end())

    def stop(self):
        """Send nothing more."""
        status = self._status
        if status.looking is self:
            status.looking = None
            status.duties.remove(self._duty)

    async def _end(self):
        """When its time is over, or this session is, whose memory the next one needs."""
        status = self._status
        while status.looking is self:
            await asyncio.sleep_ms(_EVERY_MS)
            is_same = status.is_online() and status.link.sessions == self._session
            if not is_same or ticks_diff(self._end_ms, time.ticks_ms()) <= 0:
                self.stop()

    async def send(self, client):
        """The picture of now, if it is due and nothing else is on its way."""
        now_ms = time.ticks_ms()
        left_ms = ticks_diff(self._end_ms, now_ms)
        if left_ms <= 0 or client.in_flight or ticks_diff(now_ms, self._next_ms) < 0:
            return
        self._next_ms = ticks_add(now_ms, _EVERY_MS)
        armed, data = self._status.armed, self._data
        flags = armed.lamps.lit * LIT | armed.inputs.pir() * PIR
        flags |= (armed.config.mode == "shadow") * SHADOW
        left_s = (left_ms + _S_MS - 1) // _S_MS
        count = take(data, self._seen, armed.detector, now_ms, left_s, flags)
        await client.publish(ROOT + armed.sign + "/targets", [data[:count]], 0)
