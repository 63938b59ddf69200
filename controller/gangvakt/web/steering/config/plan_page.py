"""One plan, live: how far it is, stage by stage, why it stopped, and what can be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role
from gangvakt.api.services import Services
from gangvakt.errors import Missing, SettingRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.config_plan import TRANSITIONS, WORKED_ON, Event, Fate, Plan, State
from gangvakt.fleet.roles import Role
from gangvakt.provision.config_wire import HIGHEST_NUMBER
from gangvakt.store.config_plans import PlanStep
from gangvakt.web.controls import panel, table
from gangvakt.web.frame import TITLE, LocalPage, content
from gangvakt.web.phrasing import phrase
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.config.editor import value_text
from gangvakt.web.steering.config.room import Room, room_at
from gangvakt.web.steering.config.views import (
    consequences,
    plan_steps,
    plan_tone,
    plan_word,
    signs_view,
    stages_view,
)
from gangvakt.web.steering.machine import Machine
from gangvakt.web.steering.pieces import OFFICE, chip, clock, details, heading, may, not_here, note, watched
from gangvakt.web.steering.progress import Progress
from gangvakt.web.steering.rollouts.views import who_word

BEGUN = WORKED_ON - {State.DRY_RUN, State.SCHEDULED}
STILL_EVERY = 5  # looks: what does not move by itself is read less often
WORDS: Mapping[Event, str] = {
    Event.TRY: "config_dry_run",
    Event.SCHEDULE: "config_schedule",
    Event.STOP: "config_stop",
    Event.ROLL_BACK: "rollout_roll_back",
}
ROUTES: Mapping[Event, str] = {
    Event.TRY: "dry-run",
    Event.SCHEDULE: "schedule",
    Event.STOP: "stop",
    Event.ROLL_BACK: "roll-back",
}


def add_pages(services: Services) -> None:
    @LocalPage("/config/{municipality}/plan/{number}", title=TITLE)
    async def plan(client: Client, municipality: str, number: str) -> None:
        room = room_at(client, services, municipality)
        if room is None:
            return
        with content("desk"):
            found = await _find(room, number)
            if found is None:
                not_here(room.texts, f"{room.texts.say('config_plan')} {number[:20]}", room.home[1])
                return
            await _OnePlan(room, found).begin()


async def _find(room: Room, number: str) -> Plan | None:
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        return None
    if not 1 <= int(number) <= HIGHEST_NUMBER:
        return None
    try:
        return await room.steering.plans.get(room.municipality, int(number))
    except Missing:
        return None


class _OnePlan:
    def __init__(self, room: Room, plan: Plan) -> None:
        self._room, self._texts, self._now = room, room.texts, plan
        self._plans = room.steering.plans
        self._fates: dict[SignId, Fate] = {}
        self._steps: tuple[PlanStep, ...] = ()
        self._chosen: int | None = None
        self._looks = 0

    async def begin(self) -> None:
        texts = self._texts
        self._steps = await self._plans.table.steps(self._now.id)
        self._fates = await self._read_fates()
        self._head()
        with panel(texts.say("config_plan_changes")):
            self._values()
        with panel(texts.say("rollout_progress")):
            self._progress = Progress(texts, self._choose)
            self._show()
        with panel(texts.say("rollout_history")):
            self._history()
        with panel(texts.say("steer_machine")), details(texts.say("steer_machine_hint")):
            self._machine = Machine(TRANSITIONS, self._now.state)
        self._room.doing.afterwards(self._soon)
        watched(self._look)

    def _soon(self) -> None:
        self._looks = 0
        ui.timer(0.01, self._look, once=True)

    async def _look(self) -> None:
        self._looks += 1
        if self._now.state not in WORKED_ON and self._looks % STILL_EVERY != 1:
            return
        before, fates = self._now, self._fates
        self._now = await self._plans.get(self._room.municipality, before.id)
        self._fates = await self._read_fates()
        if (self._now, self._fates) != (before, fates):
            self._show()
        if self._now != before:
            self._steps = await self._plans.table.steps(self._now.id)
            self._head.refresh()
            self._history.refresh()
            self._machine.show(self._now.state)

    async def _read_fates(self) -> dict[SignId, Fate]:
        """Of those that it has come to; none before it has begun."""
        has_begun = any(step.event == Event.BEGIN.value for step in self._steps)
        return await self._plans.fates(self._now) if has_begun or self._now.state in BEGUN else {}

    @ui.refreshable_method
    def _head(self) -> None:
        texts, now = self._texts, self._now
        with heading(f"{now.id} · {now.title}", self._room.home):
            for event in plan_steps(now):
                if may(self._room.login, self._least(event), now.municipality):
                    button = ui.button(texts.say(WORDS[event]), on_click=self._asking(event))
                    button.props("no-caps" if event is Event.SCHEDULE else "no-caps outline")
        with ui.element("p").classes("summary"):
            chip(plan_word(texts, now.state), plan_tone(now.state))
            ui.label(texts.say("config_plan_summary", signs=len(now.signs), stages=len(now.stages)))
        if now.due_ms is not None and now.state is State.SCHEDULED:
            note(texts.say("rollout_opens", at=clock(now.due_ms)))
        if now.why:
            note(phrase(texts, now.why), plan_tone(now.state))

    def _least(self, event: Event) -> Role:
        path = f"/api/v1/municipalities/{{municipality}}/config-plans/{{number}}/{ROUTES[event]}"
        return least_role("POST", path)

    def _asking(self, event: Event) -> Callable[[], Awaitable[None]]:
        """For the button of a step: says first what it will do."""
        texts, plan = self._texts, self._now

        async def open_question() -> None:
            told = len(await self._plans.table.told(plan.id))
            lines = consequences(texts, plan, event, told)
            word = texts.say(WORDS[event])
            more = self._begin_field if event is Event.SCHEDULE else None
            ask(self._room.doing, f"{word}: {plan.title}", lines, step, go=word, more=more)

        async def step(login: Login, _why: str) -> None:
            self._room.require(login, self._least(event))
            due_ms = self._due_ms() if event is Event.SCHEDULE else None
            await self._plans.step(plan, event, login.user, due_ms)

        return open_question

    def _begin_field(self) -> None:
        label = self._texts.say("rollout_begin_at", zone=OFFICE.key)
        self._at = ui.input(label).props("dense outlined type=datetime-local stack-label").classes("wide")

    def _due_ms(self) -> int | None:
        if not self._at.value:
            return None
        try:
            wall = datetime.fromisoformat(self._at.value)
        except ValueError as error:
            allowed = "a day and a time, as 2026-05-04T01:00"
            raise SettingRefused("plan", "begin", str(self._at.value)[:40], allowed) from error
        return int(wall.replace(tzinfo=OFFICE).timestamp()) * 1000

    def _values(self) -> None:
        texts = self._texts
        if not self._now.changes:
            ui.label(texts.say("config_plan_templates")).classes("hint")
            return
        with table([texts.say(key) for key in ("config_field", "config_wanted")]):
            for name, value in self._now.changes.items():
                told = texts.say("config_from_default") if value is None else value_text(texts, name, value)
                with ui.element("tr"):
                    for cell in (name, told):
                        with ui.element("td"):
                            ui.label(cell)

    def _show(self) -> None:
        rows, more = signs_view(self._texts, self._now, self._chosen, self._fates)
        self._progress.show(stages_view(self._texts, self._now, self._fates), rows, more)

    def _choose(self, stage: int | None) -> None:
        self._chosen = stage
        self._show()

    @ui.refreshable_method
    def _history(self) -> None:
        texts = self._texts
        if not self._steps:
            ui.label(texts.say("steer_nothing_yet")).classes("hint")
            return
        columns = ("steer_when", "steer_who", "state", "config_stage", "steer_why")
        with table([texts.say(key) for key in columns]):
            for one in reversed(self._steps):
                word = texts.say_or(f"config_plan_{one.state}", one.state)
                who = who_word(texts, one.who)
                with ui.element("tr"):
                    for cell in (clock(one.at_ms), who, word, str(one.stage + 1), phrase(texts, one.why)):
                        with ui.element("td"):
                            ui.label(cell)
