"""A modem that follows a script, and the link that dials through it."""

import sys


class Modem:
    """The UART's other end: answers by question; each answer is given once, the last one again and again."""

    IRQ_RXIDLE = 0x1000
    answers = {}
    made = None

    def __init__(self, number, **given):
        self.number, self.given = number, given
        self.asked, self.waiting = [], b""
        self.handler = "unset"
        Modem.made = self

    def any(self):
        return len(self.waiting)

    def read(self, n):
        data, self.waiting = self.waiting[:n], self.waiting[n:]
        return data

    def write(self, text):
        self.asked.append(text)
        found = Modem.answers.get(text.strip(), [])
        if found:
            self.waiting += found.pop(0) if len(found) > 1 else found[0]

    def irq(self, handler):
        self.handler = handler


class Machine:
    UART = Modem

    class Pin:
        OUT = 3
        levels = {}

        def __init__(self, number, mode, value):
            Machine.Pin.levels[number] = value


class Ppp:
    SEC_CHAP = 2
    made = None

    def __init__(self, stream):
        self.stream, self.up, self.asked = stream, False, None
        Ppp.made = self

    def active(self, on):
        self.on = on

    def connect(self, **given):
        self.asked = given

    def disconnect(self):
        self.on = False

    def isconnected(self):
        return self.up

    def ifconfig(self):
        return ("10.64.1.2", "255.255.255.255", "10.64.64.64", "10.1.1.1")


class Network:
    PPP = Ppp


sys.modules["machine"], sys.modules["network"] = Machine, Network

from sign.hal import ppp
from sign.services import identity

WIRING = {"uart": 1, "rx": 26, "tx": 27, "power": 4}
GOOD = {
    "ATE0": [b"ATE0\r\r\nOK\r\n", b"\r\nOK\r\n"],
    "AT+CPIN?": [b"\r\n+CPIN: READY\r\n\r\nOK\r\n"],
    'AT+CGDCONT=1,"IP","iot.example"': [b"\r\nOK\r\n"],
    "AT+CGATT?": [b"\r\n+CGATT: 1\r\n\r\nOK\r\n"],
    "AT+CSQ": [b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n"],
    "ATD*99#": [b"\r\nCONNECT 150000000\r\n"],
}


class Bench:
    """The link, with time that the test moves on."""

    def __init__(self, link=None, **answers):
        Modem.answers = {question: list(GOOD[question]) for question in GOOD}
        self.now_ms = 0
        ppp.time = self
        Ppp.made = None
        self.link = ppp.PppLink(WIRING, link or {"kind": "ppp", "apn": "iot.example"})
        self.link.start()

    def ticks_ms(self):
        return self.now_ms

    def answer(self, question, *said):
        Modem.answers[question] = list(said)

    def run(self, seconds):
        """As the network asks, twice a second."""
        for _ in range(seconds * 2):
            if self.link.is_up():
                return True
            self.now_ms += 500
        return False


def test_a_modem_that_answers_is_dialed_and_ppp_begins_on_its_line():
    bench = Bench()
    bench.link.connect()
    assert not bench.run(20)
    assert Machine.Pin.levels[4] == 1
    assert [text.strip() for text in Modem.made.asked] == ["+++"] + [
        "ATE0",
        "AT+CPIN?",
        'AT+CGDCONT=1,"IP","iot.example"',
        "AT+CGATT?",
        "AT+CSQ",
        "ATD*99#",
    ]
    assert Ppp.made.stream is Modem.made
    assert (Ppp.made.on, Ppp.made.asked) == (True, {})
    assert bench.link.why_down() == "ppp_open"
    Ppp.made.up = True
    assert bench.run(1)
    assert (bench.link.address(), bench.link.dns_server()) == ("10.64.1.2", "10.1.1.1")
    assert bench.link.rssi_dbm() == -79


def test_a_network_that_wants_a_password_gets_it():
    bench = Bench({"kind": "ppp", "apn": "iot.example", "user": "u", "password": "p"})
    bench.link.connect()
    bench.run(20)
    assert Ppp.made.asked == {"security": Ppp.SEC_CHAP, "user": "u", "key": "p"}


def test_it_says_how_far_it_came_and_begins_anew():
    for question, word in (
        ("ATE0", "ppp_modem_silent"),
        ("AT+CPIN?", "ppp_sim"),
        ("AT+CGATT?", "ppp_no_network"),
        ("ATD*99#", "ppp_no_call"),
    ):
        bench = Bench()
        bench.answer(question, b"\r\n+CME ERROR: 10\r\n")
        bench.link.connect()
        bench.run(9)
        assert bench.link.why_down() == word
        bench.run(120)
        assert Modem.made.asked.count("+++") > 1
        assert Ppp.made is None


def test_a_network_that_is_found_late_is_asked_for_again():
    bench = Bench()
    bench.answer("AT+CGATT?", b"\r\n+CGATT: 0\r\n", b"\r\n+CGATT: 0\r\n", b"\r\n+CGATT: 1\r\n")
    bench.link.connect()
    bench.run(20)
    assert Ppp.made


def test_a_call_that_is_refused_is_made_again():
    bench = Bench()
    bench.answer("ATD*99#", b"\r\nNO CARRIER\r\n", b"\r\nCONNECT\r\n")
    bench.link.connect()
    bench.run(30)
    assert Ppp.made


def test_after_a_loss_the_line_is_the_dialogue_s_again():
    bench = Bench()
    bench.link.connect()
    bench.run(20)
    first = Ppp.made
    bench.link.connect()
    assert (first.on, Modem.made.handler) == (False, None)
    bench.run(20)
    assert Ppp.made is not first


def test_a_modem_that_babbles_costs_neither_memory_nor_the_dialogue():
    bench = Bench()
    bench.link.connect()
    for _ in range(20):
        Modem.made.waiting = bytes(range(256)) * 8  # all that the driver holds
        bench.run(1)
        assert len(bench.link._said) <= 160
    Modem.made.waiting = b""
    bench.run(60)
    assert Ppp.made


def test_strength_that_is_not_known_is_none():
    assert ppp._dbm("+CSQ: 99,99") is None
    assert ppp._dbm("+CSQ: 0,0") == -113
    assert ppp._dbm("+CSQ: x") is None
    assert ppp._dbm("+CSQ: 12345") is None


def test_the_identity_of_a_cellular_sign_names_its_access_point():
    good = {"kind": "ppp", "apn": "iot.example"}
    assert identity._link_problem(good) is None
    assert identity._link_problem(dict(good, user="u", password="p")) is None
    for bad in (
        {"kind": "ppp"},
        {"kind": "ppp", "apn": ""},
        {"kind": "ppp", "apn": 'a",1'},
        {"kind": "ppp", "apn": "a\rATD"},
        {"kind": "ppp", "apn": "a" * 64},
        dict(good, user="u"),
    ):
        assert "apn" in identity._link_problem(bad), bad
