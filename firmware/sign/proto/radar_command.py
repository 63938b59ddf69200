"""Commands of Hi-Link's radars: `FD FC FB FA | length | command u16 | value | 04 03 02 01`.

The answer has 0x0100 set in the command, then a status u16 (0 = done), then what was asked for. Commands
count only between ENABLE and END; a module reports nothing meanwhile. Bluetooth and baud rate change with
RESTART.
"""

from array import array

from sign.compat import const
from sign.proto.exchange import WAITING, Exchange
from sign.proto.hlk_frame import COUNTER_MASK, PAYLOAD, HlkFrame

HEADER = b"\xfd\xfc\xfb\xfa"
FOOTER = b"\x04\x03\x02\x01"
SINGLE = const(1)
MULTI = const(2)
BAUD_RATES = (9600, 19200, 38400, 57600, 115200, 230400, 256000, 460800)
ZONES = const(3)
ZONE_FIELDS = const(4)  # x, y of two opposite corners, mm

_ANSWER_MAX = const(64)  # the longest known is 30
_ANSWER = const(0x01)
_STATUS = PAYLOAD + 2
_VALUE = PAYLOAD + 4
_QUERY_MODE = const(0x91)
_VERSION = const(0xA0)
_QUERY_MAC = const(0xA5)
_QUERY_VEHICLES = const(0x12)
_QUERY_ZONES = const(0xC1)
_END = const(0xFE)
_COMMAND = const(6)  # where the command stands in a request
_VERSION_LEN = const(12)
_MAC_LEN = const(10)
_VEHICLES_LEN = const(8)
_TIMEOUT_MS = const(500)  # modules answer within 100
_GAP_MS = const(50)  # between an answer and the next command
_REPORTS_AGAIN = const(64)  # two reports of any module: more than an answer garbled on its way


def request(code, value=b""):
    """The bytes of a command."""
    length = 2 + len(value)
    return HEADER + bytes((length & 0xFF, length >> 8, code, 0)) + value + FOOTER


def baud(rate):
    """Command that sets the baud rate for the next start; ValueError for a rate that no module knows."""
    if rate not in BAUD_RATES:
        raise ValueError("baud %s: allowed %s" % (rate, BAUD_RATES))
    return request(0xA1, bytes((BAUD_RATES.index(rate) + 1, 0)))


def zones(mode, corners):
    """Command that sets the LD2450's zones: `mode` 0 off, 1 only inside, 2 only outside; up to three
    (x1, y1, x2, y2) in mm, two's complement here. ValueError for more.
    """
    if len(corners) > ZONES:
        raise ValueError("zones %d: allowed 0..%d" % (len(corners), ZONES))
    value = bytearray((mode, 0))
    for zone in corners:
        for mm in zone:
            value += bytes((mm & 0xFF, mm >> 8 & 0xFF))
    return request(0xC2, bytes(value) + bytes(2 + 2 * ZONES * ZONE_FIELDS - len(value)))


ENABLE = request(0xFF, b"\x01\x00")
END = request(_END)
SINGLE_TARGET = request(0x80)
MULTI_TARGET = request(0x90)
QUERY_MODE = request(_QUERY_MODE)
VERSION = request(_VERSION)
RESTART = request(0xA3)
BLUETOOTH_OFF = request(0xA4, b"\x00\x00")
QUERY_ZONES = request(_QUERY_ZONES)
# While Bluetooth is off the answer is NO_MAC: the only way to read that back (ESPHome's drivers do the same).
QUERY_MAC = request(_QUERY_MAC, b"\x01\x00")
NO_MAC = b"\x08\x05\x04\x03\x02\x01"
QUERY_VEHICLES = request(_QUERY_VEHICLES)
ENGINEERING_ON = request(0x62)
ENGINEERING_OFF = request(0x63)

# The LD2451's reports: up to 100 m, both directions, from 5 km/h, for a second beyond the last sight.
VEHICLES = b"\x64\x02\x05\x01"
SET_VEHICLES = request(0x02, VEHICLES)


_QUERIES = {
    "ld2450": (QUERY_MODE, QUERY_ZONES),
    "ld2410": (ENGINEERING_OFF,),  # forgotten at power-off, so it wears nothing
    "ld2451": (QUERY_VEHICLES,),
}


def check(kind):
    """Script that asks a module of that kind how it is set; it changes nothing that is kept in its flash."""
    return (ENABLE, VERSION, QUERY_MAC) + _QUERIES[kind] + (END,)


def changes(kind, told):
    """Script that sets what differs by a RadarCommand that ran `check`, no more: the module's flash wears."""
    script = ()
    if kind == "ld2450" and told.mode != MULTI:
        script += (MULTI_TARGET,)
    if kind == "ld2450" and told.zone_mode:
        script += (zones(0, ()),)  # they would hide people
    if kind == "ld2451" and told.vehicles != VEHICLES:
        script += (SET_VEHICLES,)
    if told.mac != NO_MAC:
        script += (BLUETOOTH_OFF,)
    if not script:
        return ()
    return (ENABLE,) + script + (RESTART if told.mac != NO_MAC else END,)


class RadarCommand(Exchange):
    """A script of commands to one module. `feed` allocates nothing.

    What answers told: `mode` (0 unknown, SINGLE, MULTI), `version` (the eight bytes of 0xA0;
    `version_text()`), `mac`, `vehicles` (the four bytes of 0x12), `zone_mode` and `zones` (x1, y1, x2, y2
    each, in mm). `status` is that of the last answer.
    """

    def __init__(self):
        super().__init__(_TIMEOUT_MS, _GAP_MS)
        self.answers = HlkFrame(HEADER, FOOTER, _ANSWER_MAX)
        self.status = 0
        self.mode = 0
        self.version = bytearray(8)
        self.mac = bytearray(6)
        self.vehicles = bytearray(4)
        self.zone_mode = 0
        self.zones = array("h", [0] * (ZONES * ZONE_FIELDS))
        self._skipped_before = 0

    def feed(self, buf, start, end, now_ms):
        """Take what the module sent, reports among it."""
        answers = self.answers
        while self.state == WAITING:
            start = answers.feed(buf, start, end)
            if not answers.ready:
                self._notice_reports(now_ms)
                return
            self._take(now_ms)

    def version_text(self):
        """Such as "V1.02.22062416"; "" while it is not known."""
        v = self.version
        if not any(v):
            return ""
        return "V%d.%02x.%02x%02x%02x%02x" % (v[3], v[2], v[7], v[6], v[5], v[4])

    def _prepare(self):
        self._skipped_before = self.answers.skipped_bytes

    def _notice_reports(self, now_ms):
        """A module that reports has left the configuration, even when its answer to END was lost."""
        skipped = (self.answers.skipped_bytes - self._skipped_before) & COUNTER_MASK
        if self._request()[_COMMAND] == _END and skipped >= _REPORTS_AGAIN:
            self._answered(now_ms, True)

    def _take(self, now_ms):
        frame, length = self.answers.frame, self.answers.length
        code = self._request()[_COMMAND]
        if length < 4 or frame[PAYLOAD] != code or frame[PAYLOAD + 1] != _ANSWER:
            return  # a late answer to what was asked before
        self.status = frame[_STATUS] | frame[_STATUS + 1] << 8
        good = self.status == 0
        if good:
            self._keep(code, length)
        self._answered(now_ms, good)

    def _keep(self, code, length):
        if code == _QUERY_MODE and length >= 6:
            self.mode = self.answers.frame[_VALUE]
        elif code == _VERSION and length >= _VERSION_LEN:
            self._copy(self.version)
        elif code == _QUERY_MAC and length >= _MAC_LEN:
            self._copy(self.mac)
        elif code == _QUERY_VEHICLES and length >= _VEHICLES_LEN:
            self._copy(self.vehicles)
        elif code == _QUERY_ZONES and length >= 6 + 2 * ZONES * ZONE_FIELDS:
            self._keep_zones()

    def _copy(self, to):
        for i in range(len(to)):
            to[i] = self.answers.frame[_VALUE + i]

    def _keep_zones(self):
        frame = self.answers.frame
        self.zone_mode = frame[_VALUE]
        for i in range(ZONES * ZONE_FIELDS):
            raw = frame[_VALUE + 2 + 2 * i] | frame[_VALUE + 3 + 2 * i] << 8
            self.zones[i] = raw - 0x10000 if raw & 0x8000 else raw
