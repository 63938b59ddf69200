"""The FastAPI application."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from gangvakt import __version__
from gangvakt.api import problems
from gangvakt.api.description import describe, operation_id
from gangvakt.api.guard import Guard
from gangvakt.api.limit import BodyLimit
from gangvakt.api.links import make_link_router
from gangvakt.api.probes import make_probes, make_public_probes
from gangvakt.api.requests import RequestIds
from gangvakt.api.routes import make_routers
from gangvakt.api.services import Services


def create_public_app(services: Services) -> FastAPI:
    """What is open to everybody and nothing else: the pages behind signed links, and whether we live."""
    app = FastAPI(title="Gangvakt", openapi_url=None, docs_url=None, redoc_url=None)
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestIds, failed=problems.failed)
    app.include_router(make_link_router(services))
    app.include_router(make_public_probes())
    return app


def create_app(services: Services, *, with_links: bool = True) -> FastAPI:
    """The API, guarded; its description is at /api/v1/openapi.json. The pages attach themselves to it.

    Without `with_links` the pages behind signed links are elsewhere: in `create_public_app`.
    """
    # The browsable description loads its scripts from the internet, which a controller may not have.
    app = FastAPI(
        title="Gangvakt",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    app.state.services = services
    problems.install(app)
    app.add_middleware(Guard, auth=services.auth)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestIds, failed=problems.failed)  # the last is the outermost
    for router in make_routers(services):
        # They have their whole path and all that the router gives already: `include_router` would make each
        # of them a second time, which takes as long as all the rest.
        app.router.routes.extend(router.routes)
    if with_links:
        app.include_router(make_link_router(services))
    app.include_router(make_probes(services))
    return app
