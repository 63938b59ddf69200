"""The FastAPI application."""

from __future__ import annotations

from fastapi import FastAPI

from gangvakt import __version__
from gangvakt.api import problems
from gangvakt.api.guard import Guard
from gangvakt.api.limit import BodyLimit
from gangvakt.api.links import make_link_router
from gangvakt.api.routes import make_router
from gangvakt.api.services import Services


def create_app(services: Services) -> FastAPI:
    """The API, guarded; its description is at /api/v1/openapi.json. The pages attach themselves to it."""
    # The browsable description loads its scripts from the internet, which a controller may not have.
    app = FastAPI(
        title="Gangvakt",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    problems.install(app)
    app.add_middleware(Guard, auth=services.auth)
    app.add_middleware(BodyLimit)
    app.include_router(make_router(services))
    app.include_router(make_link_router(services))
    return app
