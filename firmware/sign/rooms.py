"""Which modules the start loads, in their order; left when it is over, for these texts take 2 KB.

Each list is one text of names below `sign`, for `loading`.
"""

WARNING = """
compat proto.crc proto.record proto.ld2450
core.patterns core.config_fields core.config_values core.config core.faults core.events core.isqrt core.uptime
core.notes core.outbox core.geometry core.activation core.tracker core.features core.intent_table core.score
core.intent core.view core.season core.verdict core.health_levels core.health_checks core.detector
core.radars hal.store hal.lamps hal.pins hal.radar_port
services.identity services.keeping services.start_up services.detection starting
"""
# By kind, what a radar needs beside that; loaded only where the configuration names it.
RADARS = {
    "c4001": "proto.c4001 core.range_only",
    "ld2410": "proto.hlk_frame proto.ld2410 core.range_only",
    "ld2451": "proto.hlk_frame proto.ld2410 proto.ld2451 core.polarity core.vehicle_count core.vehicle_gate",
}
SERVICES = """
version hal.watchdog hal.clock core.panel services.log services.stall
services.status services.panel services.keyboard services.housekeeper services.supervisor
"""
# What keeps events over a reset, where the sign has an identity.
KEEPING = "core.ring core.ring_mount services.keeper"
ONLINE = """
proto.mqtt
services.backoff services.topics services.network services.connector services.keyring
services.link services.mqtt_client services.outbox_sender services.pieces services.publisher services.orders
services.offers services.credentials services.online
"""
VEHICLES = "services.vehicles"  # where a radar sees them
# Where the crossing may have other poles.
POLES = """
proto.espnow core.poles hal.espnow services.poles
hal.radio_room services.pole_start
"""
# The flight recorder, last of all: where it is wanted and there is room.
RECORDER = "core.keep_state core.recorder services.flight"
# Only where configuration and wiring ask for it, after those that warn and serve.
MEASURING = "hal.chip hal.analog services.measuring"
LIGHT = "core.slow_filter core.light"
SUPPLY = "core.slow_filter core.supply"
BATTERY = "core.slow_filter core.battery services.power"
LAMP_CURRENT = "core.slots core.lamp_current services.lamp_watch"
THERMOMETER = "proto.ds18b20 hal.temperature"
POLE = "core.service_button services.pole"  # where there is a service button
# Only for a while after the start.
SET_UP = "proto.exchange services.radar_setup"
SET_UP_HLK = "proto.hlk_frame proto.radar_command"
SET_UP_C4001 = "proto.c4001 proto.c4001_command"
# Where the data partition was lost.
REBUILD = "hal.store services.stall services.keeping services.rebuilding"
# What only arming needs; left before the services come, which find their place in it.
ARMING_ONLY = (
    "services.start_up services.identity services.keeping core.config core.config_fields core.radars"
)
# What of all those is left when the start is over: each by itself, and kept by nobody.
START_ONLY = """
rooms starting hal.watchdog services.online services.credentials hal.store core.patterns core.ring_mount
hal.radio_room services.pole_start
"""
