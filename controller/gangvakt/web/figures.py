"""Figures on the page: tables, bars, and what stands there when there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from gangvakt.web.lost import tell_missing

WHOLE_FROM = 10  # of a bar's number: it says no more than this


@dataclass(frozen=True)
class Cell:
    """Of a table, on the page or on paper; red ones are marked otherwise as well, for whoever sees no red."""

    text: str
    is_red: bool = False


def figures(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Numbers are at the right, from the second column on; what is red says so in words as well."""
    with ui.element("div").classes("table-frame").props("tabindex=0"), ui.element("table").classes("figures"):
        with ui.element("thead"), ui.element("tr"):
            for column in columns:
                with ui.element("th").props("scope=col"):
                    ui.label(column)
        with ui.element("tbody"):
            for row in rows:
                _row(row)


def _row(row: Sequence[Cell]) -> None:
    with ui.element("tr"):
        for place, cell in enumerate(row):
            made = ui.element("td" if place else "th").props("" if place else "scope=row")
            with made.classes("short" if cell.is_red else ""):
                ui.label(cell.text)


def bars(values: Sequence[float], names: Sequence[str], said: Sequence[str], title: str) -> None:
    """A bar for each value, over its name and below its number; read aloud it is a list of `said`."""
    highest = max(values, default=0) or 1
    with ui.element("ol").classes("bars").props(f'aria-label="{title}"'):
        for value, name, text in zip(values, names, said, strict=True):
            with ui.element("li").props(f'title="{text}"'):
                if value:
                    ui.label(_short(value)).classes("value").props("aria-hidden=true")
                ui.element("i").style(f"--share: {value / highest:.3f}").props("aria-hidden=true")
                ui.label(name).props("aria-hidden=true")
                ui.label(text).classes("only-read")


def unknown(title: str, hint: str = "", link: tuple[str, str] | None = None) -> None:
    """In the place of a page about what is not there, or not for the reader: the answer is a 404 as well."""
    tell_missing(ui.context.client)
    empty(title, hint, link)


def _short(value: float) -> str:
    """Narrow enough for a bar on a phone: what is less than 10 and no whole number has one decimal."""
    return f"{value:.0f}" if value >= WHOLE_FROM or value == int(value) else f"{value:.1f}"


def empty(title: str, hint: str = "", link: tuple[str, str] | None = None) -> None:
    """A page without anything to show; `link` is where to go on, and its name."""
    with ui.element("div").classes("empty"):
        with ui.element("strong"):
            ui.label(title)
        if hint:
            with ui.element("p"):
                ui.label(hint)
        if link:
            ui.link(link[1], link[0])
