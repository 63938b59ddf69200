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
bodies = st.binary(min_size=6, max_size=6)
frames = st.builds(NORTH.seal, st.just(False), u32, u32, u32, bodies) | st.builds(
    NORTH.seal, st.just(True), u32, u32, u32, st.binary(min_size=1, max_size=32)
)
# The corpus: what begins well and goes wrong later.
starts = st.sampled_from([b"", b"\x11", b"\x12", NORTH.seal(False, 1, 1, 1, bytes(6))[:5]])


@given(starts, st.binary(max_size=80))
def test_no_bytes_are_taken_without_the_key(start, rest):
    assert SOUTH.open(start + rest) in range(9)


@given(frames, st.integers(0, 1000), st.integers(1, 255))
def test_no_changed_frame_is_taken(frame, where, change):
    where %= len(frame)
    changed = frame[:where] + bytes([frame[where] ^ change]) + frame[where + 1 :]
    assert isinstance(SOUTH.open(changed), int)


@given(st.booleans(), u32, u32, u32, bodies)
def test_the_signature_is_that_of_the_standard_library(hello, boot, number, question, body):
    frame = NORTH.seal(hello, boot, number, question, body)
    assert frame[-10:] == hmac.new(KEY, frame[:-10], hashlib.sha256).digest()[:10]
    assert SOUTH.open(frame) == (hello, NORTH.sender, boot, number, question, body)


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
