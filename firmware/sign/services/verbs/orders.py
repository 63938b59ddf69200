"""`flash`, `force-on`, `mute` and `shadow`: what the lamps do, whatever the sensors say.

An order is begun and ended by the tick, lasts no longer than the configuration allows, and a reset ends it.
"""

import json
import time

from sign import loading
from sign.compat import const
from sign.core import order as room
from sign.proto.service import ServiceError

_FLASH_MAX_S = const(60)
_S_MS = const(1_000)
_MIN_MS = const(60_000)
_STORE = "hal.store"
_FILE = "config.json"


def flash(status, obj):
    """A test of the lamps for so many seconds, with nobody in view; 0 ends it."""
    detector = status.armed.detector
    if obj != 0 and not detector.quiet:
        raise ServiceError("flash", "somebody in view", "nobody in view")
    return _order(status, "flash", room.FLASH, obj, _FLASH_MAX_S, _S_MS)


def force_on(status, obj):
    """Lit for so many seconds; 0 ends it."""
    return _order(status, "force-on", room.FORCE, obj, status.armed.config.force_max_s, _S_MS)


def mute(status, obj):
    """Dark for so many minutes; 0 ends it."""
    return _order(status, "mute", room.MUTE, obj, status.armed.config.mute_max_min, _MIN_MS)


def shadow(status, obj):
    """true: decide and log with dark lamps, false: warn; from now on, and after a restart as well."""
    if type(obj) is not bool:
        raise ServiceError("shadow", obj, "true, false")
    armed = status.armed
    _refuse_beside_another(armed.detector, "shadow")
    if armed.trial:
        raise ServiceError("shadow", "a configuration on trial", "none on trial")
    if not armed.detector.stall_allowed(time.ticks_ms()):
        raise ServiceError("shadow", "somebody in view", "nobody in view")
    mode = "shadow" if obj else "active"
    _store_mode(mode)
    armed.config.mode = mode
    if obj:
        armed.config_changed["mode"] = mode
    else:
        armed.config_changed.pop("mode", None)
    return {"mode": mode}


def _order(status, verb, code, obj, most, unit_ms):
    detector = status.armed.detector
    if type(obj) is not int or not 0 <= obj <= most:
        raise ServiceError(verb, obj, "0..%d" % most)
    if obj == 0:
        if detector.order and detector.order.code == code:
            detector.order.end()
        return {verb: 0}
    _refuse_beside_another(detector, verb)
    if code != room.MUTE and status.armed.config.mode != "active":
        raise ServiceError(verb, "mode shadow", "mode active")
    detector.order = room.Order(code, obj * unit_ms)
    return {verb: obj}


def _refuse_beside_another(detector, verb):
    if detector.order:
        raise ServiceError(verb, "another order stands", "after it, or after it was ended by 0")


def _store_mode(mode):
    borrowed = loading.missing(_STORE)
    loading.load(borrowed)
    try:
        from sign.hal import store

        try:
            values = store.read_json(_FILE)
            values["mode"] = mode
            store.replace(_FILE, json.dumps(values).encode())
        except store.StoreError as error:
            raise ServiceError(error.name, error.why, "a data partition that can be written")
    finally:
        store = None
        loading.leave(borrowed)
