"""A radar's serial line: raw bytes in, read without allocating; commands out while it is being set up."""

import time

from machine import UART
from sign.compat import const

# 3.4 s of LD2450 frames, so that no stall of the chip loses one.
_RX_BUFFER_BYTES = const(1024)
# 1.7 s of frames: what waits after a TLS handshake arrives in one read and can be dated.
_READ_BYTES = const(512)


def baud_rates(kind):
    """Those at which a kind of radar talks, the usual one first."""
    if kind == "c4001":
        return (9600,)
    return (115200, 256000) if kind == "ld2451" else (256000,)


class RadarPort:
    """`wiring` is board.json's table of the port: uart, rx, tx."""

    def __init__(self, wiring, baud):
        self._uart = UART(
            wiring["uart"],
            baudrate=baud,
            rx=wiring["rx"],
            tx=wiring["tx"],
            rxbuf=_RX_BUFFER_BYTES,
            timeout=0,
        )
        self.buffer = bytearray(_READ_BYTES)
        self._readinto = self._uart.readinto
        self._baud = baud
        self._exchange = None

    def read(self):
        """Fill `buffer` from its start; number of bytes read, 0 when there are none. Allocation-free."""
        count = self._readinto(self.buffer) or 0
        if self._exchange:
            self._converse(count)
        return count

    def command(self, exchange):
        """Let an Exchange that was started talk to the radar until it is through. What comes meanwhile is
        read as ever.
        """
        self._exchange = exchange

    def set_baud(self, baud):
        """Talk at that rate."""
        if baud != self._baud:
            self._baud = baud
            self._uart.init(baudrate=baud)

    def _converse(self, count):
        """Within `read`, so that nothing comes between an answer and what follows from it. A request fits
        into the transmit buffer: writing it waits for nothing.
        """
        exchange, now_ms = self._exchange, time.ticks_ms()
        if count:
            exchange.feed(self.buffer, 0, count, now_ms)
        request = exchange.poll(now_ms)
        if request:
            self._uart.write(request)
        if not exchange.busy:
            self._exchange = None
