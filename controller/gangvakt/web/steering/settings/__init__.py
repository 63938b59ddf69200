"""Settings: how the controller is, municipalities, contacts, relays, log-in, and what nobody could read."""

from __future__ import annotations

from gangvakt.api.services import Services
from gangvakt.web.steering.settings import (
    contacts,
    health,
    letters,
    logins,
    municipalities,
    relays,
)


def add_pages(services: Services) -> None:
    for part in (health, municipalities, contacts, relays, logins, letters):
        part.add_pages(services)
