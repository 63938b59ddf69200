"""Who the sign is and how it is: `hello`, `status`, `telemetry`, `details`."""

import binascii
import gc
import sys

import machine
from sign import version
from sign.proto.service import MAX_LINE

PROTOCOL = 1


def hello(status, obj):
    """What a tool must know before it asks for anything else."""
    from sign.services.dispatch import verbs

    armed = status.armed
    return {
        "v": PROTOCOL,
        "fw": version.VERSION,
        "micropython": sys.version.split("v")[-1].split(" ")[0],
        "board": status.board,
        "chip": binascii.hexlify(machine.unique_id()).decode(),
        "sign": armed.sign,
        "incarnation": armed.incarnation,
        "boot": armed.boot,
        "line_max": MAX_LINE,
        "can": verbs(),
    }


def status(status, obj):
    """The status document, as the controller gets it."""
    return status.document()


def telemetry(status, obj):
    """Counters and measurements, as the controller gets them."""
    return status.telemetry()


def details(status, obj):
    """What only a technician asks for."""
    armed = status.armed
    return {
        "heap_used": gc.mem_alloc(),
        "warnings": armed.detection.warnings,
        "unwritten": armed.outbox.waiting,  # events that a loss of power would cost
        "worst_gap_ms": armed.detection.worst_gap_ms,
        "lamp_skew_us": armed.lamps.skew_us,
        "radars": armed.radars,
        "online": status.is_online(),
        "service_mode": status.panel.service,
        "recorder": _recorder(status),
        "refused": status.refused,
        "closed_reasons": status.link.closed_reasons if status.link else {},
    }


def _recorder(status):
    if status.flight:
        return "runs"
    return "off" if status.armed.config.recorder == "off" else "no memory"
