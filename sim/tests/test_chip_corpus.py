"""Every script of the conformance corpus on a fresh virtual board; deviations are listed with reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from gangvakt_sim.board import corpus

KNOWN = corpus.load_known(Path(__file__).with_name("chip_deviations.toml"))
NAMES = corpus.script_names()

pytestmark = pytest.mark.skipif(
    not NAMES, reason=f"no conformance corpus at {corpus.CORPUS_DIR}: it is not part of the repository"
)


@pytest.mark.parametrize("name", NAMES)
def test_virtual_board_prints_what_the_chip_prints(name: str) -> None:
    script = corpus.load_script(name)
    verdict = corpus.judge(script, corpus.run_on_board(script), KNOWN)
    assert verdict.passed, f"{name}:\n{verdict}"


def test_known_deviations_concern_existing_scripts() -> None:
    assert {known.script for known in KNOWN} <= set(NAMES)
