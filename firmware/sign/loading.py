"""Loads modules each after everything it imports: imports nested in imports would pile up on the C stack, of
which the chip has 16 KB."""

import gc

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
    "sign.core.view",
    "sign.core.season",
    "sign.core.verdict",
    "sign.core.health_levels",
    "sign.core.health_checks",
    "sign.core.detector",
    "sign.hal.store",
    "sign.hal.lamps",
    "sign.hal.pins",
    "sign.hal.radar_port",
    "sign.services.identity",
    "sign.services.detection",
)
# By kind, what a radar needs beside that; loaded only where the configuration names it.
RADARS = {
    "c4001": ("sign.proto.c4001", "sign.core.range_only"),
    "ld2410": ("sign.proto.hlk_frame", "sign.proto.ld2410", "sign.core.range_only"),
    "ld2451": (
        "sign.proto.hlk_frame",
        "sign.proto.ld2410",
        "sign.proto.ld2451",
        "sign.core.polarity",
        "sign.core.vehicle_gate",
    ),
}
SERVICES = (
    "sign.version",
    "sign.hal.watchdog",
    "sign.services.log",
    "sign.services.status",
    "sign.services.console",
    "sign.services.housekeeper",
    "sign.services.supervisor",
)
ONLINE = (
    "sign.proto.mqtt",
    "sign.hal.clock",
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


def load(names):
    """Import the modules named. Sweeping after each keeps the heap in one piece, which TLS needs (16 KB)."""
    for name in names:
        __import__(name)
        gc.collect()
