"""Commands of `gangvakt` against an office that listens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from gangvakt.cli.app import main
from gangvakt.cli.office import config_folder
from gangvakt.registry.opening import SavedLogin, save_login

from .apis import Office
from .support import eventually

Run = Callable[..., Any]


@asynccontextmanager
async def a_command_line(
    office: Office, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """Runs a command in a thread against the listening API: what it says, as JSON where it is."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    config = uvicorn.Config(office.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    await eventually(lambda: server.started, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    token = office.client.headers["Authorization"].removeprefix("Bearer ")
    save_login(config_folder(), SavedLogin(url=f"http://127.0.0.1:{port}", user="admin", token=token))

    async def command(*words: str, code: int = 0) -> Any:
        found = await asyncio.to_thread(main, list(words))
        out, err = capsys.readouterr()
        assert found == code, f"{out}{err}"
        return json.loads(out) if "--json" in words else out + err

    yield command
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving
