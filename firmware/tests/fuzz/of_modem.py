"""What a modem says while it is asked to dial."""

import sys

from fuzz import chip
from fuzz.parser import Parser


class Line:
    """The UART: what waits is read, what is written is dropped."""

    waiting = b""

    def __init__(self, *place, **given):
        pass

    def any(self):
        return len(Line.waiting)

    def read(self, n):
        data, Line.waiting = Line.waiting[:n], Line.waiting[n:]
        return data

    def write(self, text):
        pass

    def irq(self, handler):
        pass


class Ppp:
    SEC_CHAP = 2

    def __init__(self, line):
        pass

    def active(self, on):
        pass

    def connect(self, **given):
        pass

    def disconnect(self):
        pass

    def isconnected(self):
        return False


class Network:
    PPP = Ppp


chip.Machine.UART = Line
sys.modules["network"] = Network

from sign.hal import ppp

ppp.time = chip.Time
GOOD = (
    b"",
    b"OK\r\n",
    b"+CPIN: READY\r\n",
    b"OK",
    b"+CGATT: 1\r\nOK",
    b"\r\n+CSQ: 17,99\r\n",
    b"CONNECT 150",
)
KEPT = 160


class ModemAnswer(Parser):
    """Each piece comes 100 ms after the last: the dialogue goes on, or begins anew in its time."""

    def __init__(self):
        super().__init__()
        self.link = ppp.PppLink({"uart": 1, "rx": 2, "tx": 3}, {"apn": "internet"})
        self.link.start()

    def seeds(self):
        hard = [b"ERROR", b"NO CARRIER\r\n", b"+CSQ: 99,99|+CSQ: 1 2|+CSQ:", b"+CSQ: 123"]
        return [b"|".join(GOOD)] + list(GOOD) + hard

    def take(self, data):
        link = self.link
        link.connect()
        before = 0
        for piece in data.split(b"|"):
            Line.waiting = piece
            chip.Time.now_ms = chip.Time.now_ms + (1_600 if link._step == 0 else 100) & 0x3FFFFFFF
            link.is_up()
            assert len(link._said) <= KEPT
            assert link.rssi_dbm() is None or -113 <= link.rssi_dbm() <= 85
            assert link.why_down().startswith("ppp_")
            before = max(before, link._step)
        return None if before > 1 else link.why_down()

    def goes_on(self):
        self.link.connect()
        for piece in GOOD:
            Line.waiting = piece
            chip.Time.now_ms = chip.Time.now_ms + 1_600 & 0x3FFFFFFF
            self.link.is_up()
        assert self.link.why_down() == "ppp_open", self.link.why_down()
        assert self.link.rssi_dbm() == -79
