"""What no sign may get, by the API and by the commands: refused by name, and nothing half-applied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gangvakt.fleet import ReportedConfig, SignId
from gangvakt.provision.site_config import schema_hash
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys

from .apis import API, Office, an_office
from .command_line import Run, a_command_line
from .rollout_street import NEW, OLD, WORD, an_update
from .support import NORTH, SOUTH
from .wire import NOW_MS

HERE = f"{API}/municipalities/drammen"
OTHER_SCHEMA = "0123456789ab"
PLAN = {"title": "app", "places": ["drammen"], "groups": ["all=100"]}


@pytest.fixture(scope="module")
def update_keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    keys = UpdateKeys(tmp_path_factory.mktemp("office") / "update-keys")
    keys.create(WORD)
    return keys


@pytest.fixture
async def office(tmp_path: Path, update_keys: UpdateKeys) -> AsyncIterator[Office]:
    """Two signs of one crossing; `office.told` of the test is what was sent to them."""
    (tmp_path / "update-keys").symlink_to(update_keys.folder)
    async with an_office(tmp_path) as office:
        office.hear(NORTH, SOUTH, fw=OLD)
        for sign in (NORTH, SOUTH):
            office.fleet.put_config(sign, ReportedConfig(3, schema_hash(), {}, ()), NOW_MS)
        yield office


@pytest.fixture
def told(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[SignId]:
    """The signs that were sent a configuration."""
    found: list[SignId] = []
    assert office.services.orders is not None

    async def send(sign: SignId, _message: bytes) -> bool:
        found.append(sign)
        return True

    monkeypatch.setattr(office.services.orders.configs, "_send", send)
    return found


@pytest.fixture
async def run(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    async with a_command_line(office, tmp_path / "home", monkeypatch, capsys) as run:
        yield run


def with_a_wrong_signature(keys: UpdateKeys) -> UpdateFile:
    return replace(an_update(keys, NEW), signature=bytes(384))


def of_an_older_version(keys: UpdateKeys) -> UpdateFile:
    return an_update(keys, "1.3.0")


def for_a_foreign_board(keys: UpdateKeys) -> UpdateFile:
    return an_update(keys, NEW, board="esp32-devkitc")


ARTIFACTS = (
    (with_a_wrong_signature, "signature", "signature is 'of another'"),
    (of_an_older_version, "version", f"{NORTH}: version is '1.3.0'; allowed: higher than 1.4.0"),
    (for_a_foreign_board, "board", f"{NORTH}: board is 'virtual'; allowed: a sign of esp32-devkitc"),
)


@pytest.mark.parametrize(
    ("make", "field", "told"), ARTIFACTS, ids=[make.__name__ for make, _, _ in ARTIFACTS]
)
async def test_api_and_command_refuse_an_artifact(
    office: Office, run: Run, tmp_path: Path, update_keys: UpdateKeys, make: Any, field: str, told: str
) -> None:
    good, bad = tmp_path / "good.gvu", tmp_path / "bad.gvu"
    bad.write_bytes(make(update_keys).content)
    reply = await office.client.post(f"{API}/artifacts", content=bad.read_bytes())
    if field == "signature":
        assert (await office.get("/artifacts")).json()["items"] == []
    else:  # it may be for others: it is refused where these signs shall get it
        assert reply.status_code == 201, reply.text
        reply = await office.client.post(f"{API}/rollouts", json=PLAN | {"artifacts": [1]})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field), reply.text
    assert told in reply.text
    said = await run("rollout", "add", "app", str(bad), "--at", "drammen", code=1)
    assert (told in said, len(said.strip().splitlines())) == (True, 1), said
    good.write_bytes(an_update(update_keys, "1.6.0").content)
    both = ("rollout", "add", "app", str(good), str(bad), "--at", "drammen")
    assert "is" in await run(*both, code=1), "beside a good one it is refused as well"
    assert await run("rollout", "list") == "No rollouts.\n"


async def test_api_and_commands_refuse_a_config_out_of_bounds(
    office: Office, run: Run, told: list[SignId]
) -> None:
    for reply in await wanted(office, NORTH, dim_pct=500):
        assert reply.status_code == 422, reply.text
        assert reply.json()["errors"] == [{"field": "dim_pct", "value": 500, "allowed": "5..100"}]
    for words in orders(NORTH, "dim_pct=500"):
        assert "dim_pct is 500; allowed: 5..100" in await run(*words, code=1)
    await nothing_was_wanted(office, told)


async def test_api_and_commands_refuse_a_config_for_a_sign_of_another_schema(
    office: Office, run: Run, told: list[SignId]
) -> None:
    office.fleet.put_config(SOUTH, ReportedConfig(3, OTHER_SCHEMA, {}, ()), NOW_MS)
    for reply in await wanted(office, SOUTH, dim_pct=50):
        assert reply.status_code == 422, reply.text
        (error,) = reply.json()["errors"]
        assert (error["field"], error["value"]) == ("schema", OTHER_SCHEMA)
        assert error["allowed"].startswith(schema_hash())
    for words in orders(SOUTH, "dim_pct=50"):
        said = await run(*words, code=1)
        assert f"schema is '{OTHER_SCHEMA}'; allowed: {schema_hash()}: update the sign's firmware" in said
    await nothing_was_wanted(office, told)


async def wanted(office: Office, sign: SignId, **values: object) -> list[httpx.Response]:
    """Of one sign, and of all by a plan."""
    changes = {"title": "x", "changes": values}
    return [
        await office.client.put(f"{API}/signs/{sign}/config", json={"values": values}),
        await office.client.post(f"{HERE}/config-plans", json=changes),
    ]


def orders(sign: SignId, change: str) -> tuple[tuple[str, ...], ...]:
    """The same by commands."""
    plan = ("config", "plan", "make", "drammen", "x", "--set", change)
    return ("sign", "config", str(sign), "--set", change), plan


async def nothing_was_wanted(office: Office, told: list[SignId]) -> None:
    """Of no sign of the crossing, not even of one that might have had it."""
    assert told == []
    assert (await office.get("/municipalities/drammen/config-plans")).json()["items"] == []
    for sign in (NORTH, SOUTH):
        assert (await office.get(f"/signs/{sign}/config/history")).json()["items"] == []
