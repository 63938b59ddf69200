"""Hears what the controller orders. Who obeys is loaded for it and then forgotten: `commands`, `desired`."""

import asyncio
import time
from hashlib import sha256

from sign import loading
from sign.compat import const
from sign.services import log

_DESIRED = "core.probation services.desired"
_WAITING_MAX = const(2)


class Orders:
    """`take` hears a command, `take_config` the configuration that is wanted; `duty` obeys and answers.

    `done` holds (id, ok) of the last commands that changed something, `job` what a verb has begun, `told`
    what is to be told of it.
    """

    def __init__(self, status, topics):
        self.status, self.topics = status, topics
        self._waiting = []  # [payload, when it came]
        self.opened_ms = self._opened = 0
        self.job = self.task = self.told = self._desired = self._heeded = None
        self.done = []

    def take(self, payload):
        """A command came. More than can wait are dropped: who sent it hears nothing, and asks again."""
        if len(self._waiting) < _WAITING_MAX:
            self._waiting.append((payload, time.ticks_ms()))

    def take_config(self, payload):
        """The configuration that is wanted, which comes again with each session."""
        if self._heeded != sha256(payload).digest():
            self._desired = payload

    async def duty(self, client):
        """One step in a session."""
        if self._opened != client.connects:
            self._opened, self.opened_ms = client.connects, time.ticks_ms()
        if self._waiting:
            payload, came_ms = self._waiting.pop(0)
            if not await self._with(loading.COMMANDS, client, (payload, came_ms)):
                await client.publish(self.topics.response, [_out_of_memory(payload)], 1)
        elif self.told:
            await self._with(loading.COMMANDS, client, None)
        elif self._desired is not None:
            payload, self._desired = self._desired, None
            self._heeded = sha256(payload).digest()
            if not await self._with(_DESIRED, client, payload):
                self.task = asyncio.create_task(self.take_over(payload))

    async def _with(self, rooms, client, what):
        """Have the last of the rooms `serve`; False when there is no memory for that."""
        room, new = loading.names(rooms)[-1], loading.missing(rooms)
        try:
            loading.load(new)
            await loading.loaded(room).serve(self, client, what)
            return True
        except MemoryError:
            return False
        finally:
            loading.leave(new)

    async def take_over(self, payload):
        """Look at what is wanted without a session, whose memory that takes."""
        armed = self.status.armed
        try:
            if await armed.aside(self.status.link, _DESIRED, payload):
                await armed.restart()
        except Exception as error:
            self._heeded = None
            log.say("configuration: %r" % error)


def _out_of_memory(payload):
    """With the command's id, as it stands in its text."""
    words = bytes(payload).split(b'"', 16)
    ident = words[words.index(b"id") + 2] if b"id" in words[:-2] else b""
    return b'{"v":1,"id":"%s","ok":false,"field":"memory"}' % ident
