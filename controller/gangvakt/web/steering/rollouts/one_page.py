"""One rollout, live: how far it is, why it stands, what can be done about it, and what was."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import least_role
from gangvakt.api.rollout_routes import SEVERAL
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import RolloutMissing
from gangvakt.fleet.rollout_states import LIVE, TRANSITIONS, State
from gangvakt.fleet.rollouts import Rollout
from gangvakt.provision.rollout_wire import HIGHEST_NUMBER
from gangvakt.store.rollouts import MoveEntry
from gangvakt.upkeep.rollouts import OFFERED, Rollouts
from gangvakt.web.controls import Doing, panel, small_button, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.phrasing import phrase
from gangvakt.web.steering.machine import Machine
from gangvakt.web.steering.pieces import chip, clock, details, heading, may, not_here, note, watched
from gangvakt.web.steering.progress import Progress
from gangvakt.web.steering.rollouts.list_page import seen_rollout
from gangvakt.web.steering.rollouts.steps import WORDS, step
from gangvakt.web.steering.rollouts.views import (
    allowed,
    crossings_view,
    groups_view,
    state_word,
    tone_of,
    who_word,
    why_view,
)
from gangvakt.web.texts import Texts

HISTORY_SHOWN = 20  # moves at a time
STILL_EVERY = 5  # looks: what does not move by itself is read from the database less often


def add_pages(services: Services) -> None:
    @LocalPage("/rollouts/{number}", title=TITLE)
    async def rollout(client: Client, number: str) -> None:
        texts, login = begin(client, services, f"/rollouts/{number}", "steering"), login_of(client)
        with content("desk"):
            found = await _find(services, login, number)
            if found is None or services.rollouts is None:
                not_here(texts, f"{texts.say('rollout')} {number}", "/rollouts")
                return
            page = _OneRollout(services.rollouts, Doing(services, texts, login.token), login, found)
            await page.begin()


async def _find(services: Services, login: Login, number: str) -> Rollout | None:
    """None where there is none, or it is not his business."""
    if services.rollouts is None or not (number.isascii() and number.isdigit() and len(number) < 12):
        return None
    if not 1 <= int(number) <= HIGHEST_NUMBER:
        return None
    try:
        found = await services.rollouts.get(int(number))
    except RolloutMissing:
        return None
    return found if seen_rollout(login, found) else None


class _OneRollout:
    """Its parts, each drawn anew when what it shows has changed."""

    def __init__(self, service: Rollouts, doing: Doing, login: Login, rollout: Rollout) -> None:
        self._service, self._doing, self._login, self._now = service, doing, login, rollout
        self._texts: Texts = doing.texts
        self._chosen: int | None = None
        self._history: list[MoveEntry] = []
        self._has_more = False
        self._looks = 0
        self._fetched: tuple[int, ...] = ()

    async def begin(self) -> None:
        await self._read_history()
        self._head()
        with panel(self._texts.say("rollout_progress")):
            self._progress = Progress(self._texts, self._choose)
            self._show_progress()
        with panel(self._texts.say("rollout_how")):
            self._rules()
        with panel(self._texts.say("rollout_history")):
            self._draw_history()
        with panel(self._texts.say("steer_machine")), details(self._texts.say("steer_machine_hint")):
            self._machine = Machine(TRANSITIONS, self._now.state)
        self._doing.afterwards(self._soon)
        watched(self._look)

    def _soon(self) -> None:
        self._looks = 0
        ui.timer(0.01, self._look, once=True)

    async def _look(self) -> None:
        self._looks += 1
        if self._now.state not in LIVE and self._looks % STILL_EVERY != 1:
            return
        before, self._now = self._now, await self._service.get(self._now.id)
        fetched = self._all_fetched()
        if self._now is not before or fetched != self._fetched:
            self._fetched = fetched
            self._show_progress()
        if (self._now.state, self._now.group, self._now.reason) != (
            before.state,
            before.group,
            before.reason,
        ):
            self._head.refresh()
            self._machine.show(self._now.state)
        if self._now.entries != before.entries or self._now.state is not before.state:
            await self._read_history()
            self._draw_history.refresh()

    def _all_fetched(self) -> tuple[int, ...]:
        entries = self._now.entries.values()
        return tuple(self._service.fetched(entry) for entry in entries if entry.state in OFFERED)

    @ui.refreshable_method
    def _head(self) -> None:
        texts, now = self._texts, self._now
        with heading(f"{now.id} · {now.title}", (texts.say("rollouts"), "/rollouts")):
            for move in allowed(now):
                path = f"/api/v1/rollouts/{{number}}/{move.value.replace('_', '-')}"
                if may(self._login, least_role("POST", path), now.municipality or SEVERAL):
                    button = ui.button(
                        texts.say(WORDS[move]), on_click=step(self._doing, self._service, now, move)
                    )
                    button.props("no-caps" if move is allowed(now)[0] else "no-caps outline")
        version = next(now.target(entry).version for entry in now.entries.values())
        with ui.element("p").classes("summary"):
            chip(state_word(texts, now.state), tone_of(now.state))
            told = texts.say(
                "rollout_summary", version=version, signs=len(now.entries), crossings=len(now.crossings)
            )
            ui.label(told)
            ui.label(now.municipality or texts.say("rollout_several")).classes("hint")
        why = why_view(texts, now, by_itself=self._service.has_paused_itself(now))
        if why:
            note(why, "bad" if tone_of(now.state) == "bad" else "calm")
        if now.state is State.SCHEDULED:
            opens = now.rules.calendar.next_open_ms(max(utc_ms(), now.start_ms))
            note(texts.say("rollout_opens", at=clock(opens)))

    def _show_progress(self) -> None:
        crossings, more = crossings_view(self._texts, self._now, self._chosen, self._service.fetched)
        self._progress.show(groups_view(self._texts, self._now), crossings, more)

    def _choose(self, group: int | None) -> None:
        self._chosen = group
        self._show_progress()

    def _rules(self) -> None:
        texts, rules = self._texts, self._now.rules
        windows = ", ".join(map(str, rules.calendar.windows)) or texts.say("rollout_any_time")
        with ui.element("dl").classes("facts"):
            for key, value in (
                ("rollout_at_once", str(rules.at_once)),
                ("rollout_error_pct", f"{rules.error_pct} %"),
                ("rollout_success_pct", f"{rules.success_pct} %"),
                ("rollout_soak_min", f"{rules.soak_min} min"),
                ("rollout_silence_min", f"{rules.silence_min} min"),
                ("rollout_windows", f"{windows} ({rules.calendar.zone})"),
                ("rollout_by", f"{who_word(texts, self._now.who)}, {clock(self._now.made_ms)}"),
            ):
                with ui.element("div"):
                    with ui.element("dt"):
                        ui.label(texts.say(key))
                    with ui.element("dd"):
                        ui.label(value)

    async def _read_history(self, before: int | None = None) -> None:
        """The newest, or those before one."""
        most = HISTORY_SHOWN if before is not None else max(HISTORY_SHOWN, len(self._history))
        found = list(await self._service.table.history(self._now.id, before, most + 1))
        self._has_more = len(found) > most
        self._history = (self._history if before is not None else []) + found[:most]

    @ui.refreshable_method
    def _draw_history(self) -> None:
        texts = self._texts
        if not self._history:
            ui.label(texts.say("steer_nothing_yet")).classes("hint")
            return
        columns = ("steer_when", "steer_who", "sign", "rollout_moved", "steer_why")
        with table([texts.say(key) for key in columns]):
            for one in self._history:
                with ui.element("tr"):
                    for cell in (
                        clock(one.at_ms),
                        who_word(texts, one.who),
                        one.sign or texts.say("rollout"),
                        f"{_word(texts, one, one.before)} → {_word(texts, one, one.after)}",
                        phrase(texts, one.reason),
                    ):
                        with ui.element("td"):
                            ui.label(cell)
        if self._has_more:
            small_button(texts.say("steer_older"), self._older)

    async def _older(self) -> None:
        await self._read_history(self._history[-1].id)
        self._draw_history.refresh()


def _word(texts: Texts, one: MoveEntry, state: str) -> str:
    """As the newest words have it; a state of an older controller stands as it was written."""
    return texts.say_or(f"rollout_sign_{state}" if one.sign else f"rollout_{state}", state)
