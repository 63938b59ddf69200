"""aioespnow: the frozen asyncio flavour of ESP-NOW."""

import espnow as _espnow


def _io_queue():
    """Return the running loop's queue; asyncio is loaded when first needed."""
    from asyncio import core

    return core._io_queue


class AIOESPNow(_espnow.ESPNow):
    """ESPNow with awaitable receive and send."""

    async def arecv(self):
        """Wait for a frame; return a new [sender, message]."""
        yield _io_queue().queue_read(self)
        return self.recv(0)

    async def airecv(self):
        """Wait for a frame; return the shared [sender, message] list."""
        yield _io_queue().queue_read(self)
        return self.irecv(0)

    async def asend(self, mac, msg=None, sync=True):
        """Send to one peer, or to all when called with the message alone."""
        if msg is None:
            msg, mac = mac, None
        yield _io_queue().queue_write(self)
        return self.send(mac, msg, sync)

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self.airecv()


ESPNow = AIOESPNow
