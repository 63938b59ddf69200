import binascii

from sign.proto.ld2450 import Ld2450

HEADER, FOOTER = b"\xaa\xff\x03\x00", b"\x55\xcc"
EMPTY = bytes(8)
FIRST = binascii.unhexlify("0e03b18610004001")
SECOND = binascii.unhexlify("f401e88305004001")
THIRD = binascii.unhexlify("c880f48100006400")
FOURTH = binascii.unhexlify("2c81908103806400")


def frame(a=EMPTY, b=EMPTY, c=EMPTY):
    return HEADER + a + b + c + FOOTER


def frames_in(radar, data):
    """Every frame's targets, as lists."""
    found, at = [], 0
    while at < len(data):
        at = radar.feed(data, at, len(data))
        if radar.ready:
            found.append(list(radar.targets[: radar.count * 4]))
    return found


def test_the_makers_vectors():
    radar = Ld2450()
    assert frames_in(radar, frame(FIRST)) == [[-782, 1713, -160, 320]]
    assert frames_in(radar, frame(SECOND)) == [[-500, 1000, -50, 320]]
    assert frames_in(radar, frame(THIRD)) == [[200, 500, 0, 100]]
    assert frames_in(radar, frame(FOURTH)) == [[300, 400, 30, 100]]
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (4, 0, 0)


def test_empty_slots_are_left_out():
    radar = Ld2450()
    assert frames_in(radar, frame(EMPTY, THIRD, SECOND)) == [[200, 500, 0, 100, -500, 1000, -50, 320]]
    assert frames_in(radar, frame()) == [[]]


def test_several_frames_in_one_buffer_are_all_seen():
    radar = Ld2450()
    assert len(frames_in(radar, frame(FIRST) + frame(SECOND) + frame(THIRD))) == 3


def test_a_frame_may_come_byte_by_byte():
    radar = Ld2450()
    found = []
    for byte in frame(FIRST):
        found += frames_in(radar, bytes((byte,)))
    assert found == [[-782, 1713, -160, 320]]


def test_garbage_is_skipped_and_counted():
    radar = Ld2450()
    assert len(frames_in(radar, b"\x00\xaa\xff\x55\xcc" + frame(FIRST) + b"\xaa" + frame(SECOND))) == 2
    assert (radar.skipped_bytes, radar.bad_frames) == (6, 0)


def test_a_cut_frame_does_not_take_the_next_with_it():
    radar = Ld2450()
    assert frames_in(radar, frame(FIRST)[:17] + frame(SECOND)) == [[-500, 1000, -50, 320]]
    assert (radar.skipped_bytes, radar.bad_frames) == (17, 1)


def test_a_footer_alone_makes_no_frame():
    radar = Ld2450()
    assert frames_in(radar, FIRST * 4 + FOOTER) == []


def test_a_header_inside_the_coordinates_is_no_start():
    radar = Ld2450()
    tricky = frame(HEADER + HEADER, HEADER + HEADER, FOOTER + HEADER + FOOTER)
    assert len(frames_in(radar, tricky + tricky)) == 2
    assert radar.skipped_bytes == 0


def test_counters_stay_small_ints():
    radar = Ld2450()
    radar.skipped_bytes = radar.bad_frames = 0x3FFFFFFF
    frames_in(radar, b"\x00" + HEADER + bytes(40))
    assert radar.skipped_bytes < 100
    assert radar.bad_frames == 0
