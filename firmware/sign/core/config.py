"""Reads a configuration: checked field by field; what is bad falls back to its default and is named.

Needed at the start only: the app forgets this module afterwards.
"""

import json

from sign.compat import const
from sign.core.config_fields import FIELDS
from sign.core.config_values import Config, allowed, field_index

MAX_BYTES = const(8192)
KERB_MIN_MM = const(500)  # a shorter line has no direction worth the name
_VALUE_MAX = const(40)  # characters of a refused value that are repeated
_KERB = ("kerb_a_x_mm", "kerb_a_y_mm", "kerb_b_x_mm", "kerb_b_y_mm")
_POSE = ("sensor_x_mm", "sensor_y_mm", "sensor_azimuth_cdeg")
_SECOND_POSE = ("second_x_mm", "second_y_mm", "second_azimuth_cdeg")


def load_bytes(data):
    """(Config, errors) from a file's bytes; a file that cannot be used is one error, of field "config"."""
    if not data:
        return _refused("absent", "a JSON object")
    if len(data) > MAX_BYTES:
        return _refused("%d bytes" % len(data), "..%d bytes" % MAX_BYTES)
    try:
        obj = json.loads(data)
    except (ValueError, RuntimeError):  # nested beyond the recursion limit is a RuntimeError
        return _refused("not JSON", "a JSON object")
    return load(obj)


def load(obj):
    """(Config, errors) from a decoded object; errors are (field, value, allowed), all text."""
    if not isinstance(obj, dict):
        return _refused(type(obj).__name__, "a JSON object")
    config = Config()
    errors = []
    for field in FIELDS:
        if field.name in obj:
            value = obj[field.name]
            if _fits(field, value):
                setattr(config, field.name, value)
            else:
                errors.append((field.name, _text(value), allowed(field)))
    for name in obj:
        if field_index(name) < 0:
            errors.append((_text(name), _text(obj[name]), "no such field"))
    _check_hold(config, errors)
    _check_kerb(config, errors)
    _check_second(config, errors)
    return config, errors


def _refused(value, allowed_text):
    return Config(), [("config", value, allowed_text)]


def _fits(field, value):
    if field.kind == "bool":
        return isinstance(value, bool)
    if field.kind == "choice":
        return isinstance(value, str) and value in field.choices
    return isinstance(value, int) and not isinstance(value, bool) and field.min <= value <= field.max


def _text(value):
    return str(value)[:_VALUE_MAX]


def _check_hold(config, errors):
    if config.hold_min_ms > config.hold_max_ms:
        errors.append(("hold_min_ms", _text(config.hold_min_ms), "up to hold_max_ms %d" % config.hold_max_ms))
        config.reset(("hold_min_ms", "hold_max_ms"))


def _check_kerb(config, errors):
    """A kerb line needs a length and no guessed part: one place put back to 0 would turn the whole site."""
    if any(error[0] in _KERB + _POSE for error in errors):
        config.reset(_KERB)
    if not any(getattr(config, name) for name in _KERB):
        return
    dx = config.kerb_b_x_mm - config.kerb_a_x_mm
    dy = config.kerb_b_y_mm - config.kerb_a_y_mm
    config.geometry_known = dx * dx + dy * dy >= KERB_MIN_MM * KERB_MIN_MM
    if not config.geometry_known:
        errors.append(("kerb_b_x_mm", _text(config.kerb_b_x_mm), "%d mm or more from kerb_a" % KERB_MIN_MM))
        config.reset(_KERB)


def _check_second(config, errors):
    """A second LD2450 at a guessed place would see ghosts; without a LD2451 there is no gate."""
    if config.second_kind == "ld2450" and any(error[0] in _SECOND_POSE for error in errors):
        config.reset(("second_kind",))
    if config.vehicle_gate and config.second_kind != "ld2451":
        errors.append(("vehicle_gate", "True", "second_kind ld2451"))
        config.reset(("vehicle_gate",))
