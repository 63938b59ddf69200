"""Whatever comes by radio or over the group's topic: nothing breaks, and only what is genuine is taken."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from sign.core.poles import HEARD, Pole
from sign.proto.espnow import Group

KEY = bytes(range(32))
SITE = "drammen/storgata"
NORTH, SOUTH = Group(KEY, SITE, "north"), Group(KEY, SITE, "south")
u32 = st.integers(0, 0xFFFFFFFF)
u16 = st.integers(0, 0xFFFF)
told = st.tuples(u32, u32, u32, u32, u16, u16, u16)
frames = told.map(lambda values: NORTH.seal(*values))
# The corpus: what begins well and goes wrong later.
starts = st.sampled_from([b"", b"\x01", NORTH.seal(1, 1, 1, 1, 1, 1, 1)[:5]])


@given(starts, st.binary(max_size=80))
def test_no_bytes_are_taken_without_the_key(start, rest):
    assert SOUTH.open(start + rest) in range(9)


@given(frames, st.integers(0, 1000), st.integers(1, 255))
def test_no_changed_frame_is_taken(frame, where, change):
    where %= len(frame)
    changed = frame[:where] + bytes([frame[where] ^ change]) + frame[where + 1 :]
    assert isinstance(SOUTH.open(changed), int)


@given(told)
def test_the_signature_is_that_of_the_standard_library(values):
    frame = NORTH.seal(*values)
    assert frame[-10:] == hmac.new(KEY, frame[:-10], hashlib.sha256).digest()[:10]
    assert SOUTH.open(frame) == (NORTH.sender, *values, "north")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans())))
def test_no_frame_is_believed_twice_but_as_an_answer(frames):
    pole, believed = Pole(1), set()
    for boot, number, answers in frames:
        before = pole.state, pole.boot
        if pole.believe(boot, number, answers, 0) is None:
            assert (boot, number) not in believed or answers
            assert pole.state == HEARD
            believed = {one for one in believed if one[0] == boot} | {(boot, number)}
        else:
            assert (pole.state, pole.boot) == before
