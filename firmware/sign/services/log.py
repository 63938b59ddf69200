"""Lines about what the sign does, for the person at the serial port; the console switches them on and off."""

import time

enabled = True


def say(text):
    """Print `text` with the ticks in seconds, unless switched off."""
    if enabled:
        print("[%d] %s" % (time.ticks_ms() // 1000, text))


def enable(on):
    global enabled
    enabled = on
