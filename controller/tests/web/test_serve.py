"""The whole way: `gangvakt serve`, a sign and the simulator on its broker, and the browser."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gangvakt.provision.pki import SIMULATOR_NAME, client_context

from ..support import NORTH, Keys  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..wire import batch, event, status  # noqa: TID252
from .support import Watch

STOP_S = 10
TOPIC = f"gangvakt/v1/{NORTH}"
SIMULATED = "gangvakt-sim/v1/drammen/storgata"
LAMPS_ON = {"on": True, "pattern": "alternating", "dim_pct": 100}
SCENE = {
    "v": 1,
    "name": "Storgata",
    "bounds": [-16, -6, 16, 13],
    "road": [[-16, 0], [16, 0], [16, 7], [-16, 7]],
    "pavements": [],
    "crossing": [[2, 0], [-2, 0], [-2, 7], [2, 7]],
    "kerbs": [[[2, 0], [-2, 0]], [[-2, 7], [2, 7]]],
    "signs": [{"sign": "north", "x": 3, "y": 7.4, "azimuth_deg": 158, "range_m": 6, "half_fan_deg": 60}],
}


class Served:
    """A running `gangvakt serve`, and what it announced."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._start("0", "0")
        self.once = self._announced(r"one-time password (\S+)")

    def _start(self, http_port: str, mqtt_port: str) -> None:
        ports = ["--http-port", http_port, "--mqtt-port", mqtt_port]
        command = [sys.executable, "-m", "gangvakt", "serve", "--data", self._data, *ports]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self._announced(r"(http://\S+)")
        self.mqtt_port = int(self._announced(r"mqtts://\S+:(\d+)"))

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=STOP_S)

    def start_again(self) -> None:
        """At the same addresses."""
        self._start(str(urlsplit(self.url).port), str(self.mqtt_port))

    def _announced(self, pattern: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"never announced {pattern}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=STOP_S)


class Publisher:
    """An MQTT client in a thread of its own."""

    def __init__(self, name: str, port: int, tls: ssl.SSLContext) -> None:
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name)
        self._client.tls_set_context(tls)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def say(self, topic: str, message: object, *, retain: bool = False) -> None:
        self._client.publish(topic, json.dumps(message), qos=1, retain=retain).wait_for_publish(STOP_S)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.stop()


@pytest.fixture
def publisher(served: Served, tmp_path: Path) -> Iterator[Callable[[str], Publisher]]:
    keys = Keys(tmp_path)
    opened: list[Publisher] = []

    def open_(name: str) -> Publisher:
        opened.append(Publisher(name, served.mqtt_port, client_context(keys.files(name))))
        return opened[-1]

    yield open_
    for one in opened:
        one.stop()


def test_from_the_broker_to_the_browser(
    served: Served,
    publisher: Callable[[str], Publisher],
    open_browser: Callable[..., BrowserContext],
    watch: Watch,
) -> None:
    page = open_browser().new_page()
    page.goto(served.url)
    page.get_by_label("Password").fill(served.once)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("New password", exact=True).fill("ni reinsdyr i tåka")
    page.get_by_label("New password again").fill("ni reinsdyr i tåka")
    page.get_by_role("button", name="Choose a password").click()
    expect(page.get_by_text("No sign has reported yet.")).to_be_visible()

    sign = publisher(str(NORTH))
    sign.say(f"{TOPIC}/status", status(faults=[]), retain=True)
    expect(page.locator(f'.ov-row[data-sign="{NORTH}"] .state')).to_have_text("Dark")
    page.goto(served.url.rstrip("/") + "/live")
    state = page.locator(f'.card[data-sign="{NORTH}"] .state')
    expect(state).to_have_text("Dark")
    sign.say(f"{TOPIC}/status", status(faults=[], lamps=LAMPS_ON), retain=True)
    expect(state).to_have_text("Flashing")
    sign.say(f"{TOPIC}/event", batch(event(1, t_kerb_ms=2100, range_mm=3200)))
    sentence = "Activated: person heading for the kerb, 2.1 s before the kerb, 3.2 m away"
    expect(page.get_by_role("log").locator(".what")).to_have_text([sentence])

    simulator = publisher(SIMULATOR_NAME)
    simulator.say(f"{SIMULATED}/scene", SCENE, retain=True)
    walker = {"id": "p1", "kind": "pedestrian", "x": 0, "y": -1, "heading_deg": 90, "speed_m_s": 1.2}
    for tenth in range(10):
        world = {"v": 1, "t_s": tenth / 10, "actors": [walker], "lamps": {"north": [1, 0]}}
        simulator.say(f"{SIMULATED}/world", world)
        page.wait_for_timeout(100)
    expect(page.locator(".people")).to_have_text("People: 1")
    expect(page.locator(".lit")).to_have_text("Flashing: north")
    watch.allow("WebSocket connection", "ERR_CONNECTION_REFUSED")
    a_killed_controller_costs_nothing_that_was_typed(page, served)


def a_killed_controller_costs_nothing_that_was_typed(page: Page, served: Served) -> None:
    page.goto(served.url.rstrip("/") + "/config/drammen/template")
    page.get_by_label("Name", exact=True).fill("school")
    served.kill()
    expect(page.get_by_role("alert")).to_contain_text("No connection to the controller")
    page.get_by_label("Name", exact=True).fill("school-road")
    served.start_again()
    expect(page.get_by_text("What you had typed is back")).to_be_visible(timeout=30_000)
    expect(page.get_by_label("Name", exact=True)).to_have_value("school-road")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="school-road")).to_be_visible()
