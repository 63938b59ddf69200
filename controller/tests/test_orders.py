"""What signs are told: commands with their answers, and configurations with what became of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gangvakt.api import Orders, Services, create_app
from gangvakt.api.auth import AuthService
from gangvakt.errors import Missing, SettingRefused, SignAway, SignMute, Unreadable
from gangvakt.fleet import LiveFleet, SignId, SiteId
from gangvakt.ingest import Ingest
from gangvakt.ingest.messages import parse_answer, parse_config, parse_status
from gangvakt.ingest.schema import check
from gangvakt.orders import Commander, Configs
from gangvakt.provision.file_wire import Approval
from gangvakt.provision.site_config import schema_hash
from gangvakt.registry import Registry
from gangvakt.store import Store

from .migrated import a_store
from .support import NORTH, SOUTH, healthy
from .test_api import API, CHEAP, NEW_PASSWORD, Passwords, Pki
from .wire import NOW_MS, as_bytes, status

TOPIC = f"gangvakt/v1/{NORTH}"


@dataclass
class Street:
    """A fleet with one sign whose answers the test gives."""

    fleet: LiveFleet
    store: Store
    ingest: Ingest
    commander: Commander
    configs: Configs
    sent: list[tuple[SignId, dict[str, Any]]] = field(default_factory=list)
    answer: dict[str, Any] | None = None

    async def send(self, sign: SignId, data: bytes) -> bool:
        message = json.loads(data)
        self.sent.append((sign, message))
        if self.answer is not None:
            told = {"v": 1, "id": message["id"], **self.answer}
            self.ingest.receive(f"{TOPIC}/response", as_bytes(told))
        return True

    async def send_config(self, sign: SignId, data: bytes) -> bool:
        self.sent.append((sign, json.loads(data)))
        return True

    def report(self, version: int, values: dict[str, Any], **more: object) -> None:
        message = {
            "v": 1,
            "version": version,
            "schema": schema_hash(),
            "values": values,
            "errors": [],
            **more,
        }
        self.ingest.receive(f"{TOPIC}/config/reported", as_bytes(message))


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with a_store(tmp_path / "x.db") as store:
        fleet = LiveFleet()
        ingest = Ingest(fleet, store.journal)

        async def send(sign: SignId, data: bytes) -> bool:
            return await street.send(sign, data)

        async def send_config(sign: SignId, data: bytes) -> bool:
            return await street.send_config(sign, data)

        commander = Commander(fleet, store.orders, send, clock_ms=lambda: NOW_MS, timeout_s=0.2)
        ingest.on_answer = commander.put
        configs = Configs(fleet, store.orders, send_config, clock_ms=lambda: NOW_MS)
        street = Street(fleet, store, ingest, commander, configs)
        ingest.receive(f"{TOPIC}/status", as_bytes(status()))
        yield street


async def test_a_command_is_sent_with_its_end_answered_and_written_down(street: Street) -> None:
    street.answer = {"ok": True, "answer": {"mute": 5}}
    answer = await street.commander.command(NORTH, "mute", 5, "anna")
    assert (answer.ok, answer.answer) == (True, {"mute": 5})
    ((sign, message),) = street.sent
    assert sign == NORTH
    assert (message["verb"], message["args"], message["expires"]) == ("mute", 5, NOW_MS // 1000)
    ((entry, stored),) = await street.store.orders.commands()
    assert (entry.sign, entry.verb, entry.args, entry.user) == (str(NORTH), "mute", 5, "anna")
    assert stored["answer"] == {"mute": 5}


async def test_a_refusal_is_an_answer_too(street: Street) -> None:
    street.answer = {"ok": False, "field": "mute", "value": "500", "allowed": "0..60"}
    answer = await street.commander.command(NORTH, "mute", 500, "anna")
    assert (answer.ok, answer.field, answer.allowed) == (False, "mute", "0..60")


async def test_a_sign_that_is_away_is_told_nothing(street: Street) -> None:
    with pytest.raises(SignAway):
        await street.commander.command(SOUTH, "mute", 5, "anna")
    assert not street.sent


async def test_a_sign_that_says_nothing_is_written_down_without_an_answer(street: Street) -> None:
    with pytest.raises(SignMute):
        await street.commander.command(NORTH, "reboot", None, "anna")
    ((_, stored),) = await street.store.orders.commands()
    assert stored is None


async def test_an_answer_that_nobody_waits_for_is_let_go(street: Street) -> None:
    street.ingest.receive(f"{TOPIC}/response", as_bytes({"v": 1, "id": "x", "ok": True}))
    street.ingest.receive(f"{TOPIC}/response", as_bytes({"v": 1, "id": None, "ok": False, "field": "memory"}))


async def test_a_command_that_no_sign_could_read_is_not_sent(street: Street) -> None:
    with pytest.raises(SettingRefused):
        await street.commander.command(NORTH, "config-put", {"user_pattern": "x" * 600}, "anna")
    assert not street.sent


async def test_what_is_wanted_is_what_was_reported_with_the_changes(street: Street) -> None:
    street.report(3, {"lead_ms": 4500, "pir_enabled": False})
    state = await street.configs.want(NORTH, {"lead_ms": None, "mode": "shadow"}, "anna")
    assert state.state == "sent"
    ((_, message),) = street.sent
    check("ConfigDesired", message)
    assert message["version"] == 4
    assert message["values"] == {"pir_enabled": False, "mode": "shadow"}
    again = await street.configs.want(NORTH, {"dim_pct": 50}, "anna")
    assert again.wanted is not None
    assert again.wanted.version == 5
    assert dict(again.wanted.values) == {"pir_enabled": False, "mode": "shadow", "dim_pct": 50}


async def test_a_config_that_the_authoritys_decision_does_not_allow_is_refused_by_its_number(
    street: Street,
) -> None:
    held = Approval(
        decision="2026/1", decided_on=date(2026, 5, 1), patterns=("alternating", "ww-s"), dim_max_pct=60
    )

    async def decided(_site: SiteId) -> Approval:
        return held

    configs = Configs(street.fleet, street.store.orders, street.configs._send, approval=decided)
    street.report(3, {"approval_dim_max_pct": 90})
    for changes in ({"pattern": "steady"}, {"dim_pct": 61}):
        with pytest.raises(SettingRefused, match="by decision 2026/1 of 2026-05-01"):
            await configs.want(NORTH, changes, "anna")
    assert not street.sent
    wanted = (await configs.want(NORTH, {"pattern": "ww-s", "dim_pct": 60}, "anna")).wanted
    assert wanted is not None
    assert dict(wanted.values) == {
        "pattern": "ww-s",
        "dim_pct": 60,
        "approval_number": "2026/1",
        "approval_pattern": "ww-s",
        "approval_dim_max_pct": 60,
    }


async def test_what_the_sign_makes_of_it_is_told_field_by_field(street: Street) -> None:
    street.report(3, {})
    await street.configs.want(NORTH, {"lead_ms": 3000}, "anna")
    for told in ("waits", "trial"):
        street.report(3, {}, desired={"version": 4, "state": told, "errors": []})
        assert (await street.configs.state(NORTH)).state == told
    error = {"field": "config", "value": "version 4", "why": "radar_silent"}
    street.report(3, {}, desired={"version": 4, "state": "rolled_back", "errors": [error]})
    state = await street.configs.state(NORTH)
    assert (state.state, state.errors[0].why) == ("rolled_back", "radar_silent")
    again = await street.configs.want(NORTH, {"dim_pct": 50}, "anna")
    assert again.wanted is not None
    assert dict(again.wanted.values) == {"dim_pct": 50}, "what was rolled back is not wanted again"
    assert again.wanted.version == 5
    street.report(5, {"dim_pct": 50})
    assert (await street.configs.state(NORTH)).state == "in force"


async def test_a_value_that_the_sign_would_refuse_is_refused_here(street: Street) -> None:
    street.report(3, {})
    for changes in ({"lead_ms": 1}, {"no_such": 1}, {"version": 9}, {"lead_ms": 3000.0}):
        with pytest.raises(SettingRefused):
            await street.configs.want(NORTH, changes, "anna")
    street.report(3, {}, schema="00000000")
    with pytest.raises(SettingRefused, match="schema"):
        await street.configs.want(NORTH, {"lead_ms": 3000}, "anna")
    with pytest.raises(Missing):
        await street.configs.want(SOUTH, {"lead_ms": 3000}, "anna")
    assert not street.sent


async def test_a_broker_that_forgot_is_told_anew(street: Street) -> None:
    street.report(3, {})
    await street.configs.want(NORTH, {"lead_ms": 3000}, "anna")
    street.sent.clear()
    await street.configs.publish_all()
    assert [(sign, message["version"]) for sign, message in street.sent] == [(NORTH, 4)]


async def test_the_api_asks_signs_and_says_why_it_could_not(street: Street, tmp_path: Path) -> None:
    auth = AuthService(street.store.staff, b"k" * 32, Passwords(CHEAP))
    one_time = await auth.first_password()
    registry = Registry(street.store, lambda: Pki.open(tmp_path / "pki"))
    orders = Orders(street.commander, street.configs)
    app = create_app(Services(street.fleet, street.store.events, auth, healthy, registry, tuple, orders))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        closed = await client.post(f"{API}/signs/{NORTH}/commands", json={"verb": "mute", "args": 5})
        assert closed.status_code == 401
        await client.post(f"{API}/login", json={"user": "admin", "password": one_time})
        await client.post(f"{API}/password", json={"new_password": NEW_PASSWORD})
        mute = await client.post(f"{API}/signs/{NORTH}/commands", json={"verb": "mute", "args": 5})
        assert mute.status_code == 504
        away = await client.post(f"{API}/signs/{SOUTH}/commands", json={"verb": "mute", "args": 5})
        assert away.status_code == 409
        street.answer = {"ok": True, "answer": {"mute": 5}}
        told = await client.post(f"{API}/signs/{NORTH}/commands", json={"verb": "mute", "args": 5})
        assert told.json()["answer"] == {"mute": 5}
        odd = await client.post(f"{API}/signs/{NORTH}/commands", json={"verb": "Mute!"})
        assert odd.status_code == 422
        street.report(3, {"lead_ms": 4500})
        put = await client.put(f"{API}/signs/{NORTH}/config", json={"values": {"dim_pct": 50}})
        assert (put.json()["state"], put.json()["wanted"]) == ("sent", {"lead_ms": 4500, "dim_pct": 50})
        refused = await client.put(f"{API}/signs/{NORTH}/config", json={"values": {"dim_pct": 500}})
        assert refused.json()["errors"] == [{"field": "dim_pct", "value": 500, "allowed": "5..100"}]
        shown = await client.get(f"{API}/signs/{NORTH}/config")
        assert (shown.json()["wanted_version"], shown.json()["reported_version"]) == (4, 3)
    ((entry, _), *_) = await street.store.orders.commands()
    assert entry.user == "admin"


def test_a_standing_order_is_in_the_status() -> None:
    told = parse_status(status(order={"code": "mute", "left_s": 60}))
    assert told is not None
    assert (told.order, told.order_left_s) == ("mute", 60)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["v", "id", "ok", "answer", "field", "allowed", "desired"]), JSON))
def test_whatever_a_sign_answers_is_read_or_refused(message: dict[str, Any]) -> None:
    for parse in (parse_answer, parse_config):
        try:
            parse(message)
        except Unreadable:
            continue
