"""A rollout as a person steers it in the browser, to light signs over a real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gangvakt.fleet import SignId
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys

from ..rollout_street import NEW, OLD, WORD, Street, a_street, an_update  # noqa: TID252
from ..support import Keys  # noqa: TID252
from .street import a_broker
from .support import PageServer, Watch

SIGNS = [SignId("drammen", f"x{at}", sign) for at in range(3) for sign in ("north", "south")]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def updates(server: PageServer, tmp_path: Path) -> dict[str, Path]:
    """Files as `gangvakt firmware build` writes them; the older one may replace the newer."""
    update_keys = UpdateKeys(server.folder / "update-keys")
    if not update_keys.exist:
        update_keys.create(WORD)

    def written(update: UpdateFile) -> Path:
        path = tmp_path / f"{update.manifest.version}.gvu"
        path.write_bytes(update.content)
        return path

    made = (an_update(update_keys, NEW), an_update(update_keys, OLD, replaces=1_005_000))
    return {update.manifest.version: written(update) for update in made}


@asynccontextmanager
async def streets(server: PageServer, keys: Keys, folder: Path, bad: list[SignId]) -> AsyncIterator[Street]:
    async with a_broker(server, keys, folder, SIGNS) as port, a_street(keys, port, SIGNS, bad) as street:
        yield street


def test_a_rollout_is_planned_started_pauses_by_itself_goes_on_and_is_rolled_back(
    server: PageServer,
    enter: Callable[..., Page],
    keys: Keys,
    updates: dict[str, Path],
    tmp_path: Path,
) -> None:
    page = enter("/rollouts")
    expect(page.get_by_text("Nothing was rolled out yet.")).to_be_visible()
    with server.during(streets(server, keys, tmp_path, bad=[SIGNS[4]])) as street:
        page.get_by_role("link", name="New rollout").click()
        page.get_by_label("Title").fill("Winter")
        page.get_by_role("button", name="Keep as a draft").click()
        expect(page.get_by_text("Allowed: one for each board", exact=True)).to_be_visible()
        for path in updates.values():
            page.locator("input[type=file]").set_input_files(path)
            expect(page.get_by_text(f"Taken: {path.stem}")).to_be_visible()
        choose(page, "Municipalities and crossings", "drammen (6 signs)")
        page.get_by_label("Watch each group for").fill("0")
        page.get_by_label("Go on at confirmed signs").fill("0")
        page.get_by_label("Group", exact=True).nth(0).fill("canary=drammen/x2")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("6 signs at 3 crossings would get it")).to_be_visible()
        page.get_by_role("button", name="Keep as a draft").click()

        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("6 signs at 3 crossings are offered version 1.5.0")).to_be_visible()
        page.locator(".q-dialog").get_by_role("button", name="Start").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "It paused by itself: in the group “canary”, 1 of 2"
        )

        page.get_by_role("button", name="Resume").click()
        page.get_by_label("Why").fill("seen; a loose radar")
        page.locator(".q-dialog").get_by_role("button", name="Resume").click()
        expect(page.locator(".summary")).to_contain_text("Done")
        assert street.count(NEW) == 4
        page.get_by_role("button", name="Roll back").click()
        expect(page.get_by_text("4 signs have version 1.5.0")).to_be_visible()
        choose(page, "Go back to", "1.4.0")
        page.locator(".q-dialog").get_by_role("button", name="Roll back").click()
        expect(page.locator(".summary")).to_contain_text("Rolled back")
        assert street.versions() == {OLD}
        assert street.wrong == []
    expect(page.get_by_text("seen; a loose radar").first).to_be_visible()
    page.get_by_text("What may follow what").click()
    expect(page.locator(".machine svg .here")).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    """In a field with several choices."""
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")


def test_a_rollout_that_is_not_there_and_one_of_another_municipality_are_answered_by_a_page(
    server: PageServer, enter: Callable[..., Page], watch: Watch
) -> None:
    page = enter("/rollouts/77")
    expect(page.get_by_role("alert")).to_contain_text("There is no Rollout 77")
    page.goto(f"{server.url}/rollouts/x")
    expect(page.get_by_role("alert")).to_contain_text("There is no Rollout x")
