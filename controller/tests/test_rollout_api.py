"""Rollouts through the REST interface and `gangvakt rollout`: what is planned, ordered, shown and refused."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from gangvakt.cli.app import INTERRUPTED
from gangvakt.cli.rollout import parse_minutes, parse_time
from gangvakt.clock import utc_ms
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.roles import Grants, Role
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.registry.remote import ApiOffice
from gangvakt.store.sessions import Stage

from .apis import API, Office, an_office
from .rollout_street import NEW, OLD, WORD, Street, a_street, an_update
from .support import NORTH, SOUTH, Keys
from .test_registry_commands import PASSWORD, Command, command, url_of
from .test_serve import serving

__all__ = ["command"]

ELSEWHERE = SignId("lier", "torget", "a")
PLAN = {"title": "app 1.5", "places": ["drammen"], "groups": ["all=100"]}

PLANS_REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"artifacts": []}, "artifacts"),
    ({"artifacts": [9]}, "artifact"),
    ({"artifacts": [1, 2], "back": []}, "artifacts"),
    ({"back": [1]}, "back"),
    ({"places": ["oslo"]}, "place"),
    ({"places": ["drammen/nowhere"]}, "place"),
    ({"groups": ["some=drammen/torget"]}, "groups"),
    ({"groups": ["some=0"]}, "group"),
    ({"windows": ["mon 25:00-26:00"]}, "window"),
    ({"zone": "Europe/Gangvakt"}, "zone"),
    ({"at_once": 0}, "at_once"),
    ({"error_pct": 101}, "error_pct"),
    ({"soak_min": -1}, "soak_min"),
    ({"silence_min": 1}, "silence_min"),
    ({"title": ""}, "title"),
    ({"title": "a\x00b"}, "title"),
    ({"titel": "a"}, "titel"),
)


@dataclass
class Desk:
    """The API of a controller with two signs in drammen and one in lier, and two artifacts: 1 new, 2 back."""

    office: Office
    keys: UpdateKeys

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        return await self.office.client.post(f"{API}/{path}", json=body, headers=headers)

    async def upload(self, content: bytes) -> httpx.Response:
        return await self.office.client.post(f"{API}/artifacts", content=content)

    async def draft(self, **changes: Any) -> dict[str, Any]:
        reply = await self.post("rollouts", PLAN | {"artifacts": [1], "back": [2]} | changes)
        assert reply.status_code == 201, reply.text
        told: dict[str, Any] = reply.json()
        return told


@pytest.fixture(scope="module")
def update_keys(tmp_path_factory: pytest.TempPathFactory) -> UpdateKeys:
    keys = UpdateKeys(tmp_path_factory.mktemp("office") / "update-keys")
    keys.create(WORD)
    return keys


@pytest.fixture
async def desk(tmp_path: Path, update_keys: UpdateKeys) -> AsyncIterator[Desk]:
    (tmp_path / "update-keys").symlink_to(update_keys.folder)
    async with an_office(tmp_path) as office:
        office.hear(NORTH, SOUTH, ELSEWHERE, fw=OLD)
        desk = Desk(office, update_keys)
        for update in (an_update(update_keys, NEW), an_update(update_keys, OLD, replaces=1_005_000)):
            assert (await desk.upload(update.content)).status_code == 201
        yield desk


async def test_a_plan_names_groups_steps_and_counts_before_anything_is_offered(desk: Desk) -> None:
    told = await desk.draft()
    assert (told["state"], told["signs"], told["version"], told["counts"]) == (
        "draft",
        2,
        NEW,
        {"waiting": 2},
    )
    assert [(one["sign"], one["group"], one["step"]) for one in told["entries"]] == [
        (str(NORTH), 0, 0), (str(SOUTH), 0, 1)
    ]  # fmt: skip
    shown = (await desk.office.get("/rollouts/1")).json()
    assert shown == told
    listed = (await desk.office.get("/rollouts")).json()
    assert [one["id"] for one in listed["items"]] == [1]


async def test_each_step_is_one_that_the_state_allows_and_all_of_them_are_in_history_and_audit(
    desk: Desk,
) -> None:
    await desk.draft()
    refused = await desk.post("rollouts/1/pause", {})
    assert (refused.status_code, "allowed while it is draft: start, abort" in refused.text) == (409, True)
    assert (await desk.post("rollouts/1/start", {"expected": 3})).status_code == 409
    started = await desk.post("rollouts/1/start", {"expected": 2, "at_ms": 4_000_000_000_000})
    assert (started.json()["state"], started.json()["opens_ms"]) == ("scheduled", 4_000_000_000_000)
    assert (await desk.post("rollouts/1/pause", {"text": "storm"})).json()["reason"] == "storm"
    assert (await desk.post("rollouts/1/resume", {"retry": True})).json()["state"] == "scheduled"
    assert (await desk.post("rollouts/1/abort", {})).json()["state"] == "aborting"
    assert (await desk.post("rollouts/1/roll-back", {"expected": 0})).json()["state"] == "rolling_back"
    history = (await desk.office.get("/rollouts/1/history")).json()["items"]
    assert [(one["move"], one["who"]) for one in reversed(history)] == [
        (move, "admin") for move in ("start", "pause", "resume", "abort", "roll_back")
    ]
    audit = await desk.office.store.audit.page()
    assert {"artifact.upload", "rollout.add", "rollout.start", "rollout.roll_back"} <= {
        one.action for one in audit
    }


async def test_a_plan_that_cannot_be_is_refused_by_name_and_nothing_is_kept(desk: Desk) -> None:
    for changes, field in PLANS_REFUSED:
        reply = await desk.post("rollouts", PLAN | {"artifacts": [1], "back": [2]} | changes)
        assert reply.status_code == 422, (changes, reply.text)
        assert reply.json()["errors"][0]["field"].startswith(field), (changes, reply.text)
    assert (await desk.office.get("/rollouts")).json()["items"] == []


async def test_a_crossing_that_cannot_take_it_is_left_out_as_a_whole_where_that_was_said(desk: Desk) -> None:
    desk.office.hear(SOUTH, fw="1.6.0")
    wanted = PLAN | {"artifacts": [1], "places": ["drammen", "lier"]}
    refused = await desk.post("rollouts", wanted)
    assert f"{SOUTH}: version is '1.5.0'; allowed: higher than 1.6.0" in refused.text
    told = (await desk.post("rollouts", wanted | {"skip_unfit": True})).json()
    assert ([one["sign"] for one in told["entries"]], told["reason"]) == (
        [str(ELSEWHERE)],
        "left out: drammen/storgata",
    )


async def test_an_artifact_that_is_none_or_of_another_is_refused_by_name(desk: Desk) -> None:
    whole = an_update(desk.keys, "1.7.0").content
    forged = whole[:128] + bytes(384) + whole[512:]
    for content, field in (
        (b"", "size"),
        (b"x" * 1000, "manifest"),
        (forged, "signature"),
        (whole[:-1], "size"),
        (whole[:-1] + b"x", "sha256"),
    ):
        reply = await desk.upload(content)
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field), reply.text
    assert len((await desk.office.get("/artifacts")).json()["items"]) == 2


async def test_the_same_file_is_kept_once_and_one_that_is_too_large_not_at_all(desk: Desk) -> None:
    again = await desk.upload(an_update(desk.keys, NEW).content)
    assert (again.status_code, again.json()["id"]) == (201, 1)
    assert (await desk.upload(bytes(4 * 1024 * 1024 + 1))).status_code == 413


async def test_another_municipality_sees_nothing_of_it_and_may_plan_nothing_there(desk: Desk) -> None:
    await desk.draft()
    staff = desk.office.store.staff
    await staff.add("lise", "-", must_change=False)
    await staff.set_grants("lise", Grants({"lier": Role.TECHNICIAN, "drammen": Role.VIEWER}))
    token = await staff.sessions.begin("lise", Stage.OPEN, utc_ms(), "here", "test")
    hers = {"Authorization": f"Bearer {token}"}
    assert (await desk.post("rollouts", PLAN | {"artifacts": [1]}, **hers)).status_code == 403
    assert (await desk.post("rollouts/1/start", {"expected": 2}, **hers)).status_code == 403
    assert (
        await desk.post("rollouts", PLAN | {"artifacts": [1], "places": ["*"]}, **hers)
    ).status_code == 404
    made = await desk.post("rollouts", PLAN | {"artifacts": [1], "places": ["lier"]}, **hers)
    assert made.status_code == 201
    await staff.set_grants("lise", Grants({"oslo": Role.ADMINISTRATOR}))
    token = await staff.sessions.begin("lise", Stage.OPEN, utc_ms(), "here", "test")
    hers = {"Authorization": f"Bearer {token}"}
    assert (await desk.post("rollouts/1/start", {"expected": 2}, **hers)).status_code == 404


@pytest.mark.parametrize("text", ["", "m", "5", "5x", "-5m", "999999m", "٥m"])
def test_a_time_span_is_a_number_with_its_unit(text: str) -> None:
    assert [parse_minutes("--soak", one) for one in ("30m", "2h", "1d")] == [30, 120, 1440]
    with pytest.raises(SettingRefused, match="--soak is"):
        parse_minutes("--soak", text)


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-03-01T01:00", "1999-03-01T01:00Z"])
def test_a_time_says_its_zone(text: str) -> None:
    assert parse_time("2027-03-01T01:00+01:00") == 1_803_859_200_000
    with pytest.raises(SettingRefused, match="--not-before is"):
        parse_time(text)


async def test_the_commands_plan_start_watch_and_roll_back(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    data = tmp_path / "data"
    update_keys, keys = UpdateKeys(data / "updates" / "keys"), Keys(data)
    update_keys.create(WORD)
    for name, update in (
        ("new", an_update(update_keys, NEW)),
        ("back", an_update(update_keys, OLD, 1_005_000)),
    ):
        (tmp_path / f"{name}.gvu").write_bytes(update.content)

    async def said(*arguments: str, code: int = 0) -> str:
        found, out, error = await asyncio.to_thread(command, "rollout", *arguments)
        assert found == code, out + error
        return " ".join((out + error).split())

    with serving(data) as running:
        assert running.process.stdout
        one_time = running.process.stdout.readline().split()[-1]
        token = ApiOffice(url_of(running)).login("admin", one_time).token
        ApiOffice(url_of(running), token).choose_password(PASSWORD)
        code, _, error = command("login", url_of(running), "--user", "admin", "--password", PASSWORD)
        assert code == 0, error
        assert await said("list") == "No rollouts."
        async with a_street(keys, running.mqtt_port, (NORTH, SOUTH)) as street:
            await plan_and_play(said, street)


async def plan_and_play(said: Any, street: Street) -> None:
    add = ("add", "app 1.5", "new.gvu", "--at", "drammen", "--back", "back.gvu", "--soak", "0m")
    planned = await said(*add)
    assert "state draft" in planned
    assert "Nothing is offered yet" in planned
    assert "Offer 1.5.0 to 2 signs (canary)?" in await said("start", "1", code=INTERRUPTED)
    assert "is scheduled" in await said("start", "1", "--yes")
    assert "done: 2 of 2 signs of canary took it" in await said("watch", "1")
    assert street.versions() == {NEW}
    assert "2 confirmed" in await said("list")
    assert "allowed while it is done: roll_back" in await said("pause", "1", code=1)
    await said("roll-back", "1", "--yes", "--text", "too bright")
    assert "rolled_back" in await said("watch", "1", code=1)
    assert (street.versions(), street.wrong, street.mixed()) == ({OLD}, [], [])
    history = json.loads(await said("history", "1", "--json"))
    assert history[0]["move"] == "end"
    assert "too bright" in {one["reason"] for one in history}
    assert "1.4.0" in await said("artifacts")
