"""Every page: axe-core calls nothing serious by day or by night, a phone is wide enough, none is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from nicegui import core
from playwright.sync_api import BrowserContext, Page
from starlette.routing import compile_path

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.cli.steering import join_pairs
from gangvakt_sim.pages.places import PLACES, Place, Who, words_of_paths
from gangvakt_sim.pages.town import TOWN, Office, fill_town
from gangvakt_sim.pages.town_street import scene
from gangvakt_sim.pages.town_work import NORTH, fill_work, newcomers

from .support import PageServer, Watch

Axe = Callable[..., list[str]]
DAYS = 1  # of people: one page looks like the other for many
SHOWN = ("storgata", "engene", "tollbugata", "hamborgstrom", "lierstranda")
A_PART = 8  # places of one test: it ends in seconds also on a busy computer
QUIET = tuple(place for place in PLACES if not place.is_busy)
PARTS = [QUIET[at : at + A_PART] for at in range(0, len(QUIET), A_PART)]
PHONE = {"width": 390, "height": 844}
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
# What answers GET and is not looked at: programs, files, and what only leads on.
NO_PAGES = ("/api/", "/_nicegui", "/overview/", "/metrics", "/healthz", "/readyz", "/sign/", "/login/with/")
NO_PAGE_ENDS = ("/data.json", "/data.csv", ".pdf", ".{kind}", "/language/{language}", "/login/back")


@dataclass(frozen=True)
class Town:
    """A small town in which something of everything was done; `words` stand in the paths of its pages."""

    server: PageServer
    tokens: Mapping[Who, str]
    words: Mapping[str, object]


@pytest.fixture(scope="module")
def town(page_server: PageServer) -> Iterator[Town]:
    page_server.reset()
    keys = page_server.folder / "update-keys"
    shutil.rmtree(keys, ignore_errors=True)
    staff = page_server.session()
    shown = tuple(crossing for crossing in TOWN if crossing.site in SHOWN)
    services = page_server.services
    assert services.steering is not None
    assert services.pairs is not None
    join_pairs(services.steering.bulk, services.pairs)
    office = Office(services, page_server.store, page_server.folder / "recordings", keys, shown)
    page_server.ask(fill_town(office, DAYS))
    numbers = page_server.ask(fill_work(office))
    tokens = {Who.STAFF: staff, **page_server.ask(newcomers(page_server.auth))}
    yield Town(page_server, tokens, words_of_paths(numbers))
    shutil.rmtree(keys)


@pytest.fixture
def visit(town: Town, open_browser: Callable[..., BrowserContext]) -> Callable[[Place], Page]:
    """Opens a place as whoever looks at it."""
    pages: dict[Who, Page] = {}
    at: list[str] = []

    def visit_(place: Place) -> Page:
        if place.who not in pages:
            context = open_browser()
            if place.who in town.tokens:
                token = {"name": SESSION_COOKIE, "value": town.tokens[place.who], "url": town.server.url}
                context.add_cookies([token])  # type: ignore[list-item]
            pages[place.who] = context.new_page()
        page = pages[place.who]
        if place.is_simulated:
            town.server.feed(town.server.fleet.put_scene, scene(NORTH.site_id))
        if at != [place.path]:  # else it is another state of the same page
            page.goto(town.server.url + place.path.format(**town.words))
            page.locator(place.ready).first.wait_for()
        at[:] = [place.path]
        place.first(page)
        return page

    return visit_


def judged(page: Page, axe: Axe) -> Iterator[str]:
    """What is wrong with an opened page. In the dark only colours are others."""
    page.evaluate("async () => { await document.fonts.ready; }")  # else names of icons are words
    yield from axe(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(DRAWN)
    yield from (f"in the dark {line}" for line in axe(page, "color-contrast"))
    page.emulate_media(color_scheme="light")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    if page.evaluate(TOO_WIDE):
        yield "is too wide for a phone"
    page.set_viewport_size(size)


@pytest.mark.parametrize("places", PARTS, ids=lambda places: places[0].name)
def test_pages_can_be_used_by_everybody(
    places: Sequence[Place], visit: Callable[[Place], Page], axe: Axe, watch: Watch
) -> None:
    watch.allow("404", "403", "422")  # of the places that refuse
    found = [f"{place.name}: {line}" for place in places for line in judged(visit(place), axe)]
    assert not found, "\n".join(found)


def shown_paths(server: PageServer) -> set[str]:
    """The paths of all routes that a person looks at, as they were declared."""
    routes = (*iter_route_contexts(server.app.routes), *iter_route_contexts(core.app.routes))
    paths = {
        route.path
        for route in routes
        if isinstance(route.original_route, APIRoute) and route.path and "GET" in (route.methods or ())
    }
    return {path for path in paths if not path.startswith(NO_PAGES) and not path.endswith(NO_PAGE_ENDS)}


def test_no_page_is_missing_in_the_list_of_places(server: PageServer) -> None:
    asked = [place.path.partition("?")[0] for place in PLACES]
    missing = [
        path
        for path in sorted(shown_paths(server))
        if not any(compile_path(path)[0].match(one) for one in asked)
    ]
    assert not missing, f"gangvakt_sim.pages.places.PLACES has no place for {missing}"
