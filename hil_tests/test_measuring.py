"""Light, supply, lamp current and temperature, and what the sign makes of them."""

import json

import pytest
from hil_tests.conftest import WIFI
from hil_tests.rig import VirtualRig, ask, lit, wait_until
from hil_tests.walks import CONFIG, Radar

from gangvakt.ingest.schema import check
from gangvakt.provision.board import load_board
from gangvakt_sim.board.board import LAMP_MV

SPEC = load_board("virtual")
DAY_MV, DARK_MV = 1500, 1400  # close together, for the light is followed with a time constant of a minute
NIGHT_PCT = 40
SUPPLY_MV = 12_000
RATIO = SPEC.analog.supply_ratio_milli / 1000
MEASURED = {
    "light_enabled": True,
    "light_day_mv": DAY_MV,
    "light_dark_mv": DARK_MV,
    "night_dim_pct": NIGHT_PCT,
    "lamp_current_mv": LAMP_MV,
    "supply_low_mv": 10_000,
    "thermometer_enabled": True,
    "winter_hold_ms": 4_000,
}
MILD_HOLD_S, COLD_HOLD_S = 3.0, 6.8  # the shortest; 3 m at walking speed and winter_hold_ms
DUTY_FULL = 65535


class Site:
    """A started sign with all that can be measured."""

    def __init__(self, rig: VirtualRig, celsius: float) -> None:
        self.rig = rig
        self._celsius = celsius
        rig.before_power = self._surround
        rig.start({"config.json": json.dumps({**CONFIG, **MEASURED}).encode()})
        rig.expect("armed ")
        wait_until(lambda: self.measured()["air_cdeg"] == round(100 * celsius), 10, "temperature")

    def _surround(self, board):
        board.adc.set(SPEC.analog.light, DAY_MV + 10)
        board.adc.set(SPEC.analog.supply, round(SUPPLY_MV / RATIO))
        board.thermometer.set(self._celsius)

    def told(self):
        return ask(self.rig, "status")

    def measured(self):
        return self.told()["telemetry"].get("measured", {"air_cdeg": None})

    def faults(self):
        return [fault["code"] for fault in self.told()["status"]["faults"]]

    def activate(self):
        """One activation by the button, to its end; how long the lamps were on, in s."""
        self.rig.press(True)
        wait_until(lambda: lit(self.rig), 5, "light")
        self.rig.press(False)
        wait_until(lambda: not self.told()["status"]["lamps"]["on"], 20, "dark again")
        (on_us, _), (off_us, _) = self.rig.board.dim_changes()[-2:]
        return (off_us - on_us) / 1e6


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Shared by the tests of this file: each leaves it as it found it, but the last, which brings night."""
    rig = VirtualRig(SPEC, tmp_path_factory.mktemp("site"), {WIFI.ssid: WIFI.psk})
    try:
        with Radar(rig.radar):
            yield Site(rig, celsius=15)
    finally:
        print(rig.printed())
        rig.stop()


def test_everything_measured_is_told(site):
    check("Telemetry", site.told()["telemetry"])
    measured = site.measured()
    assert measured["light_mv"] == DAY_MV + 10
    assert measured["supply_mv"] == pytest.approx(SUPPLY_MV, abs=10)
    assert (measured["dim_pct"], measured["self_tests"]) == (100, 0)
    assert measured["daylight"] is True
    assert "battery_stage" not in measured
    assert site.faults() == ["identity"]


def test_a_dead_lamp_is_a_fault_within_three_activations_and_clears(site):
    site.rig.board.lamp_current.set("left", 0)
    for _ in range(3):
        site.activate()
    wait_until(lambda: "lamp_left_dead" in site.faults(), 3, "fault")
    assert site.told()["status"]["lamps"]["current_proved"] is False
    assert "lamp_right_dead" not in site.faults()
    site.rig.board.lamp_current.set("left", LAMP_MV)
    for _ in range(3):
        site.activate()
    wait_until(lambda: "lamp_left_dead" not in site.faults(), 3, "cleared fault")
    assert site.told()["status"]["lamps"]["current_proved"] is True


def test_a_low_supply_is_a_fault_while_it_lasts(site):
    site.rig.board.adc.set(SPEC.analog.supply, round(8_000 / RATIO))
    wait_until(lambda: "supply_low" in site.faults(), 10, "fault")
    site.rig.board.adc.set(SPEC.analog.supply, round(SUPPLY_MV / RATIO))
    wait_until(lambda: "supply_low" not in site.faults(), 10, "cleared fault")


def test_the_clock_is_set_on_the_serial_port_within_bounds(site):
    refused = ask(site.rig, "clock 12")
    assert (refused["value"], refused["allowed"]) == (12, "1767225600..3092601600")
    assert ask(site.rig, "clock 1782864000") == {"clock": "set"}


def test_cold_weather_holds_the_warning_longer(rig, site):
    mild_s = site.activate()
    with Radar(rig.radar):
        cold_s = Site(rig, celsius=-12.5).activate()
    assert (mild_s, cold_s) == (pytest.approx(MILD_HOLD_S, abs=0.5), pytest.approx(COLD_HOLD_S, abs=0.5))


def test_brightness_follows_the_light(site):
    site.rig.board.adc.set(SPEC.analog.light, 0)
    wait_until(lambda: site.measured()["dim_pct"] == NIGHT_PCT, 20, "night")
    site.activate()
    _, duty = site.rig.board.dim_changes()[-2]
    assert duty == pytest.approx(DUTY_FULL * NIGHT_PCT / 100, rel=0.01)
    assert site.told()["status"]["lamps"]["current_proved"] is True  # dimmed lamps draw less, as they should
