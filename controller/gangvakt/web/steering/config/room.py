"""What each page of configurations needs: the services, who looks, and at which municipality."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import Client

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Orders, Services, Steering
from gangvakt.fleet.roles import Role
from gangvakt.web.controls import Doing
from gangvakt.web.frame import begin, content, login_of
from gangvakt.web.steering.pieces import may, not_here, note
from gangvakt.web.texts import Texts


@dataclass(frozen=True)
class Room:
    """Where somebody is who may be there."""

    services: Services
    steering: Steering
    orders: Orders
    doing: Doing
    login: Login
    municipality: str

    @property
    def texts(self) -> Texts:
        return self.doing.texts

    @property
    def home(self) -> tuple[str, str]:
        """The way up from its pages: words and path."""
        name = f"{self.texts.say('config')}: {self.municipality}"
        return name, f"/config?municipality={self.municipality}"

    @property
    def may_change(self) -> bool:
        return may(self.login, Role.TECHNICIAN, self.municipality)

    def require(self, login: Login, role: Role = Role.TECHNICIAN) -> None:
        """By his rights as they are now."""
        require_role(login.granted, role, self.municipality)


def room_at(client: Client, services: Services, municipality: str) -> Room | None:
    """None, and said why, where there is nothing for him."""
    path = client.request.url.path
    texts, login = begin(client, services, path, "steering"), login_of(client)
    if services.steering is None or services.orders is None:
        with content("desk"):
            note(texts.say("steer_none_here"), "bad")
        return None
    if login.granted.role_in(municipality) is None:
        with content("desk"):
            not_here(texts, municipality, "/config")
        return None
    doing = Doing(services, texts, login.token)
    return Room(services, services.steering, services.orders, doing, login, municipality)
