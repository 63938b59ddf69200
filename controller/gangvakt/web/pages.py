"""All the pages, area by area."""

from __future__ import annotations

from collections.abc import Callable

from gangvakt.api import Services
from gangvakt.web import (
    account_page,
    alarms,
    crossing,
    overview,
    people_page,
    planning,
    steering,
    technician,
)

AREAS: tuple[Callable[[Services], None], ...] = (
    overview.add_pages,
    crossing.add_pages,
    alarms.add_pages,
    steering.add_pages,
    technician.add_pages,
    planning.add_pages,
    people_page.add_pages,
    account_page.add_pages,
)


def add_pages(services: Services) -> None:
    """Registers the pages with NiceGUI."""
    for add in AREAS:
        add(services)
