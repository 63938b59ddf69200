"""ntptime: sets the clock from a time server by UDP."""

import socket
import struct
import time as _time

from machine import RTC

host = "pool.ntp.org"
timeout = 1

_NTP_PORT = 123
_PACKET = 48
_TRANSMIT_SECONDS = 40
# Seconds from 1900 to 2000.
_DELTA_S = 3155673600


def time():
    """Ask the server; return seconds since 2000."""
    query = bytearray(_PACKET)
    query[0] = 0x1B
    address = socket.getaddrinfo(host, _NTP_PORT)[0][-1]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.settimeout(timeout)
        sock.sendto(query, address)
        answer = sock.recv(_PACKET)
    finally:
        sock.close()
    return struct.unpack("!I", answer[_TRANSMIT_SECONDS : _TRANSMIT_SECONDS + 4])[0] - _DELTA_S


def settime():
    """Set the clock."""
    now = _time.gmtime(time())
    RTC().datetime((now[0], now[1], now[2], now[6] + 1, now[3], now[4], now[5], 0))
