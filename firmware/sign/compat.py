"""The only place that knows which interpreter runs: everything else is the same on both."""

import binascii
import hashlib

try:
    import micropython
    from micropython import const
except ImportError:

    def const(value):
        """MicroPython folds `const(...)` when compiling; elsewhere it is the value itself."""
        return value

    class micropython:
        """MicroPython compiles what is marked so to machine code; elsewhere it is plain Python."""

        @staticmethod
        def viper(function):
            return function

        native = viper


def as_it_is(buffer):
    """Viper code sees a buffer as a pointer; elsewhere it is indexed as it is."""
    return buffer


ptr8 = ptr16 = ptr32 = as_it_is


# Ticks wrap at 2**30 ms on the chip. Only the mask is ever used: 2**30 itself is no small int there.
TICKS_MASK = const(0x3FFFFFFF)
TICKS_HALF = const(0x20000000)
# Counters wrap here: so early that the sum to be masked is a small int as well.
COUNT_MASK = const(0x1FFFFFFF)


def ticks_diff(later, earlier):
    """Signed ms from `earlier` to `later`, right up to half a period (6.2 days) either way."""
    gap = (later - earlier) & TICKS_MASK
    return gap if gap < TICKS_HALF else gap - TICKS_MASK - 1


def ticks_add(ticks, delta):
    """`ticks` moved by `delta` ms (less than half a period), wrapped."""
    if delta > 0 and ticks > TICKS_MASK - delta:
        return ticks - (TICKS_MASK - delta) - 1
    return (ticks + delta) & TICKS_MASK


def sha256_hex(data):
    """SHA-256 of bytes as lower-case hex digits (MicroPython's digest has no hexdigest)."""
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()
