"""Pages that are everybody's have nothing that axe-core calls serious, by day and by night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from .support import NORTH, PageServer, Street

Axe = Callable[[Page], list[str]]


PAGES = ("/", "/live", "/street/drammen/storgata", "/account", "/people")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_frame(
    server: PageServer, street: Street, enter: Callable[..., Page], axe: Axe, scheme: str
) -> None:
    street.scene()
    street.status(NORTH, on=True)
    street.event(NORTH, "boot", cause="power")
    page = enter("/", color_scheme=scheme)
    found = []
    for path in PAGES:
        page.goto(server.url + path)
        page.locator("h1, h2").first.wait_for()
        found += [f"{path} {line}" for line in axe(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in(
    server: PageServer, open_browser: Callable[..., BrowserContext], axe: Axe, scheme: str
) -> None:
    page = open_browser(color_scheme=scheme).new_page()
    page.goto(f"{server.url}/login")
    assert axe(page) == []
