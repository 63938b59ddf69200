"""The browser in which tests and benchmarks look at the pages: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from bootstrap import chromium
from gangvakt_sim.errors import BrowserMissing

# No sandbox, since root has none. Without the others Chromium asks its makers' servers for this and that.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """A started browser. BrowserMissing when there is none; only one event loop at a time in this thread."""
    path = chromium.find()
    if path is None or not chromium.driver_can_run():
        raise BrowserMissing(f"there is no browser: {chromium.ADVICE}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()
