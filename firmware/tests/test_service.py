import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from service_vectors import BAD_BODIES, VECTORS

from sign.proto import service
from sign.proto.crc import crc16
from sign.proto.service import Decoder, ServiceError


def refused(*args):
    try:
        service.encode(*args)
    except ServiceError as error:
        return error.field
    return None


def test_a_line_comes_back_as_it_was_sent():
    decoder = Decoder()
    line = service.encode(7, "config-set", {"name": "dim_pct", "value": 40, "text": "æ @ ~"})
    assert line.endswith(b"\n")
    assert decoder.feed(line) == [(7, "config-set", {"name": "dim_pct", "value": 40, "text": "æ @ ~"})]
    assert decoder.feed(service.encode(65_535, "status")) == [(65_535, "status", None)]
    assert (decoder.ignored, decoder.bad) == (0, 0)


def test_the_format():
    assert service.encode(1, "status") == b"@1 status~d3cd\n"


def test_the_lines_that_both_sides_keep_to():
    for request_id, verb, obj, line in VECTORS:
        assert Decoder().feed(line) == [(request_id, verb, obj)], line
        assert Decoder().feed(service.encode(request_id, verb, obj)) == [(request_id, verb, obj)], line


def test_what_is_no_line_although_its_sum_is_right():
    for body in BAD_BODIES:
        decoder = Decoder()
        assert decoder.feed(b"@" + body + b"~%04x\n" % crc16(body, 0, len(body))) == [], body
        assert decoder.bad == 1


def test_console_noise_is_ignored():
    decoder = Decoder()
    data = b"I (31) boot: ESP-IDF\r\n\r\n>>> \n" + service.encode(1, "ok") + b"Traceback:\n"
    assert decoder.feed(data) == [(1, "ok", None)]
    assert (decoder.ignored, decoder.bad) == (3, 0)


def test_noise_without_a_line_end_does_not_hide_a_request():
    decoder = Decoder()
    assert decoder.feed(b">>> half a line" + service.encode(1, "status")) == [(1, "status", None)]
    cut = service.encode(2, "status")[:6]
    assert decoder.feed(cut + service.encode(3, "status")) == [(3, "status", None)]


def test_carriage_returns_of_a_terminal_are_forgiven():
    assert Decoder().feed(service.encode(1, "status")[:-1] + b"\r\n") == [(1, "status", None)]


def test_a_garbled_line_is_counted_and_the_next_understood():
    decoder = Decoder()
    line = service.encode(1, "status", [1, 2])
    for at in range(1, len(line) - 1):
        bad = bytearray(line)
        bad[at] ^= 1
        assert [p for p in decoder.feed(bad) if p[1] == "status"] == []
    assert decoder.feed(b"\n" + line) == [(1, "status", [1, 2])]
    assert decoder.bad > 0


def test_a_line_that_is_too_long_is_dropped():
    decoder = Decoder(32)
    assert decoder.feed(service.encode(1, "a", "x" * 40) + service.encode(2, "b")) == [(2, "b", None)]
    assert decoder.bad == 1


def test_what_cannot_be_sent_is_refused_by_name():
    assert refused(0, "status") == "id"
    assert refused(65_536, "status") == "id"
    assert refused(1, "") == "verb"
    assert refused(1, "two words") == "verb"
    assert refused(1, "x" * 17) == "verb"
