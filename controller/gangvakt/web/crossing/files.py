"""Notes and photos of a crossing's signs; what is written here is deleted when its time is over."""

from __future__ import annotations

from nicegui import ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.clock import day
from gangvakt.errors import Missing
from gangvakt.fleet import SignId, SiteId
from gangvakt.fleet.roles import Role
from gangvakt.provision.file_wire import NoteIn, SignFileOut
from gangvakt.provision.wire import checked
from gangvakt.web.controls import Doing, panel


async def sign_files(doing: Doing, login: Login, site: SiteId) -> None:
    """Where a sign has no file, nothing."""
    with panel(doing.texts.say("cross_notes")):
        await _Files(doing, login, site).show()


class _Files:
    def __init__(self, doing: Doing, login: Login, site: SiteId) -> None:
        self._doing, self._site = doing, site
        role = login.granted.role_in(site.municipality)
        self._may_write = role is not None and role >= Role.TECHNICIAN
        doing.afterwards(self.show.refresh)

    @ui.refreshable_method
    async def show(self) -> None:
        files = [file for state in self._signs() if (file := await self._file(state)) is not None]
        texts = self._doing.texts
        if not any(file.notes or file.photos for file in files):
            ui.label(texts.say("cross_no_notes")).classes("hint")
        with ui.element("ul").classes("short-list"):
            for file in files:
                _entries(file)
        if files and self._may_write:
            self._new_note([file.sign for file in files])

    def _signs(self) -> list[SignId]:
        return [state.id for state in self._doing.services.fleet.signs_of(self._site)]

    async def _file(self, sign: SignId) -> SignFileOut | None:
        try:
            return await self._doing.services.registry.sign_files.one(sign)
        except Missing:
            return None

    def _new_note(self, signs: list[str]) -> None:
        texts = self._doing.texts
        with ui.element("div").classes("form-row"):
            names = {sign: sign.rpartition("/")[2] for sign in signs}
            where = ui.select(names, value=signs[0], label=texts.say("cross_pole")).props("dense outlined")
            text = ui.input(texts.say("cross_note")).props("dense outlined maxlength=2000")

            async def write(login: Login) -> None:
                require_role(login.granted, Role.TECHNICIAN, self._site.municipality)
                note = checked(NoteIn, "form", {"text": (text.value or "").strip()})
                await self._doing.services.registry.sign_files.note(
                    SignId.parse(where.value), note, login.user
                )

            ui.button(texts.say("save"), on_click=self._doing.button(write)).props("no-caps")


def _entries(file: SignFileOut) -> None:
    sign = SignId.parse(file.sign)
    for note in file.notes:
        with ui.element("li"):
            ui.label(note.text)
            ui.label(f"{sign.sign} · {note.who} · {day(note.at_ms)}").classes("hint")
    for photo in file.photos:
        with ui.element("li"), ui.link(target=_photo_path(sign, photo.id), new_tab=True):
            ui.image(_photo_path(sign, photo.id)).classes("photo").props(
                f'alt="{sign.sign}: {day(photo.at_ms)}"'
            )


def _photo_path(sign: SignId, number: int) -> str:
    return f"/api/v1/signs/{sign}/photos/{number}"
