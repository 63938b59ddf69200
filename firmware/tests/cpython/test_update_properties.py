"""Whatever is offered, sent as a piece, or stands in a manifest: bounded, and never an exception."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sign.proto.manifest import BYTES, MAGIC, Manifest, refusal
from sign.proto.rsa import KEY_BYTES, Signature

MARK = b"\x01\x02\x03\x04"

pytestmark = pytest.mark.parser


@given(
    st.binary(max_size=2 * BYTES) | st.binary(min_size=BYTES - 4, max_size=BYTES - 4).map(lambda b: MAGIC + b)
)
def test_any_bytes_are_a_manifest_or_none_and_then_they_are_judged(data: bytes):
    found = Manifest(data)
    why = refusal(found, "virtual", "1.26.1", 1_000_000, 200_000)
    if not found.is_sound:
        assert why[0] == "manifest"
    elif why is None:
        assert found.board == "virtual"
        assert 0 < found.size <= 200_000
        assert found.sequence > 1_000_000 or found.replaces >= 1_000_000


@given(st.binary(max_size=KEY_BYTES + 1), st.binary(max_size=KEY_BYTES + 1), st.binary(max_size=32))
def test_no_bytes_are_a_signature_by_chance(signature: bytes, modulus: bytes, digest: bytes):
    found, steps = Signature(signature, modulus), 0
    while found.step():
        steps += 1
    assert steps in (0, 6 * 17)
    assert not found.is_of(digest)


@given(
    st.lists(st.binary(max_size=210) | st.tuples(st.integers(0, 1200), st.binary(max_size=192))),
    st.integers(1, 768),
)
def test_pieces_fill_the_buffer_in_order_and_never_more_of_it_than_was_asked_for(sent, n: int):
    fetching = made()
    fetching._at, fetching._want = 100, n
    whole = b""
    for each in sent:
        payload = each if isinstance(each, bytes) else piece(100 + each[0], each[1])
        fetching.take(payload)
        if not isinstance(each, bytes) and each[0] == len(whole) and len(whole) + len(each[1]) <= n:
            whole += each[1]
        assert fetching._have <= n
    assert bytes(fetching.buffer[: len(whole)]) == whole


def piece(at: int, data: bytes) -> bytes:
    return b"\x01" + MARK + struct.pack(">I", at) + data


def made():
    class Topics:
        def of(self, name):
            return "x/" + name

    from sign.services.fetching import Fetching

    return Fetching(Topics(), MARK)
