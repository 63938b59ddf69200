"""Files that flashing wrote, as flash gives them back: who the sign is, how it is wired, two numbers."""

import json

from fuzz import chip
from fuzz.kept import Kept
from fuzz.parser import JsonParser, Parser
from sign.hal import clock, store
from sign.services import identity

IDENTITY = (
    b'{"v": 1, "municipality": "drammen", "site": "storgata", "sign": "north", "incarnation": "9f3ac01b", '
    b'"brokers": [["127.0.0.1", 8883]], "link": {"kind": "wifi", "ssid": "gangvakt", "psk": "12345678"}, '
    b'"built_utc_s": 1795000000}',
    b'{"v": 1, "municipality": "a", "site": "b", "sign": "c", "incarnation": "00000000", "brokers": '
    b'[["a.example", 1], ["b.example", 65535]], "link": {"kind": "lan"}, "built_utc_s": 1795000000}',
    b'{"municipality": "a", "site": "b", "sign": "c", "incarnation": "ffffffff", "brokers": '
    b'[["10.0.0.1", 8883]], "link": {"kind": "ppp", "apn": "internet", "user": "u", "password": "p"}, '
    b'"built_utc_s": 1795000000, "group_key": {"version": 1, "hex": "5e"}}',
)
WIRING = (
    b'{"board": "virtual", "pins": {"lamp_left": 25, "lamp_right": 26, "dim": 27, "pir": 34, "button": 35}, '
    b'"radar": {"uart": 1, "rx": 16, "tx": 17}}',
    b'{"pins": {}, "radar": {}, "second": {"uart": 2, "rx": 9, "tx": 10}, "lan": {"phy": "lan8720"}}',
)


class Identity(JsonParser):
    """An identity that is used has all that is asked of it later; of any other the field is named."""

    def seeds(self):
        return list(IDENTITY)

    def take(self, data):
        try:
            found = store.parsed("identity.json", data)
        except store.StoreError as error:
            assert error.name == "identity.json" and error.why
            return error.why
        wrong = identity.problem(found)
        if wrong is not None:
            assert ": " in wrong, wrong
            return wrong.split(":")[0]
        self._check(found)
        return None

    def _check(self, found):
        for name in identity.TEXTS:
            assert isinstance(found[name], str) and found[name]
        bytes.fromhex(found["incarnation"]) if not chip.IS_CHIP else None
        assert len(found["incarnation"]) == 8
        for host, port in found["brokers"]:
            assert host and 0 < port < 65_536
        assert found["link"]["kind"] in ("wifi", "lan", "ppp")
        clock.raise_to(found["built_utc_s"])

    def goes_on(self):
        for text in IDENTITY:
            assert self.take(text) is None


class Wiring(JsonParser):
    """Without the file there is its copy; without both the sign says so: it could not even light a lamp."""

    def seeds(self):
        return list(WIRING)

    def take(self, data):
        Kept.files, Kept.copies = {"board.json": data}, {}
        try:
            found = store.board()
        except store.StoreError as error:
            assert error.name == "board.json" and error.why
            Kept.copies = {store.NVS_BOARD_KEY: WIRING[0]}
            assert store.board() == json.loads(WIRING[0])
            return error.why
        assert "pins" in found and "radar" in found
        assert json.loads(Kept.copies[store.NVS_BOARD_KEY]) == found
        return None

    def goes_on(self):
        assert self.take(WIRING[1]) is None


class Numbers(Parser):
    """The boot's number fits in a record; the time that was saved is one that the chip's clock can show."""

    is_portable = False  # what is a digit differs beyond ASCII

    def seeds(self):
        return [
            b"1",
            b"4711",
            b"1790000000",
            b"",
            b"-5",
            b"4294967295",
            b"99999999999999999999",
            b" 7\n",
            b"1_000",
        ]

    def take(self, data):
        from sign.services import credentials

        Kept.files = {"boot": data, "clock": data}
        number, error = store.next_boot()
        assert 0 < number <= 0x7FFFFFFF, number
        if error:
            assert error.name == "boot" and error.why
        else:
            assert Kept.files["boot"] == str(number).encode()
        clock.raise_to(max(1_790_000_000, credentials._saved_utc_s()))
        return "drawn by lot" if error else None

    def goes_on(self):
        Kept.files = {"boot": b"41"}
        assert store.next_boot() == (42, None)


import sys

sys.modules.setdefault("tls", chip.Nothing)
