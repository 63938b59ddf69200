"""`selftest "sensors"`, `"power"`, `"chip"`, `"network"`: what is found; who asks knows the limits."""

import gc
import os
import time

from sign.hal import clock
from sign.proto.service import ServiceError

_FRAGMENT = 0  # places in what os.statvfs gives
_FRAGMENTS = 2
_FREE = 3
_DATA_DIR = "/data"


def selftest(status, obj):
    """The findings of one part; asked twice, counters tell a rate."""
    if not isinstance(obj, str) or obj not in _PARTS:
        raise ServiceError("selftest", obj, ", ".join(sorted(_PARTS)))
    return _PARTS[obj](status)


def _sensors(status):
    armed = status.armed
    return {
        "ms": time.ticks_ms(),
        "radars": [_radar(armed, port) for port in range(len(armed.radars))],
        "pir": {"level": armed.inputs.pir(), "edges": armed.detection.pir_edges},
        "button": {"level": armed.inputs.button()},
        "quiet": armed.detector.quiet,
        "lit": armed.detector.lit,
    }


def _radar(armed, port):
    driver = armed.detector.radars[port]
    found = {"frames": driver.frames, "bad_frames": driver.bad_frames, "target_mm": _target(driver)}
    found.update(armed.radars[port])
    return found


def _target(driver):
    """Where the radar sees somebody now: [x, y], or the distance where it knows no more; None: nobody."""
    if hasattr(driver, "nearest_mm"):
        return driver.nearest_mm if driver.present else None
    return list(driver.targets[:2]) if driver.count else None


def _power(status):
    return status.measuring.values() if status.measuring else {}


def _chip(status):
    armed = status.armed
    gc.collect()  # garbage is no want of memory
    return {
        "ms": time.ticks_ms(),
        "uptime_ms": armed.uptime.total_ms(),
        "heap_free": gc.mem_free(),
        "ticks": armed.detection.ticks,
        "ticks_late": armed.detection.late,
        "worst_gap_ms": armed.detection.worst_gap_ms,
        "data": _data_bytes(),
        "clock_right": clock.right,
        "outbox_dropped": armed.outbox.dropped,
    }


def _data_bytes():
    """[free, all] bytes of the data partition; None where it cannot be used."""
    try:
        found = os.statvfs(_DATA_DIR)
    except OSError:
        return None
    return [found[_FRAGMENT] * found[_FREE], found[_FRAGMENT] * found[_FRAGMENTS]]


def _network(status):
    link = status.link
    if link is None:
        return {"kind": None, "sign": status.armed.sign}
    network = link.network
    return {
        "kind": network.link.kind,
        "up": network.up,
        "why": network.link.why_down(),
        "address": network.link.address(),
        "rssi_dbm": network.link.rssi_dbm(),
        "drops": network.drops,
        "broker": link.online,
        "sessions": link.sessions,
        "paused": not status.armed.has_memory(),
        "closed": link.closed_reasons,
        "sign": status.armed.sign,
    }


_PARTS = {"sensors": _sensors, "power": _power, "chip": _chip, "network": _network}
