"""The queue of alarms and the page of one, used as traffic staff use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gangvakt.alarms import Alarms
from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.fleet.alarm import Alarm, Condition, Step
from gangvakt.fleet.alarm_classes import FEEDER
from gangvakt.fleet.alarm_states import Kind, State
from gangvakt.fleet.roles import Grants, Role
from gangvakt.store.sessions import Stage

from .support import NORTH, SOUTH, PageServer

PHONE = {"width": 390, "height": 844}
DEAD_FEEDER = Condition(
    FEEDER,
    "drammen/feeder K17",
    text="Feeder K17 is dead: 2 signs went together: drammen/storgata/north, drammen/storgata/south",
    data={"signs": [str(NORTH), str(SOUTH)]},
)
ALL = (
    Condition("radar_silent", str(NORTH)),
    Condition("light_stuck", str(SOUTH)),
    Condition("battery_low", "lier/torget/a"),
    DEAD_FEEDER,
    Condition("disk", "disk", 2, "The disk is nearly full"),
)


class Office:
    """The alarms of a server, raised and taken by others."""

    def __init__(self, server: PageServer) -> None:
        self._server = server

    @property
    def alarms(self) -> Alarms:
        assert self._server.services.patrol is not None
        return self._server.services.patrol.alarms

    def report(self, *conditions: Condition) -> None:
        self._server.ask(self.alarms.report("test", conditions))

    def one(self, code: str) -> Alarm:
        return next(alarm for alarm in self.alarms.standing("test") if alarm.code == code)

    def act(self, code: str, kind: Kind, who: str, text: str = "", **data: object) -> None:
        number = self.one(code).id
        now_ms = self.one(code).changed_ms + 1000
        self._server.ask(self.alarms.act(number, Step(kind, now_ms, who, text, data)))


@pytest.fixture
def office(server: PageServer) -> Office:
    return Office(server)


def test_somebody_finds_the_broken_sign_takes_the_alarm_and_comments_it(
    office: Office, enter: Callable[..., Page]
) -> None:
    office.report(*ALL)
    page = enter("/alarms")
    rows = page.locator(".alarm-rows li")
    expect(rows).to_have_count(5)
    expect(rows.first.locator(".urgency")).to_contain_text("1")
    page.get_by_label("Search place").fill("north")
    expect(rows).to_have_count(1)
    assert page.url.endswith("?search=north")
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="The radar says nothing").click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    expect(page.get_by_role("link", name="The sign at the crossing")).to_have_attribute(
        "href", "/crossing/drammen/storgata?sign=north"
    )
    page.get_by_role("button", name="Take").click()
    page.get_by_label("Note").fill("on my way")
    page.reload()  # as when the connection is gone for long: what was written is still there
    expect(page.get_by_label("Note")).to_have_value("on my way")
    page.get_by_role("button", name="Take").first.click()
    page.locator(".step-form button[type=submit]").click()
    expect(page.locator(".steps li").first).to_contain_text("admin: taken")
    expect(page.locator(".steps q").first).to_have_text("on my way")
    page.get_by_role("button", name="Comment").click()
    page.get_by_label("Note").fill("a lorry stood before it")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".steps q").first).to_have_text("a lorry stood before it")
    expect(page.get_by_label("Note")).to_have_count(0)
    assert office.one("radar_silent").state is State.ACKNOWLEDGED


def test_many_are_assigned_at_once_and_what_is_new_appears_by_itself(
    office: Office, enter: Callable[..., Page]
) -> None:
    office.report(*ALL[:3])
    page = enter("/alarms?priority=2&owner=none&state=nonsense")
    expect(page.get_by_text("“nonsense” for State is not known")).to_be_visible()
    rows = page.locator(".alarm-rows li")
    expect(rows).to_have_count(1)
    office.report(*ALL)
    expect(rows).to_have_count(2)
    expect(page.locator(".alarm-row.fresh")).to_have_count(1)
    page.get_by_label("Choose all that are shown").check()
    page.get_by_role("button", name="Assign").click()
    page.get_by_role("button", name="To me").click()
    page.locator(".step-form button[type=submit]").click()
    expect(page.get_by_text("Done: 2.")).to_be_visible()
    expect(rows).to_have_count(0)  # they are nobody's no more
    page.get_by_role("link", name="Show all open alarms").click()
    expect(page.locator(".owner", has_text="admin")).to_have_count(2)
    page.set_viewport_size(PHONE)
    page.get_by_label("Choose alarm").first.check()
    page.get_by_role("button", name="Suspend").click()


def test_who_was_second_is_told_by_whom_and_may_try_again(office: Office, enter: Callable[..., Page]) -> None:
    office.report(ALL[0])
    page = enter(f"/alarms/{office.one('radar_silent').id}")
    page.get_by_role("button", name="Assign").click()
    page.get_by_role("button", name="To me").click()
    # What another did reaches this page with the next look, a second later: he is quicker than that.
    page.context.set_offline(True)
    office.act("radar_silent", Kind.ASSIGN, "ola", to="ola")
    page.locator(".step-form button[type=submit]").click()
    page.context.set_offline(False)
    expect(page.get_by_role("alert").filter(has_text="ola was quicker: assigned")).to_be_visible()
    assert office.one("radar_silent").assigned_to == "ola"
    page.locator(".step-form button[type=submit]").click()
    expect(page.locator(".steps li").first).to_contain_text("admin: assigned: admin")


def test_a_viewer_reads_and_an_unknown_number_is_said(
    server: PageServer,
    office: Office,
    enter: Callable[..., Page],
    open_browser: Callable[..., BrowserContext],
) -> None:
    enter("/alarms/7654321").get_by_text("There is no alarm 7654321").wait_for()
    office.report(*ALL)
    grants = Grants({"lier": Role.VIEWER})
    server.ask(server.staff.add("vera", "x", must_change=False, grants=grants))
    token = server.ask(
        server.staff.sessions.begin("vera", Stage.OPEN, int(server.clock_s * 1000), "192.0.2.1", "test")
    )
    context = open_browser(locale="nb-NO")
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.url}])
    page = context.new_page()
    page.goto(server.url + "/alarms")
    expect(page.locator(".alarm-rows li")).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Velg")).to_have_count(0)
    page.get_by_role("link", name="Lavt batteri").click()
    expect(page.get_by_text("Du kan lese alarmer her")).to_be_visible()
    expect(page.get_by_text("Rengjør solcellepanelet")).to_be_visible()
    page.goto(f"{server.url}/alarms/{office.one('radar_silent').id}")
    expect(page.get_by_text("Det finnes ingen alarm")).to_be_visible()
