"""How commands show many of a kind."""

from __future__ import annotations

import pytest

from gangvakt.cli.office import show_table

SIGN = "drammen/storgata-by-the-school/30aea4120002"
SENTENCE = "The detection misses its time, so warnings may come late, or later still"
FEEDER = f"Feeder K17 is dead: 2 signs went together: drammen/torget/a, {SIGN}"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_names_are_never_cut_however_narrow_the_screen(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = [
        (17, "2026-11-27 16:12 UTC", SENTENCE, SIGN),
        (18, "2026-11-27 16:20 UTC", FEEDER, "drammen/feeder K17"),
    ]
    show_table(("number", "since", "what", "where"), rows, "none")
    shown = capsys.readouterr().out
    assert shown.count(SIGN) == 2
    assert "2026-11-27 16:12 UTC" in shown
    assert "…" not in shown


def test_nothing_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("number",), [], "No alarms.")
    assert capsys.readouterr().out == "No alarms.\n"
