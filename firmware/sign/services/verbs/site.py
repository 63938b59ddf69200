"""`config`, `config-put` and `kerb`: the configuration in force, and what shall be from the next start on.

Nothing is changed while the sign runs: what warns was made from the old values. The file is written beside
the old one, read back and switched, where a stall costs no warning.
"""

import json
import sys
import time

from sign import loading
from sign.proto.service import ServiceError

_ROOMS = "core.patterns core.config_fields core.config hal.store"
_FILE = "config.json"
_ENDS = ("a", "b")
_AXES = ("x", "y")


def config(status, obj):
    """Values in force: of the fields in the list `obj`, or what is not as by default."""
    if obj is None:
        return status.config_reported()
    if not isinstance(obj, list):
        raise ServiceError("config", obj, "a list of fields")
    values = {}
    for name in obj:
        if not isinstance(name, str) or name[:1] == "_" or not hasattr(status.armed.config, name):
            raise ServiceError("config", name, "a field of the configuration")
        values[name] = getattr(status.armed.config, name)
    return {"values": values}


def config_put(status, obj):
    """Change the fields of `obj` in the file; none when one is refused. A value of None is as by default."""
    if not isinstance(obj, dict) or not obj:
        raise ServiceError("config-put", obj, "an object of fields")
    for name in obj:  # the interpreter's JSON takes any value for one
        if not isinstance(name, str):
            raise ServiceError("config-put", name, "names that are texts")
    if not status.armed.detector.stall_allowed(time.ticks_ms()):
        raise ServiceError("config-put", "somebody in view", "nobody in view")
    if status.armed.trial:
        raise ServiceError("config-put", "a configuration on trial", "none on trial")
    borrowed = loading.missing(_ROOMS)
    loading.load(borrowed)
    try:
        return _put(obj)
    finally:
        loading.leave(borrowed)


def kerb(status, obj):
    """Set the kerb line {"a": [x, y], "b": [x, y]} in mm; from a to b, the roadway is on the right."""
    fields = {}
    for end in _ENDS:
        place = obj.get(end) if isinstance(obj, dict) else None
        if not isinstance(place, list) or len(place) != len(_AXES):
            raise ServiceError(end, place, "[x, y] in mm")
        for axis, mm in zip(_AXES, place):
            fields["kerb_%s_%s_mm" % (end, axis)] = mm
    if not any(fields.values()):
        raise ServiceError("kerb", "all 0", "a line; all four at 0 is none")
    return config_put(status, fields)


def _put(changes):
    room, store = sys.modules["sign.core.config"], sys.modules["sign.hal.store"]
    values = _stored(store)
    for name in changes:
        if changes[name] is None:
            values.pop(name, None)
        else:
            values[name] = changes[name]
    _, errors = room.load(values)
    for field, value, allowed in errors:
        raise ServiceError(field, value, allowed)
    data = json.dumps(values).encode()
    if len(data) > room.MAX_BYTES:
        raise ServiceError("config-put", "%d bytes" % len(data), "..%d bytes" % room.MAX_BYTES)
    try:
        store.replace(_FILE, data)
    except store.StoreError as error:
        raise ServiceError(error.name, error.why, "a data partition that can be written")
    return {"stored": sorted(changes), "applied": "restart"}


def _stored(store):
    """What stands in the file; what cannot be read is begun anew."""
    try:
        return store.read_json(_FILE)
    except store.StoreError:
        return {}
