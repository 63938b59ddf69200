"""The page of a crossing, and the recorder's replay."""

from __future__ import annotations

from gangvakt.api import Services
from gangvakt.web.crossing import page, recordings, zone_page


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""
    page.add_pages(services)
    recordings.add_pages(services)
    zone_page.add_pages(services)
