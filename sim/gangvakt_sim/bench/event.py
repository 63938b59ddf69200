"""From light to the eyes of the traffic staff: database and page of a real controller."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

from playwright.sync_api import Page

from gangvakt_sim.bench.boards import Online, online_sign
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Figure, Reference, Skipped, median
from gangvakt_sim.bench.walks import Player, to_the_kerb
from gangvakt_sim.browser import open_browser
from gangvakt_sim.errors import BrowserMissing

# Chosen at the first log-in of a controller that is thrown away afterwards.
PASSWORD = "seks elger ved elva"
LIT_S, STORED_S, SHOWN_S, DARK_S = 6.0, 20.0, 20.0, 20.0
PAUSE_S = 1.3
SYNCHRONISED = 20
SEED = 1

# Notes when the newest entry of the log of events changes, by the page's own clock in ms.
WATCH = """() => {
  window.benchSeen = [];
  let last = '';
  new MutationObserver(() => {
    const entry = document.querySelector('[role=log] .what');
    const text = entry ? entry.textContent.trim() : '';
    if (text !== last) window.benchSeen.push([last = text, performance.now()]);
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
ACTIVATED = "() => window.benchSeen.filter(([text]) => text.startsWith('Activated')).map(([_, t]) => t)"


@dataclass
class _Times:
    """Seconds after DIM's edge, one an activation."""

    stored: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)


def measure(bench: Bench) -> list[Figure]:
    """Median and worst of row and text. Skipped without a browser."""
    walks = bench.times(10, 3)
    try:
        with open_browser() as browser, online_sign(bench) as online:
            bench.say.step("event: sign online")
            page = browser.new_page(locale="en-GB")
            _log_in(page, online)
            times = _activations(page, online, walks)
    except BrowserMissing as error:
        raise Skipped(str(error)) from error
    bench.say.step(f"event: {walks} activations")
    how = f"{walks} activations, mutual TLS, SQLite, Chromium"
    edge = Reference(median(times.stored), "of which row in the database")
    return [
        Figure("event, light to database, median", median(times.stored), "s", how),
        Figure("event, light to database, worst", max(times.stored), "s", "row visible to another reader"),
        Figure("event, light to page, median", median(times.shown), "s", "text in the page's DOM", edge),
        Figure("event, light to page, worst", max(times.shown), "s", "text in the page's DOM", edge),
    ]


def _log_in(page: Page, online: Online) -> None:
    page.goto(online.process.controller.address)
    page.get_by_label("Password").fill(online.process.first_password() or "")
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Choose a password").click()
    page.locator(".ov").wait_for()
    page.goto(f"{online.process.controller.address}live")
    page.get_by_role("log").locator(".what").first.wait_for()


def _activations(page: Page, online: Online, walks: int) -> _Times:
    dice = random.Random(SEED)
    times = _Times()
    page.evaluate(WATCH)
    with Player(online.board) as player:
        for number in range(1, walks + 1):
            _activation(page, online, player, dice, number, times)
    return times


def _activation(
    page: Page, online: Online, player: Player, dice: random.Random, number: int, times: _Times
) -> None:
    """One walk, from dark lamps to dark lamps."""
    board = online.board
    edges_before = len(board.dim_changes())
    player.play(to_the_kerb(dice))
    wait_until(lambda: len(board.dim_changes()) > edges_before, LIT_S, "light")
    lit_s = board.dim_changes()[edges_before][0] / 1e6
    stored_s = wait_until(lambda: online.stored("activation_on") >= number, STORED_S, "row in the database")
    wait_until(lambda: len(page.evaluate(ACTIVATED)) >= number, SHOWN_S, "text on the page")
    shown_s = page.evaluate(ACTIVATED)[number - 1] / 1000 + _page_clock_offset_s(page)
    times.stored.append(stored_s - lit_s)
    times.shown.append(shown_s - lit_s)
    wait_until(lambda: len(board.dim_changes()) > edges_before + 1, DARK_S, "darkness")
    time.sleep(PAUSE_S + dice.random())  # so that no period of a poll falls in step


def _page_clock_offset_s(page: Page) -> float:
    """What to add to the page's clock for the monotonic one: by the quickest of several questions."""
    answers = []
    for _ in range(SYNCHRONISED):
        asked_s = time.monotonic()
        page_s = page.evaluate("() => performance.now()") / 1000
        answered_s = time.monotonic()
        answers.append((answered_s - asked_s, (asked_s + answered_s) / 2 - page_s))
    return float(min(answers)[1])
