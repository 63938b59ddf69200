"""What the pages of this area have in common: chips, notes, links, headings, and a look each second."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.web.lost import tell_missing
from gangvakt.web.texts import Texts
from gangvakt.web.times import OFFICE as OFFICE
from gangvakt.web.times import clock as clock

LOOK_S = 1.0


def chip(word: str, tone: str) -> Element:
    """A state: its word, with a mark that says the same as its colour. `tone`: good, busy, bad, calm."""
    with ui.element("span").classes(f"chip {tone}") as made:
        ui.label(word)
    return made


def link_button(text: str, path: str) -> None:
    with ui.link(target=path).classes("button-link"):
        ui.label(text)


def note(text: str, tone: str = "calm") -> Element:
    """A line that stands out; what is bad is told to a screen reader at once."""
    with ui.element("p").classes(f"note {tone}") as made:
        ui.label(text)
    if tone == "bad":
        made.props("role=alert")
    return made


def nothing(title: str, hint: str) -> None:
    """In the place of a list that is empty."""
    with ui.element("div").classes("empty"):
        with ui.element("strong"):
            ui.label(title)
        with ui.element("p"):
            ui.label(hint)


def not_here(texts: Texts, what: str, path: str) -> None:
    """A page about something that is not there, or not for him."""
    tell_missing(ui.context.client)
    with ui.element("h1"):
        ui.label(what)
    with ui.element("div").classes("panel"):
        note(texts.say("steer_missing", what=what), "bad")
        ui.link(texts.say("steer_back"), path)


@contextmanager
def heading(title: str, up: tuple[str, str] | None = None) -> Iterator[None]:
    """The page's title, a way up, and beside it what is made inside."""
    if up is not None:
        ui.link(f"‹ {up[0]}", up[1]).classes("up")
    with ui.element("div").classes("page-head"):
        with ui.element("h1"):
            ui.label(title)
        with ui.element("div").classes("page-actions"):
            yield


@contextmanager
def details(title: str) -> Iterator[None]:
    """Opened by whoever wants to know."""
    with ui.element("details").classes("more"):
        with ui.element("summary"):
            ui.label(title)
        yield


def watched(look: Callable[[], Awaitable[None]], every_s: float = LOOK_S) -> None:
    """Calls `look` as long as the browser is connected; what fails is tried again."""
    client = ui.context.client

    async def once() -> None:
        if not client.has_socket_connection:
            return
        try:
            await look()
        except GangvaktError:  # the database is busy, or what is looked at has gone: the page stays as it is
            return

    ui.timer(every_s, once)


def places_of(services: Services, login: Login, least: Role = Role.VIEWER) -> tuple[str, ...]:
    """Municipalities with signs, and those of which his role speaks, where it is `least` or more."""
    known = {state.id.municipality for state in services.fleet.signs()}
    known |= {place for place in login.granted if place != EVERYWHERE}
    return tuple(sorted(one for one in known if (login.granted.role_in(one) or 0) >= least))


def may(login: Login, role: Role, municipality: str) -> bool:
    return (login.granted.role_in(municipality) or 0) >= role
