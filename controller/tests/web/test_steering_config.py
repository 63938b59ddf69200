"""Configurations as a person changes them in the browser, of light signs over a real broker."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import SignId
from gangvakt.provision.site_config import field_rules
from gangvakt.web.texts.config_fields import NORWEGIAN_HELP

from ..support import Keys, eventually  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..test_config_probation import DEAF, LightSign  # noqa: TID252
from .street import a_broker
from .support import PageServer

NAMES = [SignId("drammen", site, sign) for site in ("bragernes", "storgata") for sign in ("north", "south")]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@asynccontextmanager
async def a_town(server: PageServer, keys: Keys, folder: Path) -> AsyncIterator[list[LightSign]]:
    """Signs that are connected and have reported what they run with."""
    async with a_broker(server, keys, folder, NAMES) as port:
        signs = [LightSign(name, keys, port) for name in NAMES]
        tasks = [asyncio.ensure_future(sign.live()) for sign in signs]
        await eventually(lambda: sum(one.config is not None for one in server.fleet.signs()) == len(signs))
        try:
            yield signs
        finally:
            await end_tasks(tasks)


def set_field(page: Page, name: str, value: str) -> None:
    """Adds a field to the editor, and fills it in."""
    page.get_by_label("Set another field").fill(name)
    page.get_by_role("option", name=re.compile(f"^{name} –")).click()
    page.get_by_label(name, exact=True).fill(value)


def test_a_value_is_refused_at_its_field_applied_reported_by_the_sign_and_taken_back(
    server: PageServer, enter: Callable[..., Page], keys: Keys, tmp_path: Path
) -> None:
    with server.during(a_town(server, keys, tmp_path)) as signs:
        page = enter("/config")
        page.get_by_role("link", name="storgata/north").click()
        set_field(page, "lead_ms", "99")
        expect(page.get_by_text("Allowed: 500..10000", exact=True)).to_be_visible()
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text("lead_ms is 99; allowed: 500..10000")).to_be_visible()
        page.get_by_label("lead_ms", exact=True).fill("5000")
        page.get_by_role("button", name="Dry run").click()
        expect(page.get_by_text("There is no recording of the last week")).to_be_visible()
        page.get_by_role("button", name="Apply").click()
        question = page.locator(".q-dialog")
        expect(question.get_by_text("lead_ms: 4000 ms → 5000 ms")).to_be_visible()
        question.get_by_role("button", name="Apply").click()
        expect(page.locator(".summary")).to_contain_text("Wanted: version 2. Reported: version 2.")
        expect(page.locator(".summary")).to_contain_text("in force")
        assert signs[2].values == {"lead_ms": 5000}
        expect(page.get_by_role("row", name="lead_ms 5000 ms the sign itself 5000 ms")).to_be_visible()

        server.ask(server.services.orders.configs.want(NAMES[2], {"lead_ms": 6000}, "ola"))
        page.get_by_label("lead_ms", exact=True).fill("7000")
        page.get_by_role("button", name="Apply").click()
        question.get_by_role("button", name="Apply").click()
        theirs = page.locator(".theirs")
        expect(theirs).to_contain_text("ola changed it at")
        expect(theirs).to_contain_text("lead_ms: 5000 ms → 6000 ms")
        page.keyboard.press("Escape")
        expect(question).to_have_count(0)
        expect(page.get_by_label("lead_ms", exact=True)).to_have_value("7000")
        # The history is drawn anew when the sign reports: a button that is pressed before is gone by then.
        expect(page.locator(".summary")).to_contain_text("Wanted: version 3. Reported: version 3.")
        page.get_by_role("button", name="Back to this").first.click()
        question.get_by_role("button", name="Back to this").click()
        expect(page.locator(".summary")).to_contain_text("Wanted: version 4. Reported: version 4.")
        assert signs[2].values == {"lead_ms": 5000}


def test_a_template_reaches_a_group_by_a_plan_and_a_bad_one_stops_by_itself_and_is_rolled_back(
    server: PageServer, enter: Callable[..., Page], keys: Keys, tmp_path: Path
) -> None:
    with server.during(a_town(server, keys, tmp_path)) as signs:
        page = enter("/config")
        page.get_by_role("link", name="New template").click()
        page.get_by_label("Name").fill("school-road")
        set_field(page, "winter_lead_ms", "7000")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="New group").click()
        page.get_by_label("Name").fill("schools")
        for label, option in (("Crossings", "storgata"), ("Templates", "school-road")):
            page.get_by_label(label, exact=True).click()
            page.get_by_role("option", name=option).click()
            page.keyboard.press("Escape")
        expect(page.get_by_text("Signs in it now: 2")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("cell", name="schools")).to_be_visible()

        page.get_by_role("link", name="New plan").click()
        page.get_by_label("Title").fill("Channel")
        set_field(page, "pole_channel", str(DEAF))
        expect(page.get_by_text("It reaches 4 signs, in stages of 2 + 2.")).to_be_visible()
        page.get_by_label("Signs of the first stage").fill("1")
        expect(page.get_by_text("It reaches 4 signs, in stages of 1 + 3.")).to_be_visible()
        page.get_by_role("button", name="Keep as a draft").click()
        page.get_by_role("button", name="Apply to signs").click()
        question = page.locator(".q-dialog")
        expect(question.get_by_text("Only 1 of them at first")).to_be_visible()
        question.get_by_role("button", name="Apply to signs").click()
        expect(page.get_by_role("alert")).to_contain_text("no broker")
        expect(page.locator(".groups")).to_contain_text("1 lost it")
        assert sum(bool(sign.tried) for sign in signs) == 1
        page.get_by_role("button", name="Roll back").click()
        expect(question.get_by_text("1 signs get again what they had")).to_be_visible()
        question.get_by_role("button", name="Roll back").click()
        expect(page.locator(".summary")).to_contain_text("Rolled back")


def test_every_field_of_the_firmwares_table_has_norwegian_words() -> None:
    assert set(NORWEGIAN_HELP) == set(field_rules())
