"""When the recorder's last minute goes to flash, and a recording to the controller. What it takes for that is
loaded for it, see `recording`.

```mermaid
stateDiagram-v2
    [*] --> recording
    recording --> waiting: a warning, a fault or an order
    waiting --> erasing: ten seconds later, if the flash's wear allows it
    erasing --> copying: when a stall is allowed
    copying --> copying: 1 KB each time that a stall is allowed
    copying --> recording: header written last
    waiting --> recording: no partition, or all slots held, counted as dropped
```

From the first copied byte on the ring does not overwrite what is to be copied: where that takes so long that
the ring is full, recording pauses and begins anew with a checkpoint when the copy is complete.
"""

import asyncio
import time

from esp32 import Partition
from sign import loading
from sign.compat import const, ticks_diff
from sign.services import log
from sign.services.stall import StallPermit

_AFTER_MS = const(10_000)
# A sector bears 100,000 erasures: with so many recordings an hour for each slot it lasts ten years.
_RECORDINGS_S = const(3_600)
_SAVED_MAX = const(4)  # recordings one after the other, when there were none for long
_PAUSE_MS = const(50)
_PIECE_BYTES = const(160)
_SECTOR = const(4_096)
_SLOT_BYTES = const(8_192)  # as in proto.recording, which is loaded only for a while
_ASKED = const(15)


class Flight:
    """`poll` is called twice a second. `partition` is None on a board without; `dropped`: recordings that
    could not be kept."""

    def __init__(self, status):
        found = Partition.find(Partition.TYPE_DATA, label="recorder")
        self.partition = found[0] if found else None
        self._status, self._armed = status, status.armed
        slots = found[0].ioctl(4, 0) * _SECTOR // _SLOT_BYTES if found else 1
        self._every_s = _RECORDINGS_S // slots
        self._spent_s = 0  # when the allowance will be whole again
        self._task = self._held = None
        self._sent = None  # [number, where in the partition, size, how much of it]
        self.dropped = 0
        self.topic = None  # set where there is a controller

    @property
    def pending(self):
        """Whether something is to be kept."""
        return self._armed.recorder.event != 0

    def ask(self, up_s):
        """Keep the last minute now, and hold it."""
        self._held = True
        self._armed.recorder.happened(_ASKED, time.ticks_ms(), 0)

    def poll(self, now_ms):
        """Begin to keep what waits for it."""
        recorder = self._armed.recorder
        if self._task or not recorder.event:
            return
        if not self.partition:
            recorder.taken()
            return
        up_s = self._armed.uptime.s
        waited = ticks_diff(now_ms, recorder.event_ms) >= _AFTER_MS
        allowed = self._spent_s - up_s < (_SAVED_MAX - 1) * self._every_s
        if self._held or (waited and allowed):
            self._spent_s = max(up_s, self._spent_s) + self._every_s
            self._task = asyncio.create_task(self._keep())

    async def _keep(self):
        armed, held = self._armed, bool(self._held)
        rooms = loading.missing(loading.RECORDING)
        kept = room = None
        try:
            loading.load(rooms)
            from sign.services import recording as room

            texts = room.particulars(self._status)
            for kept in room.keep(self.partition, armed.recorder, texts, armed.boot, armed.uptime.s, held):
                if kept == 0:
                    await self._moment()
        except (MemoryError, OSError) as error:
            log.say("recorder: %r" % error)
            armed.recorder.taken()
            kept = None
        room = None
        loading.leave(rooms)
        self._task = self._held = None
        if not kept:
            self.dropped += 1

    async def _moment(self):
        """Wait until a stall is allowed."""
        permit = StallPermit(self._armed.detector)
        await asyncio.sleep_ms(_PAUSE_MS)
        while not permit.granted(time.ticks_ms()):
            await asyncio.sleep_ms(_PAUSE_MS)

    def send(self, number, at, size):
        """Send what lies there to the controller, piece by piece."""
        self._sent = [number, at, size, 0]

    async def duty(self, client):
        """The next piece: version, number u32, position u16, size u16, big-endian, then its bytes."""
        if not self._sent:
            return
        number, at, size, done = self._sent
        data = bytearray(min(_PIECE_BYTES, size - done))
        at += done
        self.partition.readblocks(at // _SECTOR, data, at % _SECTOR)
        head = b"\x01" + number.to_bytes(4, "big") + done.to_bytes(2, "big") + size.to_bytes(2, "big")
        await client.publish(self.topic, [head, data], 1)
        self._sent[3] = done + len(data)
        if self._sent[3] >= size:
            self._sent = None
