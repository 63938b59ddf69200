"""`watch 60`: what the sign sees and decides goes to the controller's pages, for so many seconds; `watch 0`
ends it.

Pictures are for looking at: at most four a second, at QoS 0, each made in one buffer outside the tick. While
anything else is on its way the turn of a picture passes.
"""

import time
from array import array

from sign.compat import const, ticks_add, ticks_diff
from sign.core.picture import LAMPS, LARGEST, PIR, SEEN_CELLS, SHADOW, take
from sign.proto.service import ServiceError
from sign.services.topics import ROOT

_LONGEST_S = const(60)
_S_MS = const(1_000)
_EVERY_MS = const(250)


def watch(status, obj):
    """Begin for so many seconds, in place of what was begun before; 0 ends it."""
    if type(obj) is not int or not 0 <= obj <= _LONGEST_S:
        raise ServiceError("watch", obj, "0..%d" % _LONGEST_S)
    if obj and not status.is_online():
        raise ServiceError("watch", "no session", "a session with the controller")
    if status.looking:
        status.looking.stop()
    return {"watch": obj}, Watch(status, obj * _S_MS) if obj else None


class Watch:
    """Sends pictures as a duty of this session until it is `over`; whoever has it keeps this room, too."""

    every_ms = 500

    def __init__(self, status, lasts_ms):
        self.over = False
        self._status = status
        self._session = status.link.sessions
        self._data = memoryview(bytearray(LARGEST))
        self._seen = array("i", [0] * SEEN_CELLS)
        self._next_ms = time.ticks_ms()
        self._end_ms = ticks_add(self._next_ms, lasts_ms)
        self._duty = self.send
        status.duties.append(self._duty)
        status.looking = self

    def step(self, now_ms):
        """Nothing is told; ends when its time is over, or this session is."""
        status = self._status
        is_same = status.is_online() and status.link.sessions == self._session
        if not is_same or ticks_diff(self._end_ms, now_ms) <= 0:
            self.stop()

    def stop(self):
        """Send nothing more."""
        if not self.over:
            self.over = True
            self._status.looking = None
            self._status.duties.remove(self._duty)

    async def send(self, client):
        """The picture of now, if it is due and nothing else is on its way."""
        now_ms = time.ticks_ms()
        left_ms = ticks_diff(self._end_ms, now_ms)
        if self.over or left_ms <= 0 or client.in_flight or ticks_diff(now_ms, self._next_ms) < 0:
            return
        self._next_ms = ticks_add(now_ms, _EVERY_MS)
        armed, data = self._status.armed, self._data
        flags = armed.lamps.lit * LAMPS | armed.inputs.pir() * PIR
        flags |= (armed.config.mode == "shadow") * SHADOW
        left_s = (left_ms + _S_MS - 1) // _S_MS
        count = take(data, self._seen, armed.detector, now_ms, left_s, flags)
        await client.publish(ROOT + armed.sign + "/targets", [data[:count]], 0)
