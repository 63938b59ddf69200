from sign.proto.c4001 import C4001, PRESENCE, SPEED

WALKER = b"$DFDMD,1,1,1.817,0.129,15304, , *"
NOBODY = b"$DFDMD,0, , , , , , *"
THERE = b"$DFHPD,1, , , *"
GONE = b"$DFHPD,0, , , *"


def lines_in(radar, data):
    found, at = [], 0
    while at < len(data):
        at = radar.feed(data, at, len(data))
        if radar.ready:
            found.append((radar.mode, radar.present, radar.range_mm, radar.speed_mm_s, radar.energy))
    return found


def test_the_makers_speed_line():
    radar = C4001()
    assert lines_in(radar, WALKER) == [(SPEED, True, 1817, 129, 15304)]
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (1, 0, 0)


def test_a_speed_line_without_a_target_has_blanks():
    assert lines_in(C4001(), WALKER + NOBODY)[1] == (SPEED, False, 0, 0, 0)


def test_presence_lines():
    found = lines_in(C4001(), THERE + b"\r\n" + GONE + b"\r\n")
    assert found == [(PRESENCE, True, 0, 0, 0), (PRESENCE, False, 0, 0, 0)]


def test_a_negative_speed_and_other_ways_to_write_a_number():
    assert lines_in(C4001(), b"$DFDMD,1,1,4.885,-0.464,346, , *") == [(SPEED, True, 4885, -464, 346)]
    assert lines_in(C4001(), b"$DFDMD,1,0,8.5,-6,52000,0,0*") == [(SPEED, True, 8500, -6000, 52000)]
    assert lines_in(C4001(), b"$DFDMD,1,1,12.34567,.5,7*") == [(SPEED, True, 12_345, 500, 7)]


def test_what_is_between_lines_is_counted():
    radar = C4001()
    assert len(lines_in(radar, b"DFRobot:/>\r\n" + THERE + b"\r\n" + GONE)) == 2
    assert (radar.skipped_bytes, radar.bad_frames) == (14, 0)


def test_a_cut_line_does_not_take_the_next_with_it():
    radar = C4001()
    assert lines_in(radar, WALKER[:14] + NOBODY) == [(SPEED, False, 0, 0, 0)]
    assert (radar.skipped_bytes, radar.bad_frames) == (14, 1)


def test_an_endless_line_is_given_up():
    radar = C4001()
    assert lines_in(radar, b"$" + b"1" * 200 + GONE) == [(PRESENCE, False, 0, 0, 0)]
    assert (radar.skipped_bytes, radar.bad_frames) == (201, 1)


def test_lines_that_are_not_plausible_are_refused():
    for line in (
        b"$*",
        b"$DFXXX,1*",
        b"$DFHPD*",
        b"$DFHPD,*",
        b"$DFHPD,2, , , *",
        b"$DFHPDX,1, , , *",
        b"$DFDMD,1*",
        b"$DFDMD,1,1, ,0.1,15, , *",
        b"$DFDMD,1,1,-1.0,0.1,15, , *",
        b"$DFDMD,1,1,31.0,0.1,15, , *",
        b"$DFDMD,1,1,1.0,25.1,15, , *",
        b"$DFDMD,1,1,1.0,0.1,99123456, , *",
        b"$DFDMD,1,1,1.0,0.1,99999999999999999999, , *",
        b"$DFDMD,1,1,99999999.0,0.1,15, , *",
        b"$DFDMD,1,1,1.0.0,0.1,15, , *",
        b"$DFDMD,1,1,1-0,0.1,15, , *",
        b"$DFDMD,1,1,-,0.1,15, , *",
        b"$DFDMD,1,1,1.8x7,0.1,15, , *",
    ):
        radar = C4001()
        assert lines_in(radar, line) == [], line
        assert (radar.bad_frames, radar.skipped_bytes) == (1, len(line)), line


def test_a_refused_line_leaves_the_last_good_one_standing():
    radar = C4001()
    lines_in(radar, WALKER + b"$DFDMD,1,1,99.0,0.1,15, , *")
    assert (radar.present, radar.range_mm, radar.ready) == (True, 1817, False)
