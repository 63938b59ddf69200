from sign.proto import ntp

NONCE = b"12345678"
UNIX_1900_S = 2_208_988_800


def reply(seconds, fraction=0, first=0x24, stratum=2, nonce=NONCE):
    data = bytearray(48)
    data[0], data[1] = first, stratum
    data[24:32] = nonce
    data[40:44] = (seconds & 0xFFFFFFFF).to_bytes(4, "big")
    data[44:48] = fraction.to_bytes(4, "big")
    return bytes(data)


def test_a_question_is_48_bytes_with_the_nonce_where_the_time_would_be():
    asked = ntp.question(NONCE)
    assert (len(asked), asked[0], asked[40:]) == (48, 0x23, NONCE)
    assert asked[1:40] == bytes(39)


def test_an_answer_gives_the_time_in_ms():
    assert ntp.answer(reply(1_800_000_000 + UNIX_1900_S, 1 << 31), NONCE) == 1_800_000_000_500


def test_the_seconds_begin_anew_in_2036():
    last = (1 << 32) - 1 - UNIX_1900_S
    assert ntp.answer(reply(last + UNIX_1900_S), NONCE) == last * 1000
    assert ntp.answer(reply(last + 2 + UNIX_1900_S), NONCE) == (last + 2) * 1000


def test_what_is_no_answer_is_none():
    good = reply(1_800_000_000 + UNIX_1900_S)
    for data in (
        b"",
        good[:47],
        reply(1_800_000_000, first=0x23),  # a question
        reply(1_800_000_000, first=0xE4),  # a server that has lost the time
        reply(1_800_000_000, stratum=0),
        reply(1_800_000_000, stratum=16),
        reply(1_800_000_000, nonce=b"87654321"),
        reply(0),
    ):
        assert ntp.answer(data, NONCE) is None


def test_a_server_that_wants_no_questions_says_so():
    assert ntp.sends_away(reply(0, stratum=0), NONCE)
    assert not ntp.sends_away(reply(0, stratum=0, nonce=b"87654321"), NONCE)
    assert not ntp.sends_away(reply(5, stratum=1), NONCE)


def test_a_time_before_1970_is_none():
    assert ntp.answer(reply(UNIX_1900_S), NONCE) == 0
    assert ntp.answer(reply(UNIX_1900_S - 128), NONCE) is None
