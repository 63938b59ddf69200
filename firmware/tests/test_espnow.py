from sign.proto.espnow import Group

KEY = bytes(range(32))
NORTH = Group(KEY, "drammen/storgata", "north")
SOUTH = Group(KEY, "drammen/storgata", "south")
BODY = b"\x13\x88\x01\xf4\x03\xe8"
# HMAC-SHA-256 of the first 37 bytes with that key, by CPython's own hmac.
STATE = NORTH.seal(False, 7, 300, 0x01020304, BODY)
SIZE, VERSION, FOREIGN, FORGED, OWN = 0, 1, 2, 3, 8


def changed(frame, at, value):
    return frame[:at] + bytes((value,)) + frame[at + 1 :]


def test_a_state_and_a_hello_arrive_as_they_were_sent():
    assert SOUTH.open(STATE) == (False, NORTH.sender, 7, 300, 0x01020304, BODY)
    hello = NORTH.seal(True, 1_001_000_000, 1, 0xFFFFFFFF, b"north")
    assert SOUTH.open(hello) == (True, NORTH.sender, 1_001_000_000, 1, 0xFFFFFFFF, b"north")


def test_the_frame_is_that_of_the_wire_contract():
    assert len(STATE) == 37
    assert STATE[0] == 0x12
    assert STATE[9:27] == b"\0\0\0\x07" + b"\0\0\x01\x2c" + b"\x01\x02\x03\x04" + BODY
    assert len(NORTH.seal(True, 1, 1, 1, b"n" * 32)) == 63


def test_whatever_bit_is_changed_the_frame_is_refused():
    for at in range(len(STATE)):
        for bit in range(8):
            found = SOUTH.open(changed(STATE, at, STATE[at] ^ 1 << bit))
            assert found == (VERSION if at == 0 else FOREIGN if at < 5 else FORGED), (at, bit)


def test_another_length_is_refused():
    for size in range(len(STATE)):
        assert SOUTH.open(STATE[:size]) in (SIZE, FORGED)
    assert SOUTH.open(STATE + b"\0") == SIZE
    assert SOUTH.open(bytes(64)) == SIZE


def test_another_crossing_and_another_key_are_refused():
    assert Group(KEY, "drammen/kirkegata", "north").open(STATE) == FOREIGN
    assert Group(bytes(32), "drammen/storgata", "south").open(STATE) == FORGED


def test_an_echo_of_ones_own_frame_is_no_other_pole():
    assert NORTH.open(STATE) == OWN
