"""A new rollout: which update, for whom, how carefully; with a preview of who comes in which step."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError
from gangvakt.fleet.roles import Role
from gangvakt.store.rollouts import Upload
from gangvakt.upkeep.rollout_making import Wanted
from gangvakt.upkeep.rollouts import Rollouts
from gangvakt.web.controls import Action, Doing, panel
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.steering.fields import show_refusal
from gangvakt.web.steering.pieces import heading, note, nothing
from gangvakt.web.steering.rollouts.form import RolloutForm
from gangvakt.web.steering.rollouts.preview import draw_preview
from gangvakt.web.steering.rollouts.uploading import upload_field


def add_pages(services: Services) -> None:
    @LocalPage("/rollouts/new", title=TITLE)
    async def new_rollout(client: Client) -> None:
        texts, login = begin(client, services, "/rollouts/new", "steering"), login_of(client)
        with content("desk"):
            with heading(texts.say("rollout_new"), (texts.say("rollouts"), "/rollouts")):
                pass
            if services.rollouts is None:
                note(texts.say("rollout_none_here"), "bad")
            elif (login.granted.highest or 0) < Role.TECHNICIAN:
                note(texts.say("steer_no_right", role=texts.say("technician")), "bad")
            else:
                page = _NewRollout(services.rollouts, Doing(services, texts, login.token), login)
                await page.begin()


class _NewRollout:
    """The form, and below it what would come of it."""

    def __init__(self, service: Rollouts, doing: Doing, login: Login) -> None:
        self._service, self._doing, self._login = service, doing, login
        self._texts = doing.texts

    async def begin(self) -> None:
        texts = self._texts
        with panel(texts.say("rollout_what")):
            uploads = await self._service.artifacts.all()
            if not uploads:
                nothing(texts.say("rollout_no_updates"), texts.say("rollout_no_updates_hint"))
            self._form = RolloutForm(self._doing, self._login)
            self._form.what(uploads)
            upload_field(self._doing, self._service, self._uploaded)
        with panel(texts.say("rollout_whom")):
            self._form.whom()
        with panel(texts.say("rollout_how")):
            self._form.how()
        with ui.row().classes("answers"):
            ui.button(texts.say("rollout_preview"), on_click=self._preview).props("no-caps outline")
            ui.button(texts.say("rollout_keep"), on_click=self._keep).props("no-caps")
        self._below = ui.element("div").classes("below").props("aria-live=polite")

    async def _uploaded(self, made: Upload) -> None:
        self._form.offer(await self._service.artifacts.all(), made)

    async def _preview(self) -> None:
        async def look(login: Login) -> None:
            draft = await self._service.preview(self._checked(login), login.user)
            self._below.clear()
            with self._below, panel(self._texts.say("rollout_preview")):
                draw_preview(self._texts, draft)

        await self._run(look)

    async def _keep(self) -> None:
        async def keep(login: Login) -> None:
            made = await self._service.add(self._checked(login), login.user)
            ui.navigate.to(f"/rollouts/{made.id}")

        await self._run(keep)

    def _checked(self, login: Login) -> Wanted:
        wanted = self._form.wanted()
        for place in wanted.places:
            require_role(login.granted, Role.TECHNICIAN, place.partition("/")[0])
        return wanted

    async def _run(self, action: Action) -> None:
        """What is refused is said at its field as well."""

        async def act(login: Login) -> None:
            try:
                await action(login)
            except GangvaktError as refused:
                show_refusal(self._texts, self._form.fields, refused)
                raise

        await self._doing.run(act)
