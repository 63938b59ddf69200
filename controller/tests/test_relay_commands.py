"""`gangvakt relay` and `gangvakt export`, through a controller that really listens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from gangvakt.cli.app import main
from gangvakt.cli.office import config_folder
from gangvakt.registry.opening import SavedLogin, save_login

from .relay_rig import Rig, a_rig
from .relaying import tell
from .support import NORTH, eventually

Run = Callable[..., Any]


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    async with a_rig(tmp_path) as rig:
        config = uvicorn.Config(rig.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())
        await eventually(lambda: server.started, "the server")
        port = server.servers[0].sockets[0].getsockname()[1]
        save_login(config_folder(), SavedLogin(url=f"http://127.0.0.1:{port}", user="admin", token=rig.token))
        yield rig
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


@pytest.fixture
def run(rig: Rig, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a thread: what it says, as JSON where it is; the exit code is checked."""

    async def command(*words: str, code: int = 0) -> Any:
        found = await asyncio.to_thread(main, list(words))
        out, err = capsys.readouterr()
        assert found == code, f"{out}{err}"
        return json.loads(out) if "--json" in words else out + err

    return command


async def test_a_webhook_from_its_first_message_to_its_removal(rig: Rig, run: Run) -> None:
    url = ("--url", rig.target.url, "--allow-private")
    made = await run("relay", "add", "hook", *url, "--kind", "*", "--set", "batch=5", "--json")
    assert made["secret"].startswith("whsec_")
    assert made["relay"]["options"]["batch"] == 5
    assert "Delivered: 1" in await run("relay", "test", "hook")
    rig.target.answer = lambda request: (503, {})
    assert "503" in await run("relay", "test", "hook", code=1)
    rig.target.answer = lambda request: (422, {})
    await tell(rig.store, "A")
    listed: list[Any] = []
    while not listed:
        listed = await run("relay", "undelivered", "hook", "--json")
    assert listed[0]["data"]["code"] == "A"
    rig.target.answer = lambda request: (200, {})
    assert "Delivered: 1" in await run("relay", "retry", "hook", "--all")
    assert (await run("relay", "pause", "hook", "--json"))["state"] == "paused"
    assert (await run("relay", "resume", "hook", "--json"))["state"] == "good"
    assert "shown this once" in await run("relay", "secret", "hook", "--yes")
    table = await run("relay", "list")
    assert "hook" in table
    assert "whsec" not in table
    await run("relay", "remove", "hook", "--yes")
    assert "there is no relay hook" in await run("relay", "show", "hook", code=1)


async def test_people_are_set_up_by_commands(rig: Rig, run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "smtp.txt"
    secret.write_text("hunter2\n")
    contact = await run("relay", "contact", "add", "Per", "--email", "per@example.no", "--json")
    number = str(contact[0]["id"])
    server = ("--set", "host=smtp.example.no", "--set", "sender=signs@example.no")
    told = await run("relay", "channel", "set", "email", *server, "--secret-file", str(secret))
    assert "hunter2" not in told
    week = '[{"days": ["mon"], "begin": "07:00", "until": "15:30"}]'
    made = await run(
        "relay", "add", "night", "--contact", number, "--set", f"shifts={week}", "--set", "holidays=norway",
        "--json",
    )  # fmt: skip
    assert made["relay"]["options"]["holidays"] == "norway"
    assert made["secret"] is None
    assert "Per" in await run("relay", "contact", "list")
    assert "smtp.example.no" in await run("relay", "channel", "list")
    assert "None yet." in await run("relay", "notice", "list")
    refused = await run("relay", "contact", "remove", number, "--yes", code=1)
    assert "one that no relay names" in refused


IMPOSSIBLE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("add", "x"), "--url is None; allowed: a URL, or --contact"),
    (("add", "x", "--url", "http://example.no"), "url is 'http://example.no'"),
    (("add", "x", "--url", "https://example.no", "--set", "batch"), "--set is 'batch'"),
    (("add", "x", "--url", "https://example.no", "--kind", "A B"), "kinds is 'A B'"),
    (("add", "x", "--contact", "99"), "there is no contact 99"),
    (("retry", "x"), "--all is False; allowed: numbers, or --all"),
    (("channel", "set", "fax", "--set", "a=b"), "name is 'fax'"),
    (("notice", "revoke", "0" * 16), "there is no open notice"),
)


async def test_what_cannot_be_is_one_line_that_says_so(run: Run) -> None:
    for words, said in IMPOSSIBLE:
        assert said in await run("relay", *words, code=1)


async def test_an_export_is_written_once_and_checked_elsewhere(rig: Rig, run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "case.zip")
    made = await run("export", str(NORTH), file, "--event", "1", "--json")
    assert (made["event"], made["sealed_for"]) == (1, "admin")
    assert "case.zip" in await run("export", str(NORTH), file, "--event", "1", code=1)
    authority = str(tmp_path / "pki" / "ca.crt")
    assert "which you trust" in await run("export", "verify", file, "--authority", authority)
    week = ("--from", "2026-05-25", "--to", "2026-05-31")
    assert (await run("export", str(NORTH), file, *week, "--force", "--json"))["event"] is None
    assert "--event is None" in await run("export", str(NORTH), file, "--from", "2026-05-25", code=1)
    assert "--from is 'soon'" in await run(
        "export", str(NORTH), file, "--from", "soon", "--to", "x", "--force", code=1
    )
    assert "there is no event 9" in await run("export", str(NORTH), file, "--event", "9", "--force", code=1)
