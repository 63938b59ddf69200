"""Loads modules each after everything it imports: imports nested in imports would pile up on the C stack, of
which the chip has 16 KB. Each list is one string without the package's name, for the memory's sake.
"""

import gc
import sys

WARNING = (
    "compat proto.crc proto.record proto.ld2450 core.patterns core.config_fields core.config_values "
    "core.config core.faults core.events core.isqrt core.uptime core.outbox core.geometry "
    "core.activation core.tracker core.intent core.view core.season core.verdict core.health_levels "
    "core.health_checks core.detector core.radars hal.store hal.lamps hal.pins hal.radar_port "
    "services.identity services.detection"
)
# By kind, what a radar needs beside that; loaded only where the configuration names it.
RADARS = {
    "c4001": "proto.c4001 core.range_only",
    "ld2410": "proto.hlk_frame proto.ld2410 core.range_only",
    "ld2451": "proto.hlk_frame proto.ld2410 proto.ld2451 core.polarity core.vehicle_gate",
}
SERVICES = (
    "version hal.watchdog services.log services.status services.console services.housekeeper "
    "services.supervisor"
)
ONLINE = (
    "proto.mqtt hal.clock services.backoff services.stall services.topics services.network "
    "services.resolver services.connector services.link services.mqtt_client "
    "services.outbox_sender services.publisher"
)


def names(listed):
    """The modules of a list, in the order of loading."""
    return ["sign." + name for name in listed.split()]


def load(listed):
    """Import a list's modules. Sweeping after each keeps the heap in one piece, which TLS needs (16 KB)."""
    for name in names(listed):
        __import__(name)
        gc.collect()


def forget(listed):
    """Give back the memory of modules that nothing needs any more; whoever imports one loads it anew."""
    for name in names(listed):
        package, _, leaf = name.rpartition(".")
        delattr(sys.modules[package], leaf)
        del sys.modules[name]
    gc.collect()
