"""Commands of the C4001: lines of text, answered with `Done` or `Error`; a query with `Response ...` first.

The module drops a command that comes before it has answered the last one. It echoes what it was sent behind
its prompt `DFRobot:/>`; some commands (sensorStop) are answered with the prompt alone.
"""

from sign.compat import const
from sign.proto.exchange import WAITING, Exchange

STOP = b"sensorStop\r\n"
START = b"sensorStart\r\n"
SAVE = b"saveConfig\r\n"
PRESENCE_MODE = b"setRunApp 0\r\n"
SPEED_MODE = b"setRunApp 1\r\n"
GET_RANGE = b"getRange\r\n"
VERSION = b"getSWV\r\n"

_DONE = b"Done"
_ERROR = b"Error"
_RESPONSE = b"Response"
_PROMPT = b"DFRobot:/>"
_WORD_MAX = const(40)
_NEW_LINE = const(0x0A)
_RETURN = const(0x0D)
_TIMEOUT_MS = const(1500)  # saving to its flash takes longest
_GAP_MS = const(100)


def set_range(min_mm, max_mm):
    """Command that sets the detection range; ValueError outside 600..25000 mm."""
    if not 600 <= min_mm < max_mm <= 25_000:
        raise ValueError("range %s..%s mm: allowed 600..25000" % (min_mm, max_mm))
    return b"setRange %d.%03d %d.%03d\r\n" % (min_mm // 1000, min_mm % 1000, max_mm // 1000, max_mm % 1000)


# Speed mode reports range and speed, which intent needs; presence mode only says that somebody is there.
SET_UP_C4001 = (STOP, SPEED_MODE, set_range(600, 25_000), SAVE, START)
RANGE = "0.600 25.000"  # how GET_RANGE tells that


class C4001Command(Exchange):
    """A script of commands to one module; `response()` is the text of the last `Response`. `feed` allocates
    nothing.
    """

    def __init__(self):
        super().__init__(_TIMEOUT_MS, _GAP_MS)
        self._line = bytearray(_WORD_MAX)
        self._held = 0
        self._value = bytearray(_WORD_MAX)
        self._value_len = 0
        self._responded = False

    def feed(self, buf, start, end, now_ms):
        """Take what the module sent, reports among it."""
        while start < end and self.state == WAITING:
            byte = buf[start]
            start += 1
            if byte == _NEW_LINE or byte == _RETURN:
                self._take_line(now_ms)
                self._held = 0
            elif self._held < _WORD_MAX:
                self._line[self._held] = byte
                self._held += 1
                if self._held == len(_PROMPT) and self._begins(_PROMPT):
                    self._take_prompt(now_ms)

    def response(self):
        """What the last query was answered, such as "0.600 25.000"; noise on the line is "?"."""
        found = self._value[: self._value_len]
        return "".join([chr(byte) if 32 <= byte < 127 else "?" for byte in found]).strip()

    def _prepare(self):
        self._held = 0
        self._responded = False

    def _take_line(self, now_ms):
        if self._begins(_DONE):
            self._answered(now_ms, True)
        elif self._begins(_ERROR):
            self._answered(now_ms, False)
        elif self._begins(_RESPONSE):
            self._keep_value()

    def _take_prompt(self, now_ms):
        """It waits for the next command: that ends a query, and is all that STOP gives."""
        if self._responded or self._request() == STOP:
            self._answered(now_ms, True)

    def _keep_value(self):
        self._responded = True
        self._value_len = self._held - len(_RESPONSE)
        for i in range(self._value_len):
            self._value[i] = self._line[len(_RESPONSE) + i]

    def _begins(self, word):
        if self._held < len(word):
            return False
        for i in range(len(word)):
            if self._line[i] != word[i]:
                return False
        return True
