"""The whole chain: a recorded person walks, the firmware warns, the controller stores, the page shows."""

import re
import socket
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from hil_tests.rig import wait_until
from playwright.sync_api import Browser, Page, expect

from gangvakt.provision.board import load_board
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.browser import open_browser
from gangvakt_sim.controller import Controller
from gangvakt_sim.errors import BrowserMissing
from gangvakt_sim.flash import FLASH_FILE, flash_sign, wifi_of
from gangvakt_sim.replay import Outcome, Replay
from gangvakt_sim.virtual_sign import VirtualSign
from gangvakt_sim.world.losses import REAL
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.track import Track
from gangvakt_sim.world.track_csv import read_tracks

TRACKS = Path(__file__).parents[2] / "shared" / "data" / "tracks.csv.gz"
WALKER, NEXT_WALKER = "moving-912_16", "starting-112_14"
SEED = 1
ONLINE_S = 40
PASSWORD = "seks elger ved elva"

pytestmark = [
    pytest.mark.skipif(not TRACKS.exists(), reason=f"recorded tracks are not here: {TRACKS}"),
    pytest.mark.timeout(300),
]


@dataclass
class Chain:
    """One crossing with a recorded street, a sign, and the controller's data folder and ports."""

    controller: Controller
    folder: Path
    sign: VirtualSign
    tracks: dict[str, Track]

    def walk(self, track: str) -> Outcome:
        """Play a track in real time until the lamps are dark again."""
        scene = load_scene("corner-a")
        replay = Replay(scene, scene.signs[0], self.sign, REAL, SEED)
        return next(replay.outcomes([self.tracks[track]]))

    def stored(self, kind: str) -> int:
        """Rows of that kind in the controller's database."""
        file = self.controller.data / "gangvakt.db"
        if not file.exists():
            return 0
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            return database.execute("select count(*) from events where kind = ?", (kind,)).fetchone()[0]


@pytest.fixture
def chain(tmp_path: Path):
    spec, scene = load_board("virtual"), load_scene("corner-a")
    controller = Controller(tmp_path / "controller", free_port(), free_port())
    folder = tmp_path / "sign"
    flash_sign(folder, spec, scene, scene.signs[0], controller)
    tracks = {track.id: track for track in read_tracks(TRACKS)}
    with VirtualBoard(spec, folder / FLASH_FILE, stalls=Stalls.default(), wifi=wifi_of(folder)) as board:
        sign = VirtualSign(spec, board)
        sign.wait_armed()
        yield Chain(controller, tmp_path, sign, tracks)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def browser():
    try:
        with open_browser() as browser:
            yield browser
    except BrowserMissing as error:
        pytest.skip(f"SKIPPED PAGES: {error}")


def log_in(page: Page, address: str, once: str) -> None:
    page.goto(address)
    page.get_by_label("Password").fill(once)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Choose a password").click()


def test_a_recorded_person_is_warned_of_stored_and_shown(chain: Chain, browser: Browser):
    with chain.controller.serving(chain.folder / "log") as process:
        process.wait_ready()
        page = browser.new_page(locale="en-GB")
        log_in(page, chain.controller.address, process.first_password())
        page.goto(f"{chain.controller.address}live")
        wait_until(lambda: chain.stored("boot") == 1, ONLINE_S, "boot event")
        outcomes: list[Outcome] = []
        walking = threading.Thread(target=lambda: outcomes.append(chain.walk(WALKER)))
        walking.start()
        wait_until(lambda: any(chain.sign.lamps()), 20, "light")
        wait_until(lambda: chain.stored("activation_on") == 1, 10, "event in the database")
        expect(page.locator(".card .state")).to_have_text("Flashing")
        expect(page.get_by_role("log").locator(".what").first).to_have_text(re.compile("^Activated: person"))
        walking.join()
    assert outcomes[0].lead_s > 0, outcomes[0]


def test_a_killed_controller_changes_nothing_at_the_lamps_and_loses_no_event(chain: Chain):
    with chain.controller.serving(chain.folder / "log") as process:
        process.wait_ready()
        wait_until(lambda: chain.stored("boot") == 1, ONLINE_S, "boot event")
        with_controller = chain.walk(WALKER)
        wait_until(lambda: chain.stored("activation_off") == 1, 10, "end of the first warning")
        process.process.kill()
        process.process.wait()
    without_controller = chain.walk(NEXT_WALKER)
    assert with_controller.lead_s > 0, with_controller
    assert without_controller.lead_s > 0, without_controller
    assert chain.stored("activation_on") == 1
    with chain.controller.serving(chain.folder / "log2") as process:
        process.wait_ready()
        wait_until(lambda: chain.stored("activation_off") == 2, 2 * ONLINE_S, "end of the second warning")
    assert chain.stored("activation_on") == 2
