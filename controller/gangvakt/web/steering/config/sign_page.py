"""One sign's configuration: wanted and reported, its own values, and every version there was."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, NameRefused, Outdated, SettingRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import LOCKS, Origin, Resolved, Setting, differences
from gangvakt.orders.configs import ConfigState
from gangvakt.orders.dry_run import Trial
from gangvakt.provision.site_config import defaults
from gangvakt.web.controls import panel, table
from gangvakt.web.frame import TITLE, LocalPage, content
from gangvakt.web.raced import Theirs, changed_lines
from gangvakt.web.refusing import refusal
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.config.editor import FieldEditor, help_of, value_text
from gangvakt.web.steering.config.history import History
from gangvakt.web.steering.config.room import Room, room_at
from gangvakt.web.steering.config.trial import TrialView
from gangvakt.web.steering.config.views import (
    change_text,
    changes_between,
    origin_word,
    own_values,
    state_tone,
    state_word,
)
from gangvakt.web.steering.pieces import chip, heading, not_here, note, watched
from gangvakt.web.words import fault_word

MOST_TOLD = 8  # changes that the question names one by one


def add_pages(services: Services) -> None:
    @LocalPage("/config/{municipality}/sign/{site}/{sign}", title=TITLE)
    async def sign_config(client: Client, municipality: str, site: str, sign: str) -> None:
        room = room_at(client, services, municipality)
        if room is None:
            return
        with content("desk"):
            try:
                wanted = SignId(municipality, site, sign)
            except NameRefused:
                wanted = None
            if wanted is None or services.fleet.sign(wanted) is None:
                name = f"{room.texts.say('sign')} {municipality}/{site}/{sign}"
                not_here(room.texts, name[:100], room.home[1])
                return
            await _SignConfig(room, wanted).begin()


class _SignConfig:
    """Drawn anew when the sign, or somebody, has changed something; the form stays as it is typed."""

    def __init__(self, room: Room, sign: SignId) -> None:
        self._room, self._texts, self._sign = room, room.texts, sign
        self._configs = room.orders.configs
        self._state: ConfigState | None = None
        self._resolved: Resolved | None = None
        self._why_not = ""

    async def begin(self) -> None:
        await self._read()
        texts = self._texts
        with heading(f"{self._sign.site}/{self._sign.sign}", self._room.home):
            path = f"/crossing/{self._sign.municipality}/{self._sign.site}"
            ui.link(texts.say("config_to_crossing"), path)
        self._head()
        with panel(texts.say("config_compare")):
            self._compare()
        if self._room.may_change and self._resolved is not None:
            with panel(texts.say("config_own")):
                self._form(self._resolved)
        with panel(texts.say("rollout_history")):
            self._history = History(self._room, self._sign, self._seen_version)
            await self._history.begin()
        self._room.doing.afterwards(lambda: ui.timer(0.01, self._look, once=True))
        watched(self._look)

    def _seen_version(self) -> int:
        """Of what was wanted when this page last looked."""
        return self._state.wanted.version if self._state and self._state.wanted else 0

    async def _read(self) -> None:
        self._state = await self._configs.state(self._sign)
        try:
            self._resolved, self._why_not = await self._configs.resolved(self._sign), ""
        except GangvaktError as refused:
            self._resolved, self._why_not = None, refusal(self._texts, refused)

    async def _look(self) -> None:
        before = self._state
        await self._read()
        if self._state != before:
            self._head.refresh()
            self._compare.refresh()
            await self._history.again()

    @ui.refreshable_method
    def _head(self) -> None:
        texts, state = self._texts, self._state
        assert state is not None
        with ui.element("p").classes("summary").props("aria-live=polite"):
            chip(state_word(texts, state.state), state_tone(state.state))
            reported = state.reported.version if state.reported else "–"
            wanted = state.wanted.version if state.wanted else "–"
            ui.label(texts.say("config_versions", wanted=wanted, reported=reported))
        for error in state.errors:
            note(f"{error.field or error.code}: {error.value or ''} – {fault_word(texts, error.why)}", "bad")
        if self._why_not:
            note(self._why_not, "bad")

    @ui.refreshable_method
    def _compare(self) -> None:
        texts, state, resolved = self._texts, self._state, self._resolved
        assert state is not None
        reported = state.reported.values if state.reported else {}
        settings = resolved.settings if resolved else {}
        names = sorted({*settings, *reported} - {"version"})
        if not names:
            ui.label(texts.say("config_all_default")).classes("hint")
            return
        odd = {one.field for one in differences(resolved, reported, defaults())} if resolved else set()
        with table(
            [texts.say(key) for key in ("config_field", "config_wanted", "config_from", "config_reported")]
        ):
            for name in names:
                self._field(name, settings.get(name), reported.get(name, defaults().get(name)), name in odd)

    def _field(self, name: str, setting: Setting | None, reported: object, is_odd: bool) -> None:
        texts = self._texts
        setting = setting or Setting(defaults().get(name), Origin.DEFAULT)
        with ui.element("tr").classes("odd" if is_odd else ""):
            with ui.element("td"):
                ui.label(name).classes("field-name").tooltip(help_of(texts, name))
            for cell in (value_text(texts, name, setting.value), origin_word(texts, setting)):
                with ui.element("td"):
                    ui.label(cell)
            with ui.element("td"):
                ui.label(value_text(texts, name, reported))
                if is_odd:
                    chip(texts.say("config_differs"), "bad")

    def _form(self, resolved: Resolved) -> None:
        texts, doing = self._texts, self._room.doing
        assert self._state is not None
        self._before, self._known = own_values(resolved), self._state
        ui.label(texts.say("config_editor_hint")).classes("hint")
        self._editor = FieldEditor(texts, self._before, LOCKS)
        with ui.row().classes("answers"):
            ui.button(texts.say("config_dry_run"), on_click=doing.button(self._try)).props("no-caps outline")
            ui.button(texts.say("config_apply"), on_click=doing.button(self._ask)).props("no-caps")
        self._theirs = Theirs(texts)
        self._trial = TrialView(self._room)

    async def _changes(self, login: Login) -> dict[str, object]:
        self._room.require(login)
        changes = changes_between(self._before, self._editor.values())
        if not changes:
            raise SettingRefused("config", "values", "unchanged", self._texts.say("config_nothing_changed"))
        return changes

    async def _try(self, login: Login) -> None:
        changes = await self._changes(login)
        found = await self._configs.preview(self._sign, changes)
        self._trial.begin([Trial(self._sign, {one.field: one.wanted.value for one in found})], login.user)

    async def _ask(self, login: Login) -> None:
        texts, changes = self._texts, await self._changes(login)
        found = await self._configs.preview(self._sign, changes)
        told = [change_text(texts, one) for one in found]
        more = [texts.say("steer_more", n=len(told) - MOST_TOLD)] if len(told) > MOST_TOLD else []
        lines = [texts.say("config_apply_one"), *told[:MOST_TOLD], *more, texts.say("config_apply_proof")]

        async def apply(asking: Login, _why: str) -> None:
            await self._apply(asking, changes)

        ask(self._room.doing, str(self._sign), lines, apply, go=texts.say("config_apply"))

    async def _apply(self, login: Login, changes: dict[str, object]) -> None:
        self._room.require(login)
        try:
            self._known = await self._configs.want(self._sign, changes, login.user, self._known.version)
        except Outdated as late:
            await self._show_theirs(late)
            raise
        except GangvaktError as refused:
            self._editor.refuse(refused)
            raise
        self._before = self._editor.values()
        self._theirs.forget()

    async def _show_theirs(self, late: Outdated) -> None:
        """What it was told meanwhile: of that, only the fields that are changed here are taken back."""
        now = await self._configs.state(self._sign)
        said = partial(value_text, self._texts)
        self._theirs.tell(late, changed_lines(self._known.values, now.values, said))
        self._known = now
