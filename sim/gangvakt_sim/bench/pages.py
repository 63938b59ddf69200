"""The overview with 10,000 signs: its first paint, what an open page costs, the browser's memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing
from gangvakt_sim.browser import open_browser
from gangvakt_sim.errors import BrowserMissing
from gangvakt_sim.pages.places import Who
from gangvakt_sim.pages.serving import house

SIGNS, RATE = 10_000, 100
PAINTS, QUICK_PAINTS = 7, 3
FOR_S, QUICK_S = 60, 15
TURNS, QUICK_TURNS = 3, 1  # without a page and with one, in turn: the computer is not always as quick
INSTANTS = 4  # at which the browser's heap is measured, after the first
SETTLE_S = 5.0
SIZE = {"width": 1440, "height": 900}
# When the first rows stand in the document, by the page's own clock in ms since the navigation began.
ROWS_AT = """() => new Promise((done) => {
  const look = () =>
    document.querySelector(".ov-row") ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""
PAINT_S = Reference(1.5, "promised", Bound.AT_MOST)
COST_PCT = Reference(5.0, "of a core, promised", Bound.AT_MOST)
# The heap of a page that does not grow is a few percent more or less from one collection to the next.
GROWTH_PCT = Reference(5.0, "of the heap after the first minute's quarter", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """The house is a process of its own, so that the browser's work is not counted as the server's."""
    try:
        with open_browser() as browser, house(SIGNS, RATE) as served:
            bench.say.step(f"pages: {SIGNS} signs, {RATE} changes/s")
            visitor = _Visitor(browser, served.address, served.tokens[Who.STAFF])
            paints = [visitor.paint_s() for _ in range(bench.times(PAINTS, QUICK_PAINTS))]
            bench.say.step("pages: first rows")
            for_s = bench.times(FOR_S, QUICK_S)
            costs, heaps = [], []
            for _ in range(bench.times(TURNS, QUICK_TURNS)):
                without = _share(served.pid, for_s)
                with_page, heap = visitor.stay(served.pid, for_s)
                costs.append((without, with_page))
                heaps.append(heap)
                bench.say.step(f"pages: {without:.1f} % of a core without a page, {with_page:.1f} % with one")
    except BrowserMissing as missing:
        return [nothing("pages", str(missing))]
    return _figures(paints, costs, heaps, for_s)


class _Visitor:
    """Opens the overview as somebody who is logged in, with an empty cache each time."""

    def __init__(self, browser: Browser, address: str, token: str) -> None:
        self._browser, self._address, self._token = browser, address, token

    def paint_s(self) -> float:
        context = self._context()
        try:
            return float(self._open(context).evaluate(ROWS_AT)) / 1000
        finally:
            context.close()

    def stay(self, process: int, for_s: float) -> tuple[float, list[float]]:
        """The server's share of a core (%) while the page is open, and the page's heap (MB) meanwhile."""
        context = self._context()
        try:
            page = self._open(context)
            page.evaluate(ROWS_AT)
            session = context.new_cdp_session(page)
            page.wait_for_timeout(SETTLE_S * 1000)
            heap, begun_s, cpu_s = [_heap_mb(session)], time.monotonic(), _cpu_s(process)
            for _ in range(INSTANTS):
                page.wait_for_timeout(for_s / INSTANTS * 1000)
                heap.append(_heap_mb(session))
            return (_cpu_s(process) - cpu_s) / (time.monotonic() - begun_s) * 100, heap
        finally:
            context.close()

    def _context(self) -> BrowserContext:
        context = self._browser.new_context(viewport=SIZE, locale="en-GB")  # type: ignore[arg-type]
        context.add_cookies([{"name": SESSION_COOKIE, "value": self._token, "url": self._address}])
        return context

    def _open(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(self._address, wait_until="commit")
        return page


def _share(process: int, for_s: float) -> float:
    """Of a core (%), with no page."""
    begun_s, cpu_s = time.monotonic(), _cpu_s(process)
    time.sleep(for_s)
    return (_cpu_s(process) - cpu_s) / (time.monotonic() - begun_s) * 100


def _cpu_s(process: int) -> float:
    """User and system time of all its threads."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def _heap_mb(session: CDPSession) -> float:
    """What lives in the page's heap after a collection."""
    send = session.send
    send("HeapProfiler.enable")
    send("HeapProfiler.collectGarbage")
    return float(send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def _figures(
    paints: Sequence[float],
    costs: Sequence[tuple[float, float]],
    heaps: Sequence[Sequence[float]],
    for_s: float,
) -> list[Figure]:
    cost = median([with_page - without for without, with_page in costs])
    without = median([one for one, _ in costs])
    growth = median([(heap[-1] - heap[1]) / heap[1] * 100 for heap in heaps])
    first = f"{SIGNS} signs, from the navigation to the first rows, empty cache, median of {len(paints)}"
    turns = f"{RATE} changes/s for {for_s:.0f} s, median of {len(costs)} turns beside {without:.1f} % without"
    instants = ", ".join(f"{one:.1f}" for one in heaps[-1])
    grown = f"collected at {INSTANTS + 1} instants of the last turn: {instants} MB"
    return [
        Figure("pages, first rows", median(paints), "s", first, PAINT_S),
        Figure("pages, cost of an open page", cost, "% of a core", turns, COST_PCT),
        Figure("pages, growth of the browser's heap", growth, "%", grown, GROWTH_PCT),
    ]
