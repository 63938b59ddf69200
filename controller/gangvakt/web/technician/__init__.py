"""The technician's view, for a phone."""

from __future__ import annotations

from gangvakt.api import Services


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""
