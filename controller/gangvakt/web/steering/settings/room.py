"""The frame of each page of settings: who may be here, and the way to the other ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.fleet.roles import EVERYWHERE, Role
from gangvakt.web.controls import Doing
from gangvakt.web.frame import begin, content, login_of
from gangvakt.web.steering.pieces import heading
from gangvakt.web.texts import Texts

# Path and the key of its name.
PAGES = (
    ("/settings", "set_health"),
    ("/settings/municipalities", "set_municipalities"),
    ("/settings/contacts", "set_contacts"),
    ("/settings/relays", "set_relays"),
    ("/settings/logins", "set_logins"),
    ("/settings/dead-letters", "set_letters"),
)


@dataclass(frozen=True)
class Room:
    """Who looks, and with what."""

    services: Services
    doing: Doing
    login: Login

    @property
    def texts(self) -> Texts:
        return self.doing.texts

    @property
    def is_chief(self) -> bool:
        """An administrator of all municipalities."""
        return self.login.granted.everywhere is Role.ADMINISTRATOR

    @property
    def own(self) -> tuple[str, ...]:
        """The municipalities that he administers by name."""
        return tuple(one for one in self.login.granted.at_least(Role.ADMINISTRATOR) if one != EVERYWHERE)

    def sees(self, municipality: str | None) -> bool:
        """What is of all municipalities is for those who administer all of them."""
        held = self.login.granted.at_least(Role.ADMINISTRATOR)
        return held.role_in(municipality or EVERYWHERE) is not None


def require(login: Login, municipality: str | None) -> None:
    """By his rights as they are now."""
    require_role(login.granted, Role.ADMINISTRATOR, municipality or EVERYWHERE)


@contextmanager
def room_at(client: Client, services: Services, path: str) -> Iterator[Room]:
    """The page at `path`, with what is made inside below the way to the other ones."""
    texts, login = begin(client, services, path, "steering"), login_of(client)
    room = Room(services, Doing(services, texts, login.token), login)
    with content("desk"):
        with heading(texts.say("settings")):
            pass
        with ui.element("nav").classes("parts").props(f'aria-label="{texts.say("settings")}"'):
            for place, key in PAGES:
                link = ui.link(texts.say(key), place)
                if place == path:
                    link.props("aria-current=page")
        yield room
