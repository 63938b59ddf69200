"""Loads modules each after everything it imports: imports nested in imports would pile up on the C stack, of
which the chip has 16 KB.

What is needed at the start alone is listed in `rooms`. Each list is one text of names below `sign`: that is
a third of what a tuple of names takes of the heap.
"""

import gc
import sys

# Only while somebody speaks to the sign, or a command of the controller is obeyed.
CONSOLE = "proto.service services.log_tail services.dispatch services.console"
COMMANDS = "proto.service services.dispatch services.commands"
# Once in years, when a new certificate comes: its pieces first, then, without a session, what takes it over.
RENEWAL = "services.renewal"
# Whether there is room for the flight recorder: once, at the end of the start.
RECORD = "services.recording_start"
# While a recording goes to flash.
RECORDING = "proto.service services.stall proto.recording services.recording"
CREDENTIALS = "hal.store services.credentials"
# An update that is offered, and the app that came with one until it has proved itself.
UPDATE = "hal.app_slot services.fetching services.update_look "
CHECK = "proto.manifest proto.rsa hal.app_slot services.update_check"
WRITING = "hal.app_slot services.fetching services.update_write"
TRIAL = "hal.app_slot services.trial"


def names(rooms):
    """The modules of a list."""
    return ["sign." + room for room in rooms.split()]


def load(rooms):
    """Import the modules of a list; all, or none when memory ends. Sweeping after each keeps the heap in one
    piece, which TLS needs."""
    new = missing(rooms)
    try:
        for name in names(rooms):
            __import__(name)
            gc.collect()
    except MemoryError:
        forget(new)
        raise


def listed(name):
    """A list of `rooms`, by its name. Nobody keeps that module: it is left when the start is over."""
    from sign import rooms

    return getattr(rooms, name)


def load_listed(name):
    """Import the modules of a list of `rooms`."""
    load(listed(name))


def leave(rooms):
    """Give back the memory of modules that nothing needs any more. Whoever does is served by a new import."""
    forget(rooms)
    gc.collect()


def forget(rooms):
    """Let go of modules without the stall of a collection: the next one, whenever it comes, takes them."""
    for name in names(rooms):
        if name in sys.modules:
            package, room = name.rsplit(".", 1)
            del sys.modules[name]
            delattr(sys.modules[package], room)


def loaded(name):
    """A module by its name; nobody but its caller keeps it."""
    return sys.modules[name]


def missing(rooms):
    """Those of a list that are not loaded."""
    return " ".join(room for room in rooms.split() if "sign." + room not in sys.modules)
