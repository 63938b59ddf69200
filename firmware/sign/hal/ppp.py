"""Cellular as a network link: a modem at a UART dials by AT commands, then PPP runs over the same line.

Each step of the dialogue is one question, its answer and the time allowed for it. A step that fails begins
the dialogue anew, until the network gives up waiting and comes back later.
"""

import time

import network
from machine import UART, Pin
from sign.compat import const, ticks_diff

_BAUD = const(115_200)
# In the driver's memory, not of the heap: a packet waits there while the line sends.
_BUFFER_BYTES = const(2_048)
_KEPT_CHARS = const(160)  # of what the modem says
_OPEN_MS = const(60_000)  # PPP itself, once connected
_ESCAPE = "+++"  # back from a call that a reset of this chip has left; silence before and after
_ASK_AGAIN_MS = const(2_000)

# (question, what the answer must hold, ms): one that is not answered so is asked again meanwhile.
_DIALOGUE = (
    (_ESCAPE, "", 1_500),
    ("ATE0", "OK", 20_000),  # it may still be starting
    ("AT+CPIN?", "READY", 10_000),
    ('AT+CGDCONT=1,"IP","%s"', "OK", 5_000),
    ("AT+CGATT?", "+CGATT: 1", 60_000),
    ("AT+CSQ", "+CSQ:", 5_000),
    ("ATD*99#", "CONNECT", 30_000),
)
_WORDS = "modem_silent modem_silent sim apn no_network signal no_call"
_CSQ_UNKNOWN = const(99)
_CSQ_FLOOR_DBM = const(-113)


class PppLink:
    """`wiring` is board.json's `ppp` table: uart, rx, tx and power where there is one; `link` is that of
    identity.json: apn, and user and password where the network wants them."""

    kind = "ppp"
    join_ms = 120_000  # a modem that starts looks for its network for as long

    def __init__(self, wiring, link):
        self._wiring, self._link = wiring, link
        self._uart = self._ppp = self._dbm = None
        self._step = 0
        self._said = ""
        self._since_ms = self._asked_ms = 0

    def start(self):
        wiring = self._wiring
        if "power" in wiring:
            Pin(wiring["power"], Pin.OUT, value=1)
        self._uart = UART(
            wiring["uart"],
            baudrate=_BAUD,
            rx=wiring["rx"],
            tx=wiring["tx"],
            rxbuf=_BUFFER_BYTES,
            txbuf=_BUFFER_BYTES,
        )

    def connect(self):
        """Begin anew; `is_up` goes on with it."""
        if self._ppp:
            self._ppp.disconnect()
            self._ppp = None
            self._uart.irq(None)
        self._begin(0)

    def is_up(self):
        """Whether there is a network; without one yet, a step towards it, which never waits."""
        if self._ppp:
            return self._ppp.isconnected()
        now_ms = time.ticks_ms()
        self._listen()
        _, wanted, allowed_ms = _DIALOGUE[self._step]
        late = ticks_diff(now_ms, self._since_ms) >= allowed_ms
        if (wanted in self._said) if wanted else late:
            self._answered()
        elif late or "NO CARRIER" in self._said:
            self._begin(0)
        elif wanted and ticks_diff(now_ms, self._asked_ms) >= _ASK_AGAIN_MS and not self._is_dialing():
            self._ask()
        return False

    def why_down(self):
        """How far it came."""
        return "ppp_open" if self._ppp else "ppp_" + _WORDS.split()[self._step]

    def address(self):
        """Dotted IPv4 address of the sign."""
        return self._ppp.ifconfig()[0]

    def rssi_dbm(self):
        """How strongly the mast was heard before the call."""
        return self._dbm

    def dns_server(self):
        """Dotted IPv4 address given by the network."""
        return self._ppp.ifconfig()[3]

    def _is_dialing(self):
        return self._step == len(_DIALOGUE) - 1

    def _begin(self, step):
        self._step, self._since_ms = step, time.ticks_ms()
        self._ask()

    def _ask(self):
        self._asked_ms = time.ticks_ms()
        self._said = ""
        question = _DIALOGUE[self._step][0]
        if "%s" in question:
            question = question % self._link["apn"]
        self._uart.write(question if question == _ESCAPE else question + "\r")

    def _listen(self):
        """What the modem says, whatever bytes it is; only the last of it is kept."""
        data = self._uart.read(_KEPT_CHARS) if self._uart.any() else None
        if data:
            text = "".join([chr(byte) if 32 <= byte < 127 else " " for byte in data])
            self._said = (self._said + text)[-_KEPT_CHARS:]

    def _answered(self):
        if "+CSQ:" in self._said:
            self._dbm = _dbm(self._said)
        if not self._is_dialing():
            self._begin(self._step + 1)
            return
        self._ppp = network.PPP(self._uart)
        self._ppp.active(True)
        link = self._link
        if link.get("user"):
            self._ppp.connect(security=network.PPP.SEC_CHAP, user=link["user"], key=link["password"])
        else:
            self._ppp.connect()


def _dbm(said):
    """Of "+CSQ: 17,99"; None where the modem does not know."""
    digits = ""
    for char in said[said.find("+CSQ:") + 5 :].strip():
        if not char.isdigit():
            break
        digits += char
    strength = int(digits) if 0 < len(digits) <= 2 else _CSQ_UNKNOWN
    return None if strength == _CSQ_UNKNOWN else _CSQ_FLOOR_DBM + 2 * strength
