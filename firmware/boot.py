"""First thing to run: full clock speed and the slot's code on the path. Nothing here can hang."""

import os
import sys

import machine

CPU_HZ = 240_000_000  # the chip starts at 160 MHz, which is all that the ESP32-C3 has
SLOTS = ("a", "b")


def slot():
    """Path of the first slot that holds an app."""
    present = os.listdir("/")
    for name in SLOTS:
        if name in present:
            return "/" + name
    return "/" + SLOTS[0]


try:
    machine.freq(CPU_HZ)
except ValueError:
    pass
sys.path.insert(0, slot())

if machine.reset_cause() == machine.SOFT_RESET:
    # The watchdog outlives a soft reset, and mpremote makes one before each of its commands.
    import last

    last.keep_fed()
