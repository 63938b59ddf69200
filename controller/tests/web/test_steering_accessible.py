"""Pages that steer: nothing serious for axe-core by day and by night, and nothing too wide on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .steering_town import PATHS, build
from .support import PageServer

USUAL = (
    "/rollouts/{rollout}",
    "/config/drammen/sign/storgata/north",
    "/approvals",
    "/audit",
    "/settings/contacts",
)
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("paths", [USUAL, pytest.param(PATHS, marks=pytest.mark.soak)])
def test_pages_that_steer(
    server: PageServer, enter: Callable[..., Page], axe: Callable[[Page], list[str]], paths: tuple[str, ...]
) -> None:
    page = enter("/account")
    numbers = build(server)
    found = []
    for path in (one.format(**numbers) for one in paths):
        page.goto(server.url + path)
        page.locator(".desk h1").first.wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{path} {scheme} {line}" for line in axe(page)]
        size = page.viewport_size
        page.set_viewport_size(PHONE)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is too wide for a phone")
        assert size is not None
        page.set_viewport_size(size)
    assert not found, "\n".join(found)
