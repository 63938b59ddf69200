"""Rollouts: the list, one of them live, and a new one."""

from __future__ import annotations

from gangvakt.api.services import Services
from gangvakt.web.steering.rollouts import list_page, new_page, one_page


def add_pages(services: Services) -> None:
    new_page.add_pages(services)  # before the one with a number in its path
    list_page.add_pages(services)
    one_page.add_pages(services)
