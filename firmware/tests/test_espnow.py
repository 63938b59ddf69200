from sign.proto.espnow import Group

KEY = bytes(range(32))
NORTH = Group(KEY, "drammen/storgata", "north")
SOUTH = Group(KEY, "drammen/storgata", "south")
TOLD = (7, 300, 0x01020304, 0xFFFFFFFF, 5000, 500, 1000)
FRAME = NORTH.seal(*TOLD)
SIZE, VERSION, FOREIGN, FORGED, OWN = 0, 1, 2, 3, 8


def changed(frame, at, value):
    return frame[:at] + bytes((value,)) + frame[at + 1 :]


def test_a_frame_arrives_as_it_was_sent():
    assert SOUTH.open(FRAME) == (NORTH.sender,) + TOLD + ("north",)


def test_the_frame_is_that_of_the_wire_contract():
    assert FRAME[0] == 1
    assert FRAME[9:21] == b"\0\0\0\x07" + b"\0\0\x01\x2c" + b"\x01\x02\x03\x04"
    assert FRAME[21:36] == b"\xff\xff\xff\xff" + b"\x13\x88\x01\xf4\x03\xe8" + b"north"
    assert len(FRAME) == 46


def test_a_long_name_is_cut():
    frame = Group(KEY, "drammen/storgata", "n" * 32).seal(*TOLD)
    assert len(frame) == 63
    assert SOUTH.open(frame)[-1] == "n" * 22


def test_whatever_bit_is_changed_the_frame_is_refused():
    for at in range(len(FRAME)):
        for bit in range(8):
            found = SOUTH.open(changed(FRAME, at, FRAME[at] ^ 1 << bit))
            assert found == (VERSION if at == 0 else FOREIGN if at < 5 else FORGED), (at, bit)


def test_another_length_is_refused():
    for size in range(len(FRAME)):
        assert SOUTH.open(FRAME[:size]) in (SIZE, FORGED)
    assert SOUTH.open(FRAME + b"\0") == FORGED
    assert SOUTH.open(bytes(41)) == SOUTH.open(bytes(64)) == SOUTH.open(b"") == SIZE


def test_another_crossing_and_another_key_are_refused():
    assert Group(KEY, "drammen/kirkegata", "north").open(FRAME) == FOREIGN
    assert Group(bytes(32), "drammen/storgata", "south").open(FRAME) == FORGED


def test_an_echo_of_ones_own_frame_is_no_other_pole():
    assert NORTH.open(FRAME) == OWN


def test_a_genuine_frame_whose_name_is_no_text_is_refused_as_another_version():
    for name in (b"\xc5\t", b"\xed\xa0\x80", b"north pole"):
        told = FRAME[:31] + name
        assert SOUTH.open(told + SOUTH._mac(told)) == VERSION
