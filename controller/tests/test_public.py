"""What is open to everybody: off until it is switched on, without a log-in, and reports become alarms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from gangvakt.alarms.fault_reports import MOST_OPEN, SOURCE, FaultReports
from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.fleet import SiteId
from gangvakt.provision.public_wire import FaultReportIn
from gangvakt.store.fault_reports import CONTACT_KEPT_DAYS, DAY_MS, REPORT_KEPT_DAYS
from gangvakt.web.public import attach_public, public_app
from gangvakt.web.public.routes import MOST_A_MINUTE

from .apis import Office, an_office
from .office import a_site
from .support import NORTH

SITE = SiteId("drammen", "storgata")
REPORT = {"kind": "dark", "text": "no light since ten", "contact": "91 23 45 67", "sign": "north"}
TOLD = FaultReportIn(kind="dark", text="no light", contact="91 23 45 67")


@dataclass
class Town:
    """`everybody` has no session; `office.client` is an administrator."""

    office: Office
    everybody: httpx.AsyncClient

    @property
    def reports(self) -> FaultReports:
        assert self.office.services.fault_reports is not None
        return self.office.services.fault_reports

    async def put(self, place: str, **values: object) -> httpx.Response:
        path = f"/api/v1/{place}"
        held = await self.office.client.get(path)
        return await self.office.client.put(path, json=values, headers={"If-Match": held.headers["ETag"]})

    def standing(self) -> list[tuple[str, dict[str, Any]]]:
        assert self.office.services.patrol is not None
        found = self.office.services.patrol.alarms.standing(SOURCE)
        return [(alarm.object, dict(alarm.data)) for alarm in found]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with an_office(tmp_path) as office:
        assert office.services.patrol is not None
        await office.services.patrol.restore()
        await office.services.registry.sites.add(a_site(SITE))
        office.hear(NORTH)
        transport = httpx.ASGITransport(public_app(office.services))
        async with httpx.AsyncClient(transport=transport, base_url="http://public") as everybody:
            yield Town(office, everybody)


async def opened(town: Town) -> None:
    answer = await town.put("public-pages/drammen", is_open=True, contact="Kari, 32 04 00 00")
    assert answer.status_code == 200, answer.text


async def test_what_nobody_opened_is_not_told_from_what_is_not_there(town: Town) -> None:
    for path in ("drammen/storgata", "drammen/nowhere", "UP/x", "drammen/data.json", "drammen/data.csv"):
        answer = await town.everybody.get(f"/public/{path}")
        assert (answer.status_code, "There is no page for this" in answer.text) == (404, True), path
        assert (await town.everybody.post(f"/public/{path}", data=REPORT)).status_code in (404, 405), path


async def test_a_municipality_is_opened_and_a_crossing_has_its_own_word(town: Town) -> None:
    await opened(town)
    page = await town.everybody.get("/public/drammen/storgata")
    assert page.status_code == 200
    assert "Kari, 32 04 00 00" in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    await town.put("sites/drammen/storgata/public-page", is_open=False)
    assert (await town.everybody.get("/public/drammen/storgata")).status_code == 404
    held = (await town.office.get("/sites/drammen/storgata/public-page")).json()
    assert (held["own"], held["is_open"], held["contact"]) == (True, False, "Kari, 32 04 00 00")


async def test_who_changes_what_another_changed_is_told(town: Town) -> None:
    old = {"If-Match": '"0"'}
    path = "/api/v1/public-pages/drammen"
    assert (await town.office.client.put(path, json={"is_open": True}, headers=old)).status_code == 200
    assert (await town.office.client.put(path, json={"is_open": False}, headers=old)).status_code == 412
    refused = await town.put("public-pages/drammen", is_open=True, licence="mine")
    assert (refused.status_code, "CC-BY-4.0" in refused.text) == (422, True)


async def test_a_report_is_an_alarm_until_it_is_dealt_with_and_says_nothing_of_anybody(town: Town) -> None:
    await opened(town)
    for _ in range(2):
        thanks = await town.everybody.post("/public/drammen/storgata", data=REPORT)
        assert "Thank you" in thanks.text
    assert town.standing() == [(str(SITE), {"reports": 2})]
    listed = (await town.office.get("/fault-reports")).json()["items"]
    assert [(one["sign"], one["contact"]) for one in listed] == [("north", "91 23 45 67")] * 2
    alarm = (await town.office.get("/alarms")).json()["items"][0]
    assert "no light" not in str(alarm)
    for one in listed:
        done = (await town.office.client.post(f"/api/v1/fault-reports/{one['id']}/done")).json()
        assert (done["contact"], done["text"]) == ("", "no light since ten")
    assert town.standing() == []
    assert (await town.office.get("/fault-reports")).json()["items"] == []


async def test_contact_and_report_are_deleted_in_their_time(town: Town) -> None:
    table = town.reports.table
    number = await table.add(SITE, TOLD, 0)
    await table.purge(CONTACT_KEPT_DAYS * DAY_MS - 1)
    assert (await town.reports.one(number)).contact
    await table.purge(CONTACT_KEPT_DAYS * DAY_MS)
    assert not (await town.reports.one(number)).contact
    await table.purge(REPORT_KEPT_DAYS * DAY_MS)
    assert await table.get(number) is None


async def test_a_flood_from_one_address_waits_and_loses_nothing_that_was_typed(town: Town) -> None:
    await opened(town)
    answers = [
        await town.everybody.post("/public/drammen/storgata", data=REPORT) for _ in range(MOST_A_MINUTE + 1)
    ]
    assert [one.status_code for one in answers] == [200] * MOST_A_MINUTE + [429]
    assert "no light since ten" in answers[-1].text


async def test_of_one_crossing_only_so_many_are_kept(town: Town) -> None:
    await opened(town)
    for _ in range(MOST_OPEN):
        await town.reports.take(SITE, TOLD)
    answer = await town.everybody.post("/public/drammen/storgata", data=REPORT)
    assert "Others have reported the same" in answer.text
    assert town.standing() == [(str(SITE), {"reports": MOST_OPEN})]


async def test_a_wrong_form_comes_back_with_what_was_typed(town: Town) -> None:
    await opened(town)
    wrong = REPORT | {"kind": "burnt", "text": "<b>dark</b>"}
    answer = await town.everybody.post("/public/drammen/storgata", data=wrong)
    assert answer.status_code == 422
    assert "choose what is wrong" in answer.text
    assert "&lt;b&gt;dark&lt;/b&gt;" in answer.text
    trapped = await town.everybody.post("/public/drammen/storgata", data=REPORT | {"website": "x"})
    assert ("Thank you" in trapped.text, town.standing()) == (True, [])


async def test_open_data_has_a_licence_is_cached_and_not_sent_twice(town: Town) -> None:
    await opened(town)
    answer = await town.everybody.get("/public/drammen/data.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    (crossing,) = answer.json()["crossings"]
    assert (crossing["licence"], crossing["licence_url"][:8]) == ("CC-BY-4.0", "https://")
    assert {day["count"] for day in crossing["activations"]} == {None}
    again = await town.everybody.get(
        "/public/drammen/data.json", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    rows = (await town.everybody.get("/public/drammen/data.csv")).text.splitlines()
    assert rows[0].startswith("crossing,title,latitude")
    assert rows[1].startswith("drammen/storgata,Storgata,,,")


async def test_a_labels_code_leads_everybody_where_he_belongs(town: Town) -> None:
    path = "/sign/drammen/storgata/north"
    assert (await town.everybody.get(path)).status_code == 404  # nobody logs in at the address of the public
    await opened(town)
    assert (await town.everybody.get(path)).headers["location"] == (
        "/public/drammen/storgata?sign=north#report"
    )
    token = town.office.client.headers["Authorization"].removeprefix("Bearer ")
    town.everybody.cookies.set(SESSION_COOKIE, token)
    staff = await town.everybody.get(path)
    assert staff.headers["location"] == "/job/drammen/storgata/north"
    assert (await town.everybody.get("/sign/drammen/storgata/NO")).status_code == 404


@pytest.mark.parametrize(
    ("sign", "leads_to"),
    [
        ("north", "job/drammen/storgata/north"),
        ("", "crossing/drammen/storgata"),
        ('"><b>', "crossing/drammen/storgata"),
    ],
)
async def test_staff_go_on_from_the_page_of_the_public_to_their_work(
    town: Town, sign: str, leads_to: str
) -> None:
    await opened(town)
    path, staff = f"/public/drammen/storgata?sign={quote(sign)}", "https://staff.example.no"
    assert "log in here" not in (await town.everybody.get(path)).text  # nobody told where that is
    app = public_app(replace(town.office.services, staff_url=staff))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://public") as everybody:
        assert f'<a href="{staff}/{leads_to}"' in (await everybody.get(path)).text


async def test_where_the_public_has_an_address_of_its_own_its_pages_are_not_at_the_staffs(town: Town) -> None:
    await opened(town)
    attach_public(town.office.app, town.office.services, here=False)
    assert (await town.office.client.get("/public/drammen/storgata")).status_code == 404
    answer = await town.office.client.get("/sign/drammen/storgata/north", headers={"Authorization": ""})
    assert answer.headers["location"].startswith("/login")
