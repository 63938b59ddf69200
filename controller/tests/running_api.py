"""The API on a loopback port in a thread, and commands that are run at it as a person runs them."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvicorn
from sqlalchemy import update

from gangvakt.api import Services, create_app
from gangvakt.cli import main
from gangvakt.clock import utc_ms
from gangvakt.fleet.roles import ALL_RIGHTS, Grants
from gangvakt.registry.opening import SavedLogin, save_login
from gangvakt.store import Store
from gangvakt.store.sessions import Stage
from gangvakt.store.tables import STAFF
from gangvakt.store.tables_audit import PAIRS, PERSONS
from gangvakt.store.tables_people import BY_USER, LOGIN_FLOWS, LOGIN_PROVIDERS, STAFF_RULES

from .apis import CHEAP, a_house

START_S = 20.0
PASSWORD = "correct horse battery"  # of a test, and everybody's
REFUSED, ABORTED = 1, 130

Answer = TypeVar("Answer")


class RunningApi:
    """`services` and `store` live in its loop. `data` is its data folder, also for commands there."""

    services: Services
    store: Store

    def __init__(self, data: Path) -> None:
        self.data = data
        data.mkdir(exist_ok=True)
        (data / "store.url").write_text(f"sqlite:///{data / 'x.db'}")
        self._ready = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with a_house(self.data) as (self.services, self.store):
            config = uvicorn.Config(create_app(self.services), log_config=None, timeout_graceful_shutdown=1)
            self._server = uvicorn.Server(config)
            self._ready.set()
            await self._server.serve(sockets=[self._socket])

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(START_S), "the API did not start"
        deadline = time.monotonic() + START_S
        while not self._server.started:
            assert time.monotonic() < deadline, "the API did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_S)
        self._socket.close()

    def ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        """In its loop."""
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(START_S)

    def add(self, user: str, grants: Grants = ALL_RIGHTS) -> str:
        """With PASSWORD; a session of his."""
        self.ask(self.store.staff.add(user, CHEAP.hash(PASSWORD), must_change=False, grants=grants))
        return self.session(user)

    def session(self, user: str) -> str:
        return self.ask(self.store.staff.sessions.begin(user, Stage.OPEN, utc_ms(), "here", "test"))

    def reset(self) -> None:
        """Nobody on the staff, and nothing done; the audit stays."""
        self.ask(self._empty())

    async def _empty(self) -> None:
        async with self.store.exclusive() as connection:
            await connection.execute(update(PERSONS).values(same_as=None))
            for table in (*BY_USER, STAFF, LOGIN_PROVIDERS, LOGIN_FLOWS, STAFF_RULES, PAIRS):
                await connection.execute(table.delete())

    def audited(self) -> list[tuple[str, str, str]]:
        """Who, what and to what, the newest first."""
        return [(row.who, row.action, row.subject) for row in self.ask(self.store.audit.page())]


@contextmanager
def a_running_api(data: Path) -> Iterator[RunningApi]:
    api = RunningApi(data)
    api.start()
    try:
        yield api
    finally:
        api.stop()


@dataclass
class Terminal:
    """Where somebody types commands, logged in as `log_in` said."""

    api: RunningApi
    config: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def log_in(self, user: str, token: str | None = None) -> None:
        held = token or self.api.session(user)
        save_login(self.config / "gangvakt", SavedLogin(url=self.api.url, user=user, token=held))

    def __call__(self, *arguments: str, typed: str = "", code: int = 0) -> str:
        """What it prints; where another exit code is expected, its one line of why."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        ended = main(arguments)
        said = self.capsys.readouterr()
        assert ended == code, f"{arguments}: {ended}: {said.out}{said.err}"
        return said.out if code != REFUSED else said.err

    def json(self, *arguments: str, typed: str = "", code: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", typed=typed, code=code))

    def refusal(self, *arguments: str, typed: str = "") -> str:
        why = self(*arguments, typed=typed, code=REFUSED)
        assert (why.count("\n"), why.startswith("gangvakt: ")) == (1, True), why
        return why
