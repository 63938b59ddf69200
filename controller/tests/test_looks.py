"""What a sign that is watched sees: from bytes to the live model, for some seconds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gangvakt.errors import Unreadable
from gangvakt.fleet import ChangeKind, LiveFleet
from gangvakt.fleet.look import Doing, Look
from gangvakt.fleet.view import FleetView
from gangvakt.ingest import Ingest
from gangvakt.ingest.looks import HEAD, LARGEST, MOST_MM, TRACK, parse_look
from gangvakt.ingest.messages import parse_status

from .migrated import a_store
from .support import NORTH
from .wire import NOW_MS, a_look, status

FUZZ = int(os.environ.get("GANGVAKT_FUZZ", "60"))
WALKER = (7, 1_700, -1_500, 100, 1_200, 1)


def test_a_picture_is_read_to_the_last_field() -> None:
    look = parse_look(a_look(WALKER, flags=0b11101, ranges=(1_200, 0xFFFF)), NOW_MS)
    assert (look.left_s, look.sign_ms, look.received_ms) == (60, 5_000, NOW_MS)
    assert (look.reason, look.track, look.t_kerb_ms) == ("approach", 7, 1_100)
    assert (look.warns, look.winter, look.lamps, look.pir, look.is_shadow) == (True, False, True, True, True)
    assert look.ranges_mm == (1_200,)
    assert [(one.along_mm, one.across_mm, one.across_mm_s) for one in look.tracks] == [(1_700, -1_500, 1_200)]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "version is 'nothing'; allowed: 1"),
        (b"{}", "version is '7b'; allowed: 1"),
        (a_look()[:-1], "size is 15; allowed: 16 + 15 x 0..6 bytes"),
        (a_look(*[WALKER] * 7), "size is 121; allowed: 16 + 15 x 0..6 bytes"),
        (a_look(left_s=61), "left_s is 61; allowed: 0..60"),
        (a_look(flags=32), "flags is 32; allowed: 0..31"),
        (a_look(reason=6), "reason is 6; allowed: 0..5"),
        (a_look(ms=2**30), "ms is 1073741824; allowed: 0..1073741823"),
        (a_look(track=0x8000), "track is 32768; allowed: 0..32767"),
        (a_look((0, 0, 0, 0, 0, 0)), "number of a track is 0; allowed: 1..32767"),
        (a_look((1, 100_001, 0, 0, 0, 0)), "along is 100001; allowed: -100000..100000"),
        (a_look((1, 0, -100_001, 0, 0, 0)), "across is -100001; allowed: -100000..100000"),
        (a_look((1, 0, 0, 0, 0, 3)), "kind is 3; allowed: 0..2"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_field(payload: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_look(payload, NOW_MS)
    assert str(refused.value) == f"Targets: {said}"


@pytest.mark.parser
@settings(max_examples=FUZZ, deadline=None)
@given(
    st.binary(max_size=LARGEST + 20)
    | st.integers(0, 7).flatmap(
        lambda n: st.binary(min_size=HEAD.size - 1 + n * TRACK.size).map(b"\x01".__add__)
    )
)
@example(a_look(*[WALKER] * 6))
def test_any_bytes_are_a_bounded_picture_or_refused(payload: bytes) -> None:
    try:
        look = parse_look(payload, NOW_MS)
    except Unreadable:
        return
    assert len(payload) == HEAD.size + len(look.tracks) * TRACK.size <= LARGEST
    assert 0 <= look.left_s <= 60
    assert all(abs(one.along_mm) <= MOST_MM >= abs(one.across_mm) for one in look.tracks)
    assert {look.doing(one) for one in look.tracks} <= set(Doing)


@pytest.mark.parametrize(
    ("track", "told", "doing"),
    [
        ((7, 0, -1_500, 0, 1_200, 1), {"reason": 1}, Doing.STEPPING_OUT),
        ((7, 0, -300, 0, 0, 1), {"reason": 2}, Doing.WAITING),
        ((7, 0, 900, 0, 1_000, 1), {"reason": 3}, Doing.CROSSING),
        ((8, 0, -1_500, 0, 1_200, 1), {"reason": 1}, Doing.HEADING),
        ((8, 0, -1_500, 1_200, 0, 1), {"reason": 1}, Doing.PASSING),
        ((8, 0, 900, 0, 0, 1), {"reason": 0}, Doing.ON_ROAD),
        ((7, 0, -1_500, 0, 1_200, 0), {"reason": 4}, Doing.NOT_SURE),
        ((7, 0, 900, 9_000, 0, 2), {"reason": 3}, Doing.VEHICLE),
    ],
)
def test_what_somebody_does_has_one_word(track: tuple[int, ...], told: dict[str, int], doing: Doing) -> None:
    look = parse_look(a_look(track, **told), NOW_MS)
    assert look.doing(look.tracks[0]) is doing


async def test_a_picture_is_held_for_seconds_by_the_fleet_and_stored_nowhere(tmp_path: Path) -> None:
    now_ms = NOW_MS
    fleet = LiveFleet(lambda: now_ms)
    async with a_store(tmp_path / "x.db") as store:
        ingest = Ingest(fleet, store.journal, lambda: now_ms)
        changes = fleet.subscribe()
        ingest.receive(f"gangvakt/v1/{NORTH}/targets", a_look(WALKER))
        assert fleet.look(NORTH) is None, "of a sign that never said anything else"
        fleet.put_status(NORTH, parse_status(status()), now_ms)
        ingest.receive(f"gangvakt/v1/{NORTH}/targets", a_look(WALKER))
        assert isinstance(fleet.look(NORTH), Look)
        assert [one.kind for one in changes.take()] == [ChangeKind.SIGN, ChangeKind.LOOK]
        assert FleetView(fleet, frozenset({"bergen"})).look(NORTH) is None
        assert not ingest._inbox.waiting_events
        now_ms += 3_001
        assert fleet.look(NORTH) is None
        ingest.receive(f"gangvakt/v1/{NORTH}/targets", a_look(WALKER)[:-1])
        assert [letter.reason for letter in ingest._inbox._letters] == [
            "Targets: size is 30; allowed: 16 + 15 x 0..6 bytes"
        ]
