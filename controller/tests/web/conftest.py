"""A browser that watches itself, and the pages with a live model that tests feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bootstrap import axe as axe_core
from gangvakt.api.auth import SESSION_COOKIE
from gangvakt_sim.browser import open_browser as start_browser
from gangvakt_sim.errors import BrowserMissing

from .support import PageServer, Street, Watch

ARTEFACTS = Path(__file__).parents[3] / ".build" / "artefacts"
WAIT_MS = 10_000
AXE_RUN = """async (rules) => {
  const said = (node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ""})`;
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run({ resultTypes: ["violations"], ...only });
  return violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map(({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.slice(0, 5).map(said) }));
}"""


@pytest.fixture(scope="session")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """One for the whole run: NiceGUI keeps its pages in the process."""
    server = PageServer(tmp_path_factory.mktemp("pages"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(page_server: PageServer) -> PageServer:
    page_server.reset()
    return page_server


@pytest.fixture
def street(server: PageServer) -> Street:
    return Street(server)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one module: while it runs, no other event loop can run in this thread."""
    expect.set_options(timeout=WAIT_MS)
    try:
        with start_browser() as browser:
            yield browser
    except BrowserMissing as error:
        pytest.skip(f"SKIPPED PAGES: {error}")


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_browser(chromium: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser; afterwards it must have asked only this computer, and have complained of nothing."""
    contexts: list[BrowserContext] = []

    def open_(**options: Any) -> BrowserContext:
        context = chromium.new_context(
            **{"locale": "en-GB", "viewport": {"width": 1440, "height": 980}, **options}
        )
        context.set_default_timeout(WAIT_MS)
        watch.follow(context)
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture
def stranger(open_browser: Callable[..., BrowserContext]) -> Page:
    """A page of somebody who is not logged in."""
    return open_browser().new_page()


@pytest.fixture
def enter(server: PageServer, open_browser: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens a page as somebody who is logged in."""
    token = server.session()

    def enter_(path: str = "/", **options: Any) -> Page:
        context = open_browser(**options)
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.url}])
        page = context.new_page()
        page.goto(server.url + path)
        page.locator(".top-bar").wait_for()
        return page

    return enter_


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """What axe-core finds on a page: a line for each serious or critical violation, with elements.

    Of all rules, or of those that are named.
    """
    if not axe_core.SCRIPT.exists():
        pytest.skip(f"SKIPPED ACCESSIBILITY: there is no axe-core: {axe_core.ADVICE}")
    script = axe_core.SCRIPT.read_text()

    def violations(page: Page, *rules: str) -> list[str]:
        if not page.evaluate("() => Boolean(window.axe)"):
            page.evaluate(script)  # not a tag of the page: its policy lets no foreign script in
        found = page.evaluate(AXE_RUN, list(rules))
        return [f"{one['impact']} {one['id']}: {one['help']}: {'; '.join(one['where'])}" for one in found]

    return violations


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures for people go."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS
