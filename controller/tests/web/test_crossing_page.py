"""The page of a crossing, as somebody in the traffic office uses it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from starlette.exceptions import HTTPException

from gangvakt.api.rights import least_role_of_verb, require_role
from gangvakt.fleet import ReportedConfig, SignId
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.roles import Grants, Role
from gangvakt.ingest.looks import parse_look
from gangvakt.provision.file_wire import NoteIn, SiteFileIn
from gangvakt.provision.site_config import schema_hash
from gangvakt.store import Work
from gangvakt.web.controls import Doing
from gangvakt.web.crossing import watch_states
from gangvakt.web.crossing.live import live_poles
from gangvakt.web.planning.month import ZONE
from gangvakt.web.texts import Texts

from ..office import a_request, a_site  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..wire import a_look  # noqa: TID252
from .support import NORTH, SOUTH, STREET, PageServer, Street
from .test_planning_pages import PHONE, an_event

PERIODS_MS = "one => one.getAnimations({ subtree: true }).map(each => each.effect.getTiming().duration)"
WALK = Path(__file__).with_name("walk.gvfr")


@pytest.fixture
def crossing(server: PageServer, street: Street) -> PageServer:
    """Storgata with both its poles, one of them faulty, and a busy yesterday."""
    registry, services = server.services.registry, server.services
    server.ask(registry.sites.add(a_site(STREET)))
    server.ask(registry.site_files.put(STREET, SiteFileIn(street="Storgata", speed_limit_kmh=30)))
    street.status(NORTH)
    street.status(SOUTH, on=True)
    assert services.patrol is not None
    silent = Condition("radar_silent", str(NORTH))
    server.ask(services.patrol.alarms.report("test", {silent}))
    server.ask(server.store.journal.write(Work(tuple(yesterday()))))
    return server


def yesterday() -> list[object]:
    day = datetime.now(ZONE).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    return [
        an_event(
            NORTH, "activation_on", int(day.replace(hour=8, minute=n).timestamp() * 1000), n, {"track": 1}
        )
        for n in range(6)
    ]


def test_a_crossing_shows_its_poles_its_alarms_and_how_many_people_came(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    crossing.ask(rolled_up(crossing))
    page = enter("/crossing/drammen/storgata")
    expect(page.get_by_role("heading", name="Storgata", exact=True)).to_be_visible()
    expect(page.locator(".card", has_text="south")).to_contain_text("Flashing")
    expect(page.get_by_role("link", name="The radar says nothing")).to_be_visible()
    expect(page.get_by_role("heading", name="Yesterday: 6")).to_be_visible()
    expect(page.get_by_role("list", name="Yesterday").get_by_text("08: 6.0")).to_be_attached()

    phone = enter("/crossing/drammen/storgata", **PHONE)
    expect(phone.get_by_role("heading", name="I går: 6")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def rolled_up(server: PageServer) -> None:
    from gangvakt.store.rollups import roll_up

    async with server.store.exclusive() as connection:
        while await roll_up(connection):
            pass


def test_lamps_flash_in_a_sites_own_pattern_unless_the_reader_wants_no_motion(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    own = {"user_pattern": "300:1:0 500:0:1"}
    crossing.feed(crossing.fleet.put_config, SOUTH, ReportedConfig(1, schema_hash(), own, ()), 1)
    state = crossing.fleet.sign(SOUTH)
    assert state is not None
    assert state.status is not None
    lamps = replace(state.status.lamps, pattern="user", dim_pct=80)
    crossing.feed(crossing.fleet.put_status, SOUTH, replace(state.status, lamps=lamps), 1)
    page = enter("/crossing/drammen/storgata")
    expect(page.locator(".card", has_text="The site's own, 80 %")).to_contain_text("Flashing")
    shown = page.locator(f'.card[data-sign="{SOUTH}"] .lamps')
    assert shown.evaluate(PERIODS_MS) == [800, 800]
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_function(f"one => !({PERIODS_MS})(one).length", arg=shown.element_handle())


def test_who_darkens_signs_is_told_how_many_and_each_answer_is_shown(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter("/crossing/drammen/storgata")
    page.get_by_label("What", exact=True).click()
    page.get_by_role("option", name="Mute").click()
    page.get_by_label("For how long").fill("500")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("1..240 min")).to_be_visible()

    page.get_by_label("For how long").fill("15")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Keep 2 signs dark for 15 min?")).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    answers = page.get_by_role("status").get_by_role("listitem")
    expect(answers).to_have_count(2)
    expect(answers.first).to_contain_text("north: ")
    expect(answers.first).to_contain_text("did not answer")  # in this test no sign can be reached


def test_what_the_poles_see_is_shown_for_a_minute(
    crossing: PageServer, enter: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_states, "MISSED_S", 600.0)  # this computer may be busy
    kerb = {"kerb_b_x_mm": 4000, "crossing_width_mm": 6500}
    for sign in (NORTH, SOUTH):
        crossing.feed(crossing.fleet.put_config, sign, ReportedConfig(1, schema_hash(), kerb, ()), 1)
    page = enter("/crossing/drammen/storgata")
    page.get_by_role("button", name="Show what the signs see (1 minute)").click()
    north, south = (page.locator(f'.live-pole[data-sign="{sign}"]') for sign in (NORTH, SOUTH))
    expect(north).to_contain_text("The sign does not answer.")  # in this test no sign can be reached
    see(crossing, NORTH, (7, 1_700, -1_500, 100, 1_200, 1), (8, 3_400, -4_000, -900, 0, 1))
    see(crossing, SOUTH, reason=0, flags=0)
    expect(north.get_by_role("status")).to_have_text(
        "Warns: person heading for the kerb, 1.1 s before the kerb · Followed: 2"
    )
    expect(north.get_by_role("listitem")).to_have_text(
        [
            "#7 stepping out 1.5 m before the kerb, 1.2 m/s",
            "#8 not heading for the road 4.0 m before the kerb, 0.9 m/s",
        ]
    )
    expect(north.locator(".state")).to_have_text("Flashing")
    expect(north.locator(".live-left")).to_contain_text("s left")
    expect(south.get_by_role("status")).to_have_text("Nobody there.")
    see(crossing, NORTH, left_s=0)
    expect(north.get_by_role("status")).to_have_text("The minute is over. Once more?")
    expect(page.get_by_role("button", name="Show another minute")).to_be_visible()
    monkeypatch.setattr(watch_states, "MISSED_S", 0.0)
    expect(south).to_contain_text("The sign does not answer.")


def test_who_may_not_command_signs_is_not_offered_to_watch_them(crossing: PageServer) -> None:
    doing = Doing(crossing.services, Texts("en"), "")
    for granted in (Grants({"drammen": Role.VIEWER}), Grants({"lier": Role.ADMINISTRATOR})):
        assert live_poles(doing, SimpleNamespace(granted=granted), crossing.fleet, STREET) is None  # type: ignore[arg-type]
        with pytest.raises(HTTPException):
            require_role(granted, least_role_of_verb("watch"), "drammen")


def see(server: PageServer, sign: SignId, *tracks: tuple[int, ...], **told: int) -> None:
    look = parse_look(a_look(*tracks, **told), int(server.clock_s * 1000))
    server.feed(server.fleet.put_look, sign, look)


def test_a_recording_is_replayed_by_the_firmware_and_looked_at(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    folder = crossing.folder / "recordings" / str(NORTH)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(WALK, folder / "00003-00012-00007.gvfr")
    page = enter("/crossing/drammen/storgata")
    page.get_by_role("link", name="north · ").click()
    expect(page.get_by_text("just as the sign did, bit for bit")).to_be_visible()
    state = page.locator(".replay-state")
    expect(state).to_contain_text("Dark")
    page.locator(".decisions").get_by_role("button").first.click()
    expect(state).to_contain_text("Flashing")
    expect(state).to_contain_text("People: 1")
    expect(state).to_contain_text("person heading for the kerb")
    page.get_by_label("A tenth of a second back").click()
    expect(state).to_contain_text("Dark")
    page.get_by_label("Moment").press("ArrowRight")
    page.get_by_role("button", name="Play").click()
    expect(state).to_contain_text("Flashing")
    page.get_by_role("button", name="Pause").click()
    (folder / "00003-00012-00008.gvfr").write_bytes(b"no recording")
    page.goto(page.url.replace("00007", "00008"))
    expect(page.get_by_text("This recording cannot be shown.")).to_be_visible()


def test_a_zone_is_drawn_tried_on_recordings_and_applied(
    crossing: PageServer, enter: Callable[..., Page]
) -> None:
    folder = crossing.folder / "recordings" / str(NORTH)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(WALK, folder / "00003-00012-00007.gvfr")
    kerb = {"kerb_a_x_mm": 170, "kerb_a_y_mm": 880, "kerb_b_x_mm": -2730, "kerb_b_y_mm": 3780}
    crossing.feed(crossing.fleet.put_config, NORTH, ReportedConfig(1, schema_hash(), kerb, ()), 1)
    page = enter("/crossing/drammen/storgata")
    page.get_by_role("link", name="Zone of north").click()
    end = page.get_by_role("slider", name="Kerb, second end")
    end.focus()
    for _ in range(3):
        end.press("Shift+ArrowLeft")
    expect(page.get_by_role("row", name="kerb_b_x_mm")).to_contain_text("-5730")
    page.get_by_role("button", name="Try on recordings").click()
    expect(page.get_by_text("1 recordings: 1 activations before")).to_be_visible(timeout=30_000)

    other = enter(page.url.removeprefix(crossing.url))
    other.get_by_label("x", exact=False).first.wait_for()
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Sent as version 2.")).to_be_visible()
    other.get_by_role("slider", name="Sensor").press("ArrowUp")
    other.get_by_role("button", name="Apply").click()
    other.get_by_role("button", name="Yes").click()
    expect(other.locator(".theirs")).to_contain_text("kerb_b_x_mm: -2730 → -5730")


def test_a_note_is_written_and_read(server: PageServer, enter: Callable[..., Page]) -> None:
    registry = server.services.registry
    server.ask(registry.sites.add(a_site(STREET)))
    sign = server.ask(registry.signs.begin(a_request(site=STREET))).id
    server.ask(registry.sign_files.note(sign, NoteIn(text="Key at the school"), "kari"))
    server.feed(server.fleet.put_offline, sign, 1)
    page = enter("/crossing/drammen/storgata", color_scheme="dark")
    expect(page.get_by_text("Key at the school")).to_be_visible()
    page.get_by_label("New note").fill("Ladder needed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ladder needed")).to_be_visible()


def test_a_crossing_that_is_not_there_leads_back(server: PageServer, enter: Callable[..., Page]) -> None:
    page = enter("/crossing/drammen/nowhere")
    expect(page.get_by_text("There is no crossing called drammen/nowhere.")).to_be_visible()
    page.get_by_role("link", name="Overview").last.click()
    expect(page).to_have_url(f"{server.url}/")
