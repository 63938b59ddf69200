"""One command for many signs: the count first, then the go, then the answers as they come."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import GangvaktError, Missing, SettingRefused, SignAway, SignMute, TokenSpent
from gangvakt.fleet import LiveFleet, SignId
from gangvakt.fleet.selection import Selection
from gangvakt.orders.commander import Commander
from gangvakt.orders.ending import end_all

TOKEN_LIFE_MS = 300_000
TOKEN_BYTES = 16
KEY_BYTES = 8
MOST_TOKENS = 1000
MOST_JOBS = 100  # that are remembered
AT_ONCE = 50  # a sign may take 20 s to answer, and most answer in one
TWO_PERSONS = {"mute": "bulk.mute", "force-on": "bulk.force", "flash": "bulk.force"}
"""Verbs that darken or light the lamps of many crossings, with what the second person is asked for."""

# (kind, subject, data, who, municipality) -> the number under which it waits for a second person.
AskSecond = Callable[[str, str, Mapping[str, Any], str, str], Awaitable[int]]


class Word(Enum):
    """What became of the command at one sign."""

    OK = "ok"
    REFUSED = "refused"
    SILENT = "silent"
    AWAY = "away"
    FAILED = "failed"  # this controller could not send or store it


@dataclass(frozen=True)
class Prepared:
    """What a go would do; `token` is good once, for five minutes, for whoever asked."""

    token: str
    verb: str
    args: Any
    municipality: str
    signs: tuple[SignId, ...]
    online: int
    user: str
    expires_ms: int

    @property
    def two_persons(self) -> bool:
        return self.verb in TWO_PERSONS


@dataclass(frozen=True)
class Said:
    """The answer of one sign; `detail` is why it refused."""

    sign: SignId
    word: Word
    detail: str = ""


@dataclass
class Job:
    """A command on its way to many; `pending` is the number of the wait for a second person."""

    number: int
    municipality: str
    verb: str
    by: str
    total: int
    key: str = ""  # by which a second person's approval finds it
    has_begun: bool = False
    pending: int | None = None
    said: list[Said] = field(default_factory=list)
    is_done: bool = False

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(one.word.value for one in self.said)
        return {word.value: found[word.value] for word in Word}


class Bulk:
    """`execute` is what runs when a second person has agreed."""

    def __init__(
        self,
        commander: Commander,
        fleet: LiveFleet,
        ask_second: AskSecond | None = None,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self.ask_second = ask_second
        self._commander, self._fleet, self._clock_ms = commander, fleet, clock_ms
        self._prepared: dict[str, Prepared] = {}
        self._jobs: dict[int, Job] = {}
        self._counted = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def prepare(self, selection: Selection, verb: str, args: Any, user: str) -> Prepared:
        """How many it would reach; nothing is sent. SettingRefused when nothing fits."""
        states = [state for state in self._fleet.signs() if selection.fits(state)]
        if not states:
            raise SettingRefused("command", "signs", 0, "a selection that fits at least one sign")
        prepared = Prepared(
            secrets.token_urlsafe(TOKEN_BYTES),
            verb,
            args,
            selection.municipality,
            tuple(state.id for state in states),
            sum(state.online for state in states),
            user,
            self._clock_ms() + TOKEN_LIFE_MS,
        )
        self._forget_old()
        self._prepared[prepared.token] = prepared
        return prepared

    async def go(self, municipality: str, token: str, user: str) -> Job:
        """Sends it, or asks a second person where the verb takes two. TokenSpent for any other token."""
        prepared = self._prepared.get(token)
        if prepared is None or (prepared.municipality, prepared.user) != (municipality, user):
            raise TokenSpent
        if prepared.expires_ms <= self._clock_ms():
            raise TokenSpent
        kind = TWO_PERSONS.get(prepared.verb)
        if kind is None:
            del self._prepared[token]
            return self._start(prepared)
        if self.ask_second is None:
            allowed = "for one sign at a time: for many it takes a second person, who cannot be asked here"
            raise SettingRefused("command", "verb", prepared.verb, allowed)
        del self._prepared[token]
        job = self._job(prepared)
        signs = [str(one) for one in prepared.signs]
        data = {"job": job.key, "verb": prepared.verb, "args": prepared.args, "signs": signs}
        number = await self.ask_second(kind, f"{len(signs)} signs", data, user, municipality)
        if not job.has_begun:  # where one person is enough, it has
            job.pending = number
        return job

    async def execute(self, data: Mapping[str, Any], who: str, municipality: str) -> Job:
        """What a second person agreed to: `data` as `go` gave it, perhaps to a controller before this one."""
        signs = tuple(map(SignId.parse, data["signs"]))
        waiting = [one for one in self._jobs.values() if not one.has_begun]
        job = next((one for one in waiting if one.key == data["job"]), None)
        prepared = Prepared("", data["verb"], data["args"], municipality, signs, 0, who, 0)
        return self._start(prepared, job)

    def get(self, municipality: str, number: int) -> Job:
        """Missing where the municipality has none of that number, or it was forgotten."""
        job = self._jobs.get(number)
        if job is None or job.municipality != municipality:
            raise Missing("command", f"{number} in {municipality}", "the newest 100 since the start are kept")
        return job

    async def close(self) -> None:
        """Ends what runs."""
        await end_all(tuple(self._tasks))

    def _start(self, prepared: Prepared, job: Job | None = None) -> Job:
        job = job or self._job(prepared)
        job.has_begun, job.pending = True, None
        task = asyncio.create_task(self._run(job, prepared))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def _job(self, prepared: Prepared) -> Job:
        self._counted += 1
        told = (prepared.municipality, prepared.verb, prepared.user, len(prepared.signs))
        job = Job(self._counted, *told, key=secrets.token_hex(KEY_BYTES))
        self._jobs[job.number] = job
        for old in sorted(self._jobs)[:-MOST_JOBS]:
            del self._jobs[old]
        return job

    async def _run(self, job: Job, prepared: Prepared) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def tell(sign: SignId) -> None:
            async with room:
                job.said.append(await self._told(sign, prepared))

        await asyncio.gather(*map(tell, prepared.signs))
        job.is_done = True

    async def _told(self, sign: SignId, prepared: Prepared) -> Said:
        try:
            answer = await self._commander.command(sign, prepared.verb, prepared.args, prepared.user)
        except SignAway:
            return Said(sign, Word.AWAY)
        except SignMute:
            return Said(sign, Word.SILENT)
        except GangvaktError as error:
            return Said(sign, Word.FAILED, str(error))
        if answer.ok:
            return Said(sign, Word.OK)
        return Said(sign, Word.REFUSED, f"{answer.field} is {answer.value!r}; allowed: {answer.allowed}")

    def _forget_old(self) -> None:
        now_ms = self._clock_ms()
        fresh = [one for one in self._prepared.values() if one.expires_ms > now_ms][-MOST_TOKENS + 1 :]
        self._prepared = {one.token: one for one in fresh}
