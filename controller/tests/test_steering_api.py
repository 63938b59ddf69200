"""Steering by the API and its commands: who may not, what is refused, and what signs answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gangvakt.cli.steering import join_pairs
from gangvakt.errors import PairRefused
from gangvakt.fleet import Answer, ReportedConfig, SignId
from gangvakt.fleet.config_plan import State
from gangvakt.orders.bulk import TOKEN_LIFE_MS
from gangvakt.orders.pairs import Pairs
from gangvakt.provision.site_config import schema_hash

from .apis import API, Office, an_office
from .command_line import Run, a_command_line
from .support import NORTH, SOUTH, eventually
from .wire import NOW_MS

OSLO = SignId("oslo", "torget", "west")
HERE = f"{API}/municipalities/drammen"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Two signs of Drammen and one of Oslo, which keep what they are told, and answer."""
    async with an_office(tmp_path) as office:
        office.hear(NORTH, SOUTH, OSLO)
        for sign in (NORTH, SOUTH, OSLO):
            office.fleet.put_config(sign, ReportedConfig(3, schema_hash(), {}, ()), NOW_MS)
        orders = office.services.orders
        assert orders is not None

        async def keep(sign: SignId, data: bytes) -> bool:
            told = json.loads(data)
            config = ReportedConfig(told["version"], told["schema"], told["values"], ())
            office.fleet.put_config(sign, config, NOW_MS)
            return True

        async def answer(sign: SignId, data: bytes) -> bool:
            told = json.loads(data)
            good = Answer(told["id"], ok=True, answer="pong")
            bad = Answer(told["id"], ok=False, field="verb", value=told["verb"], allowed="ping")
            orders.commander.put(sign, good if sign != SOUTH or told["verb"] == "ping" else bad)
            return True

        orders.configs._send, orders.commander._send = keep, answer
        yield office


@pytest.fixture
async def run(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    async with a_command_line(office, tmp_path / "home", monkeypatch, capsys) as run:
        yield run


async def test_a_template_is_seen_at_its_signs_with_where_it_comes_from(office: Office, run: Run) -> None:
    assert "1 values" in await run("config", "template", "put", "drammen/narrow", "--set", "dim_pct=60")
    assert "2 signs" in await run("config", "group", "put", "drammen/all", "--template", "narrow")
    again = ("config", "template", "put", "drammen/narrow", "--set", "dim_pct=70", "--if-changed-ms", "1")
    assert "admin changed it at" in await run(*again, code=1)
    (listed,) = await run("config", "group", "list", "drammen", "--json")
    assert (listed["templates"], listed["signs"]) == (["narrow"], 2)
    told = await run("config", "diff", str(NORTH), "--json")
    assert told["differences"] == [
        {"field": "dim_pct", "value": 60, "origin": "template", "name": "narrow", "reported": 100}
    ]
    assert "template narrow" in await run("config", "diff", str(NORTH))
    assert "is used by all" in await run("config", "template", "remove", "drammen/narrow", code=1)
    await run("config", "group", "remove", "drammen/all")
    await run("config", "template", "remove", "drammen/narrow")
    assert "No templates yet" in await run("config", "template", "list", "drammen")
    assert "is as it shall be" in await run("config", "diff", str(NORTH))


async def test_history_says_who_and_what_and_is_gone_back_in(run: Run) -> None:
    for value in (70, 50):
        await run("sign", "config", str(NORTH), "--set", f"dim_pct={value}")
    late = await run("sign", "config", str(NORTH), "--set", "dim_pct=90", "--if-version", "4", code=1)
    assert "version is 4; allowed: 5, admin changed it at" in late
    told = await run("config", "history", str(NORTH))
    assert "dim_pct 70 -> 50" in told
    assert "admin" in told
    assert "version 6" in await run("config", "restore", str(NORTH), "4")
    (newest, *_) = await run("config", "history", str(NORTH), "--json")
    assert (newest["version"], newest["cause"], newest["values"]) == (6, "rollback", {"dim_pct": 70})
    assert "there is no configuration 99" in await run("config", "restore", str(NORTH), "99", code=1)


async def test_a_plan_is_made_started_and_rolled_back_by_commands(office: Office, run: Run) -> None:
    steering = office.services.steering
    assert steering is not None
    made = await run("config", "plan", "make", "drammen", "Dimmer", "--set", "dim_pct=70", "--json")
    assert (made["state"], made["stages"]) == ("draft", [2])
    await run("config", "plan", "start", "drammen", "1", "--yes")
    plan = await steering.plans.get("drammen", 1)
    while plan.state is not State.DONE:
        plan = await steering.plans.advance(plan)
    shown = await run("config", "plan", "show", "drammen", "1")
    assert "complete" in shown
    assert "allowed while it is done: roll_back" in await run(
        "config", "plan", "stop", "drammen", "1", code=1
    )
    assert "rolling_back" in await run("config", "plan", "roll-back", "drammen", "1", "--yes")
    assert "Dimmer" in await run("config", "plan", "list", "drammen")


async def test_a_plan_that_is_stopped_keeps_what_it_told_and_offers_the_way_back(
    office: Office, run: Run
) -> None:
    steering = office.services.steering
    assert steering is not None
    await run("config", "plan", "make", "drammen", "Dimmer", "--set", "dim_pct=70", "--first", "1")
    await run("config", "plan", "start", "drammen", "1", "--yes")
    await steering.plans.advance(await steering.plans.advance(await steering.plans.get("drammen", 1)))
    offered = "`gangvakt config plan roll-back drammen 1` gives each what it had"
    assert offered in await run("config", "plan", "stop", "drammen", "1")
    assert offered in await run("config", "plan", "show", "drammen", "1")

    def held() -> list[object]:
        return [(office.fleet.sign(sign).config.values).get("dim_pct") for sign in (NORTH, SOUTH)]  # type: ignore[union-attr]

    assert sorted(map(str, held())) == ["70", "None"]
    await run("config", "plan", "roll-back", "drammen", "1", "--yes")
    await steering.plans.advance(await steering.plans.get("drammen", 1))
    assert held() == [None, None]


async def test_a_change_out_of_bounds_is_refused_by_field_value_and_range(office: Office) -> None:
    body = {"title": "x", "changes": {"dim_pct": 500}}
    for path, told in (
        ("/config-plans", body),
        ("/config-dry-runs", {"changes": {"dim_pct": 500}}),
        ("/config-templates/x", {"values": {"dim_pct": 500}}),
    ):
        method = "PUT" if "templates" in path else "POST"
        refused = await office.client.request(method, f"{HERE}{path}", json=told)
        assert refused.status_code == 422, path
        assert refused.json()["errors"] == [{"field": "dim_pct", "value": 500, "allowed": "5..100"}], path


async def test_a_plan_of_one_municipality_is_not_there_in_another(office: Office) -> None:
    made = await office.client.post(f"{HERE}/config-plans", json={"title": "x", "changes": {"dim_pct": 70}})
    assert made.status_code == 201
    assert (await office.get("/municipalities/oslo/config-plans/1")).status_code == 404
    assert (await office.get("/municipalities/oslo/config-plans")).json()["items"] == []
    told = await office.client.post(f"{HERE}/commands/count", json={"verb": "ping"})
    token = {"token": told.json()["token"]}
    foreign = await office.client.post(f"{API}/municipalities/oslo/commands/go", json=token)
    assert (foreign.status_code, "too old, used or another's" in foreign.text) == (409, True)


async def test_a_command_for_many_is_counted_sent_and_summed_up(office: Office, run: Run) -> None:
    told = await run("command", "drammen", "ping", "--yes", "--json")
    assert (told["total"], told["counts"]["ok"], told["others"]) == (2, 2, [])
    said = await run("command", "drammen", "reboot", "--yes", code=1)
    assert "1 ok, 1 refused" in said
    assert "verb is 'reboot'; allowed: ping" in said
    entries = [(entry.sign, entry.verb) for entry, _ in await office.store.orders.commands()]
    assert len(entries) == 4
    assert not any("oslo" in sign for sign, _ in entries)
    nobody = await run("command", "drammen", "ping", "--site", "nowhere", "--yes", code=1)
    assert "signs is 0" in nobody


async def test_a_go_is_good_once_and_for_five_minutes(office: Office) -> None:
    steering = office.services.steering
    assert steering is not None

    async def go() -> int:
        return (await office.client.post(f"{HERE}/commands/go", json={"token": token})).status_code

    token = (await office.client.post(f"{HERE}/commands/count", json={"verb": "ping"})).json()["token"]
    assert [await go(), await go()] == [202, 409]
    await eventually(lambda: steering.bulk.get("drammen", 1).is_done, "the answers")
    token = (await office.client.post(f"{HERE}/commands/count", json={"verb": "ping"})).json()["token"]
    clock_ms = steering.bulk._clock_ms
    steering.bulk._clock_ms = lambda: clock_ms() + TOKEN_LIFE_MS
    assert await go() == 409


async def test_muting_many_waits_for_a_second_person(office: Office) -> None:
    steering = office.services.steering
    assert steering is not None
    asked: list[tuple[object, ...]] = []

    async def ask(*told: object) -> int:
        asked.append(told)
        return 7

    async def go() -> Any:
        counted = await office.client.post(f"{HERE}/commands/count", json={"verb": "mute", "args": 30})
        assert counted.json()["two_persons"]
        return await office.client.post(f"{HERE}/commands/go", json={"token": counted.json()["token"]})

    assert (await go()).status_code == 422, "where nobody can be asked, nobody is muted"
    steering.bulk.ask_second = ask
    told = (await go()).json()
    assert (told["pending"], told["done"], told["counts"]["ok"]) == (7, False, 0)
    ((kind, _, data, who, municipality),) = asked
    assert (kind, who, municipality) == ("bulk.mute", "admin", "drammen")
    job = await steering.bulk.execute(data, "kari", "drammen")  # type: ignore[arg-type]
    await eventually(lambda: job.is_done, "the answers")
    assert job.number == told["number"]
    assert sum(job.counts.values()) == 2
    after_restart = await steering.bulk.execute({**data, "job": "gone"}, "kari", "drammen")  # type: ignore[dict-item]
    await eventually(lambda: after_restart.is_done, "the answers")
    assert after_restart.number != job.number


async def test_where_one_person_is_enough_many_are_muted_at_once(office: Office) -> None:
    steering = office.services.steering
    assert steering is not None
    bulk = steering.bulk

    async def alone(kind: str, subject: str, data: Any, who: str, municipality: str) -> int:
        await bulk.execute(data, who, municipality)
        return 7

    bulk.ask_second = alone
    counted = await office.client.post(f"{HERE}/commands/count", json={"verb": "mute", "args": 30})
    told = await office.client.post(f"{HERE}/commands/go", json={"token": counted.json()["token"]})
    assert (told.json()["pending"], told.json()["number"]) == (None, 1)
    await eventually(lambda: bulk.get("drammen", 1).is_done, "the answers")


async def test_many_are_muted_when_another_technician_approves_and_not_by_whoever_asked(
    office: Office,
) -> None:
    steering = office.services.steering
    assert steering is not None
    staff = office.store.staff
    assert await staff.add("kari", "-", must_change=False)
    pairs = Pairs(office.store)
    join_pairs(steering.bulk, pairs)
    counted = await office.client.post(f"{HERE}/commands/count", json={"verb": "mute", "args": 30})
    told = await office.client.post(f"{HERE}/commands/go", json={"token": counted.json()["token"]})
    job = steering.bulk.get("drammen", told.json()["number"])
    assert (job.pending, job.has_begun) == (told.json()["pending"], False)
    assert job.pending is not None
    with pytest.raises(PairRefused, match="the same person"):
        await pairs.approve(job.pending, "admin")
    done = await pairs.approve(told.json()["pending"], "kari")
    assert done.result == {"command": job.number, "signs": 2}
    await eventually(lambda: job.is_done, "the answers")
    assert {entry.verb for entry, _ in await office.store.orders.commands()} == {"mute"}


async def test_what_was_done_stands_in_the_audit(office: Office, run: Run) -> None:
    await run("config", "template", "put", "drammen/narrow", "--set", "dim_pct=60")
    await run("sign", "config", str(NORTH), "--set", "lead_ms=4500")
    await run("command", "drammen", "ping", "--yes")
    await run("config", "plan", "make", "drammen", "x", "--set", "dim_pct=70")
    rows = await office.store.audit.after(0)
    actions = {row.action for row in rows}
    assert {"config.template.put", "config.want", "command.send", "config.plan.add"} <= actions
