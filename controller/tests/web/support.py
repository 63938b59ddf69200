"""The pages on a loopback port, a street to feed into them, and what a browser complained of."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, Response
from sqlalchemy import delete

from gangvakt.api import Services, create_app
from gangvakt.api.auth import FIRST_USER, AuthService
from gangvakt.fleet import (
    Actor,
    Fault,
    Lamps,
    LiveFleet,
    Scene,
    SceneSign,
    SignEvent,
    SignId,
    SignStatus,
    SiteId,
    World,
)
from gangvakt.store import Store
from gangvakt.store.staff import StaffTable
from gangvakt.store.tables import METADATA
from gangvakt.web import attach
from gangvakt.web.public import attach_public

from ..apis import Wire, a_house  # noqa: TID252 (there is no absolute name for the tests' own modules)

START_S = 20
KEPT = ("audit", "outbox_head", "rollup_marks")  # the first only grows, the others are one row for ever
HOUR_S = 3600

STREET = SiteId("drammen", "storgata")
NORTH, SOUTH = SignId("drammen", "storgata", "north"), SignId("drammen", "storgata", "south")
PASSWORD = "correct horse battery"

Answer = TypeVar("Answer")


class PageServer:
    """The pages in a thread. `feed` and `ask` run in its loop, where the live model lives.

    `services`, `store` and `app` are there once it has started.
    """

    services: Services
    store: Store
    app: FastAPI

    def __init__(self, folder: Path) -> None:
        self.clock_s = time.time()
        self.wire = Wire()
        self.folder = folder
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @property
    def fleet(self) -> LiveFleet:
        return self.services.fleet

    @property
    def auth(self) -> AuthService:
        return self.services.auth

    @property
    def staff(self) -> StaffTable:
        return self.store.staff

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(START_S), "the server did not start"
        deadline = time.monotonic() + START_S
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_S)
        self._socket.close()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with a_house(self.folder, clock_s=lambda: self.clock_s, wire=self.wire) as made:
            self.services, self.store = made
            app = self.app = create_app(self.services)
            attach_public(app, self.services)
            attach(app, self.services)
            config = uvicorn.Config(app, log_config=None, ws="websockets-sansio", timeout_graceful_shutdown=1)
            self._server = uvicorn.Server(config)
            self._started.set()
            await self._server.serve(sockets=[self._socket])
            await self._hang_up()

    async def _hang_up(self) -> None:
        """Browsers that still hold on, which would be found unclosed much later, in some other test."""
        for connection in tuple(self._server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0)  # they are gone with the loop's next turn

    async def _empty_store(self) -> None:
        async with self.store.exclusive() as connection:
            for table in reversed(METADATA.sorted_tables):
                if not table.name.startswith(KEPT):
                    await connection.execute(delete(table))

    def ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(START_S)

    def feed(self, put: Callable[..., None], *values: object) -> None:
        """Calls `put`, a method of the fleet, in the server's loop."""
        done: Future[None] = Future()
        self._loop.call_soon_threadsafe(lambda: done.set_result(put(*values)))
        done.result(START_S)

    @contextmanager
    def during(self, context: AbstractAsyncContextManager[Answer]) -> Iterator[Answer]:
        """`context` runs in the server's loop, in one task from its begin to its end."""
        ready: Future[Answer] = Future()
        done = asyncio.Event()

        async def live() -> None:
            try:
                async with context as made:
                    ready.set_result(made)
                    await done.wait()
            except BaseException as error:
                if not ready.done():
                    ready.set_exception(error)
                raise

        life = asyncio.run_coroutine_threadsafe(live(), self._loop)
        try:
            yield ready.result(START_S)
        finally:
            self._loop.call_soon_threadsafe(done.set)
            life.result(START_S)

    def reset(self) -> None:
        """No signs, no sites, no staff, no alarms, no recordings, nobody locked out."""
        shutil.rmtree(self.folder / "recordings", ignore_errors=True)
        self.feed(self.fleet.__init__)  # type: ignore[misc]
        assert self.services.patrol is not None
        alarms = self.services.patrol.alarms
        self.feed(alarms.__init__, alarms.table)  # type: ignore[misc]
        self.ask(self._empty_store())
        self.clock_s += HOUR_S

    def first_password(self) -> str:
        return self.ask(self.auth.first_password()) or ""

    def session(self) -> str:
        """A token of somebody with a password of his own."""
        login = self.ask(self.auth.login(FIRST_USER, self.first_password(), "test"))
        return self.ask(self.auth.change_password(login, PASSWORD)).token


class Street:
    """Feeds the storgata of the simulator into a server."""

    def __init__(self, server: PageServer) -> None:
        self._server = server
        self._events = 0
        self._t_s = 0.0

    def status(
        self, sign: SignId, *, on: bool = False, mode: str = "active", faults: tuple[Fault, ...] = ()
    ) -> None:
        lamps = Lamps(on, "alternating", 100)
        status = SignStatus(
            "9f3ac01b", 3, 1, "0.1.0", "ab12cd34", "virtual", mode, 1, lamps, 480, faults, True
        )
        self._server.feed(self._server.fleet.put_status, sign, status, _now_ms())

    def event(self, sign: SignId, kind: str, **detail: object) -> None:
        self._events += 1
        now_ms = _now_ms()
        event = SignEvent(
            self._events, sign, "9f3ac01b", 3, self._events, kind, now_ms, "utc", 0, now_ms, detail
        )
        self._server.feed(self._server.fleet.put_events, [event])

    def scene(self) -> None:
        signs = (SceneSign("south", -3, -0.4, -22, 6, 60), SceneSign("north", 3, 7.4, 158, 6, 60))
        south = ((-32.0, -3.5), (32.0, -3.5), (32.0, 0.0), (-32.0, 0.0))
        north = ((-32.0, 7.0), (32.0, 7.0), (32.0, 10.5), (-32.0, 10.5))
        road = ((-32.0, 0.0), (32.0, 0.0), (32.0, 7.0), (-32.0, 7.0))
        crossing = ((2.0, 0.0), (-2.0, 0.0), (-2.0, 7.0), (2.0, 7.0))
        kerbs = ((crossing[0], crossing[1]), (crossing[2], crossing[3]))
        bounds = (-32.0, -6.0, 32.0, 13.0)
        scene = Scene(STREET, "Storgata", bounds, road, (south, north), crossing, kerbs, signs)
        self._server.feed(self._server.fleet.put_scene, scene)

    def world(self, t_s: float, *, lit: bool = False, flashing: bool = True) -> None:
        """The street at `t_s`; with `lit` the left lamps shine, else the right ones."""
        actors = (
            Actor("p1", "pedestrian", -9 + 1.3 * t_s, -1.9, 0, 1.3),
            Actor("p2", "pedestrian", 0.3, -1.6 + 0.95 * t_s, 90, 1.2),
            Actor("p3", "pedestrian", 9 - 1.1 * t_s, 8.9, 180, 1.1),
            Actor("b1", "cyclist", -14 + 3 * t_s, 0.8, 0, 4),
            Actor("c1", "car", -14 + 1.6 * t_s, 2, 0, 5 - t_s),
            Actor("c2", "car", 18 - 2.2 * t_s, 5, 180, 9),
        )
        lamps = (flashing and lit, flashing and not lit)
        world = World(STREET, t_s, actors, {"north": lamps, "south": lamps}, _now_ms())
        self._server.feed(self._server.fleet.put_world, world)

    def run(self, page: Page, seconds: float, *, flashing: bool = True) -> None:
        """Plays the street at ten worlds a second while the page goes on."""
        for _ in range(round(seconds * 10)):
            self._t_s += 0.1
            self.world(self._t_s, lit=self._t_s % 1 < 0.5, flashing=flashing)
            page.wait_for_timeout(100)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Watch:
    """What a page asked for and complained about."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self._heard: list[tuple[str, str]] = []
        self._refused: set[str] = set()
        self.allowed: tuple[str, ...] = ()

    def follow(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.hosts.add(request.url.split("/")[2].split(":")[0]))
        context.on("console", lambda message: self._hear(message.type, message.text, message.location["url"]))
        context.on("response", self._look_at)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def allow(self, *texts: str) -> None:
        """Complaints with one of these texts are part of the test."""
        self.allowed = texts

    def check(self) -> None:
        assert self.hosts <= {"127.0.0.1"}
        heard = [text for text, url in self._heard if url not in self._refused]
        complaints = [*self.complaints, *heard]
        unexpected = [text for text in complaints if not any(part in text for part in self.allowed)]
        assert unexpected == [], unexpected

    def _look_at(self, response: Response) -> None:
        """A browser complains of each 404, but a page that says so in words is an answer."""
        is_told = response.status in (403, 404) and "text/html" in response.headers.get("content-type", "")
        if is_told and response.request.is_navigation_request():
            self._refused.add(response.url)

    def _hear(self, kind: str, text: str, url: str) -> None:
        if kind in ("error", "warning"):
            self._heard.append((text, url))
