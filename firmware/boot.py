"""First thing to run: full clock speed and the slot's code on the path. Nothing here hangs."""

import sys

from micropython import const

import machine

_CPU_HZ = const(240_000_000)  # the chip starts at 160 MHz, which is all that the ESP32-C3 has

try:
    machine.freq(_CPU_HZ)
except ValueError:
    pass
try:
    import slots

    # A soft reset is a technician's tool, not a start of its own.
    sys.path.insert(0, slots.start(machine.reset_cause() != machine.SOFT_RESET))
    slots = None
    del sys.modules["slots"]  # needed again after a good while only
except Exception as error:
    sys.print_exception(error)  # main.py will find no app, and has its own ways

if machine.reset_cause() == machine.SOFT_RESET:
    # The watchdog outlives a soft reset, and mpremote makes one before each of its commands.
    import last

    last.keep_fed()
