"""The web server of API and pages, as a guest in our loop."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from gangvakt.api import Services, create_app
from gangvakt.web import attach
from gangvakt.web.public import attach_public

STOP_S = 1  # open pages are cut off after this: the whole stop takes less than 3 s


def staff_app(services: Services, *, with_links: bool) -> FastAPI:
    """Pages and API; with the pages of signed links where the public has no address of its own."""
    app = create_app(services, with_links=with_links)
    attach_public(app, services, here=with_links)
    attach(app, services)
    return app


class PagesServer(uvicorn.Server):
    """Signals and the end are ours."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_S,
        )
        super().__init__(config)

    async def serve_on(self, http: socket.socket) -> None:
        """Until `stop`."""
        await self.serve(sockets=[http])

    def stop(self) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
