"""All rollouts, and the updates that were uploaded."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rollout_routes import SEVERAL
from gangvakt.api.services import Services
from gangvakt.fleet.roles import Role
from gangvakt.fleet.rollouts import Rollout
from gangvakt.store.rollouts import Upload
from gangvakt.upkeep.rollouts import Rollouts
from gangvakt.web.controls import Doing, panel, row, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.steering.pieces import chip, clock, heading, link_button, note, nothing, watched
from gangvakt.web.steering.rollouts.uploading import upload_field
from gangvakt.web.steering.rollouts.views import counted, state_word, tone_of, who_word
from gangvakt.web.texts import Texts

SHOWN = 50  # rollouts at once
LIST_S = 3.0


def add_pages(services: Services) -> None:
    @LocalPage("/rollouts", title=TITLE)
    async def rollouts(client: Client) -> None:
        texts, login = begin(client, services, "/rollouts", "steering"), login_of(client)
        doing = Doing(services, texts, login.token)
        with content("desk"):
            with heading(texts.say("rollouts")):
                if services.rollouts and _may_make(login):
                    link_button(texts.say("rollout_new"), "/rollouts/new")
            if services.rollouts is None:
                note(texts.say("rollout_none_here"), "bad")
                return
            with panel(texts.say("rollouts")):
                await _List(services.rollouts, texts, login).begin()
            with panel(texts.say("rollout_updates")):
                await _Updates(services.rollouts, doing, login).begin()


def _may_make(login: Login) -> bool:
    return (login.granted.highest or 0) >= Role.TECHNICIAN


def seen_rollout(login: Login, rollout: Rollout) -> bool:
    """Whether a rollout is his business."""
    return login.granted.role_in(rollout.municipality or SEVERAL) is not None


class _List:
    """The newest ones; looks every few seconds, and draws anew when something has moved."""

    def __init__(self, service: Rollouts, texts: Texts, login: Login) -> None:
        self._service, self._texts, self._login = service, texts, login
        self._shown: list[tuple[object, ...]] = []
        self._found: tuple[Rollout, ...] = ()

    async def begin(self) -> None:
        await self._read()
        self._draw()
        watched(self._look, LIST_S)

    async def _read(self) -> None:
        owners = await self._service.table.owners()
        seen = frozenset(one for one in owners if self._login.granted.role_in(one or SEVERAL))
        self._found = await self._service.table.page(None, SHOWN, seen)
        self._shown = [(one.id, one.state, counted(self._texts, one.entries.values())) for one in self._found]

    async def _look(self) -> None:
        before = self._shown
        await self._read()
        if self._shown != before:
            self._draw.refresh()

    @ui.refreshable_method
    def _draw(self) -> None:
        texts = self._texts
        if not self._found:
            nothing(texts.say("rollout_empty"), texts.say("rollout_empty_hint"))
            return
        columns = ("rollout", "rollout_version", "municipality", "state", "signs", "rollout_by")
        with table([texts.say(key) for key in columns]):
            for one in self._found:
                self._row(one)

    def _row(self, one: Rollout) -> None:
        texts = self._texts
        with ui.element("tr"):
            with ui.element("td"):
                ui.link(f"{one.id} · {one.title}", f"/rollouts/{one.id}")
            version = next(one.target(entry).version for entry in one.entries.values())
            for cell in (version, one.municipality or texts.say("rollout_several")):
                with ui.element("td"):
                    ui.label(cell)
            with ui.element("td"):
                chip(state_word(texts, one.state), tone_of(one.state))
            with ui.element("td"):
                ui.label(counted(texts, one.entries.values()))
            with ui.element("td"):
                ui.label(f"{who_word(texts, one.who)}, {clock(one.made_ms)}")


class _Updates:
    """The artifacts, and the field that takes another one."""

    def __init__(self, service: Rollouts, doing: Doing, login: Login) -> None:
        self._service, self._doing, self._login = service, doing, login
        self._found: tuple[Upload, ...] = ()

    async def begin(self) -> None:
        ui.label(self._doing.texts.say("rollout_updates_hint")).classes("hint")
        if _may_make(self._login):
            upload_field(self._doing, self._service, self._again)
        self._found = await self._service.artifacts.all()
        self._draw()

    async def _again(self, _upload: Upload) -> None:
        self._found = await self._service.artifacts.all()
        self._draw.refresh()

    @ui.refreshable_method
    def _draw(self) -> None:
        texts = self._doing.texts
        if not self._found:
            nothing(texts.say("rollout_no_updates"), texts.say("rollout_no_updates_hint"))
            return
        columns = ("rollout_update", "rollout_board", "rollout_kind", "rollout_size", "rollout_by")
        with table([*(texts.say(key) for key in columns), ""]):
            for one in self._found:
                found = one.artifact
                kind = texts.say("rollout_app" if found.is_app else "rollout_interpreter")
                size = f"{texts.number(found.size / 1024, 0)} KB"
                by = f"{one.who}, {clock(one.made_ms)}"
                with row(f"{found.version} (#{found.id})", found.board, kind, size, by):
                    if found.replaces:
                        chip(texts.say("rollout_goes_back"), "calm")
