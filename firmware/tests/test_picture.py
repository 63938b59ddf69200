"""What the sign sees, as bytes: bounded, and made without allocating anything."""

import gc
from array import array
from struct import unpack

from sign.compat import ticks_add
from sign.core import picture
from sign.core.config import load
from sign.core.detector import Detector
from sign.core.intent import APPROACH, NONE

try:
    from micropython import heap_lock, heap_unlock
except ImportError:

    def heap_lock():
        """CPython's heap cannot be locked."""

    heap_unlock = heap_lock

HEADER, FOOTER = b"\xaa\xff\x03\x00", b"\x55\xcc"
# The radar stands on the kerb's first end and looks along it: its x is across the kerb, its y along it.
SITE = {"sensor_azimuth_cdeg": 9000, "kerb_b_y_mm": 4000, "pir_enabled": False, "winter": "off"}
HEAD, TRACK, NOTHING = 16, 15, 0xFFFF
WARNS, WINTER = 1, 2


def frame(*places):
    data = b""
    for x, y in places + ((0, 0),) * (3 - len(places)):
        for value in (x, y, 0, 0):
            raw = abs(value) | (0x8000 if value >= 0 and (x or y) else 0)
            data += bytes((raw & 0xFF, raw >> 8))
    return HEADER + data + FOOTER


class Street:
    """A frame every 100 ms, a tick every 10."""

    def __init__(self, now_ms=1000, **values):
        self.detector = Detector(load(dict(SITE, **values))[0], now_ms)
        self.now_ms = now_ms

    def see(self, *places):
        data = frame(*places)
        self.detector.feed(data, len(data), self.now_ms)
        for _ in range(10):
            self.now_ms = ticks_add(self.now_ms, 10)
            self.detector.tick(self.now_ms)

    def walk(self, s, q, vs, vq, frames):
        for k in range(frames):
            self.see((s + vs * k // 10, q + vq * k // 10))
        return self

    def told(self, left_s=60, flags=0):
        """(left_s, flags, reason, track, t_kerb_ms, ranges, tracks)"""
        data, seen = bytearray(picture.LARGEST), array("i", [0] * picture.SEEN_CELLS)
        gc.collect()
        heap_lock()
        try:
            count = picture.take(data, seen, self.detector, self.now_ms, left_s, flags)
        finally:
            heap_unlock()
        version, left_s, flags, reason, ms, track, t_kerb_ms, *ranges = unpack(">BBBBIHHHH", data[:HEAD])
        assert (version, ms) == (1, self.now_ms)
        tracks = [unpack(">HiihhB", data[at : at + TRACK]) for at in range(HEAD, count, TRACK)]
        return left_s, flags, reason, track, t_kerb_ms, ranges, tracks


def test_an_empty_street_is_told_as_one():
    assert Street().told(left_s=7) == (7, 0, NONE, 0, NOTHING, [NOTHING, NOTHING], [])


def test_somebody_who_walks_to_the_kerb_is_a_person_and_the_reason():
    street = Street().walk(-4000, 2000, 1200, 0, 22)
    _, flags, reason, track, t_kerb_ms, _, tracks = street.told(flags=picture.LIT | picture.PIR)
    ident, along, across, v_along, v_across, kind = tracks[0]
    assert (reason, track, kind) == (APPROACH, ident, 1)
    assert flags == WARNS | picture.LIT | picture.PIR
    assert -1600 < across < -900, tracks
    assert 1700 < along < 2300, tracks
    assert 900 < v_across < 1500, tracks
    assert abs(v_along) < 200, tracks
    assert 0 < t_kerb_ms < 2000


def test_of_whom_was_just_seen_nothing_is_sure():
    assert [track[5] for track in Street().walk(-4000, 2000, 1200, 0, 3).told()[6]] == [0]


def test_what_goes_fast_along_the_road_is_a_vehicle_and_no_reason():
    told = Street().walk(2500, -4000, 0, 6000, 12).told()
    assert [track[5] for track in told[6]] == [2]
    assert told[2] == NONE


def test_many_that_leap_about_fit():
    street = Street(0x3FFFFFFF - 900)
    for k in range(12):
        street.see((-11_000 + 100 * k, 11_500), (11_000, -11_500 + 90 * k), (-11_000, -11_000 - 70 * k))
    assert 3 <= len(street.told()[6]) <= 6


def test_a_radar_without_angle_tells_how_far():
    street = Street(radar_kind="ld2410")
    # A basic report: somebody who moves at 1.2 m, who stands at 1.5 m, and the nearer of both.
    body = b"\x02\xaa\x03\x78\x00\x64\x96\x00\x64\x78\x00\x55\x00"
    data = b"\xf4\xf3\xf2\xf1" + bytes((len(body), 0)) + body + b"\xf8\xf7\xf6\xf5"
    street.detector.feed(data, len(data), street.now_ms)
    assert street.told()[5] == [1200, NOTHING]


def test_winter_and_shadow_are_told():
    assert Street(winter="on").told(flags=picture.SHADOW)[1] == WINTER | picture.SHADOW
