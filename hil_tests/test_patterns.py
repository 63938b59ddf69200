"""Each pattern as it comes out of the lamps, against tables that are written here once more."""

import json

import pytest
from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import CONFIG

from gangvakt_sim.board.shm import now_us

pytestmark = pytest.mark.alone

TOLERANCE_US = 2_000
CAPTURE_US = 2_200_000
USERS = "300:1:1 200:0:0 300:1:0 400:0:0"
BOTH = ("left", "right")
# name: (period in us, [(time in ms, lamps, level)] of one pass)
TABLES = {
    "ww-s": (
        800_000,
        [
            (0, ("left",), 1),
            (50, ("left",), 0),
            (100, ("right",), 1),
            (150, ("right",), 0),
            (200, ("left",), 1),
            (250, ("left",), 0),
            (300, ("right",), 1),
            (350, ("right",), 0),
            (400, BOTH, 1),
            (450, BOTH, 0),
            (500, BOTH, 1),
            (550, BOTH, 0),
        ],
    ),
    "beacon": (1_090_910, [(0, BOTH, 1), (545.455, BOTH, 0)]),
    "user": (
        1_200_000,
        [(0, BOTH, 1), (300, BOTH, 0), (500, ("left",), 1), (800, ("left",), 0)],
    ),
}


def worst_us(edges, period_us, table):
    """How far edges lie from the table at most, the table laid so that its first edge fits best."""
    wanted = [(1000 * t_ms, lamp, level) for t_ms, lamps, level in table for lamp in lamps]
    first_us, *what = edges[0]
    starts = [first_us - t_us for t_us, *edge in wanted if edge == what]
    return min(max(_off_us(edge, start_us, period_us, wanted) for edge in edges) for start_us in starts)


def _off_us(edge, start_us, period_us, wanted):
    t_us, *what = edge
    gaps = [(t_us - start_us - wanted_us) % period_us for wanted_us, *other in wanted if other == what]
    return min((min(gap, period_us - gap) for gap in gaps), default=period_us)


@pytest.mark.parametrize("name", TABLES)
def test_an_approved_pattern_keeps_to_its_table(rig, name):
    steps = USERS if name == "user" else ""
    approval = {"approval_pattern": steps or name, "approval_number": "24/0123-4"}
    config = {**CONFIG, "pattern": name, "user_pattern": steps, **approval}
    rig.start({"config.json": json.dumps(config).encode()})
    rig.expect(f"lamps {name}")
    rig.press(True)
    wait_until(lambda: lit(rig), 5, "light")
    start_us = now_us()
    wait_until(lambda: now_us() > start_us + CAPTURE_US, 10, "capture")
    edges = rig.board.lamp_edges(start_us, start_us + CAPTURE_US)
    period_us, table = TABLES[name]
    assert worst_us(edges, period_us, table) <= TOLERANCE_US, edges
    in_a_pass = sum(len(lamps) for _, lamps, _ in table)
    assert abs(len(edges) - CAPTURE_US * in_a_pass / period_us) <= in_a_pass, edges


def test_a_sign_without_sensors_shines_steadily_where_the_site_wants_it(rig, radar):
    alone = {**CONFIG, "fail_mode": "steady", "pir_enabled": False, "radar_setup": False}
    rig.start({"config.json": json.dumps(alone).encode()})
    wait_until(lambda: rig.lamps() == (True, True), 20, "steady light")
    start_us = now_us()
    wait_until(lambda: now_us() > start_us + CAPTURE_US, 10, "capture")
    assert rig.board.lamp_edges(start_us, now_us()) == []
    assert ask(rig, "status")["status"]["lamps"]["pattern"] == "steady"
    with radar:
        wait_until(lambda: not lit(rig), 20, "dark once the radar is back")
        rig.press(True)
        wait_until(lambda: rig.lamps() in ((True, False), (False, True)), 10, "lamps in turn")


def test_the_comparison_sees_a_shifted_edge():
    period_us, table = TABLES["beacon"]
    edges = [(1000 * t_ms, lamp, level) for t_ms, lamps, level in table for lamp in lamps]
    assert worst_us(edges, period_us, table) == 0
    shifted = [*edges[:2], (edges[2][0] + 2_500, *edges[2][1:]), edges[3]]
    assert worst_us(shifted, period_us, table) == 2_500
