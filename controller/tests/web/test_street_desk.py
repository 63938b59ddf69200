"""The buttons of a simulated street: people, faults, what becomes of them, and where there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from gangvakt.clock import utc_ms
from gangvakt.fleet import SiteId, World
from gangvakt.fleet.scene import OrderFate, SceneFault

from .support import STREET, PageServer, Street

PATH = f"/street/{STREET}"


class Simulator:
    """Answers orders as the real one does: by its next world."""

    def __init__(self, server: PageServer) -> None:
        self._server = server
        self.told: list[dict[str, object]] = []
        self.refuses = False

    async def send(self, site: SiteId, message: bytes) -> bool:
        told = json.loads(message)
        self.told.append(told)
        fate = OrderFate(
            told["id"], not self.refuses, *(("people", "8", "at most 8") if self.refuses else ())
        )
        faults = (SceneFault("north", "ap-gone", 19),) if told["order"] == "fault" else ()
        world = World(site, 100.0 + len(self.told), (), {}, utc_ms(), faults, fate)
        self._server.fleet.put_world(world)
        return True


@pytest.fixture
def simulator(server: PageServer, street: Street, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    street.scene()
    scene = server.fleet.scene(STREET)
    assert scene is not None
    server.feed(server.fleet.put_scene, replace(scene, faults=("ap-gone", "feeder-off", "radar-silent")))
    simulator = Simulator(server)
    assert server.services.streets is not None
    monkeypatch.setattr(server.services.streets, "_send", simulator.send)
    return simulator


def test_somebody_is_sent_and_the_network_cut_and_mended(
    simulator: Simulator, street: Street, enter: Callable[..., Page]
) -> None:
    page = enter(PATH)
    street.world(1.0)
    page.get_by_role("button", name="Let somebody walk").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    north = page.get_by_role("group", name="Sign north")
    north.get_by_role("button", name="Cut the network").click()
    expect(north.get_by_text("network cut 19 s")).to_be_visible()
    north.get_by_role("button", name="Mend all").click()
    expect(north.get_by_text("network cut 19 s")).to_have_count(0)
    simulator.refuses = True
    page.get_by_role("button", name="Let somebody run").click()
    expect(page.get_by_role("alert").filter(has_text="at most eight")).to_be_visible()
    assert [told["order"] for told in simulator.told] == ["walk", "fault", "mend", "run"]


def test_a_street_that_takes_no_orders_has_no_buttons_and_an_old_label_still_leads_on(
    street: Street, enter: Callable[..., Page]
) -> None:
    street.scene()
    page = enter(PATH)
    street.world(1.0)
    expect(page.locator(".street canvas")).to_be_visible()
    expect(page.locator(".street-desk")).to_have_count(0)
    page.goto(f"{page.url}?sign=north")
    assert page.url.endswith(f"/job/{STREET}/north")
