"""What pages with forms have in common: panels, questions, and what is shown once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element
from starlette.exceptions import HTTPException

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError
from gangvakt.store.acting import acting_as
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts

Action = Callable[[Login], Awaitable[None]]


class Doing:
    """What buttons of one page do, as whoever has the session `token` then: rights are looked up anew."""

    def __init__(self, services: Services, texts: Texts, token: str) -> None:
        self.services, self.texts, self._token = services, texts, token
        self._afterwards: list[Callable[[], object]] = []

    def afterwards(self, refresh: Callable[[], object]) -> None:
        """`refresh` is called after whatever was done."""
        self._afterwards.append(refresh)

    async def run(self, action: Action) -> bool:
        """False, and said why, where it was refused."""
        login = await self.services.auth.login_of(self._token)
        if login is None or login.hurdle is not None:
            ui.navigate.reload()  # to the log-in, and back; what was typed is kept
            return False
        try:
            with acting_as(login.user):
                await action(login)
        except (GangvaktError, HTTPException) as refused:  # the latter of `require_role`
            tell_refusal(refusal(self.texts, refused))
            return False
        for refresh in self._afterwards:
            refresh()
        return True

    def button(self, action: Action) -> Callable[[], Awaitable[None]]:
        """For a button that does it at once."""

        async def do() -> None:
            await self.run(action)

        return do

    def asked(self, question: str, action: Action) -> Callable[[], None]:
        """For a button that hurts: asks first."""

        def ask() -> None:
            with ui.dialog() as dialog, ui.card().classes("question"):
                ui.label(question)
                with ui.row():
                    no = ui.button(self.texts.say("cancel"), on_click=dialog.close)
                    no.props("flat no-caps")

                    async def yes() -> None:
                        dialog.close()
                        await self.run(action)

                    ui.button(self.texts.say("yes"), on_click=yes).props("no-caps color=negative")
            dialog.open()

        return ask


def tell_refusal(text: str) -> None:
    ui.notify(text, type="negative", multi_line=True, timeout=8000)


@contextmanager
def panel(title: str) -> Iterator[None]:
    """A section with its heading."""
    with ui.element("section").classes("panel"):
        with ui.element("h2"):
            ui.label(title)
        yield


@contextmanager
def table(columns: Sequence[str]) -> Iterator[None]:
    """Rows are made by `row` inside. On a phone each cell stands below the name of its column."""
    names = ";".join(f"--c{at}:{_css(column)}" for at, column in enumerate(columns, 1) if column)
    with ui.element("div").classes("table-frame"), ui.element("table").classes("plain") as made:
        made.style(names)
        with ui.element("thead"), ui.element("tr"):
            for column in columns:
                with ui.element("th"):
                    ui.label(column)
        with ui.element("tbody"):
            yield


def _css(text: str) -> str:
    """A text as a style sheet has it; the escapes of JSON for other letters than ASCII mean nothing there."""
    return json.dumps(text, ensure_ascii=False)


@contextmanager
def row(*cells: str) -> Iterator[Element]:
    """Text cells, and a last one for buttons that are made inside."""
    with ui.element("tr"):
        for cell in cells:
            with ui.element("td"):
                ui.label(cell)
        with ui.element("td").classes("actions") as last:
            yield last


def small_button(text: str, on_click: Callable[..., object]) -> None:
    ui.button(text, on_click=on_click).props("flat dense no-caps").classes("quiet")


def show_once(texts: Texts, title: str, value: str) -> None:
    """A secret that is not shown again."""
    with ui.dialog().props("persistent") as dialog, ui.card().classes("once"):
        ui.label(title)
        with ui.element("code").classes("secret"):
            ui.label(value)
        ui.label(texts.say("shown_once")).classes("hint")
        ui.button(texts.say("codes_kept"), on_click=dialog.close).props("no-caps")
    dialog.open()
