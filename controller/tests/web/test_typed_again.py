"""What was typed is there again after a page had to be made anew, as a person sees it in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from nicegui import Client, ui
from playwright.sync_api import Page, expect

from gangvakt.api.auth import FIRST_USER
from gangvakt.web.typed_again import put_back

from .support import PASSWORD, PageServer, Watch

TEMPLATE = "/config/drammen/template"
KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('gangvakt'))"
AWAY = ("ERR_INTERNET_DISCONNECTED", "WebSocket connection")


def forget_pages(server: PageServer) -> None:
    """As a controller that has started again, or waited for too long, knows none."""

    def forget() -> None:
        for client in list(Client.instances.values()):
            client.delete()

    server.feed(forget)


def fill_in(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("school-road")
    for name, value in (("winter_lead_ms", "7000"), ("pole_sync", None)):
        page.get_by_label("Set another field").fill(name)
        page.get_by_role("option", name=re.compile(f"^{name} –")).click()
        if value is not None:
            expect(page.get_by_label(name, exact=True)).to_be_focused()  # else it takes the focus later
            page.get_by_label(name, exact=True).fill(value)


def expect_all_back(page: Page) -> None:
    expect(page.get_by_text("What you had typed is back")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("school-road")
    expect(page.get_by_label("winter_lead_ms", exact=True)).to_have_value("7001")
    expect(page.get_by_label("pole_sync", exact=True)).to_be_visible()


def test_what_was_typed_outlives_connection_page_session_and_what_another_saves(
    server: PageServer, enter: Callable[..., Page], watch: Watch
) -> None:
    watch.allow(*AWAY)
    page = enter(TEMPLATE)
    fill_in(page)
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    expect(page.get_by_role("alert")).to_contain_text("No connection to the controller")
    page.get_by_label("winter_lead_ms", exact=True).fill("7001")
    forget_pages(server)
    page.context.set_offline(False)
    expect_all_back(page)

    server.ask(server.auth.end(page.context.cookies()[0]["value"]))
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_label("User").fill(FIRST_USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect_all_back(page)

    templates = server.services.steering.templates  # type: ignore[union-attr]
    theirs = {"dim_pct": 60}
    server.ask(templates.put_template("drammen", "school-road", theirs, "ola"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".theirs")).to_contain_text("ola changed it at")
    expect(page.locator(".theirs")).to_contain_text("dim_pct: – → 60 %")
    expect(page.get_by_label("winter_lead_ms", exact=True)).to_have_value("7001")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/config?municipality=drammen")
    held = server.ask(templates.template("drammen", "school-road"))
    assert held.values["winter_lead_ms"] == 7001
    page.goto(server.url + TEMPLATE)
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    assert page.evaluate(KEPT) == []
    page.get_by_label("Name", exact=True).fill("half-typed")
    page.wait_for_function(f"({KEPT}).length == 1")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_only_what_a_field_can_hold_is_put_back_and_nothing_secret(server: PageServer) -> None:
    told = [
        ["Name", 0, "school-road"],
        ["Name", 1, "the second of that name"],
        ["Lead", 0, "4500"],
        ["Lead", 0, "many"],
        ["Role", 0, {"value": 7, "label": "viewer"}],
        ["Role", 0, {"value": 0, "label": "emperor"}],
        ["Places", 0, [{"value": 1, "label": "lier"}]],
        ["Skip", 0, True],
        ["Password", 0, "secret"],
        ["Name", "0", "no number"],
        ["Name", 0, {"no": "text"}],
        "no field",
    ]

    async def page_with_fields() -> tuple[list[int], int, list[object]]:
        with Client(ui.page("/typed-again")) as client:
            fields = [
                ui.input("Name"),
                ui.number("Lead", value=4000),
                ui.select({"v": "viewer", "o": "operator"}, label="Role", value="o"),
                ui.select(["drammen", "lier"], label="Places", multiple=True, value=[]),
                ui.checkbox("Skip"),
                ui.input("Password", password=True),
            ]
            missing, changed = put_back(client, told)
        held = [one.value for one in fields]
        client.delete()
        return missing, changed, held

    missing, changed, held = server.ask(page_with_fields())
    assert held == ["school-road", 4500, "v", ["lier"], True, ""]
    assert (missing, changed) == ([1, 3, 5, 8, 9, 10, 11], 5)
