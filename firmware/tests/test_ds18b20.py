import binascii

from sign.proto.ds18b20 import SCRATCHPAD, UNKNOWN, crc8, temperature_cdeg


def scratchpad(raw, config=0x7F):
    data = bytes((raw & 0xFF, raw >> 8, 0x4B, 0x46, config, 0xFF, 0x0C, 0x10))
    return data + bytes((crc8(data, 0, 8),))


def test_the_makers_crc_vector():
    rom = binascii.unhexlify("021cb801000000a2")
    assert crc8(rom, 0, 7) == 0xA2
    assert crc8(rom, 0, 8) == 0


def test_the_data_sheets_temperatures():
    for raw, cdeg in (
        (0x07D0, 12_500),
        (0x0191, 2_506),
        (0x00A2, 1_013),
        (0x0008, 50),
        (0x0000, 0),
        (0xFFF8, -50),
        (0xFF5E, -1_012),
        (0xFE6F, -2_506),
        (0xFC90, -5_500),
    ):
        assert temperature_cdeg(scratchpad(raw)) == cdeg, raw


def test_every_single_wrong_bit_is_noticed():
    good = scratchpad(0x0191)
    for bit in range(8 * SCRATCHPAD):
        wrong = bytearray(good)
        wrong[bit // 8] ^= 1 << bit % 8
        assert temperature_cdeg(wrong) == UNKNOWN, bit


def test_power_on_and_stuck_lines_are_no_temperature():
    assert temperature_cdeg(scratchpad(0x0550)) == UNKNOWN
    assert temperature_cdeg(bytes(SCRATCHPAD)) == UNKNOWN  # its CRC is right
    assert temperature_cdeg(b"\xff" * SCRATCHPAD) == UNKNOWN


def test_bits_below_the_resolution_are_left_out():
    assert temperature_cdeg(scratchpad(0x0197, config=0x1F)) == 2_500


def test_what_the_sensor_cannot_measure_is_refused():
    assert temperature_cdeg(scratchpad(0x0800)) == UNKNOWN
