"""Tracks: interpolation, and the reader that trusts no file."""

from __future__ import annotations

import gzip
import io
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import TrackError
from gangvakt_sim.world.track import Track, TrackWorld
from gangvakt_sim.world.track_csv import parse_tracks, read_tracks

HEADER = "track,kind,t,x,y"


def parse(text: str, max_rows: int = 1000) -> list[Track]:
    return parse_tracks(io.BytesIO(text.encode()), "people.csv", max_rows)


def refused(text: str, max_rows: int = 1000) -> TrackError:
    with pytest.raises(TrackError) as caught:
        parse(text, max_rows)
    return caught.value


def refusal(data: bytes) -> str:
    """What is said about these bytes; nothing when they are tracks."""
    try:
        parse_tracks(io.BytesIO(data), "any")
    except TrackError as error:
        return str(error)
    return ""


def test_place_is_interpolated_between_samples() -> None:
    track = Track("p", "pedestrian", (0.0, 2.0), (0.0, 4.0), (1.0, 1.0))
    assert track.place(0.5) == (1.0, 1.0)


def test_speed_and_heading_come_from_the_samples() -> None:
    actor = Track("p", "pedestrian", (0.0, 2.0), (0.0, 0.0), (0.0, -3.0)).at(1.0)
    assert actor is not None
    assert (actor.speed_m_s, actor.heading_deg) == pytest.approx((1.5, 270.0))


def test_nobody_is_there_outside_the_track() -> None:
    world = TrackWorld([Track("p", "car", (1.0, 2.0), (0.0, 1.0), (0.0, 0.0))])
    assert [len(world.actors(t)) for t in (0.99, 1.0, 2.0, 2.01)] == [0, 1, 1, 0]


def test_samples_at_the_same_time_do_no_harm() -> None:
    actor = Track("p", "pedestrian", (0.0, 0.0), (0.0, 5.0), (0.0, 0.0)).at(0.0)
    assert actor is not None
    assert actor.speed_m_s == 0.0


def test_columns_may_come_in_any_order_among_others() -> None:
    (track,) = parse("y,note,x,t,kind,track\n2,hi,1,0,cyclist,c1\n")
    assert track == Track("c1", "cyclist", (0.0,), (1.0,), (2.0,))


def test_interleaved_tracks_are_told_apart() -> None:
    a, b = parse(f"{HEADER}\na,pedestrian,0,0,0\nb,car,5,1,1\na,pedestrian,1,1,0\n")
    assert (a.t, b.t) == ((0.0, 1.0), (5.0,))


def test_a_packed_file_reads_like_a_plain_one(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(f"{HEADER}\np,pedestrian,0,1,2\n")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_tracks(packed) == read_tracks(plain)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("p,pedestrian,0,nan,0", "x", "nan"),
        ("p,pedestrian,0,0,1e9", "y", "1e9"),
        ("p,pedestrian,0,1_0,0", "x", "1_0"),
        ("p,pedestrian,soon,0,0", "t", "soon"),
        ("p,tram,0,0,0", "kind", "tram"),
        (",pedestrian,0,0,0", "track", ""),
        ("p,pedestrian,0,0", "cells", 4),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(row: str, column: str, value: object) -> None:
    error = refused(f"{HEADER}\nq,pedestrian,0,0,0\n{row}\n")
    assert (error.line, error.column, error.value) == (3, column, value)
    assert "people.csv, line 3" in str(error)


def test_time_must_not_run_backwards() -> None:
    error = refused(f"{HEADER}\np,pedestrian,1,0,0\np,pedestrian,0.9,0,0\n")
    assert (error.line, error.column, error.value) == (3, "t", "0.9")


def test_a_track_keeps_its_kind() -> None:
    assert refused(f"{HEADER}\np,pedestrian,1,0,0\np,car,2,0,0\n").column == "kind"


def test_a_missing_column_is_named() -> None:
    assert refused("track,kind,t,x\n").column == "y"


def test_rows_are_bounded() -> None:
    error = refused(HEADER + "\np,pedestrian,0,0,0" * 4, max_rows=3)
    assert (error.line, error.column) == (5, "rows")


def test_a_line_without_end_is_refused() -> None:
    assert refused(HEADER + "\n" + "x" * 100_000).allowed == "at most 1000 characters"


def test_a_cut_packed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\np,pedestrian,0,1,2\n".encode())[:-9])
    with pytest.raises(TrackError, match="whole gzip file"):
        read_tracks(path)


def test_a_missing_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(TrackError, match="No such file"):
        read_tracks(tmp_path / "none.csv")


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: HEADER.encode() + b"\n" + tail))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert "\n" not in refusal(data)


cells = st.one_of(
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["pedestrian", "car", "p", ""]),
    st.text(max_size=5),
)


@given(st.lists(st.lists(cells, min_size=4, max_size=6), max_size=8))
def test_whatever_is_read_is_within_bounds(rows: list[list[str]]) -> None:
    text = "\n".join([HEADER, *(",".join(row) for row in rows)])
    try:
        tracks = parse_tracks(io.BytesIO(text.encode("utf-8", "replace")), "any")
    except TrackError:
        return
    for track in tracks:
        assert list(track.t) == sorted(track.t)
        assert all(math.isfinite(v) and abs(v) < 1000 for v in (*track.x, *track.y))


@given(st.binary(max_size=300))
def test_damaged_packed_files_are_read_or_refused(noise: bytes) -> None:
    packed = bytearray(gzip.compress(f"{HEADER}\np,pedestrian,0,1,2\n".encode() * 3))
    for index, byte in enumerate(noise[: len(packed) - 2]):
        packed[index + 2] ^= byte if byte < 4 else 0
    assert refusal(bytes(packed))[:3] in ("", "any")
