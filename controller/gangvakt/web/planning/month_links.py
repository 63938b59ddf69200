"""From one month's page to those beside it."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from gangvakt.clock import utc_ms
from gangvakt.fleet.reports import Month
from gangvakt.web.planning.month import ZONE, month_name
from gangvakt.web.texts import Texts


def links_beside(month: Month, path: Callable[[Month], str], texts: Texts) -> None:
    """To the month before, and to the one after if it has begun."""
    before, after = month.after(-1), month.after(1)
    ui.link(f"← {month_name(before, texts)}", path(before))
    if str(month) < str(Month.of(utc_ms(), ZONE)):
        ui.link(f"{month_name(after, texts)} →", path(after))
