from sign.proto import record

FIELDS = (2, 7, 4711, 86_400, 250, 1, 2100, 3200, 2)


def packed():
    buf = bytearray(record.SIZE)
    record.pack_into(buf, 0, *FIELDS)
    return buf


def test_what_was_packed_comes_back():
    assert record.unpack(packed()) == FIELDS


def test_a_record_may_lie_anywhere_in_a_buffer():
    buf = bytearray(100)
    record.pack_into(buf, 40, *FIELDS)
    assert record.unpack(buf, 40) == FIELDS
    assert record.unpack(buf, 39) is None
    assert bytes(buf[:40]) == bytes(40)
    assert bytes(buf[72:]) == bytes(28)


def test_every_single_flipped_bit_is_noticed():
    good = packed()
    for bit in range(record.SIZE * 8):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        assert record.unpack(bad) is None


def test_erased_flash_zeros_and_torn_records_are_none():
    assert record.unpack(b"\xff" * 32) is None
    assert record.unpack(bytes(32)) is None
    assert record.unpack(packed()[:31]) is None
    assert record.unpack(packed()[:16] + b"\xff" * 16) is None


def test_values_are_clamped_to_small_ints():
    buf = bytearray(record.SIZE)
    record.pack_into(buf, 0, 3, 1, 1, 1, 1, 0, 1 << 40, -(1 << 40), -5)
    assert record.unpack(buf)[6:] == (0x3FFFFFFF, -0x3FFFFFFF, -5)
