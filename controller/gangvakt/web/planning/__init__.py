"""The planning sheet and the reports."""

from __future__ import annotations

from gangvakt.api import Services
from gangvakt.web.planning import case_page, council_page, month_page, sheet_page


def add_pages(services: Services) -> None:
    """Registers the area's pages with NiceGUI."""
    sheet_page.add_pages(services)
    month_page.add_pages(services)
    council_page.add_pages(services)
    case_page.add_pages(services)
