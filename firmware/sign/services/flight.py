"""When the recorder's last minute goes to flash, see RECORDING.md. What that takes is loaded for it."""

import asyncio

from sign import loading
from sign.compat import const, ticks_diff
from sign.services import log

_AFTER_MS = const(10_000)
# A sector bears 100,000 erasures: with so many recordings an hour for each slot it lasts ten years.
_RECORDINGS_S = const(3_600)
_SAVED_MAX = const(4)  # recordings one after the other, when there were none for long
_SLOT_SECTORS = const(2)
_GIVEN_BACK_MS = const(500)  # what looks on has ended by then


class Flight:
    """`poll` is called twice a second. `dropped`: recordings that could not be kept; `held`: the next one
    shall be held, and now; `sender`: the session's duty that sends a recording, see `recording.fetch`.
    """

    def __init__(self, status, recorder, partition):
        self.recorder, self.partition = recorder, partition
        self._status = status
        self._every_s = _RECORDINGS_S * _SLOT_SECTORS // partition.ioctl(4, 0)
        self._spent_s = 0  # when the allowance will be whole again
        self._task = self.sender = None
        self.held = False
        self.dropped = 0

    def poll(self, now_ms):
        """Begin to keep what waits for it."""
        recorder, up_s = self.recorder, self._status.armed.uptime.s
        if self._task or not recorder.event:
            return
        waited = ticks_diff(now_ms, recorder.event_ms) >= _AFTER_MS
        if self.held or (waited and self._spent_s - up_s < (_SAVED_MAX - 1) * self._every_s):
            self._spent_s = max(up_s, self._spent_s) + self._every_s
            self._task = asyncio.create_task(self._keep())

    async def _keep(self):
        rooms = loading.missing(loading.RECORDING)
        kept = room = None
        try:
            await self._load(rooms)
            from sign.services import recording as room

            kept = await room.work(self._status)
        except (MemoryError, OSError) as error:
            log.say("recorder: %r" % error)
            self.recorder.taken()
        room = None
        loading.leave(rooms)
        self._task = None
        self.held = False
        if not kept:
            self.dropped += 1

    async def _load(self, rooms):
        """Where memory ends, whoever looks on gives way."""
        try:
            loading.load(rooms)
        except MemoryError:
            looking = self._status.looking
            if not looking:
                raise
            looking.stop()
            looking = None
            await asyncio.sleep_ms(_GIVEN_BACK_MS)
            loading.load(rooms)
