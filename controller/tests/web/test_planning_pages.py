"""Planning sheets and reports, in the browser, as PDF and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from gangvakt.fleet import EventKey, SignId, SiteId
from gangvakt.provision.file_wire import MunicipalityIn, SiteFileIn
from gangvakt.store import NewEvent, Work
from gangvakt.web.planning.month import ZONE

from ..office import a_site  # noqa: TID252 (there is no absolute name for the tests' own modules)
from .support import PageServer, Watch

SITE = SiteId("drammen", "storgata")
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "nb-NO", "color_scheme": "dark"}


@pytest.fixture
def crossing(server: PageServer) -> PageServer:
    """Storgata, 30 km/h, with a week of people on their way to school in March."""
    registry = server.services.registry
    server.ask(registry.sites.add(a_site(SITE)))
    server.ask(registry.site_files.put_municipality("drammen", MunicipalityIn(title="Drammen kommune")))
    server.ask(registry.site_files.put(SITE, SiteFileIn(street="Storgata", speed_limit_kmh=30)))
    server.ask(server.store.journal.write(Work(tuple(school_week()))))
    return server


def school_week() -> list[NewEvent]:
    """Mondays to Fridays, five people at 7 and two at 15 o'clock."""
    events = []
    for day in range(2, 7):
        for hour, people in ((7, 5), (15, 2)):
            for minute in range(people):
                at_ms = int(datetime(2026, 3, day, hour, minute * 2, tzinfo=ZONE).timestamp() * 1000)
                told = {"reason": "approach", "track": 1, "t_kerb_ms": 2000 + 500 * minute, "range_mm": 4000}
                events.append(an_event(SITE.sign("north"), "activation_on", at_ms, len(events), told))
        for hour in range(24):
            at_ms = int(datetime(2026, 3, day, hour, tzinfo=ZONE).timestamp() * 1000)
            told = {"period_s": 3600, "from_kmh": 0, "counts": f"0 0 0 0 1 8 {hour} 1 0"}
            events.append(an_event(SITE.sign("north"), "vehicles", at_ms, len(events), told))
    return events


def an_event(sign: SignId, kind: str, at_ms: int, seq: int, told: dict[str, object]) -> NewEvent:
    return NewEvent(EventKey(sign, "9f3ac01b", 1, seq + 1), kind, at_ms, "utc", 1, at_ms, told)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_planner_sees_where_the_lead_does_not_suffice(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter("/planning")
    page.get_by_role("link", name="Storgata").first.click()
    row = page.get_by_role("row", name="Wet")
    expect(row).to_contain_text("Suffices")
    speed = page.get_by_label("Speed limit")
    speed.fill("60")
    speed.press("Tab")
    expect(row).to_contain_text("Too short")
    expect(page.get_by_text("Too short on: wet, snow")).to_be_visible()
    page.reload()  # what was worked out stands in the address
    expect(page.get_by_label("Speed limit")).to_have_value("60")

    page.get_by_label("Speed limit").fill("600")
    expect(page.get_by_role("alert")).to_contain_text("600")
    expect(page.get_by_role("alert")).to_contain_text("20..90")


def test_the_sheet_is_a_pdf_for_the_road_authority(crossing: PageServer, enter: Callable[..., Page]) -> None:
    page, path = enter("/planning"), f"{crossing.url}/planning/drammen/storgata.pdf"
    answer = page.request.get(f"{path}?speed=50&sensor=C4001", headers={"accept-language": "nb"})
    said = text_of(answer.body())
    for part in ("Planleggingsark", "Drammen kommune", "50 km/t", "C4001, 25 m", "Bilene står i tide"):
        assert part in said, said
    refused = page.request.get(f"{path}?sensor=eyes")
    assert refused.status == 422
    assert "LD2450" in refused.text()


def test_a_month_is_read_printed_and_put_into_a_spreadsheet(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter("/reports/drammen/storgata/2026-03")
    expect(page.locator("dd").get_by_text("35", exact=True)).to_have_count(2)  # people, activations
    expect(page.get_by_text("people on 2.3. 07–08")).to_be_visible()
    expect(page.get_by_role("row", name="85-percentile of the speed")).to_contain_text("34 km/h")
    expect(page.get_by_text("85 % drive at most 34")).to_be_visible()
    pdf = text_of(page.request.get(f"{page.url}.pdf").body())
    assert "Month's report: March 2026" in pdf
    assert "85 % drive at most 34" in pdf
    rows = csv.DictReader(page.request.get(f"{page.url}.csv").body().decode("utf-8-sig").splitlines())
    figures = {row["figure"]: row["value"] for row in rows}
    assert (figures["people"], figures["peak_hour"], figures["peak_hour_people"]) == (
        "35",
        "2026-03-02T07",
        "5",
    )
    assert (figures["vehicles"], figures["vehicles_from_25_kmh"], figures["speed_limit_kmh"]) == (
        "2580",
        "960",
        "30",
    )
    assert float(figures["p85_speed_kmh"]) == pytest.approx(30 + 5 * (0.85 * 2580 - 1080) / 1380, abs=0.01)
    page.get_by_role("link", name="February 2026").click()
    expect(page.get_by_role("heading", name="February 2026")).to_be_visible()

    phone = enter("/reports/drammen/storgata/2026-03", **PHONE)
    expect(phone.get_by_role("heading", name="mars 2026")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_council_and_a_neighbour_get_their_answers(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter("/council/drammen/2026-03")
    expect(page.get_by_role("row", name="Together")).to_contain_text("35")
    pdf = text_of(page.request.get(f"{page.url}.pdf").body())
    assert "For the council, March 2026" in pdf
    page.goto(f"{crossing.url}/compare/drammen/storgata/2026-02/2026-03")
    expect(page.get_by_role("row", name="People 0")).to_contain_text("35")
    page.goto(f"{crossing.url}/case/drammen/storgata")
    page.get_by_label("Moment").fill("2026-03-02T07:10")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("02.03. 07:00 · north · Activated: person heading for the kerb")).to_be_visible()
    expect(page.get_by_text("They were never changed.")).to_be_visible()
    page.goto(f"{crossing.url}/case/drammen/storgata?at=yesterday")
    expect(page.get_by_role("alert")).to_contain_text("a moment as 2026-03-02T02:14")


def test_what_is_not_there_says_so(server: PageServer, enter: Callable[..., Page], watch: Watch) -> None:
    watch.allow("404")
    page = enter("/planning")
    expect(page.get_by_text("There is no crossing yet.")).to_be_visible()
    page.goto(f"{server.url}/reports/drammen/nowhere/2026-03")
    expect(page.get_by_text("There is no crossing called drammen/nowhere.")).to_be_visible()
    assert page.request.get(f"{server.url}/reports/drammen/nowhere/2026-03.pdf").status == 404
