"""The radar's bytes: the maker's vectors, decoding back, and every loss at work."""

from __future__ import annotations

import statistics
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import LossesError
from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2450 import FRAME_BYTES, NO_TARGET, Target, encode_frame, encode_target
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import NONE, REAL, Ld2450Losses, load_losses
from gangvakt_sim.world.track import Actor

POSE = Pose(0.0, 0.0, 90.0)  # right is +x, ahead is +y
Walk = Callable[[float], Sequence[Actor]]


def signed(raw: int) -> int:
    return raw & 0x7FFF if raw & 0x8000 else -(raw & 0x7FFF)


def slots(frame: bytes) -> list[tuple[int, int, int, int] | None]:
    """Decoder written apart from the encoder."""
    assert (len(frame), frame[:4], frame[-2:]) == (FRAME_BYTES, b"\xaa\xff\x03\x00", b"\x55\xcc")
    raws = [frame[4 + 8 * slot : 12 + 8 * slot] for slot in range(3)]
    fields = [struct.unpack("<4H", raw) for raw in raws]
    return [(signed(x), signed(y), signed(v), res) if any(raw) else None
            for raw, (x, y, v, res) in zip(raws, fields, strict=True)]  # fmt: skip


def seen(frame: bytes) -> list[tuple[int, int, int, int]]:
    return [slot for slot in slots(frame) if slot is not None]


def person(x: float, y: float, speed: float = 1.0, heading: float = 0.0, name: str = "p") -> Actor:
    return Actor(name, "pedestrian", x, y, heading, speed)


def play(losses: Ld2450Losses, walk: Walk, frames: int, seed: int = 1) -> Iterator[bytes]:
    model = Ld2450Model(POSE, losses, seed)
    for step in range(frames):
        yield model.frame(step / 10, walk(step / 10))


def only(**changes: object) -> Ld2450Losses:
    """A perfect radar with these losses alone."""
    return Ld2450Losses.model_validate({**NONE.model_dump(), **changes})


@pytest.mark.parametrize(
    ("target", "octets"),
    [
        (Target(-782, 1713, -16, 320), "0E 03 B1 86 10 00 40 01"),
        (Target(-500, 1000, -5, 320), "F4 01 E8 83 05 00 40 01"),
        (Target(200, 500, 0, 100), "C8 80 F4 81 00 00 64 00"),
        (Target(300, 400, 3, 100), "2C 81 90 81 03 80 64 00"),
    ],
)
def test_targets_match_the_maker_s_vectors(target: Target, octets: str) -> None:
    assert encode_target(target) == bytes.fromhex(octets)


def test_a_whole_frame_matches_the_maker_s_vector() -> None:
    frame = encode_frame([encode_target(Target(-782, 1713, -16, 320)), NO_TARGET, NO_TARGET])
    assert frame == bytes.fromhex("AA FF 03 00 0E 03 B1 86 10 00 40 01" + "00" * 16 + "55 CC")


@given(st.integers(-40000, 40000), st.integers(-40000, 40000), st.integers(-40000, 40000))
def test_targets_decode_back_within_fifteen_bits(x: int, y: int, speed: int) -> None:
    decoded = slots(encode_frame([encode_target(Target(x, y, speed)), NO_TARGET, NO_TARGET]))[0]
    assert decoded == (*(max(-32767, min(32767, value)) for value in (x, y, speed)), 320)


@given(st.floats(-4, 4), st.floats(0.1, 4.4))
def test_a_perfect_radar_reports_the_place_to_the_millimetre(x: float, y: float) -> None:
    frame = next(play(NONE, lambda t: [person(x, y)], 1))
    angle_ok = abs(x) <= y * 3**0.5
    assert [target[:2] for target in seen(frame)] == (
        [(round(x * 1000), round(y * 1000))] if angle_ok else []
    )


def test_nobody_is_seen_out_of_range() -> None:
    assert seen(next(play(NONE, lambda t: [person(0, 6.01)], 1))) == []


def test_a_fourth_person_is_not_reported() -> None:
    crowd = [person(-1.5 + i, 3.0, name=f"p{i}") for i in range(4)]
    assert len(seen(next(play(NONE, lambda t: crowd, 1)))) == 3


@pytest.mark.parametrize(("sign", "speed"), [(-1, -140), (1, 140)])
def test_speed_is_the_range_rate_with_the_module_s_own_sign(sign: int, speed: int) -> None:
    model = Ld2450Model(POSE, NONE, 1, approach_sign=sign)
    assert seen(model.frame(0.0, [person(0, 4, 1.4, heading=270)]))[0][2] == speed


def busy(t_s: float) -> list[Actor]:
    return [
        person(-2 + t_s / 10, 3.0, name="a"),
        person(1.0, 5.5 - t_s / 20, name="b"),
        person(0, 2, 0, name="c"),
    ]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert list(play(REAL, busy, 300)) == list(play(REAL, busy, 300))


def test_another_seed_gives_other_bytes() -> None:
    assert list(play(REAL, busy, 30)) != list(play(REAL, busy, 30, seed=2))


def test_one_person_s_noise_does_not_depend_on_others() -> None:
    losses = only(radial_sigma_mm=60.0, angle_sigma_deg=2.5)
    alone = [seen(f)[0] for f in play(losses, lambda t: [person(0, 3, name="a")], 20)]
    company = play(losses, lambda t: [person(0, 3, name="a"), person(3, 4, name="b")], 20)
    assert all(one in seen(frame) for one, frame in zip(alone, company, strict=True))


@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.floats(-8, 8), st.floats(-8, 8), st.floats(0, 15)), max_size=6),
)
def test_every_frame_is_well_formed(seed: int, places: list[tuple[float, float, float]]) -> None:
    crowd = [person(x, y, speed, name=f"p{i}") for i, (x, y, speed) in enumerate(places)]
    for frame in play(REAL, lambda t: crowd, 5, seed):
        assert len(seen(frame)) <= 3


def test_noise_has_the_stated_spread_and_correlation() -> None:
    losses = only(radial_sigma_mm=60.0, noise_correlation=0.7)
    ranges = [seen(f)[0][1] - 3000 for f in play(losses, lambda t: [person(0, 3)], 20_000)]
    assert statistics.pstdev(ranges) == pytest.approx(60, rel=0.1)
    assert statistics.correlation(ranges, ranges[1:] + ranges[:1]) == pytest.approx(0.7, abs=0.05)


def test_a_frame_shows_what_was_one_latency_ago() -> None:
    frames = list(play(only(latency_ms=150.0), lambda t: [person(0, 2 + t)], 10))
    assert seen(frames[1]) == []
    assert [seen(frame)[0][1] for frame in frames[2:5]] == [2050, 2150, 2250]


def test_drop_outs_come_in_bursts_of_the_stated_length() -> None:
    gone = [not seen(f) for f in play(only(dropout=0.03), lambda t: [person(0, 3)], 30_000)]
    bursts = sum(now and not before for before, now in zip([False, *gone], gone, strict=False))
    assert sum(gone) / bursts == pytest.approx(4, rel=0.15)


def test_standing_people_are_lost_after_one_to_two_seconds_and_found_when_they_move() -> None:
    losses = only(still_speed_mm_s=150.0)
    frames = list(play(losses, lambda t: [person(0, 3, 1.0 if t >= 5 else 0.1)], 60))
    lost = next(index for index, frame in enumerate(frames) if not seen(frame))
    assert 10 <= lost <= 20
    assert not any(seen(frame) for frame in frames[lost:50])
    assert all(seen(frame) for frame in frames[50:])


@pytest.mark.parametrize(("x", "y"), [(0.0, 5.5), (3.0, 2.0)])
def test_more_is_lost_at_the_edge(x: float, y: float) -> None:
    gone = [not seen(f) for f in play(only(edge_loss=0.3), lambda t: [person(x, y)], 5000)]
    assert sum(gone) / len(gone) == pytest.approx(0.3, abs=0.03)


def test_two_people_close_together_appear_as_one_between_them() -> None:
    pair = [person(0.0, 3.0, name="a"), person(0.4, 3.0, name="b")]
    frame = next(play(only(merge_distance_mm=500.0), lambda t: pair, 1))
    assert [target[:2] for target in seen(frame)] == [(200, 3000)]


def test_ghosts_come_at_the_stated_rate_within_their_length() -> None:
    frames = [len(seen(f)) for f in play(only(ghosts_per_min=6.0), lambda t: [], 12_000)]
    assert sum(frames) / 20 / 6 == pytest.approx(6.5, rel=0.25)  # 6 a minute, 3 to 10 frames each


def test_a_freed_slot_may_keep_its_coordinates() -> None:
    frames = list(play(only(stale_slot=0.99), lambda t: [person(0, 3)] if t < 1 else [], 30))
    assert frames[-1] == frames[9]


def test_slots_may_change_places() -> None:
    frames = play(only(slot_swap=0.5), lambda t: [person(0, 3)], 50)
    assert {slots(frame).index((0, 3000, 0, 320)) for frame in frames} == {0, 1, 2}


def test_losses_are_read_from_a_table_of_stalls(tmp_path: Path) -> None:
    path = tmp_path / "stalls.toml"
    path.write_text("[gc]\nlive_24_kb = 2.5\n[ld2450]\nlatency_ms = 200\nstill_lost_s = [1.0, 3.0]\n")
    assert load_losses(path) == Ld2450Losses(latency_ms=200.0, still_lost_s=(1.0, 3.0))


@pytest.mark.parametrize("bad", ["dropout = 1.5", "ghost_frames = [9, 3]", "drop = 0.1", "latency_ms = nan"])
def test_bad_losses_are_refused(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "stalls.toml"
    path.write_text(f"[ld2450]\n{bad}\n")
    with pytest.raises(LossesError, match="ld2450"):
        load_losses(path)


def test_the_default_is_the_unkind_radar() -> None:
    assert (REAL.dropout, REAL.latency_ms, REAL.edge_loss, REAL.angle_sigma_deg) == (0.03, 150, 0.3, 2.5)
