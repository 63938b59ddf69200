"""What nobody could read is listed and shown, by the API and by a command, to those whose sign sent it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from gangvakt.cli.app import main
from gangvakt.cli.office import config_folder
from gangvakt.registry.opening import SavedLogin, save_login
from gangvakt.store import DeadLetter, Work

from .apis import Office, an_office
from .support import NORTH, eventually
from .wire import NOW_MS

TOPIC = f"gangvakt/v1/{NORTH}/event"
REASON = "EventBatch: v is 2; allowed: 1; a newer sign needs a newer controller"
LETTER = DeadLetter(NOW_MS, TOPIC, REASON, b'{"v":2,"text":"[bold]\xff"}', 24)

Run = Callable[..., Any]


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    async with an_office(tmp_path) as office:
        config = uvicorn.Config(office.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())
        await eventually(lambda: server.started, "the server")
        port = server.servers[0].sockets[0].getsockname()[1]
        token = office.client.headers["Authorization"].removeprefix("Bearer ")
        save_login(config_folder(), SavedLogin(url=f"http://127.0.0.1:{port}", user="admin", token=token))
        yield office
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


@pytest.fixture
def run(office: Office, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a thread: what it says; the exit code is checked."""

    async def command(*words: str, code: int = 0) -> str:
        found = await asyncio.to_thread(main, ["dead-letters", *words])
        out, err = capsys.readouterr()
        assert found == code, f"{out}{err}"
        return out + err

    return command


async def test_they_are_listed_newest_first_and_shown_whole(office: Office, run: Run) -> None:
    assert await run("list") == "No dead letters.\n"
    await office.store.journal.write(Work(dead_letters=(LETTER, replace(LETTER, reason="no JSON"))))
    await office.store.journal.write(Work(dead_letters=(replace(LETTER, received_ms=NOW_MS + 20_000),) * 2))
    listed = json.loads(await run("list", "--json"))
    told = [(one["id"], one["count"], one["first_ms"], one["received_ms"]) for one in listed]
    assert told == [(2, 1, NOW_MS, NOW_MS), (1, 3, NOW_MS, NOW_MS + 20_000)]
    assert REASON in await run("list")
    assert "There are more" in await run("list", "--limit", "1")
    assert json.loads(await run("show", "1", "--json")) == listed[1]
    told = await run("show", "1")
    assert TOPIC in told
    assert '{"v":2,"text":"[bold]\\xff"}' in told


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "17"), 1, "there is no dead letter 17"),
        (("show", "0"), 2, "greater than or equal to 1"),
        (("list", "--limit", "1001"), 2, "less than or equal to 1000"),
    ],
)
async def test_what_is_asked_for_wrongly_is_one_line(
    run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in await run(*words, code=code)
