"""Loads modules each after everything it imports: imports nested in imports would pile up on the C stack, of
which the chip has 16 KB."""

import gc
import sys

WARNING = (
    "sign.compat",
    "sign.proto.crc",
    "sign.proto.record",
    "sign.proto.ld2450",
    "sign.core.patterns",
    "sign.core.config_fields",
    "sign.core.config",
    "sign.core.faults",
    "sign.core.events",
    "sign.core.isqrt",
    "sign.core.uptime",
    "sign.core.outbox",
    "sign.core.geometry",
    "sign.core.activation",
    "sign.core.tracker",
    "sign.core.intent",
    "sign.core.health",
    "sign.core.detector",
    "sign.hal.store",
    "sign.hal.lamps",
    "sign.hal.pins",
    "sign.hal.radar_port",
    "sign.services.identity",
    "sign.services.detection",
)
SERVICES = (
    "sign.version",
    "sign.hal.watchdog",
    "sign.hal.chip",
    "sign.hal.clock",
    "sign.hal.analog",
    "sign.services.log",
    "sign.services.status",
    "sign.services.console",
    "sign.services.housekeeper",
    "sign.services.measuring",
    "sign.services.supervisor",
)
ONLINE = (
    "sign.proto.mqtt",
    "sign.services.backoff",
    "sign.services.stall",
    "sign.services.topics",
    "sign.services.network",
    "sign.services.resolver",
    "sign.services.connector",
    "sign.services.link",
    "sign.services.mqtt_client",
    "sign.services.outbox_sender",
    "sign.services.publisher",
)

# Only where configuration and wiring ask for it, after all of the above but ONLINE.
LIGHT = ("sign.core.slow_filter", "sign.core.light")
SUPPLY = ("sign.core.slow_filter", "sign.core.supply")
LAMP_CURRENT = ("sign.core.slots", "sign.core.lamp_current", "sign.services.lamp_watch")
THERMOMETER = ("sign.proto.ds18b20", "sign.hal.temperature")
# Only for the start.
SET_UP = ("sign.services.stall", "sign.proto.exchange", "sign.services.radar_setup")
SET_UP_HLK = ("sign.proto.hlk_frame", "sign.proto.radar_command")
SET_UP_C4001 = ("sign.proto.hlk_frame", "sign.proto.c4001", "sign.proto.c4001_command")


def load(names):
    """Import the modules named. Sweeping after each keeps the heap in one piece, which TLS needs (16 KB)."""
    for name in names:
        __import__(name)
        gc.collect()


def borrow(names):
    """Load what is missing of the modules named; returns it for `give_back`."""
    missing = [name for name in names if name not in sys.modules]
    load(missing)
    return missing


def give_back(names):
    """Unload modules that nothing needs any more, and that nobody has kept a part of."""
    for name in names:
        package, room = name.rsplit(".", 1)
        del sys.modules[name]
        delattr(sys.modules[package], room)
    gc.collect()
