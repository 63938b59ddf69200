"""Faults by name and by schedule: what is accepted, what is refused in one line."""

import contextlib
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import FaultRefusal
from gangvakt_sim.faults.afflict import _ACTS, rot
from gangvakt_sim.faults.bench import bench_faults
from gangvakt_sim.faults.catalogue import BY_NAME, KINDS
from gangvakt_sim.faults.schedule import Fault, as_toml, draw_schedule, parse_fault, read_schedule

WEEK_S = 7 * 86_400.0


def test_a_fault_is_written_with_its_time_its_duration_and_what_it_is_told():
    fault = parse_fault("packet-loss@600:120,percent=30")
    assert (fault.name, fault.at_s, fault.for_s, fault.value("percent")) == ("packet-loss", 600, 120, 30)
    assert parse_fault("packet-loss@0:1").value("percent") == BY_NAME["packet-loss"].parameters[0].default
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize(
    "text",
    [
        "no-such-fault@1",
        "broker-down",
        "broker-down@1:99999999",
        "broker-down@1,percent=3",
        "brown-out@1:5",
        "packet-loss@1:5,percent=0",
        "packet-loss@1:5,percent=91",
        "packet-loss@1.1.1:5",
        "",
    ],
)
def test_what_there_is_not_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(FaultRefusal, match="allowed: ") as refused:
        parse_fault(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parser
@given(st.text(max_size=60))
def test_any_text_is_a_fault_or_refused(text: str) -> None:
    with contextlib.suppress(FaultRefusal):
        assert parse_fault(text).name in BY_NAME


def test_the_same_seed_draws_the_same_schedule_and_a_file_keeps_it(tmp_path: Path) -> None:
    drawn = draw_schedule(7, WEEK_S, 24, "virtual")
    assert drawn == draw_schedule(7, WEEK_S, 24, "virtual") != draw_schedule(8, WEEK_S, 24, "virtual")
    assert 100 < len(drawn) < 240
    assert {fault.name for fault in drawn} == {kind.name for kind in KINDS if "virtual" in kind.where}
    path = tmp_path / "schedule.toml"
    path.write_text(as_toml(drawn))
    assert [str(fault) for fault in read_schedule(path)] == [str(fault) for fault in drawn]


@pytest.mark.parametrize("text", ["x", "[[fault]]\nname = 3", '[[fault]]\nname = "brown-out"', "fault = 3"])
def test_a_file_that_is_no_schedule_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "schedule.toml"
    path.write_text(text)
    with pytest.raises(FaultRefusal, match=r"schedule\.toml"):
        read_schedule(path)


def test_each_fault_of_the_catalogue_can_be_caused() -> None:
    assert set(_ACTS) == set(BY_NAME)


def test_a_board_by_itself_knows_no_fault_of_the_network() -> None:
    assert bench_faults(["brown-out@9", "radar-silent@1:2"])[0].name == "radar-silent"
    with pytest.raises(FaultRefusal, match="use `soak`"):
        bench_faults(["broker-down@1:2"])


def test_bits_rot_where_they_are_told_to(tmp_path: Path) -> None:
    path = tmp_path / "flash"
    path.write_bytes(bytes(300))
    rot(path, 100, 50, 5, random.Random(1))
    after = path.read_bytes()
    assert sum(byte.bit_count() for byte in after) == sum(byte.bit_count() for byte in after[100:150]) > 0


def test_a_fault_out_of_time_is_refused() -> None:
    with pytest.raises(FaultRefusal, match="at is -1"):
        Fault(-1, "brown-out")
