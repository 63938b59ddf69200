"""Loads modules each after everything it imports: imports nested in imports would pile up on the C stack, of
which the chip has 16 KB.

Each list is one text of names below `sign`: that is a third of what a tuple of names takes of the heap.
"""

import gc
import sys

WARNING = """
compat proto.crc proto.record proto.ld2450
core.patterns core.config_fields core.config_values core.config core.faults core.events core.isqrt core.uptime
core.outbox core.geometry core.activation core.tracker core.features core.intent_table core.score core.intent
core.view core.season core.verdict core.health_levels core.health_checks core.detector core.radars
hal.store hal.lamps hal.pins hal.radar_port
services.identity services.start_up services.detection starting
"""
# By kind, what a radar needs beside that; loaded only where the configuration names it.
RADARS = {
    "c4001": "proto.c4001 core.range_only",
    "ld2410": "proto.hlk_frame proto.ld2410 core.range_only",
    "ld2451": "proto.hlk_frame proto.ld2410 proto.ld2451 core.polarity core.vehicle_gate",
}
SERVICES = """
version hal.watchdog hal.clock core.panel
services.log services.status services.keyboard services.panel services.housekeeper services.supervisor
"""
ONLINE = """
proto.mqtt
services.backoff services.stall services.topics services.network services.connector services.keyring
services.link services.mqtt_client services.outbox_sender services.publisher services.credentials
services.online
"""
# Once in years, when a new certificate comes: its pieces first, then, without a session, what takes it over.
RENEWAL = "services.renewal"
CREDENTIALS = "hal.store services.credentials"
# Only where configuration and wiring ask for it, after those that warn and serve.
MEASURING = "hal.chip hal.analog services.measuring"
LIGHT = "core.slow_filter core.light"
SUPPLY = "core.slow_filter core.supply"
LAMP_CURRENT = "core.slots core.lamp_current services.lamp_watch"
THERMOMETER = "proto.ds18b20 hal.temperature"
# Only for a while after the start.
SET_UP = "proto.exchange services.radar_setup"
SET_UP_HLK = "proto.hlk_frame proto.radar_command"
SET_UP_C4001 = "proto.c4001 proto.c4001_command"
# Only while somebody speaks to the sign, or tests it by its button.
CONSOLE = "proto.service services.console"
POLE_TEST = "core.patterns core.slots proto.service services.verbs.lamp services.pole_test"
# What of all those is left when the start is over: each by itself, and kept by nobody.
START_ONLY = """
starting hal.watchdog services.online services.credentials services.start_up services.identity hal.store
core.config core.config_fields core.patterns core.radars
"""


def names(rooms):
    """The modules of a list."""
    return ["sign." + room for room in rooms.split()]


def load(rooms):
    """Import the modules of a list. Sweeping after each keeps the heap in one piece, which TLS needs."""
    for name in names(rooms):
        __import__(name)
        gc.collect()


def leave(rooms):
    """Give back the memory of modules that nothing needs any more. Whoever does is served by a new import."""
    for name in names(rooms):
        if name in sys.modules:
            package, room = name.rsplit(".", 1)
            del sys.modules[name]
            delattr(sys.modules[package], room)
    gc.collect()


def missing(rooms):
    """Those of a list that are not loaded."""
    return " ".join(room for room in rooms.split() if "sign." + room not in sys.modules)
