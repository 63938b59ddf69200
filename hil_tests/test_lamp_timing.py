"""The pattern keeps its time while the interpreter stands still for a second at a time."""

import shutil
import time
from pathlib import Path

import pytest
from hil_tests.rig import lit, wait_until
from hil_tests.walks import person

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.board.shm import now_us
from gangvakt_sim.board.stalls import Stalls
from gangvakt_sim.light import HALF_US, PERIOD_US, compare

pytestmark = pytest.mark.alone

TOLERANCE_US = 2_000
LONG_S = 60
SHORT_S = 6
STALL_EVERY_S = 2.5
STALLS = ("tls_handshake", "gc", "flash_erase", "tls_handshake", "gc", "flash_write")
AT_THE_KERB = [person(300, 600)]


def keep_lit(rig, radar, seconds, disturb):
    """Somebody walks up and down at the kerb for so long; returns the captured interval in us."""
    walk = [person(300, y_mm, -100 if step < 20 else 100) for step, y_mm in enumerate(_there_and_back())]
    radar.play(walk * 3)
    wait_until(lambda: lit(rig), 10, "light")
    start_us = now_us()
    end_s = time.monotonic() + seconds
    next_stall = 0
    while time.monotonic() < end_s:
        radar.play(walk * 3)
        if disturb:
            rig.board.inject(STALLS[next_stall % len(STALLS)])
            next_stall += 1
        next_s = min(end_s, time.monotonic() + STALL_EVERY_S)
        wait_until(lambda until=next_s: time.monotonic() >= until, 10)
    return start_us, now_us()


def _there_and_back():
    there = list(range(3300, 500, -140))
    return there + there[::-1]


@pytest.fixture
def sign_with(rig, enrolled):
    """Starts a sign whose firmware comes from a folder, with the chip's stalls."""

    def start(firmware: Path):
        rig.start(enrolled, firmware_dir=firmware, stalls=Stalls.default())
        rig.expect("armed ")
        return rig

    return start


@pytest.mark.timeout(180)
def test_alternating_keeps_to_its_table_for_a_minute_of_stalls(sign_with, radar):
    rig = sign_with(FIRMWARE_DIR)
    with radar:
        start_us, end_us = keep_lit(rig, radar, LONG_S, disturb=True)
        verdict = compare(rig.board.lamp_edges(start_us, end_us), end_us, rig.tolerances.lamp_edge_us)
    assert verdict.within(rig.tolerances.lamp_edge_us), verdict
    assert verdict.edges > 4 * (LONG_S - 2)


@pytest.mark.timeout(120)
def test_one_wrong_duration_in_the_table_is_noticed(sign_with, radar, tmp_path):
    wrong = tmp_path / "firmware"
    shutil.copytree(FIRMWARE_DIR, wrong, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    table = wrong / "sign" / "core" / "patterns.py"
    right = table.read_text()
    table.write_text(right.replace("(500_000, 1, 0)", "(503_000, 1, 0)", 1))
    assert table.read_text() != right
    with radar:
        rig = sign_with(wrong)
        start_us, end_us = keep_lit(rig, radar, SHORT_S, disturb=False)
        verdict = compare(rig.board.lamp_edges(start_us, end_us), end_us, TOLERANCE_US)
    assert not verdict.within(TOLERANCE_US), verdict


def test_the_comparison_sees_shifted_missing_and_extra_edges():
    edges = [
        (n * PERIOD_US + offset, lamp, level)
        for n in range(4)
        for offset, lamp, level in (
            (0, "left", 1),
            (HALF_US, "left", 0),
            (HALF_US, "right", 1),
            (PERIOD_US, "right", 0),
        )
    ]
    end_us = 4 * PERIOD_US
    assert compare(edges, end_us, TOLERANCE_US).within(TOLERANCE_US)
    shifted = [(t + 2_500 * (n == 6), *what) for n, (t, *what) in enumerate(edges)]
    assert compare(shifted, end_us, TOLERANCE_US).worst_us == 2_500
    assert compare(edges[:5] + edges[6:], end_us, TOLERANCE_US).missing
    assert compare([*edges, (700_000, "left", 1)], end_us, TOLERANCE_US).extra
