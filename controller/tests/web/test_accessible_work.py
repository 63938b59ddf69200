"""Pages for work, the public one and the buttons of a street have nothing that axe-core calls serious."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from gangvakt.fleet.alarm import Condition
from gangvakt.provision.public_wire import FaultReportIn, PublicPageIn

from ..office import SITE, a_site  # noqa: TID252 (there is no absolute name for the tests' own modules)
from .support import NORTH, STREET, PageServer, Street

Axe = Callable[[Page], list[str]]
REPORT = FaultReportIn(kind="dark", text="no light", contact="91 23 45 67", sign="north")


@pytest.fixture
def town(server: PageServer, street: Street) -> None:
    """One of everything."""
    services = server.services
    assert services.patrol is not None
    assert services.fault_reports is not None
    server.ask(services.patrol.restore())
    server.ask(services.registry.sites.add(a_site(SITE)))
    server.ask(services.registry.public_pages.put_municipality("drammen", PublicPageIn(is_open=True)))
    server.ask(services.patrol.alarms.report("test", {Condition("radar_silent", str(NORTH))}))
    server.ask(services.fault_reports.take(SITE, REPORT))
    street.status(NORTH)
    street.scene()
    scene = services.fleet.scene(STREET)
    assert scene is not None
    server.feed(server.fleet.put_scene, replace(scene, faults=("ap-gone",)))


def places(page: Page, url: str) -> Iterator[str]:
    """Each page, with what opens on it."""
    page.goto(f"{url}/alarms")
    page.get_by_label("Choose all that are shown").check()
    page.get_by_role("button", name="Assign").click()
    yield "queue"
    page.get_by_role("link", name="The radar says nothing").click()
    page.get_by_role("button", name="Suspend").click()
    yield "alarm"
    page.goto(f"{url}/alarms?search=storgata&priority=2")
    page.get_by_role("link", name="Somebody in the street").click()
    page.get_by_role("button", name="It is dealt with").wait_for()
    yield "alarm of a report"
    page.goto(f"{url}/job")
    page.get_by_label("Name of the sign").fill("north")
    page.get_by_role("link", name="north").wait_for()
    yield "finder"
    page.goto(f"{url}/job/{NORTH}")
    for part in page.locator(".job-part > h2 button").all():
        part.click()
        yield f"job, {part.inner_text()}"
    page.goto(f"{url}/street/{STREET}")
    page.locator(".street-desk").wait_for()
    yield "street"
    page.goto(f"{url}/public/{SITE}")
    yield "public"


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_work(server: PageServer, enter: Callable[..., Page], axe: Axe, scheme: str) -> None:
    page = enter("/account", color_scheme=scheme)
    found = [f"{place}: {line}" for place in places(page, server.url) for line in axe(page)]
    assert not found, "\n".join(found)
