"""Every script of the conformance corpus on a fresh virtual board; deviations are listed with reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from gangvakt_sim.board import corpus

KNOWN = corpus.load_known(Path(__file__).with_name("chip_deviations.toml"))
NAMES = corpus.script_names()

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(
        not NAMES, reason=f"no conformance corpus at {corpus.CORPUS_DIR}: it is not part of the repository"
    ),
]


# Lines with times in them come out late while the machine is busy with something else.
TRIES = 3


@pytest.mark.parametrize("name", NAMES)
def test_virtual_board_prints_what_the_chip_prints(name: str) -> None:
    script = corpus.load_script(name)
    verdicts = []
    while len(verdicts) < TRIES and not any(verdict.passed for verdict in verdicts):
        verdicts.append(corpus.judge(script, corpus.run_on_board(script), KNOWN))
    assert verdicts[-1].passed, f"{name}:\n{verdicts[-1]}"


def test_known_deviations_concern_existing_scripts() -> None:
    assert {known.script for known in KNOWN} <= set(NAMES)
