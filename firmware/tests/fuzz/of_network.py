"""Answers of name and time servers: datagrams that anybody may send."""

from fuzz.parser import Parser
from sign.proto import ntp
from sign.services import resolver

ID = b"\x12\x34"
QUERY = resolver.question(ID, "broker.example")
TAIL = b"\x00\x01\x00\x01"
A_RECORD = b"\xc0\x0c" + TAIL + b"\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
CNAME = b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01a\xc0\x0c"
NONCE = b"12345678"
UNIX_1970_S = 2_208_988_800


def reply(*records):
    header = ID + b"\x81\x80\x00\x01" + bytes((0, len(records))) + bytes(4)
    return header + QUERY[12:] + b"".join(records)


class DnsAnswer(Parser):
    """Four numbers of one byte each, or nothing."""

    def seeds(self):
        return [
            reply(A_RECORD),
            reply(CNAME, A_RECORD),
            reply(CNAME, CNAME, CNAME, A_RECORD),
            reply(),
            ID + b"\x81\x83\x00\x01" + bytes(6) + QUERY[12:],
            # a name that points at itself, and more records told than there are
            reply(b"\xc0\x1c" + A_RECORD[2:]),
            ID + b"\x81\x80\x00\x01\xff\xff" + bytes(4) + QUERY[12:] + CNAME,
        ]

    def take(self, data):
        try:
            address = resolver.answer(QUERY, data)
        except IndexError:
            return "cut off"
        if address is None:
            return "no answer"
        assert resolver.is_address(address), address
        return None

    def goes_on(self):
        assert resolver.answer(QUERY, reply(CNAME, A_RECORD)) == "192.0.2.7"


class NtpAnswer(Parser):
    """A time between 1970 and 2106, or nothing."""

    def seeds(self):
        return [
            self._reply(1_800_000_000),
            self._reply((1 << 32) - 1 - UNIX_1970_S, 0xFFFFFFFF),
            self._reply(1_800_000_000, 5, b"\x24\x00"),
            self._reply(1_800_000_000, 5, b"\xe4\x02"),
            self._reply(0),
        ]

    def take(self, data):
        said_ms = ntp.answer(data, NONCE)
        away = ntp.sends_away(data, NONCE)
        assert type(away) is bool
        assert said_ms is None or (0 <= said_ms < 1 << 43 and not away), said_ms
        return None if said_ms is not None else "sent away" if away else "no answer"

    def goes_on(self):
        assert ntp.answer(self._reply(1_800_000_000, 1 << 31), NONCE) == 1_800_000_000_500

    @staticmethod
    def _reply(unix_s, fraction=0, head=b"\x24\x02"):
        seconds = (unix_s + UNIX_1970_S & 0xFFFFFFFF).to_bytes(4, "big")
        return head + bytes(22) + NONCE + bytes(8) + seconds + fraction.to_bytes(4, "big")
