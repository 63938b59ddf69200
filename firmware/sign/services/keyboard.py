"""Where people touch the sign: the serial port, status LED and service button.

Who obeys at the serial port is loaded with the first byte, and forgotten when nobody speaks any more: most
signs are never spoken to.
"""

import asyncio
import select
import sys
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.services import log

_SHARE_BYTES = const(120)
_POLL_MS = const(50)
_FORGET_MS = const(15_000)
_BORROW_MS = const(500)  # until the session has given its memory back


def _is_typed(poller):
    """Whether a byte waits. It is asked twenty times a second, so it allocates nothing."""
    for _ in poller.ipoll(0):
        return True
    return False


class Keyboard:
    """`status` is a Status; `alive()` is called several times a second.

    A sign with all that can be configured has no memory for both a secure session and a technician: then the
    session pauses until the technician is gone. After a start for service it has not even begun.
    """

    def __init__(self, status, alive):
        self._status, self._panel = status, status.panel
        self._alive = alive
        self._console = None
        self._heard_ms = time.ticks_ms()

    async def run(self):
        """One byte at a time: reading a line or a character would block until its end comes. A babbling line
        gets no more than its share of the loop."""
        poller = select.poll()
        poller.register(sys.stdin, select.POLLIN)
        while True:
            self._alive()
            pause_ms, now_ms = _POLL_MS, time.ticks_ms()
            self._panel.light(now_ms)
            try:
                if self._panel.pole:
                    await self._panel.pole.step(now_ms)
                share = _SHARE_BYTES
                while share and _is_typed(poller):
                    share -= 1
                    self._take(sys.stdin.buffer.read(1))
                if self._console:
                    pause_ms = min(pause_ms, await self._console.work(self._alive))
                if self._is_left(now_ms):
                    self._forget()
                    self._status.armed.attended = False
            except MemoryError:
                self._forget()
                self._borrow()
                pause_ms = _BORROW_MS
            await asyncio.sleep_ms(pause_ms)

    def _take(self, byte):
        self._heard_ms = time.ticks_ms()
        if self._console is None:
            loading.load(loading.CONSOLE)
            self._console = sys.modules["sign.services.console"].Console(self._status)
        self._console.take(byte)

    def _is_left(self, now_ms):
        """Whether something is held for a technician who is gone."""
        if ticks_diff(now_ms, self._heard_ms) < _FORGET_MS:
            return False
        return not self._console.busy if self._console else self._status.armed.attended

    def _borrow(self):
        """Let the session end, and none begin; what was asked is asked again."""
        armed, link = self._status.armed, self._status.link
        if link:
            if not armed.attended:
                log.say("session pauses: its memory is needed at the serial port")
            armed.attended = True
            link.pause()

    def _forget(self):
        if self._console:
            self._console.close()
            self._console = None
        loading.leave(loading.CONSOLE)
