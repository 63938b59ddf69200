"""What takes two people, commands to many and the audit, as two people use them in the browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.cli.steering import join_pairs
from gangvakt.fleet.roles import Grants, Role
from gangvakt.store.sessions import Stage

from .support import NORTH, SOUTH, PageServer, Street


def page_of(
    server: PageServer, open_browser: Callable[..., BrowserContext], user: str, grants: Grants, path: str
) -> Page:
    """A page of somebody else."""
    server.ask(server.staff.add(user, "-", must_change=False))
    server.ask(server.staff.set_grants(user, grants))
    begun = server.staff.sessions.begin(user, Stage.OPEN, int(server.clock_s * 1000), "192.0.2.9", "test")
    context = open_browser()
    context.add_cookies([{"name": SESSION_COOKIE, "value": server.ask(begun), "url": server.url}])
    page = context.new_page()
    page.goto(server.url + path)
    return page


def test_darkening_many_signs_waits_for_a_second_person_and_stands_in_the_audit(
    server: PageServer,
    street: Street,
    enter: Callable[..., Page],
    open_browser: Callable[..., BrowserContext],
) -> None:
    assert server.services.steering is not None
    assert server.services.pairs is not None
    join_pairs(server.services.steering.bulk, server.services.pairs)
    street.status(NORTH)
    street.status(SOUTH)
    ola = page_of(server, open_browser, "ola", Grants({"drammen": Role.TECHNICIAN}), "/approvals")
    expect(ola.get_by_text("Nothing waits for a second person.")).to_be_visible()

    page = enter("/commands")
    expect(page.get_by_text("Signs: 2, at crossings: 1. Online now: 2.")).to_be_visible()
    page.get_by_label("For (0 ends it)").fill("999")
    expect(page.get_by_text("Allowed: 0..240")).to_be_visible()
    page.get_by_role("button", name="Look what it would do").click()
    expect(page.get_by_text("mute is 999; allowed: 0..240 min")).to_be_visible()
    page.get_by_label("For (0 ends it)").fill("20")
    page.get_by_role("button", name="Look what it would do").click()
    expect(page.get_by_text("The lamps stay dark for 20 min")).to_be_visible()
    page.get_by_role("button", name="Tell 2 signs").click()
    waits = page.get_by_text("it waits for a second person under number")
    expect(waits).to_be_visible()
    number = waits.inner_text().rstrip(".").rpartition(" ")[2]
    page.goto(f"{server.url}/approvals")
    expect(page.get_by_text("You have asked for this: another person decides.")).to_be_visible()

    expect(ola.get_by_text("It reaches 2 signs at 1 crossings in drammen.")).to_be_visible()
    ola.get_by_role("button", name="Approve").click()
    ola.locator(".q-dialog").get_by_role("button", name="Approve").click()
    expect(ola.get_by_role("cell", name=re.compile("command: [0-9]+, signs: 2"))).to_be_visible()

    page.goto(f"{server.url}/audit?action=pair.*&subject=approval:{number}")
    expect(page.locator(".audit summary").first).to_contain_text("pair.complete")
    approved = page.locator(".audit li").filter(has_text="pair.approve")
    approved.locator("summary").click()
    expect(approved.locator("del")).to_contain_text(["asked"])
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["action"] for line in lines} >= {"pair.ask", "pair.approve", "pair.complete"}
    page.goto(f"{server.url}/audit?since=yesterday")
    expect(page.get_by_role("alert")).to_contain_text("since is 'yesterday'; allowed: a day, as 2026-05-04")
