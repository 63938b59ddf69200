from sign.proto.crc import crc16


def test_check_value():
    assert crc16(b"123456789", 0, 9) == 0x29B1


def test_only_the_given_part_counts():
    assert crc16(b"x123456789y", 1, 10) == 0x29B1


def test_parts_can_be_chained():
    assert crc16(b"6789", 0, 4, crc16(b"12345", 0, 5)) == 0x29B1
