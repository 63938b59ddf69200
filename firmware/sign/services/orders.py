"""Hears what the controller orders. Who obeys is loaded for it and then forgotten: `commands`, `desired`."""

import asyncio
import time
from hashlib import sha256

from sign import loading
from sign.compat import const
from sign.services import log
from sign.services.pieces import pieces

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
        """A command came. True where it was dropped, since more cannot wait: who sent it hears nothing, and
        asks again."""
        if len(self._waiting) >= _WAITING_MAX:
            return True
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
            what = self._waiting.pop(0)
            if not await self._with(loading.COMMANDS, client, what):
                self.task = asyncio.create_task(self._guarded(self._later(what)))
        elif self.told:
            told, self.told = self.told, None
            await client.publish(self.topics.of("response"), pieces(told), 1)
        elif self._desired is not None:
            payload, self._desired = self._desired, None
            self._heeded = sha256(payload).digest()
            if not await self._with(_DESIRED, client, payload):
                self.take_over(payload)

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

    async def _guarded(self, work):
        """A task's error would end the app; the controller asks again."""
        try:
            await work
        except Exception as error:
            log.say("orders: %r" % error)
            self.status.armed.borrowed = ""
            self._heeded = None

    async def _later(self, what):
        """Obey without a session; the next one takes the answer."""
        from sign.services import aside

        self._opened += 1  # the next session only goes on with this one: nothing waited for days meanwhile
        await aside.run(self.status.armed, self.status.link, loading.COMMANDS, (self, what))
        if not self.told:
            self.told = {"v": 1, "id": _ident(what[0]), "ok": False, "field": "memory"}

    def take_over(self, payload):
        """Look at what is wanted without a session, whose memory that takes."""
        from sign.services import aside

        work = aside.run(self.status.armed, self.status.link, _DESIRED, payload)
        self.task = asyncio.create_task(self._guarded(work))


def _ident(payload):
    """The id of a command that nobody could read."""
    words = bytes(payload).split(b'"', 16)
    return words[words.index(b"id") + 2].decode() if b"id" in words[:-2] else None
