"""The pages with live data: the overview and the street of one simulated crossing."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import PlainTextResponse
from nicegui import Client, ui
from nicegui.element import Element
from nicegui.language import Language as PageLanguage

from gangvakt.api import Services
from gangvakt.api.auth import Login
from gangvakt.errors import NameRefused
from gangvakt.fleet import SiteId
from gangvakt.fleet.view import FleetView
from gangvakt.web.account_page import account_content
from gangvakt.web.feed import TICK_S, EventTable, LivePart, PageFeed, SignTable, StreetPicture, street_path
from gangvakt.web.parts import EventList, SignList, StreetView, TopBar
from gangvakt.web.people_page import people_content
from gangvakt.web.texts import Language, Texts, language_of_request

TITLE = "Gangvakt"
STYLES = '<link rel="stylesheet" href="/assets/gangvakt.css">'
SESSION_CHECK_S = 5.0
PAGE_LANGUAGES: dict[Language, PageLanguage] = {"en": "en-GB", "nb": "nb-NO"}


class LocalPage(ui.page):
    """A page in the language of its request."""

    def resolve_language(self) -> PageLanguage | None:
        return PAGE_LANGUAGES[language_of_request.get()]


def add_pages(services: Services) -> None:
    """Registers the pages with NiceGUI."""

    @LocalPage("/", title=TITLE)
    def overview(client: Client) -> None:
        texts = Texts(language_of_request.get())
        head(client, services, texts, "/")
        _overview(client, _seen(client, services), texts)

    @LocalPage("/street/{municipality}/{site}", title=TITLE)
    def street(client: Client, municipality: str, site: str) -> Response | None:
        try:
            site_id = SiteId(municipality, site)
        except NameRefused as refused:
            return PlainTextResponse(str(refused), status_code=404)
        texts = Texts(language_of_request.get())
        ui.page_title(f"{TITLE} – {site_id}")
        head(client, services, texts, street_path(site_id))
        _street(client, _seen(client, services), texts, site_id)
        return None

    @LocalPage("/account", title=TITLE)
    async def account(client: Client) -> None:
        texts = Texts(language_of_request.get())
        head(client, services, texts, "/account")
        await account_content(services, texts, login_of(client))

    @LocalPage("/people", title=TITLE)
    async def people(client: Client) -> None:
        texts = Texts(language_of_request.get())
        head(client, services, texts, "/people")
        await people_content(services, texts, login_of(client))


def head(client: Client, services: Services, texts: Texts, path: str) -> None:
    ui.add_head_html(STYLES)
    login = login_of(client)
    TopBar(texts, path, login.granted)
    token, seen = login.token, login.granted

    async def leave_when_logged_out() -> None:
        login = await services.auth.login_of(token, used=False)
        if login is None:
            ui.navigate.to("/login")
        elif login.granted != seen:  # what the page shows may not be his any more
            ui.navigate.to(path)

    ui.timer(SESSION_CHECK_S, leave_when_logged_out)


def _seen(client: Client, services: Services) -> FleetView:
    return FleetView(services.fleet, login_of(client).municipalities)


def login_of(client: Client) -> Login:
    """The session that the guard let in."""
    login = client.request.state.login
    assert isinstance(login, Login)
    return login


def _overview(client: Client, fleet: FleetView, texts: Texts) -> None:
    with _content("overview"):
        street = StreetPicture(fleet, StreetView(texts))
        events = EventTable(fleet, texts, EventList(texts))
        signs = SignTable(fleet, texts, SignList(texts))
    _follow(client, fleet, street, events, signs)


def _street(client: Client, fleet: FleetView, texts: Texts, site: SiteId) -> None:
    empty = (texts.say("no_street", name=site), texts.say("no_street_hint"))
    with _content("street-page"):
        street = StreetPicture(fleet, StreetView(texts, empty), site)
        signs = SignTable(fleet, texts, SignList(texts), site)
        events = EventTable(fleet, texts, EventList(texts), site)
    _follow(client, fleet, street, signs, events)


def _content(layout: str) -> Element:
    return ui.element("div").props("id=content tabindex=-1").classes(layout)


def _follow(client: Client, fleet: FleetView, *parts: LivePart) -> None:
    ui.timer(TICK_S, PageFeed(fleet, client, parts).tick)
