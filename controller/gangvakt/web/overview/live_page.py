"""Events as they come, and the street of one simulated crossing."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from nicegui import Client, ui

from gangvakt.api import Services
from gangvakt.errors import NameRefused
from gangvakt.fleet import SiteId
from gangvakt.web.feed import EventTable, SignTable, StreetPicture, street_path
from gangvakt.web.frame import TITLE, LocalPage, begin, content, follow, login_of, seen_by
from gangvakt.web.parts import EventList, SignList, StreetView
from gangvakt.web.street_desk import StreetDesk
from gangvakt.web.texts import Texts


def add_pages(services: Services) -> None:
    @LocalPage("/live", title=TITLE)
    def live(client: Client) -> None:
        texts = begin(client, services, "/live")
        _live(client, services, texts)

    @LocalPage("/street/{municipality}/{site}", title=TITLE)
    def street(client: Client, municipality: str, site: str) -> Response | None:
        try:
            site_id = SiteId(municipality, site)
        except NameRefused as refused:
            return PlainTextResponse(str(refused), status_code=404)
        if sign := client.request.query_params.get("sign"):
            return RedirectResponse(f"/sign/{site_id}/{quote(sign[:32])}", 303)  # as on labels of old
        ui.page_title(f"{TITLE} – {site_id}")
        texts = begin(client, services, street_path(site_id), "street")
        _street(client, services, texts, site_id)
        return None


def _live(client: Client, services: Services, texts: Texts) -> None:
    fleet = seen_by(client, services)
    with content("overview"):
        street = StreetPicture(fleet, StreetView(texts))
        events = EventTable(fleet, texts, EventList(texts))
        signs = SignTable(fleet, texts, SignList(texts), patrol=services.patrol)
    follow(client, fleet, (street, events, signs))


def _street(client: Client, services: Services, texts: Texts, site: SiteId) -> None:
    fleet = seen_by(client, services)
    empty = (texts.say("no_street", name=site), texts.say("no_street_hint"))
    with content("street-page"):
        street = StreetPicture(fleet, StreetView(texts, empty), site)
        desk = StreetDesk(services, fleet, texts, login_of(client), site)
        signs = SignTable(fleet, texts, SignList(texts), site, services.patrol)
        events = EventTable(fleet, texts, EventList(texts), site)
    follow(client, fleet, (street, desk, signs, events))
