"""Puts the public pages on an app: that of the public, or that of the staff where there is no other."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from gangvakt.api import Services, create_public_app
from gangvakt.web.guards import LanguageChoice, SecurityHeaders
from gangvakt.web.public.routes import label_routes, public_routes

ASSETS = Path(__file__).parents[1] / "assets"


def attach_public(app: FastAPI, services: Services, *, here: bool = True) -> None:
    """Adds to the app of the staff where labels lead, and the pages for everybody where they are `here`."""
    if here:
        app.include_router(public_routes(services, staff=""))
    app.include_router(label_routes(services, with_public=here, with_login=True))


def public_app(services: Services) -> FastAPI:
    """All that is open to everybody and nothing else, at an address of its own."""
    app = create_public_app(services)
    app.mount("/assets", StaticFiles(directory=ASSETS))
    app.include_router(public_routes(services, staff=services.staff_url))
    app.include_router(label_routes(services, with_public=True, with_login=False))
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecurityHeaders)
    return app
