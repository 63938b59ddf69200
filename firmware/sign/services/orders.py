"""Hears what the controller orders. Who obeys is loaded for it and then forgotten: see `commands`."""

import asyncio
import time
from hashlib import sha256

from sign import loading
from sign.compat import const, ticks_diff
from sign.services import log
from sign.services.pieces import pieces

_DESIRED = "core.probation services.desired"
_WAITING_MAX = const(2)
_BACKLOG_MS = const(5_000)  # what comes so soon in a session may have waited at the broker for days
_SENT_MS = const(500)  # until an answer is on its way


class Orders:
    """`take` hears a command, `take_config` the configuration that is wanted; `duty` obeys and answers.
    `done` holds (id, ok) of the last commands that changed something."""

    def __init__(self, status, topics):
        self._status = status
        self._topics = topics
        self._waiting = []  # [payload, when it came]
        self._opened_ms = self._opened = 0
        self._job = self._task = self._told = None
        self._desired = self._reform = self._heeded = None
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
            self._opened, self._opened_ms = client.connects, time.ticks_ms()
        if self._waiting:
            payload, came_ms = self._waiting.pop(0)
            answer, job = self._obey(payload, came_ms)
            await client.publish(self._topics.of("response"), _pieces(answer, payload), 1)
            if job:
                self._begin(answer["id"], job)
        elif self._told:
            told, self._told = self._told, None
            await client.publish(self._topics.of("response"), pieces(told))
        elif self._desired is not None and self._reform is None:
            await self._heed(client)

    async def _heed(self, client):
        """Look at what is wanted; what is news, or cannot be looked at beside a session, ends it."""
        payload, self._desired = self._desired, None
        armed, before, desired = self._status.armed, self._status.armed.desired, None
        try:
            loading.load(_DESIRED)
            from sign.services import desired

            news = desired.news(armed, payload)
        except MemoryError:
            news = True
        desired = None
        loading.leave(_DESIRED)
        self._heeded = sha256(payload).digest()
        if news:
            self._reform = asyncio.create_task(self._take_over(armed, payload))
        elif armed.desired is not before:
            document = pieces(self._status.config_reported())
            await client.publish(self._topics.of("config/reported"), document, 1, True)

    async def _take_over(self, armed, payload):
        try:
            if await armed.aside(self._status.link, _DESIRED, payload):
                await armed.restart()
        except Exception as error:
            self._heeded = None
            log.say("configuration: %r" % error)
        self._reform = None

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
