"""The sign's and the laptop's side of the technician's protocol understand one another."""

import binascii
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.provision.service_frames import Frame, Lines, encode, parse
from sign.proto import service

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service_vectors import BAD_BODIES, VECTORS

pytestmark = pytest.mark.parser

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_value = st.recursive(
    st.booleans() | st.integers(-(2**29), 2**29) | text,
    lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
verbs = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=16)
frames = st.builds(Frame, st.integers(1, 65_535), verbs, st.none() | json_value)
noise = st.binary(max_size=30).map(lambda data: data.replace(b"@", b"") + b"\n")
cuts = st.lists(st.integers(1, 40), max_size=12)


def pieces(data, sizes):
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


def found(data, sizes=()):
    lines = Lines()
    return [one for piece in pieces(data, sizes) for one in lines.feed(piece) if isinstance(one, Frame)]


def test_both_keep_to_the_same_lines():
    for request_id, verb, obj, line in VECTORS:
        assert encode(Frame(request_id, verb, obj)) == line
        assert parse(line[:-1]) == Frame(request_id, verb, obj)


def test_what_is_no_line_although_its_sum_is_right():
    for body in BAD_BODIES:
        lines = Lines()
        data = b"@%b~%04x\n" % (body, binascii.crc_hqx(body, 0xFFFF))
        assert [one for one in lines.feed(data) if isinstance(one, Frame)] == []
        assert lines.bad == 1


@given(frames)
def test_the_sign_understands_the_laptop(frame):
    assert service.Decoder(4096).feed(encode(frame)) == [(frame.id, frame.verb, frame.obj)]


@given(st.lists(frames, max_size=4), cuts, noise)
def test_the_laptop_understands_the_sign_amid_noise(sent, sizes, between):
    data = between + between.join(service.encode(one.id, one.verb, one.obj) for one in sent)
    assert found(data, sizes) == sent


@given(frames, noise.map(lambda data: data[:-1].replace(b"\n", b" ")))
def test_noise_without_a_line_end_hides_nothing(frame, before):
    assert found(before + service.encode(frame.id, frame.verb, frame.obj)) == [frame]


@given(st.binary(max_size=300).map(lambda data: data.replace(b"x", b"@").replace(b"y", b"~")), cuts)
def test_any_bytes_are_harmless(data, sizes):
    lines = Lines()
    for piece in pieces(data, sizes):
        list(lines.feed(piece))


@given(frames, st.data())
def test_a_flipped_bit_is_noticed(frame, data):
    line = bytearray(encode(frame))
    at = data.draw(st.integers(1, len(line) - 2))
    line[at] ^= 1 << data.draw(st.integers(0, 7))
    assert frame not in found(bytes(line))
