"""Listens at the serial port. Who obeys is loaded with the first byte: most signs are never spoken to."""

import asyncio
import select
import sys

from sign.compat import const

_SHARE_BYTES = const(120)
_POLL_MS = const(50)


class Keyboard:
    """`status` is a Status; `alive()` is called several times a second."""

    def __init__(self, status, alive):
        self._status = status
        self._alive = alive
        self._console = None

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
            await asyncio.sleep_ms(_POLL_MS)

    def _take(self, byte):
        if self._console is None:
            from sign.services.console import Console

            self._console = Console(self._status)
        self._console.take(byte)
