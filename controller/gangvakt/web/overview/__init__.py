"""The overview of all signs, the events as they come, and the street of a simulated crossing."""

from __future__ import annotations

from gangvakt.api import Services
from gangvakt.web.overview import live_page, page


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""
    page.add_pages(services)
    live_page.add_pages(services)
