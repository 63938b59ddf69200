import binascii

from sign.proto.hlk_frame import COUNTER_MASK
from sign.proto.ld2410 import Ld2410

BASIC = binascii.unhexlify("f4f3f2f10d0002aa02510000000" + "03b00005500f8f7f6f5")
ENGINEERING = binascii.unhexlify(
    "f4f3f2f1230001aa031e003c000039000008083c22050303040306050000391013060608046001" + "5500f8f7f6f5"
)


def reports_in(radar, data):
    """(moves, stays, distances and energies) of every report."""
    found, at = [], 0
    while True:
        at = radar.feed(data, at, len(data))
        if not radar.ready:
            return found
        moving, static = (radar.moving_mm, radar.moving_energy), (radar.static_mm, radar.static_energy)
        found.append((radar.moves, radar.stays, moving, static, radar.range_mm))


STATIC = (False, True, (810, 0), (0, 59), 0)
BOTH = (True, True, (300, 60), (0, 57), 0)


def test_the_makers_basic_vector():
    radar = Ld2410()
    assert reports_in(radar, BASIC) == [STATIC]
    assert not radar.engineering
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (1, 0, 0)


def test_the_makers_engineering_vector():
    radar = Ld2410()
    assert reports_in(radar, ENGINEERING) == [BOTH]
    assert radar.engineering
    assert (radar.last_moving_gate, radar.last_static_gate) == (8, 8)
    assert list(radar.moving_energies) == [60, 34, 5, 3, 3, 4, 3, 6, 5]
    assert list(radar.static_energies) == [0, 0, 57, 16, 19, 6, 6, 8, 4]
    assert (radar.light, radar.out) == (0x60, 1)


def test_a_report_may_come_byte_by_byte():
    radar = Ld2410()
    found = []
    for byte in ENGINEERING + BASIC:
        found += reports_in(radar, bytes((byte,)))
    assert found == [BOTH, STATIC]


def test_garbage_is_skipped_and_counted():
    radar = Ld2410()
    assert len(reports_in(radar, b"\x00\xf4\xf3\x55" + BASIC + b"\xf4\xf3" + BASIC)) == 2
    assert (radar.skipped_bytes, radar.bad_frames) == (6, 0)


def test_a_cut_report_does_not_take_the_next_with_it():
    radar = Ld2410()
    assert reports_in(radar, ENGINEERING[:20] + BASIC + BASIC) == [STATIC, STATIC]
    assert (radar.skipped_bytes, radar.bad_frames) == (20, 1)


def test_a_garbled_length_does_not_take_the_reports_behind_it():
    radar = Ld2410()
    longer = BASIC[:4] + b"\x23" + BASIC[5:]
    assert reports_in(radar, longer + BASIC + BASIC + BASIC) == [STATIC, STATIC, STATIC]
    assert radar.bad_frames == 1


def test_reports_that_contradict_themselves_are_refused():
    for at, value in ((4, 0x0C), (6, 1), (7, 0xAB), (17, 0x54), (18, 1), (22, 0)):
        radar = Ld2410()
        wrong = bytearray(BASIC)
        wrong[at] = value
        assert reports_in(radar, wrong + BASIC)[-1:] == [STATIC], at
        assert radar.frames == 1, at
        assert radar.bad_frames == 1, at


def test_counters_stay_small_ints():
    radar = Ld2410()
    radar.frames = radar.skipped_bytes = radar.bad_frames = COUNTER_MASK
    reports_in(radar, b"\x00" + BASIC[:4] + bytes(40) + BASIC)
    assert radar.skipped_bytes < 100
    assert (radar.frames, radar.bad_frames) == (0, 0)
