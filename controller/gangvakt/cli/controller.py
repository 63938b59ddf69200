"""The whole controller in one event loop: what is started, in which order, and how it ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from gangvakt.api import Services
from gangvakt.cli.assembly import Assembly, open_ground, open_wire, services_on
from gangvakt.cli.ending import end_tasks
from gangvakt.cli.garbage import no_full_searches
from gangvakt.cli.listen import listen
from gangvakt.cli.pages_server import PagesServer, staff_app
from gangvakt.cli.parts import PARTS
from gangvakt.cli.stop_signals import stop_signals
from gangvakt.files import make_folder
from gangvakt.provision.passphrase import Passphrase, from_environment
from gangvakt.settings import Settings
from gangvakt.store.acting import CONTROLLER, act_as
from gangvakt.web.public import public_app


@dataclass(frozen=True)
class Started:
    """What is to be told when everything runs; `first_password` at the first start only."""

    settings: Settings
    http_port: int
    mqtt_port: int
    first_password: str | None
    password_missing: bool
    authority_unprotected: bool  # made by this start, without a passphrase
    public_port: int | None = None


class Controller:
    """One run, from the first file to the last connection.

    `passphrase` is asked in the loop: it must not wait for anybody. `metrics_token` opens /metrics to others
    than this computer.
    """

    def __init__(
        self,
        settings: Settings,
        on_started: Callable[[Started], None],
        passphrase: Passphrase = from_environment,
        metrics_token: str | None = None,
    ) -> None:
        self._settings = settings
        self._on_started = on_started
        self._passphrase = passphrase
        self._metrics_token = metrics_token

    async def run(self) -> None:
        """Until a stop signal; GangvaktError when something cannot start."""
        settings = self._settings
        make_folder(settings.data)
        act_as(CONTROLLER)
        async with AsyncExitStack() as stack:
            stop = stack.enter_context(stop_signals())
            stack.enter_context(no_full_searches())
            http = stack.enter_context(listen(settings.pages_host, settings.http_port, settings.http_option))
            public = stack.enter_context(listen(*settings.public, "--public")) if settings.public else None
            made = await self._assemble(stack, _port(public or http))
            servers = _servers(made.services, http, public)
            started = await _started(made, _port(http), _port(public) if public else None)
            async with asyncio.TaskGroup() as tasks:
                working = [tasks.create_task(run()) for run in made.runs]
                working += [tasks.create_task(self._tell(started, made.wire.link.connected))]
                serving = [tasks.create_task(server.serve_on(at)) for server, at in servers]
                await stop.wait()
                for close in made.closing:
                    close()
                for server, _ in servers:
                    server.stop()
                await asyncio.gather(*serving)
                await end_tasks(working)

    async def _assemble(self, stack: AsyncExitStack, http_port: int) -> Assembly:
        ground = await open_ground(stack, self._settings, self._passphrase)
        wire = await open_wire(stack, ground)
        services = services_on(ground, wire, self._metrics_token)
        made = Assembly(ground, wire, services, pages_at=f"http://localhost:{http_port}")
        for start in PARTS:
            await start(made)
        return made

    async def _tell(self, started: Started, connected: asyncio.Event) -> None:
        await connected.wait()
        self._on_started(started)


def _servers(
    services: Services, http: socket.socket, public: socket.socket | None
) -> list[tuple[PagesServer, socket.socket]]:
    """Staff and the public at addresses of their own, where the public has one."""
    servers = [(PagesServer(staff_app(services, with_links=public is None)), http)]
    if public is not None:
        servers.append((PagesServer(public_app(services)), public))
    return servers


async def _started(made: Assembly, http_port: int, public_port: int | None) -> Started:
    auth = made.services.auth
    return Started(
        made.ground.settings,
        http_port,
        made.wire.broker.signs_port,
        await auth.first_password(),
        await auth.waits_for_first_password(),
        made.ground.pki.is_new,
        public_port,
    )


def _port(http: socket.socket) -> int:
    return int(http.getsockname()[1])
