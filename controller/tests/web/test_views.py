"""What the page shows of a sign."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gangvakt.fleet import Crash, Lamps, ReportedConfig, SignId, SignState, SignStatus
from gangvakt.fleet.presence import Presence
from gangvakt.web import views
from gangvakt.web.texts import Texts
from gangvakt.web.views import DRAWN_PATTERNS, STATES, pattern_steps, sign_row, sign_state
from sign.core.patterns import PATTERNS

NORTH = SignId("drammen", "storgata", "north")
NOW_MS = 1_000_000
CSS = (Path(views.__file__).parent / "assets" / "gangvakt.css").read_text(encoding="utf-8")
SAMPLES = 800  # of a pass


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


def drawn_pattern(pattern: str, side: str) -> tuple[float, list[bool]]:
    """Its period in s, and whether the style sheet has the lamp lit, sample by sample of a pass."""
    rule = re.search(rf"\.flashing\.{pattern} (?:\.{side}|i)::after {{ animation: (\S+) ([\d.]+)s(.*?);", CSS)
    if rule is None:
        return 1.0, [True] * SAMPLES
    delay = re.search(r"(-[\d.]+)s", rule[3])
    body = re.search(rf"@keyframes {rule[1]} {{(.*?)\n}}", CSS, re.DOTALL)
    assert body is not None
    frames = [
        (float(share), "lit" in light)
        for shares, light in re.findall(r"([\d.%, ]+) {(.*?)}", body[1])
        for share in re.findall(r"[\d.]+", shares)
    ]
    frames.sort()
    late = -float(delay[1]) / float(rule[2]) if delay else 0.0
    shares = [((sample + 0.5) / SAMPLES + late) % 1 * 100 for sample in range(SAMPLES)]
    return float(rule[2]), [[lit for begin, lit in frames if begin <= share][-1] for share in shares]


@pytest.mark.parametrize("pattern", DRAWN_PATTERNS)
def test_the_pages_lamps_flash_as_the_firmwares_do(pattern: str) -> None:
    steps = PATTERNS[pattern].steps
    period_us = sum(step[0] for step in steps)
    for lamp, side in enumerate(("left", "right"), 1):
        drawn_s, drawn = drawn_pattern(pattern, side)
        shown = [step[lamp] for step in steps for _ in range(round(SAMPLES * step[0] / period_us))]
        assert drawn == [bool(lit) for lit in shown]
        assert drawn_s == pytest.approx(period_us / 1e6, rel=0.001)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("400:1:0 400:0:1", [[400, 1, 0], [400, 0, 1]]),
        ("400:1:0 x", []),
        ("0:1:0", []),
        ("", []),
        (None, []),
        (7, []),
    ],
)
def test_a_sites_own_pattern_is_drawn_by_its_steps(text: object, steps: list[list[int]]) -> None:
    sign = _sign(on=True)
    assert sign.status is not None
    status = replace(sign.status, lamps=Lamps(True, "user", 80))
    config = ReportedConfig(1, "0123abcd", {"user_pattern": text}, ())
    assert pattern_steps(replace(sign, status=status, config=config)) == steps
    assert pattern_steps(replace(sign, config=config)) == []
