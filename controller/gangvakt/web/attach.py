"""Puts the pages on the controller's app."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from nicegui import ui
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from gangvakt.api import Services
from gangvakt.api.oidc import Oidc
from gangvakt.web.guards import LanguageChoice, SecurityHeaders, SessionGuard
from gangvakt.web.lost import LostPages
from gangvakt.web.own_forms import own_routes
from gangvakt.web.pages import add_pages
from gangvakt.web.planning.files import file_routes
from gangvakt.web.signing_in import signing_in_routes
from gangvakt.web.signing_in_elsewhere import elsewhere_routes

HERE = Path(__file__).parent
# Higher levels take 2.6 times as long for a seventh of the size: nothing else is answered meanwhile.
PACKING = 3
# The pings follow from it: a connection that is gone is noticed within 1.2 times as much. How long a page
# waits for its browser is another matter: `frame.AWAY_S`.
RECONNECT_TIMEOUT_S = 10.0


def attach(app: FastAPI, services: Services) -> None:
    """Adds pages, log-in and guards to `app`; call it once, before the server starts.

    The pages are NiceGUI's, of which there is one in a process.
    """
    app.include_router(signing_in_routes(services.auth))
    app.include_router(elsewhere_routes(Oidc(services.auth.staff, services.auth)))
    app.include_router(own_routes(services.auth))
    app.mount("/assets", StaticFiles(directory=HERE / "assets"))
    app.include_router(file_routes(services))
    add_pages(services)
    ui.run_with(
        app,
        title="Gangvakt",
        favicon=HERE / "assets" / "favicon.svg",
        dark=None,  # as the computer has it
        tailwind=False,
        binding_refresh_interval=None,
        reconnect_timeout=RECONNECT_TIMEOUT_S,
        gzip_middleware_factory=None,  # the security headers must see the page before it is packed
        show_welcome_message=False,
    )
    # The last one added is the outermost.
    app.add_middleware(LostPages)
    app.add_middleware(SessionGuard, auth=services.auth)
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecurityHeaders, pictures=services.tiles.origin if services.tiles else "")
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=PACKING)
