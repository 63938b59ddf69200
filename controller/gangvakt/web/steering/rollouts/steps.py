"""What somebody does with a rollout, each with what it will do, and to how many, before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role, require_role
from gangvakt.api.rollout_routes import SEVERAL
from gangvakt.errors import RolloutRefused
from gangvakt.fleet.rollout_states import BEHIND, Move, State
from gangvakt.fleet.rollouts import Rollout
from gangvakt.upkeep.rollouts import Rollouts
from gangvakt.web.controls import Doing
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.rollouts.views import consequences

WORDS: Mapping[Move, str] = {
    Move.START: "rollout_start",
    Move.PAUSE: "rollout_pause",
    Move.RESUME: "rollout_resume",
    Move.ABORT: "rollout_abort",
    Move.ROLL_BACK: "rollout_roll_back",
}


def step(doing: Doing, service: Rollouts, rollout: Rollout, move: Move) -> Callable[[], Awaitable[None]]:
    """For its button: opens the question."""
    return _Step(doing, service, rollout, move).ask


class _Step:
    """One step of a rollout as it stood when the question was opened: what has changed since is refused."""

    def __init__(self, doing: Doing, service: Rollouts, rollout: Rollout, move: Move) -> None:
        self._doing, self._service, self._rollout, self._move = doing, service, rollout, move
        self._texts = doing.texts

    async def ask(self) -> None:
        self._concerned = len(self._service.concerned_by_way_back(self._rollout))
        self._ways = {
            one.artifact.id: f"{one.artifact.version} ({one.artifact.board}, #{one.artifact.id})"
            for one in (await self._service.artifacts.all() if self._move is Move.ROLL_BACK else ())
            if one.artifact.replaces
        }
        texts = self._texts
        word = texts.say(WORDS[self._move])
        lines = consequences(texts, self._rollout, self._move, self._concerned)
        title = f"{word}: {self._rollout.title}"
        ask(
            self._doing,
            title,
            lines,
            self._do,
            go=word,
            reason=self._move is not Move.START,
            more=self._inputs,
        )

    def _inputs(self) -> None:
        """What else can be chosen."""
        texts, rollout = self._texts, self._rollout
        if self._move is Move.START:
            label = texts.say("rollout_begin_at", zone=rollout.rules.calendar.zone)
            self._at = ui.input(label).props("dense outlined type=datetime-local stack-label").classes("wide")
        elif self._move is Move.RESUME:
            self._retry = ui.checkbox(texts.say("rollout_retry", behind=rollout.count(BEHIND)))
            self._retry.set_visibility(rollout.state is State.PAUSED and rollout.count(BEHIND) > 0)
        elif self._move is Move.ROLL_BACK:
            self._back = ui.select(self._ways, multiple=True, label=texts.say("rollout_back_to"), value=[])
            self._back.props("dense outlined use-chips").classes("wide")
            needed = any(entry.back is None for entry in rollout.entries.values())
            self._back.set_visibility(needed or bool(self._ways))

    async def _do(self, login: Login, why: str) -> None:
        rollout, service = self._rollout, self._service
        path = f"/api/v1/rollouts/{{number}}/{self._move.value.replace('_', '-')}"
        require_role(login.granted, least_role("POST", path), rollout.municipality or SEVERAL)
        match self._move:
            case Move.START:
                at_ms = _moment(self._at.value, rollout.rules.calendar.zone)
                await service.start(rollout.id, len(rollout.entries), login.user, at_ms)
            case Move.PAUSE:
                await service.pause(rollout.id, login.user, why)
            case Move.RESUME:
                await service.resume(rollout.id, login.user, why, retry=bool(self._retry.value))
            case Move.ABORT:
                await service.abort(rollout.id, login.user, why)
            case _:
                back = [int(one) for one in self._back.value or ()]
                await service.roll_back(rollout.id, self._concerned, login.user, back, why)


def _moment(text: str | None, zone: str) -> int:
    """UTC ms of the zone's wall clock; 0, at once, for an empty field."""
    if not text:
        return 0
    try:
        wall = datetime.fromisoformat(text)
    except ValueError as error:
        raise RolloutRefused("form", "begin", text[:40], "a day and a time, as 2026-05-04T01:00") from error
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000
