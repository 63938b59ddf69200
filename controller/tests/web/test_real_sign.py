"""A sign with the real firmware on the real interpreter, a real broker, and the pages in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hil_tests.conftest import WIFI
from hil_tests.rig import VirtualRig, wait_until
from hil_tests.walks import CONFIG, Radar, to_the_kerb
from playwright.sync_api import Page, expect

from gangvakt.provision.board import load_board
from gangvakt.provision.identity import make_identity

from ..office import a_site  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..support import Keys  # noqa: TID252
from .street import a_broker
from .support import NORTH, STREET, PageServer
from .test_technician_pages import PHONE, part

ONLINE_S = 60
SOON_MS = 30_000
MINUTE_MS = 75_000


@pytest.fixture
def radar(server: PageServer, tmp_path: Path) -> Iterator[Radar]:
    """The street before the sign of Storgata's north pole, which is online."""
    server.ask(server.services.registry.sites.add(a_site(STREET)))
    keys, rig = Keys(tmp_path), VirtualRig(load_board("virtual"), tmp_path, {WIFI.ssid: WIFI.psk})
    with server.during(a_broker(server, keys, tmp_path, [NORTH])) as port:
        identity = make_identity(keys.pki, NORTH, [("127.0.0.1", port)], WIFI)
        rig.start({"config.json": json.dumps(CONFIG).encode(), **identity})
        try:
            with Radar(rig.radar) as radar:
                wait_until(lambda: is_known(server), ONLINE_S, "the sign online")
                yield radar
        finally:
            print(rig.printed())
            rig.stop()


def is_known(server: PageServer) -> bool:
    state = server.fleet.sign(NORTH)
    return state is not None and state.online and state.config is not None


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_sign_shows_who_steps_out_and_ends_by_itself_and_the_walk_test_says_the_same(
    radar: Radar, enter: Callable[..., Page], artefacts: Path
) -> None:
    page = enter(f"/crossing/{STREET}")
    pole = page.locator(f'.live-pole[data-sign="{NORTH}"]')
    page.get_by_role("button", name="Show what the signs see (1 minute)").click()
    expect(pole.get_by_role("status")).to_have_text("Nobody there.", timeout=SOON_MS)
    radar.play(to_the_kerb())
    expect(pole.get_by_role("listitem").filter(has_text="just seen")).to_be_visible()
    expect(pole.get_by_role("listitem").filter(has_text="stepping out")).to_be_visible()
    expect(pole.locator(".state")).to_have_text("Flashing")
    page.locator(".live-poles").screenshot(path=artefacts / "crossing-live-real.png")
    expect(pole.get_by_role("status")).to_have_text("Nobody there.", timeout=SOON_MS)
    expect(pole.get_by_role("status")).to_have_text("The minute is over. Once more?", timeout=MINUTE_MS)

    phone = enter(f"/job/{NORTH}", **PHONE)
    part(phone, "Walk test")
    phone.get_by_role("button", name="Begin the walk test").click()
    expect(phone.locator(".walk .decision")).to_be_visible(timeout=SOON_MS)
    radar.play(to_the_kerb())
    expect(phone.get_by_text("WARNS: person heading for the kerb")).to_be_visible(timeout=SOON_MS)
    expect(phone.locator(".tracks")).to_contain_text("before the kerb")
    phone.screenshot(path=artefacts / "job-walk-real.png", full_page=True)
    phone.get_by_role("button", name="End the walk test").click()
    expect(phone.get_by_role("button", name="Begin the walk test")).to_be_visible()
