"""Light, power and link of a sign in words, and what is said where a sign says nothing."""

from __future__ import annotations

import pytest

from gangvakt.fleet.power import MAINS, Feed, FeederHours, PowerProfile
from gangvakt.fleet.signs import Telemetry
from gangvakt.web.senses import senses_of, signal_band
from gangvakt.web.texts import Texts

ENGLISH, NORWEGIAN = Texts("en"), Texts("nb")


def said(told: Telemetry | None, power: PowerProfile = MAINS, texts: Texts = ENGLISH) -> dict[str, str]:
    return dict(senses_of(told, power, texts))


def test_what_is_measured_is_told_with_a_word_and_a_figure() -> None:
    told = Telemetry(1, light_mv=1240, daylight=True, supply_mv=12_630, link="wifi", rssi_dbm=-61)
    assert said(told) == {
        "Light around": "day, 1.24 V",
        "Supply": "12.6 V",
        "Battery": "none",
        "Signal": "good, -61 dBm (Wi-Fi)",
        "Fed by": "mains",
    }
    assert said(told, texts=NORWEGIAN)["Lys rundt"] == "dag, 1,24 V"


def test_what_a_sign_does_not_say_is_never_told_as_zero() -> None:
    nothing = said(None, PowerProfile(Feed.SOLAR))
    assert nothing == {
        "Light around": "not measured",
        "Supply": "not measured",
        "Battery": "not told",
        "Signal": "not told",
        "Fed by": "sun and a battery",
    }


def test_a_battery_is_told_by_its_stage_and_a_cable_has_no_signal() -> None:
    told = Telemetry(1, battery_stage=3, link="lan", daylight=False)
    found = said(told, PowerProfile(Feed.LIGHTING_BATTERY, "F12", FeederHours(960, 450)))
    assert found["Battery"] == "nearly empty: the lamps are dark"
    assert found["Signal"] == "by cable"
    assert found["Light around"] == "dark"
    assert found["Fed by"] == "street lighting and a battery, feeder F12, lit 16:00 to 07:30 UTC"


@pytest.mark.parametrize(
    ("link", "rssi_dbm", "band"),
    [
        ("wifi", -67, "good"),
        ("wifi", -68, "fair"),
        ("wifi", -80, "fair"),
        ("wifi", -81, "weak"),
        ("ppp", -85, "good"),
        ("ppp", -101, "weak"),
        (None, -70, "fair"),
    ],
)
def test_a_signal_has_a_band_of_its_link(link: str | None, rssi_dbm: int, band: str) -> None:
    assert signal_band(link, rssi_dbm) == band
