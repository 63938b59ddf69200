"""Hears what the controller orders. Who obeys is loaded for it and then forgotten: see `commands`."""

import asyncio
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.services import log
from sign.services.pieces import pieces

_WAITING_MAX = const(2)
_BACKLOG_MS = const(5_000)  # what comes so soon in a session may have waited at the broker for days
_SENT_MS = const(500)  # until an answer is on its way


class Orders:
    """`take` hears a command; `duty` obeys and answers. `done` holds (id, ok) of the last commands that
    changed something."""

    def __init__(self, status, topics):
        self._status = status
        self._topic = topics.response
        self._waiting = []  # [payload, when it came]
        self._opened_ms = self._opened = 0
        self._job = self._task = self._told = None
        self.done = []

    def take(self, payload):
        """A command came. More than can wait are dropped: who sent it hears nothing, and asks again."""
        if len(self._waiting) < _WAITING_MAX:
            self._waiting.append((payload, time.ticks_ms()))

    async def duty(self, client):
        """One step in a session."""
        if self._opened != client.connects:
            self._opened, self._opened_ms = client.connects, time.ticks_ms()
        if self._waiting:
            payload, came_ms = self._waiting.pop(0)
            answer, job = self._obey(payload, came_ms)
            await client.publish(self._topic, _pieces(answer, payload), 1)
            if job:
                self._begin(answer["id"], job)
        elif self._told:
            told, self._told = self._told, None
            await client.publish(self._topic, pieces(told))

    def _obey(self, payload, came_ms):
        """(answer, job or None)."""
        rooms, commands = loading.missing(loading.COMMANDS), None
        try:
            loading.load(rooms)
            from sign.services import commands

            backlog = ticks_diff(came_ms, self._opened_ms) < _BACKLOG_MS
            return commands.obey(self._status, self.done, payload, came_ms, backlog)
        except MemoryError:
            return None, None
        finally:
            commands = None
            loading.leave(rooms)

    def _begin(self, ident, job):
        """What goes on ends by itself, whether the session lasts or not; another one ends it, too."""
        if self._job:
            self._job.stop()
        self._job = job
        self._task = asyncio.create_task(self._work(ident, job))

    async def _work(self, ident, job):
        try:
            await asyncio.sleep_ms(_SENT_MS)
            while not job.over:
                told = job.step(time.ticks_ms())
                if told:
                    self._told = {"v": 1, "id": ident, "ok": True, "told": told}
                await asyncio.sleep_ms(job.every_ms)
        except Exception as error:
            log.say("command: %r" % error)
        job.stop()
        if self._job is job:
            self._job = self._task = None


def _pieces(answer, payload):
    try:
        if answer:
            return pieces(answer)
    except MemoryError:
        pass
    return pieces(
        {"v": 1, "id": _ident(payload), "ok": False, "field": "memory", "value": None, "allowed": None}
    )


def _ident(payload):
    """The id of a command for which there was no memory."""
    try:
        words = bytes(payload).split(b'"', 16)
        return str(words[words.index(b"id") + 2], "utf-8")
    except (ValueError, IndexError):
        return None
