"""Listens at the serial port. Who obeys is loaded with the first byte, and forgotten when nobody speaks any
more: most signs are never spoken to.
"""

import asyncio
import select
import sys
import time

from sign import loading
from sign.compat import const, ticks_diff

_SHARE_BYTES = const(120)
_POLL_MS = const(50)
_FORGET_MS = const(15_000)


class Keyboard:
    """`status` is a Status; `alive()` is called several times a second."""

    def __init__(self, status, alive):
        self._status = status
        self._alive = alive
        self._console = None
        self._heard_ms = 0

    async def run(self):
        """One byte at a time: reading a line or a character would block until its end comes. A babbling line
        gets no more than its share of the loop."""
        poller = select.poll()
        poller.register(sys.stdin, select.POLLIN)
        while True:
            self._alive()
            for _ in range(_SHARE_BYTES):
                if not poller.poll(0):
                    break
                self._take(sys.stdin.buffer.read(1))
            pause_ms = _POLL_MS
            if self._console:
                pause_ms = min(pause_ms, await self._console.work(self._alive))
                self._forget()
            await asyncio.sleep_ms(pause_ms)

    def _take(self, byte):
        if self._console is None:
            loading.load(loading.CONSOLE)
            self._console = sys.modules["sign.services.console"].Console(self._status)
        self._heard_ms = time.ticks_ms()
        self._console.take(byte)

    def _forget(self):
        if ticks_diff(time.ticks_ms(), self._heard_ms) >= _FORGET_MS and not self._console.busy:
            self._console.close()
            self._console = None
            loading.leave(loading.CONSOLE)
