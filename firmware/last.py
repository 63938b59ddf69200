"""The minimal sign: where no app starts, the PIR (and an LD2450, as it is) still lights the lamps.

It needs this file alone. It reads the wiring's copy in NVS, feeds its own watchdog and can be stopped by
Ctrl-C.
"""

import json
import time

from machine import PWM, UART, WDT, Pin, Timer

WATCHDOG_MS = 8_000
STEP_MS = 20
HALF_MS = 500  # of `alternating`, which needs no approval
HOLD_MS = 8_000  # two lanes at 1 m/s; nobody knows the site's own hold here
CAP_MS = 300_000  # a PIR that is stuck must not dazzle for days
PAUSE_MS = 2_000  # of demand, before lamps that were cut light again
DIM_HZ = 1_000
FULL = 65_535
# Five short flashes in two seconds, twenty steps of 100 ms.
LED_MASK = 0x155
# What the last good start left in NVS, see `sign.hal.store`: brightness, then flags.
DIM_BITS = 0x7F
HAS_PIR = 0x80
HAS_LD2450 = 0x100
UNKNOWN = 100 | HAS_PIR
NAMESPACE = "gangvakt"
BOARD_BYTES = 512
HEADER = b"\xaa\xff\x03\x00"
FRAME = 30
SLOTS_AT = (4, 12, 20)
SPEED_AT = 4
FRAMES_MIN = 2  # in a row, with somebody who moves
# How long a person at the REPL keeps the sign from its work at most; each soft reset starts it anew.
REPL_MS = 600_000
FEED_MS = 1_000


def run(seconds):
    """Warn for so long, and until the lamps are dark."""
    feed = WDT(timeout=WATCHDOG_MS).feed
    begun_ms = time.ticks_ms()
    sign = sign_of(wiring(), kept())
    passed_ms, hold = 0, Hold()
    while passed_ms < seconds * 1000 or hold.lit:
        feed()
        now_ms = time.ticks_ms()
        passed_ms += time.ticks_diff(now_ms, begun_ms)
        begun_ms = now_ms
        try:
            if sign:
                hold.update(sign.somebody(), now_ms)
                sign.show(hold.lit, now_ms)
        except Exception as error:
            print("minimal sign:", error)
            sign = None
        time.sleep_ms(STEP_MS)


class Hold:
    """`lit` from demand to `HOLD_MS` after it; cut after `CAP_MS` until demand has paused."""

    def __init__(self):
        self.lit = self._cut = False
        self._seen_ms = self._since_ms = 0

    def update(self, demand, now_ms):
        if demand:
            self._seen_ms = now_ms
            if not self.lit and not self._cut:
                self.lit, self._since_ms = True, now_ms
        quiet_ms = time.ticks_diff(now_ms, self._seen_ms)
        if self.lit and time.ticks_diff(now_ms, self._since_ms) >= CAP_MS:
            self.lit, self._cut = False, True
        elif self.lit and quiet_ms >= HOLD_MS:
            self.lit = False
        elif self._cut and quiet_ms >= PAUSE_MS:
            self._cut = False


class Sign:
    """Lamps, PIR, LED and radar, without any part of the app."""

    def __init__(self, board, flags):
        pins = board["pins"]
        self._duty = (flags & DIM_BITS) * FULL // 100  # 0 in shadow mode: the lamps stay dark
        self._left = Pin(pins["lamp_left"], Pin.OUT, value=0)
        self._right = Pin(pins["lamp_right"], Pin.OUT, value=0)
        self._dim = Pin(pins["dim"], Pin.OUT, value=0)
        self._pir = Pin(pins["pir"], Pin.IN) if flags & HAS_PIR else None
        self._led = Pin(pins["status_led"], Pin.OUT, value=0)
        self._lit = False
        try:
            self._pwm = PWM(self._dim, freq=DIM_HZ, duty_u16=0)
        except Exception:
            self._pwm = None  # full brightness, then
        self._radar = Presence(board["radar"]) if flags & HAS_LD2450 else None

    def somebody(self):
        moves = self._radar and self._radar.read()
        return bool(moves or (self._pir and self._pir()))

    def show(self, lit, now_ms):
        if lit != self._lit:
            self._lit = lit
            if self._pwm:
                self._pwm.duty_u16(self._duty if lit else 0)
            else:
                self._dim(lit and self._duty > 0)
        first = now_ms // HALF_MS & 1
        self._left(lit and first)
        self._right(lit and not first)
        self._led(LED_MASK >> now_ms // 100 % 20 & 1)


class Presence:
    """Whether an LD2450 reports somebody who moves; it invents people now and then, and so does this."""

    def __init__(self, port):
        self._uart = UART(port["uart"], baudrate=256_000, rx=port["rx"], tx=port["tx"], rxbuf=512, timeout=0)
        self._held, self._moving = b"", 0

    def read(self):
        self._held += self._uart.read() or b""
        while True:
            at = self._held.find(HEADER)
            if at < 0 or len(self._held) < at + FRAME:
                self._held = self._held[at if at >= 0 else -len(HEADER) :]
                return self._moving >= FRAMES_MIN
            self._take(self._held[at : at + FRAME])
            self._held = self._held[at + FRAME :]

    def _take(self, frame):
        moves = False
        for at in SLOTS_AT:
            speed = (frame[at + SPEED_AT] | frame[at + SPEED_AT + 1] << 8) & 0x7FFF
            moves = moves or speed != 0
        self._moving = min(self._moving + 1, FRAMES_MIN) if moves else 0


def sign_of(board, flags):
    """The Sign, as much as there is of it; None where the lamps cannot be reached."""
    for fewer in (0, HAS_LD2450, HAS_LD2450 | HAS_PIR):
        try:
            return Sign(board, flags & ~fewer)
        except Exception as error:  # a wrong pin or a driver that fails
            print("minimal sign:", error)
    return None


def wiring():
    """From NVS, else from the data partition; None when neither knows."""
    try:
        from esp32 import NVS

        buffer = bytearray(BOARD_BYTES)
        size = NVS(NAMESPACE).get_blob("board", buffer)
        return json.loads(bytes(buffer[:size]))
    except Exception:
        pass
    try:
        import vfs

        from esp32 import Partition

        part = Partition.find(Partition.TYPE_DATA, label="data")[0]
        vfs.mount(vfs.VfsLfs2(part, readsize=32, progsize=32, lookahead=32), "/data")
        with open("/data/board.json") as file:
            return json.load(file)
    except Exception as error:
        print("minimal sign: no wiring:", error)
        return None


def kept():
    """What the last good start said of brightness and sensors."""
    try:
        from esp32 import NVS

        return NVS(NAMESPACE).get_i32("last")
    except Exception:
        return UNKNOWN


def keep_fed():
    """Feed the watchdog by a Timer after a person stopped the app, so that mpremote and the REPL work.

    After REPL_MS the chip resets by itself: a forgotten laptop costs ten minutes of a dark sign, not a night.
    """
    feed = WDT(timeout=WATCHDOG_MS).feed
    since_ms = time.ticks_ms()

    def on_timer(timer):
        if time.ticks_diff(time.ticks_ms(), since_ms) < REPL_MS:
            feed()
        else:
            timer.deinit()

    Timer(1).init(mode=Timer.PERIODIC, period=FEED_MS, callback=on_timer)
