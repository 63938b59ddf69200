"""How a run looks, with and without a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from gangvakt.cli.flash_view import SHARES, WORDS, FlashView, outcome_line, summary
from gangvakt.fleet import SignId
from gangvakt.provision.batch import Outcome
from gangvakt.provision.flash_parts import Finished
from gangvakt.provision.flash_steps import NEXT, Step
from gangvakt.provision.selftest import WATCH

NARROWEST_BAR = 8
SIGN = SignId("drammen", "storgata", "30aea4120001")
GOOD = Outcome("COM7", Finished(SIGN, {}, (Path("a.png"), Path("a.pdf")), True, 31.2), None, 31.2)
BAD = Outcome("COM[8]", None, "COM[8]: no serial data received: hold BOOT", 4.0)


def shown(terminal: bool) -> str:
    out = io.StringIO()
    with FlashView(Console(file=out, force_terminal=terminal, width=100)) as view:
        board = view.board("COM[7]")
        for step in NEXT:
            board.step(step)
            board.progress(0.5)
        board.tell("lamp left")
        board.note("no controller to ask [1]")
        board.step(Step.DONE)
    return out.getvalue()


def last_bar(out: io.StringIO) -> str:
    """As it stood at the end."""
    return [line for line in out.getvalue().splitlines() if " % " in line][-1]


def test_every_step_has_words_and_a_share_of_the_bar():
    assert set(WORDS) == set(Step)
    assert set(SHARES) == set(NEXT)


def test_without_a_terminal_each_step_is_a_line():
    lines = shown(terminal=False).splitlines()
    assert [line for line in lines if "note" not in line and "controller to ask" not in line] == [
        f"COM[7]: {WORDS[step]}" for step in (*NEXT, Step.DONE)
    ]
    assert "COM[7]: no controller to ask [1]" in lines


def test_on_a_terminal_there_is_one_bar_that_ends_full():
    text = shown(terminal=True)
    assert "100 %" in text
    assert "COM[7]" in text


def test_a_bar_stays_where_the_run_failed():
    out = io.StringIO()
    with FlashView(Console(file=out, force_terminal=True, width=100)) as view:
        board = view.board("COM7")
        board.step(Step.IDENTIFY)
        board.step(Step.FAILED)
    last = last_bar(out)
    assert "failed" in last
    assert "  0 %" in last


def test_on_a_narrow_terminal_the_bar_stands_beside_a_lamp_s_test():
    out = io.StringIO()
    with FlashView(Console(file=out, force_terminal=True, no_color=True, width=80)) as view:
        board = view.board("rfc2217://127.0.0.1:40000")
        for step in NEXT:
            board.step(step)
            if step is Step.SELF_TEST:
                break
        board.progress(1.0)
        board.tell(WATCH.format("right"))
    last = last_bar(out)
    assert last.count("\u2501") >= NARROWEST_BAR
    assert WATCH.format("right") in last


def test_a_board_that_is_done_is_one_line():
    assert (
        outcome_line(GOOD)
        == "[green]drammen/storgata/30aea4120001[/] is registered after 31 s; its label: a.pdf"
    )
    assert "no serial data received" in outcome_line(BAD)


def test_the_summary_has_a_row_a_board():
    out = io.StringIO()
    Console(file=out, width=120).print(summary([GOOD, BAD]))
    assert "30aea4120001" in out.getvalue()
    assert "COM[8]: no serial data received" in out.getvalue()
