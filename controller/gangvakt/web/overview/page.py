"""The page that is open all day: how many signs are well, where they are, and which ones need a hand."""

from __future__ import annotations

from fastapi import Request, Response
from nicegui import Client, app, ui

from gangvakt.api import Services
from gangvakt.api.auth import Login
from gangvakt.fleet.view import FleetView
from gangvakt.web.feed import street_path
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of, seen_by
from gangvakt.web.overview.elements import Overview
from gangvakt.web.overview.ground import GroundMap
from gangvakt.web.overview.model import REFRESH_S, OverviewModel
from gangvakt.web.views import View, simulated_sites

ROWS, GROUND = "/overview/rows", "/overview/ground"

# The rows are asked for before the page's scripts are there.
EARLY = f'<script>window.overviewRows = fetch("{ROWS}").catch(() => null);</script>'


def add_pages(services: Services) -> None:
    """The page, and what its script fetches."""
    model = OverviewModel(services)
    ground = GroundMap(services.ground_map)

    @LocalPage("/", title=TITLE)
    def overview(client: Client) -> None:
        texts = begin(client, services, "/", "overview")
        ui.add_head_html(EARLY)
        login, fleet = login_of(client), seen_by(client, services)
        with content("overview-page"):
            element = Overview(texts, _tiles(services))
        follower = _Follower(client, model, login, fleet, element)
        ui.timer(REFRESH_S, follower.tick)

    @app.get(ROWS, include_in_schema=False)
    async def rows(request: Request) -> Response:
        login = request.state.login
        assert isinstance(login, Login)
        await model.refresh()
        return _json(model.snapshot(login.municipalities))

    @app.get(GROUND, include_in_schema=False)
    def plain_map() -> Response:
        text = ground.text()
        return Response(status_code=204) if text is None else _json(text)


class _Follower:
    """One open page, and how much of the model it knows."""

    def __init__(
        self, client: Client, model: OverviewModel, login: Login, fleet: FleetView, element: Overview
    ) -> None:
        self._client, self._model, self._seen = client, model, login.municipalities
        self._fleet, self._element = fleet, element
        # The script fetches its rows later: it passes over what is older than they are.
        self._version = model.version
        self._streets: list[View] = []

    async def tick(self) -> None:
        if not self._client.has_socket_connection:
            return
        await self._model.refresh()
        text = self._model.since(self._version, self._seen)
        if text is not None:
            self._version = self._model.version
            self._element.patch(text)
        self._show_streets()

    def _show_streets(self) -> None:
        streets = [
            {"name": scene.name, "href": street_path(site)}
            for site in simulated_sites(self._fleet)
            if (scene := self._fleet.scene(site))
        ]
        if streets != self._streets:
            self._streets = streets
            self._element.show_streets(streets)


def _tiles(services: Services) -> View | None:
    tiles = services.tiles
    return {"url": tiles.url, "credit": tiles.credit} if tiles else None


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"cache-control": "no-store"})
