"""What the page shows of a sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gangvakt.fleet import Crash, Lamps, SignId, SignState, SignStatus
from gangvakt.fleet.presence import Presence
from gangvakt.web import views
from gangvakt.web.texts import Texts
from gangvakt.web.views import STATES, sign_row, sign_state

NORTH = SignId("drammen", "storgata", "north")
NOW_MS = 1_000_000


def _sign(
    *, on: bool = False, mode: str = "active", online: bool = True, seen_ms: int | None = NOW_MS
) -> SignState:
    lamps = Lamps(on, "alternating", 100)
    status = SignStatus("9f3ac01b", 3, 1, "0.1.0", "ab12cd34", "virtual", mode, 1, lamps, 480, (), True)
    return SignState(NORTH, online=online, status=status, last_seen_ms=seen_ms)


@pytest.mark.parametrize(
    ("sign", "presence", "state"),
    [
        (_sign(), Presence.FINE, "dark"),
        (_sign(on=True), Presence.PATCHY, "flashing"),
        (_sign(mode="shadow"), Presence.FINE, "shadow"),
        (_sign(on=True), Presence.SILENT, "silent"),
        (_sign(on=True), Presence.OFFLINE, "silent"),
        (_sign(on=True, online=False), Presence.OFF_BY_DAY, "off_by_day"),
        (_sign(on=True, online=False), Presence.UNKNOWN, "unknown"),
        (SignState(NORTH, online=True, last_seen_ms=NOW_MS), Presence.UNKNOWN, "unknown"),
    ],
)
def test_a_sign_that_is_not_there_is_never_called_dark_or_flashing(
    sign: SignState, presence: Presence, state: str
) -> None:
    assert sign_state(sign, presence) == state


def test_every_state_has_a_word_of_its_own() -> None:
    words = {Texts("en").say(state) for state in STATES}
    assert words == {"Flashing", "Dark", "Shadow", "Silent", "Off by day", "Unknown"}


@pytest.mark.parametrize(
    ("proved", "words"), [(True, ", current proved"), (False, ", current not proved"), (None, "")]
)
def test_of_lamps_no_more_is_said_than_that_current_flowed(proved: bool | None, words: str) -> None:
    sign = _sign()
    assert sign.status is not None
    status = replace(sign.status, lamps=Lamps(False, "beacon", 40, proved))
    facts = {
        fact["name"]: fact["value"]
        for fact in sign_row(replace(sign, status=status), Presence.FINE, Texts("en"))["facts"]
    }
    assert facts["Pattern"] == f"Beacon, 40 %{words}"


def test_what_failed_is_told_in_the_names_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PLAIN", lambda text, firmware: f"{text} of {firmware} in plain words")
    sign = _sign()
    assert sign.status is not None
    status = replace(sign.status, crash=Crash("crash", "backup", "app.run: OSError: 5", 7, "0.1.0"))
    facts = {
        fact["name"]: fact["value"]
        for fact in sign_row(replace(sign, status=status), Presence.FINE, Texts("en"))["facts"]
    }
    assert facts["Last failure"] == "crash: app.run: OSError: 5 of 0.1.0 in plain words"


def test_the_facts_are_written_in_the_readers_language() -> None:
    facts = {fact["name"]: fact["value"] for fact in sign_row(_sign(), Presence.FINE, Texts("nb"))["facts"]}
    assert facts == {
        "Modus": "Aktiv",
        "Blinkmønster": "Vekselvis, 100 %",
        "Fastvare": "0.1.0",
        "Konfigurasjon": "versjon 1",
        "Klar etter start": "0,48 s",
    }
