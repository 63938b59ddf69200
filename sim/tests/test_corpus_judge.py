"""How a board's output is judged against the chip's."""

from __future__ import annotations

from gangvakt_sim.board.corpus import Known, Script, Verdict, judge, numbers_near


def verdict(expected: str, got: str, kind: str = "own", known: list[Known] | None = None) -> Verdict:
    return judge(Script("s", b"", expected, kind), got, known or [])


def test_equal_output_passes() -> None:
    assert verdict("a 1\nb\n", "a 1\nb\n").passed


def test_changed_line_is_named_with_its_number() -> None:
    found = verdict("a\nb\nc\n", "a\nX\nc\n").unlisted
    assert [(item.line, item.expected, item.got) for item in found] == [(2, "b", "X")]


def test_missing_line_does_not_shift_the_others() -> None:
    assert [item.line for item in verdict("a\nb\nc\n", "a\nc\n").unlisted] == [2]


def test_spare_line_fails() -> None:
    assert not verdict("a\nb\n", "a\nspare\nb\n").passed


def test_own_numbers_must_be_equal() -> None:
    assert not verdict("waited 100", "waited 101").passed


def test_indicative_numbers_need_only_be_near() -> None:
    assert verdict("waited 100", "waited 120", kind="indicative").passed
    assert not verdict("waited 100", "waited 300", kind="indicative").passed


def test_listed_deviation_is_excused() -> None:
    assert verdict("a\n", "b\n", known=[Known("s", 1, "why")]).passed


def test_near_deviation_excuses_numbers_only() -> None:
    near = [Known("s", 1, "timing", near=25)]
    assert verdict("took 100 ms", "took 110 ms", known=near).passed
    assert not verdict("took 100 ms", "took 130 ms", known=near).passed
    assert not verdict("took 100 ms", "gave 110 ms", known=near).passed


def test_listed_deviation_that_deviates_no_more_fails() -> None:
    assert verdict("a\n", "a\n", known=[Known("s", 1, "why")]).obsolete


def test_near_deviation_may_be_absent() -> None:
    assert verdict("a 1\n", "a 1\n", known=[Known("s", 1, "timing", near=25)]).passed


def test_varying_deviation_is_excused_and_may_be_absent() -> None:
    varies = [Known("s", 1, "speed", varies=True)]
    assert verdict("fast: no\n", "fast: yes\n", known=varies).passed
    assert verdict("fast: no\n", "fast: no\n", known=varies).passed


def test_text_around_numbers_must_be_equal() -> None:
    assert numbers_near("x 5 y", "x 6 y", 1)
    assert not numbers_near("x 5 y", "x 6 z", 1)
