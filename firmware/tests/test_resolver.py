from sign.services.resolver import ResolveError, answer, is_address, question

ID = b"\x12\x34"
QUERY = question(ID, "broker.example")
TAIL = b"\x00\x01\x00\x01"
A_RECORD = b"\xc0\x0c" + TAIL + b"\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
CNAME = b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01a\xc0\x0c"


def reply(*records, flags=b"\x81\x80"):
    header = ID + flags + b"\x00\x01" + bytes((0, len(records))) + b"\x00" * 4
    return header + QUERY[12:] + b"".join(records)


def refused(host):
    try:
        question(ID, host)
    except ResolveError as error:
        return error.host
    return None


def test_a_query_is_laid_out_as_rfc_1035_says():
    assert QUERY == ID + b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + b"\x06broker\x07example\x00" + TAIL


def test_the_first_address_record_is_taken():
    assert answer(QUERY, reply(A_RECORD)) == "192.0.2.7"


def test_aliases_before_it_are_passed_over():
    assert answer(QUERY, reply(CNAME, A_RECORD)) == "192.0.2.7"


def test_other_replies_are_not_answers():
    assert answer(QUERY, reply()) is None
    assert answer(QUERY, reply(A_RECORD, flags=b"\x81\x83")) is None
    assert answer(QUERY, b"\x99\x99" + reply(A_RECORD)[2:]) is None
    assert answer(QUERY, reply(A_RECORD, flags=b"\x01\x00")) is None


def test_a_reply_that_ends_too_early_is_an_index_error():
    whole = reply(A_RECORD)
    for end in range(len(whole)):
        try:
            assert answer(QUERY, whole[:end]) is None
        except IndexError:
            pass


def test_names_that_cannot_be_asked_for_are_refused():
    for host in ("", "a..b", "x" * 64, "a." * 130):
        assert refused(host) == host


def test_dotted_addresses_need_no_question():
    assert is_address("192.0.2.7")
    assert not is_address("192.0.2.700")
    assert not is_address("1.2.3")
    assert not is_address("a.b.c.d")
