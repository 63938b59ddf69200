"""Events and faults in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.fleet import Fault, SignEvent, SignId
from gangvakt.web.texts import Texts
from gangvakt.web.words import event_sentence, fault_sentence

NORTH = SignId("drammen", "storgata", "north")
ENGLISH, NORWEGIAN = Texts("en"), Texts("nb")
APPROACH = {"reason": "approach", "t_kerb_ms": 2100, "range_mm": 3200, "track": 2}


def _event(kind: str, detail: Mapping[str, object]) -> SignEvent:
    return SignEvent(1, NORTH, "9f3ac01b", 3, 17, kind, 0, "utc", 0, 0, detail)


@pytest.mark.parametrize(
    ("kind", "detail", "sentence"),
    [
        ("order_on", {"code": "mute", "on_ms": 600_000}, "By command: muted, for 600.0 s"),
        ("order_off", {"code": "force", "on_ms": 2_500}, "Command over: lamps on, after 2.5 s"),
        ("clock_set", {"utc_ms": 1_800_000_000_000}, "The clock was set"),
        (
            "vehicles",
            {"period_s": 3600, "from_kmh": 45, "counts": "0 40 40 20 0 0 0 0 0"},
            "Vehicles counted: 100, at 45 to 90 km/h",
        ),
        (
            "resumed",
            {"last_boot": 1, "last_seq": 9, "dropped": 0, "damaged": 2},
            "Events in flash looked through: 0 ever dropped, 2 damaged",
        ),
        (
            "activation_on",
            APPROACH,
            "Activated: person heading for the kerb, 2.1 s before the kerb, 3.2 m away",
        ),
        (
            "activation_on",
            {"reason": "pir", "t_kerb_ms": -1, "range_mm": 0},
            "Activated: movement beside the sign (PIR)",
        ),
        (
            "activation_on",
            {"reason": "on_road", "t_kerb_ms": 0},
            "Activated: person on the roadway",
        ),
        ("activation_off", {"on_ms": 12300, "cause": "hold"}, "Lamps off after 12.3 s"),
        (
            "activation_off",
            {"on_ms": 300000, "cause": "stuck_cap"},
            "Lamps off after 300.0 s: longest time reached, check the sensors",
        ),
        ("boot", {"cause": "watchdog"}, "Started: the watchdog restarted it"),
        ("fault_on", {"code": "radar_silent"}, "Fault: the radar says nothing"),
        ("fault_off", {"code": "radar_silent"}, "Fault gone: the radar says nothing"),
        ("config_error", {"field": "hold_min_ms"}, "Configuration value refused: hold_min_ms"),
    ],
)
def test_an_event_is_a_sentence(kind: str, detail: Mapping[str, object], sentence: str) -> None:
    assert event_sentence(_event(kind, detail), ENGLISH) == sentence


def test_the_same_in_norwegian() -> None:
    sentence = "Aktivert: person på vei mot kantsteinen, 2,1 s før kantsteinen, 3,2 m unna"
    assert event_sentence(_event("activation_on", APPROACH), NORWEGIAN) == sentence


@pytest.mark.parametrize("kind", ["activation_on", "boot", "fault_on", "unheard_of"])
def test_what_a_newer_sign_says_is_shown_as_it_is(kind: str) -> None:
    detail = {"reason": "sixth_sense", "cause": "sixth_sense", "code": "sixth_sense"}
    sentence = event_sentence(_event(kind, detail), ENGLISH)
    assert "sixth_sense" in sentence or kind in sentence


DETAILS = st.dictionaries(
    st.sampled_from(["reason", "t_kerb_ms", "range_mm", "on_ms", "cause", "code", "field"]),
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
)


@given(st.sampled_from(["boot", "activation_on", "activation_off", "fault_on", "config_error"]), DETAILS)
def test_no_detail_breaks_the_page(kind: str, detail: dict[str, object]) -> None:
    assert event_sentence(_event(kind, detail), NORWEGIAN)


def test_a_refused_value_is_named_with_what_is_allowed() -> None:
    fault = Fault("config", "hold_min_ms", "-3", "5000..30000")
    sentence = "configuration value refused: hold_min_ms is -3, allowed: 5000..30000"
    assert fault_sentence(fault, ENGLISH) == sentence
    assert fault_sentence(Fault("pir_stuck_off", None, None, None), ENGLISH) == "the PIR sees nobody any more"
