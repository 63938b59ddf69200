"""Lines about what the sign does: printed for whoever is at the serial port, the newest kept to be asked."""

import time

from sign.compat import COUNT_MASK, const

KEPT_BYTES = const(512)  # a power of two, so that positions may wrap: some ten lines

enabled = True  # whether lines are printed
held = False  # an answer is being written, which a line would tear: lines are only kept
ring = bytearray(KEPT_BYTES)
end = 0  # position behind the newest byte


def say(text):
    """Keep `text` with the ticks in seconds, and print it."""
    global end
    line = "[%d] %s" % (time.ticks_ms() // 1000, text)
    for char in line[:KEPT_BYTES] + "\n":
        ring[end % KEPT_BYTES] = ord(char) & 0x7F
        end = (end + 1) & COUNT_MASK
    if enabled and not held:
        print(line)


def enable(on):
    """Switch printing on or off."""
    global enabled
    enabled = on
