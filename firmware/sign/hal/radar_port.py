"""The radar's serial line: raw bytes in, read without allocating."""

from machine import UART
from sign.compat import const

# 3.4 s of LD2450 frames, so that no stall of the chip loses one.
_RX_BUFFER_BYTES = const(1024)
# 1.7 s of frames: what waits after a TLS handshake arrives in one read and can be dated.
_READ_BYTES = const(512)


class RadarPort:
    """`radar` is the board file's table: uart, rx, tx, baud."""

    def __init__(self, radar):
        self._uart = UART(
            radar["uart"],
            baudrate=radar["baud"],
            rx=radar["rx"],
            tx=radar["tx"],
            rxbuf=_RX_BUFFER_BYTES,
            timeout=0,
        )
        self.buffer = bytearray(_READ_BYTES)
        self._readinto = self._uart.readinto

    def read(self):
        """Fill `buffer` from its start; number of bytes read, 0 when there are none. Allocation-free."""
        return self._readinto(self.buffer) or 0
