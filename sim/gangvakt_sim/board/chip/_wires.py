"""machine.bitstream and dht_readinto: argument checks of the image; nothing is wired to the pins (corpus:
rmt_bits).
"""

from errno import ETIMEDOUT

import micropython

from _bus import pin_number
from _chk import as_buffer, as_int, fixed_tuple

_HIGH_LOW = 0


@micropython.native
def bitstream(pin, encoding, timing, buf):
    """Check what the chip checks; the pulses, which take microseconds, are not modelled."""
    pin_number(pin)
    if as_int(encoding) != _HIGH_LOW:
        raise ValueError("encoding")
    for duration_ns in fixed_tuple(timing, 4):
        as_int(duration_ns)
    as_buffer(buf)


@micropython.native
def dht_readinto(pin, buf):
    """No sensor answers: the chip gives up with a time-out."""
    pin_number(pin), as_buffer(buf)
    raise OSError(ETIMEDOUT)
