"""Alarms through the REST interface and `gangvakt alarm`: what is listed, done by staff, and refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gangvakt.alarms import Patrol
from gangvakt.api import Services, create_app
from gangvakt.api.auth import AuthService
from gangvakt.api.paging import decode_cursor, encode_cursor
from gangvakt.cli.alarm import parse_minutes
from gangvakt.cli.app import app
from gangvakt.errors import SettingRefused
from gangvakt.fleet import LiveFleet
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import FEEDER
from gangvakt.ingest.messages import parse_status
from gangvakt.registry import Registry
from gangvakt.registry.remote import ApiOffice
from gangvakt.store.staff import StaffTable

from .migrated import a_store
from .support import NORTH, SOUTH, Keys, eventually, healthy
from .test_api import API, CHEAP, NEW_PASSWORD, Passwords, Pki
from .test_registry_commands import PASSWORD, Command, command, url_of
from .test_serve import Serving, serving, sign
from .wire import NOW_MS, as_bytes, status

__all__ = ["command"]
STEPS = ("acknowledge", "suspend", "resume", "comment", "assign")

LISTS: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({"priority": 3}, [str(SOUTH)]),
    ({"municipality": "lier"}, ["lier/torget/a"]),
    ({"municipality": "drammen"}, ["drammen/feeder F12", str(SOUTH), str(NORTH)]),
    ({"site": "storgata"}, [str(SOUTH), str(NORTH)]),
    ({"sign": "north"}, [str(NORTH)]),
    ({"owner": "ola"}, []),
    ({"state": ["cleared", "acknowledged"]}, []),
)
REFUSALS: tuple[tuple[str, dict[str, Any], int, str], ...] = (
    ("1/resume", {}, 409, "allowed while it is active: "),
    ("99/acknowledge", {}, 404, "there is no alarm 99"),
    ("0/acknowledge", {}, 422, "number"),
    ("1/suspend", {}, 422, "minutes"),
    ("1/suspend", {"minutes": 0}, 422, "minutes"),
    ("1/suspend", {"minutes": 43_201}, 422, "minutes"),
    ("1/comment", {"text": ""}, 422, "text"),
    ("1/comment", {"text": "a\x00b"}, 422, "text"),
    ("1/comment", {"text": "x" * 1001}, 422, "text"),
    ("1/assign", {}, 422, "to"),
    ("1/assign", {"to": "ola", "seen_ms": -1}, 422, "seen_ms"),
    ("1/acknowledge", {"txt": "x"}, 422, "txt"),
    ("steps", {"step": "suspend", "expected": 5}, 422, "minutes"),
    ("steps", {"step": "assign", "expected": 5}, 422, "to"),
    ("steps", {"step": "comment", "expected": 5}, 422, "text"),
    ("steps", {"step": "raise", "expected": 5}, 422, "step"),
    ("steps", {"step": "acknowledge", "expected": 4}, 409, "count is 4; allowed: 5"),
)


class Desk:
    """The API of a controller with alarms of two towns, one of a feeder and one of its own."""

    def __init__(
        self, client: httpx.AsyncClient, patrol: Patrol, fleet: LiveFleet, staff: StaffTable
    ) -> None:
        self.client, self.patrol, self.fleet, self.staff = client, patrol, fleet, staff

    async def get(self, path: str = "", **query: object) -> Any:
        answer = await self.client.get(f"{API}/alarms{path}", params=query)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **body: object) -> httpx.Response:
        return await self.client.post(f"{API}/alarms/{path}", json=body)

    async def objects(self, **query: object) -> list[str]:
        return [one["object"] for one in (await self.get(**query))["items"]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_store(tmp_path / "x.db") as store:
        fleet = LiveFleet()
        auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP))
        one_time = await auth.first_password()
        registry = Registry(store, lambda: Pki.open(tmp_path / "pki"))
        patrol = Patrol(store.alarms, fleet, lambda: True)
        services = Services(fleet, store.events, auth, healthy, registry, patrol=patrol)
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.post(f"{API}/login", json={"user": "admin", "password": one_time})
            await client.post(f"{API}/password", json={"new_password": NEW_PASSWORD})
            for condition in (
                Condition("radar_silent", str(NORTH)),
                Condition("clock", str(SOUTH)),
                Condition("store", "lier/torget/a"),
                Condition(FEEDER, "drammen/feeder F12"),
                Condition("disk", "disk", 2, "The disk is full"),
            ):
                await patrol.alarms.report(condition.code, {condition})
            yield Desk(client, patrol, fleet, store.staff)


async def test_alarms_are_listed_newest_first_and_page_by_page(desk: Desk) -> None:
    seen, after = [], {}
    for _ in range(3):
        page = await desk.get(limit=2, **after)
        seen += [one["id"] for one in page["items"]]
        after = {"after": page["next"]}
    assert (seen, page["next"]) == ([5, 4, 3, 2, 1], None)


async def test_a_list_can_be_of_what_one_wants(desk: Desk) -> None:
    for query, objects in LISTS:
        assert await desk.objects(**query) == objects, query


async def test_one_alarm_tells_what_to_do_and_who_did_what(desk: Desk) -> None:
    assert (await desk.post("1/acknowledge", text="on my way")).status_code == 200
    assert (await desk.post("1/assign", to="ola")).json()["assigned_to"] == "ola"
    assert (await desk.post("1/comment", text="snow")).status_code == 200
    one = await desk.get("/1")
    assert "radar" in one["advice"]
    assert [(step["kind"], step["who"]) for step in one["history"]] == [
        ("raise", "controller"), ("acknowledge", "admin"), ("assign", "admin"), ("comment", "admin")
    ]  # fmt: skip
    assert await desk.objects(owner="ola") == [str(NORTH)]


async def test_an_alarm_speaks_rsmp(desk: Desk) -> None:
    await desk.post("1/acknowledge")
    await desk.post("2/suspend", minutes=5)
    assert (await desk.get("/1"))["rsmp"] == {
        "aCId": "A0002", "cId": str(NORTH), "aS": "Active", "ack": "Acknowledged",
        "sS": "notSuspended", "cat": "D", "pri": "1",
    }  # fmt: skip
    assert (await desk.get("/2"))["rsmp"]["sS"] == "Suspended"


async def test_a_suspension_ends_after_its_minutes_or_when_somebody_says_so(desk: Desk) -> None:
    told = (await desk.post("1/suspend", minutes=60, text="new radar")).json()
    assert (told["state"], told["suspended_until_ms"] - told["changed_ms"]) == ("suspended", 3_600_000)
    assert (await desk.post("1/resume")).json()["state"] == "active"


async def test_what_cannot_be_is_refused_and_changes_nothing(desk: Desk) -> None:
    before = await desk.get()
    for path, body, status_code, said in REFUSALS:
        answer = await desk.post(path, **body)
        assert (answer.status_code, said in answer.json()["detail"]) == (status_code, True), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert await desk.get() == before


async def test_one_step_for_many_is_taken_by_as_many_as_were_seen(desk: Desk) -> None:
    answer = await desk.post("steps", step="acknowledge", expected=2, site="storgata")
    assert answer.json() == {"count": 2}
    assert sorted(await desk.objects(state="acknowledged")) == sorted([str(NORTH), str(SOUTH)])


async def test_a_cursor_that_was_not_given_out_is_refused(desk: Desk) -> None:
    answer = await desk.client.get(f"{API}/alarms", params={"after": "17"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")


async def test_another_municipalitys_alarms_are_not_there(desk: Desk) -> None:
    await desk.staff.set_municipalities("admin", frozenset({"lier"}))
    assert await desk.objects() == ["lier/torget/a"]
    assert (await desk.client.get(f"{API}/alarms/1")).status_code == 404
    for step in STEPS:
        body = {"suspend": {"minutes": 1}, "comment": {"text": "x"}, "assign": {"to": "x"}}.get(step, {})
        assert (await desk.post(f"5/{step}", **body)).status_code == 404, step
    assert (await desk.post("steps", step="acknowledge", expected=1)).json() == {"count": 1}


async def test_a_sign_is_told_with_its_presence(desk: Desk) -> None:
    known = parse_status(status())
    assert known is not None
    desk.fleet.put_status(NORTH, known, NOW_MS)
    await desk.patrol.round()
    (told,) = (await desk.client.get(f"{API}/signs")).json()["items"]
    assert told == (await desk.client.get(f"{API}/signs/{NORTH}")).json()
    assert told["presence"] in ("unknown", "fine")
    assert (told["quiet_limit_ms"], told["missing_events"], told["current_proved"]) == (60_000, 0, None)


@given(st.integers(0, 2**63 - 1))
@settings(max_examples=50)
def test_a_cursor_says_where_the_next_page_begins(number: int) -> None:
    assert decode_cursor(encode_cursor(number)) == number


@pytest.mark.parser
@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with suppress(SettingRefused):
        assert 0 <= decode_cursor(text) < 2**63


def test_times_are_typed_as_people_say_them() -> None:
    assert [parse_minutes(text) for text in ("30m", "2h", "3d")] == [30, 120, 4320]
    for text in ("", "h", "2", "-2h", "2w", "1.5h", "9999999m"):
        with pytest.raises(SettingRefused, match="--for is"):
            parse_minutes(text)


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Path]]:
    """A running controller whose administrator has chosen a password."""
    data = tmp_path_factory.mktemp("controller")
    with serving(data) as running:
        assert running.process.stdout
        one_time = running.process.stdout.readline().split()[-1]
        token = ApiOffice(url_of(running)).login("admin", one_time).token
        ApiOffice(url_of(running), token).choose_password(PASSWORD)
        yield running, data


async def test_a_real_sign_raises_an_alarm_and_a_person_sees_to_it(
    command: Command, controller: tuple[Serving, Path]
) -> None:
    running, data = controller
    command("login", url_of(running), "--user", "admin", "--password", PASSWORD)
    assert command("alarm", "list")[1] == "No such alarms.\n"
    async with sign(Keys(data), running.mqtt_port) as client:
        message = as_bytes(status(faults=[{"code": "radar_silent"}]))
        await client.publish(f"gangvakt/v1/{NORTH}/status", message, qos=1, retain=True)
        await eventually(lambda: "radar_silent" in command("alarm", "list", "--json")[1], "an alarm")
        (listed,) = json.loads(command("alarm", "list", "--priority", "1", "--json")[1])
        number = str(listed["id"])
        assert command("alarm", "comment", number, "a lorry")[0] == 0
        code, said, error = command("alarm", "ack", number, "--text", "on my way")
        assert (code, f"alarm {number} acknowledged by admin" in said) == (0, True), error
        assert command("alarm", "suspend", number, "--for", "2h", "--json")[0] == 0
        assert command("alarm", "resume", number)[0] == 0
        assert command("alarm", "assign", number, "--to", "ola")[0] == 0
        asked = CliRunner().invoke(app, ["alarm", "ack", "--place", "drammen"], input="n\n")
        assert (asked.exit_code != 0, "acknowledge 1 alarms?" in asked.output) == (True, True), asked.output
        everywhere = ("--place", NORTH.municipality, "--priority", "1", "--yes")
        assert command("alarm", "ack", *everywhere)[1] == "1 alarms: acknowledge\n"
        assert "no" in command("alarm", "ack", *everywhere)[2], "it is acknowledged already"
        assert command("alarm", "suspend", *everywhere, "--for", "1h", "--json")[1] == '{"count":1}\n'
    shown = " ".join(command("alarm", "show", number)[1].split())
    assert "Look whether the radar is clean" in shown
    assert "on my way" in shown
    steps = [one["kind"] for one in json.loads(command("alarm", "history", number, "--json")[1])]
    by_number = ["raise", "comment", "acknowledge", "suspend", "resume", "assign"]
    assert steps == [*by_number, "acknowledge", "suspend"]


def test_what_is_wrong_with_a_command_is_one_line(command: Command, controller: tuple[Serving, Path]) -> None:
    command("login", url_of(controller[0]), "--user", "admin", "--password", PASSWORD)
    for arguments, said in (
        (("show", "999"), "there is no alarm 999: `gangvakt alarm list` shows"),
        (("ack", "999"), "there is no alarm 999"),
        (("ack",), "numbers of alarms, or --place or --priority"),
        (("ack", "1", "--place", "drammen"), "numbers of alarms, or --place or --priority"),
        (("resume", "--place", "nowhere"), "--place is 'none'; allowed: what fits an open alarm"),
        (("suspend", "1", "--for", "soon"), "--for is 'soon'; allowed: a number with m, h or d"),
        (("suspend", "1", "--for", "31d"), "minutes is 44640"),
        (("comment", "1", ""), "text is"),
        (("list", "--place", "a/b/c/d"), "--place is 'a/b/c/d'"),
        (("list", "--state", "gone"), "state"),
    ):
        code, _, error = command("alarm", *arguments)
        assert (code, said in error) == (1, True), (arguments, error)
