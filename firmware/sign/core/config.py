"""Configuration of one sign: checked field by field; what is bad falls back to its default and is named."""

import json

from sign.compat import const, sha256_hex
from sign.core import patterns
from sign.core.config_fields import FIELDS, TEXT_SIGNS
from sign.core.config_values import Config

MAX_BYTES = const(8192)
KERB_MIN_MM = const(500)  # a shorter line has no direction worth the name
_UNKNOWN_MAX = const(10)  # fields that are named of those that there are not
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
    config = Config(FIELDS)
    errors = []
    for field in FIELDS:
        if field.name in obj:
            value = obj[field.name]
            if _fits(field, value):
                setattr(config, field.name, value)
            else:
                errors.append((field.name, _text(value), allowed(field)))
    _refuse_unknown(obj, errors)
    _check_hold(config, errors)
    _check_kerb(config, errors)
    _check_pattern(config, errors)
    _cut_brightness(config, errors, "dim_pct" in obj)
    _check_limits(config, errors)
    _check_battery(config, errors)
    _check_second(config, errors)
    return config, errors


def as_dict(config):
    """All fields with the values in force."""
    return {field.name: getattr(config, field.name) for field in FIELDS}


def changed(config):
    """Those whose value is not the default; beside the hash of the table that says it all, and briefly."""
    values = as_dict(config)
    return {field.name: values[field.name] for field in FIELDS if values[field.name] != field.default}


def field_index(name):
    """Place of a field in FIELDS, -1 when there is none."""
    for i in range(len(FIELDS)):
        if FIELDS[i].name == name:
            return i
    return -1


def allowed(field):
    """The field's range as text."""
    if field.kind == "bool":
        return "true, false"
    if field.kind == "choice":
        return ", ".join(field.choices)
    if field.kind == "text":
        return "..%d of A-Z a-z 0-9 and '%s'" % (field.max, TEXT_SIGNS)
    return "%d..%d" % (field.min, field.max)


def schema_hash():
    """8 hex digits that name this table: two firmwares with the same table have the same."""
    rows = ["|".join((f.name, f.kind, allowed(f), str(f.default))) for f in FIELDS]
    return sha256_hex("\n".join(rows).encode())[:8]


def _refuse_unknown(obj, errors):
    """Name some; a file of nothing else would fill the heap with its refusals."""
    unknown = [name for name in obj if field_index(name) < 0]
    for name in unknown[:_UNKNOWN_MAX]:
        errors.append((_text(name), _text(obj[name]), "no such field"))
    if len(unknown) > _UNKNOWN_MAX:
        errors.append(("config", "%d more" % (len(unknown) - _UNKNOWN_MAX), "no such fields"))


def _reset(config, names):
    """Put the named fields back to their defaults."""
    for name in names:
        setattr(config, name, FIELDS[field_index(name)].default)


def _refused(value, allowed_text):
    return Config(FIELDS), [("config", value, allowed_text)]


def _fits(field, value):
    if field.kind == "bool":
        return isinstance(value, bool)
    if field.kind == "choice":
        return isinstance(value, str) and value in field.choices
    if field.kind == "text":
        return isinstance(value, str) and len(value) <= field.max and all(map(_is_text_sign, value))
    return isinstance(value, int) and not isinstance(value, bool) and field.min <= value <= field.max


def _is_text_sign(char):
    return ord(char) < 0x7F and (char.isalpha() or char.isdigit() or char in TEXT_SIGNS)


def _text(value):
    return str(value)[:_VALUE_MAX]


def _check_hold(config, errors):
    if config.hold_min_ms > config.hold_max_ms:
        errors.append(("hold_min_ms", _text(config.hold_min_ms), "up to hold_max_ms %d" % config.hold_max_ms))
        _reset(config, ("hold_min_ms", "hold_max_ms"))


def _check_kerb(config, errors):
    """A kerb line needs a length and no guessed part: one place put back to 0 would turn the whole site."""
    if any(error[0] in _KERB + _POSE for error in errors):
        _reset(config, _KERB)
    if not any(getattr(config, name) for name in _KERB):
        return
    dx = config.kerb_b_x_mm - config.kerb_a_x_mm
    dy = config.kerb_b_y_mm - config.kerb_a_y_mm
    config.geometry_known = dx * dx + dy * dy >= KERB_MIN_MM * KERB_MIN_MM
    if not config.geometry_known:
        errors.append(("kerb_b_x_mm", _text(config.kerb_b_x_mm), "%d mm or more from kerb_a" % KERB_MIN_MM))
        _reset(config, _KERB)


def _check_pattern(config, errors):
    """Nothing is shown to drivers that the rules forbid, or that needs an approval and has none."""
    name, steps = config.pattern, config.user_pattern
    if steps or name == patterns.USER:
        try:
            patterns.parse(steps)
        except patterns.PatternError as error:
            errors.append(("user_pattern", _text(steps), "%s %s" % (error.field, error.allowed)))
            _reset(config, ("user_pattern",))
            if name == patterns.USER:
                _reset(config, ("pattern",))
                return
    wanted = steps if name == patterns.USER else name
    if name not in patterns.FREE and not (config.approval_number and config.approval_pattern == wanted):
        free = ", ".join(patterns.FREE)
        errors.append(("pattern", name, free + "; what approval_pattern and approval_number name"))
        _reset(config, ("pattern",))


def _cut_brightness(config, errors, asked_for):
    """No brighter than approved; that is an error only where more was asked for."""
    if config.dim_pct > config.approval_dim_max_pct:
        if asked_for:
            errors.append(("dim_pct", _text(config.dim_pct), "..%d approved" % config.approval_dim_max_pct))
        config.dim_pct = config.approval_dim_max_pct


def _check_limits(config, errors):
    """Two limits of one thing must be in order."""
    if config.light_dark_mv >= config.light_day_mv:
        errors.append(
            ("light_dark_mv", _text(config.light_dark_mv), "below light_day_mv %d" % config.light_day_mv)
        )
        _reset(config, ("light_dark_mv", "light_day_mv"))
    if config.supply_high_mv and config.supply_low_mv >= config.supply_high_mv:
        errors.append(
            ("supply_low_mv", _text(config.supply_low_mv), "below supply_high_mv %d" % config.supply_high_mv)
        )
        _reset(config, ("supply_low_mv", "supply_high_mv"))


def _check_battery(config, errors):
    """Stages come one after the other."""
    saving, low, last = config.battery_saving_mv, config.battery_low_mv, config.battery_last_mv
    if not saving > low > last:
        allowed_text = "below battery_saving_mv %d and above battery_last_mv %d" % (saving, last)
        errors.append(("battery_low_mv", _text(low), allowed_text))
        _reset(config, ("battery_saving_mv", "battery_low_mv", "battery_last_mv"))


def _check_second(config, errors):
    """A second LD2450 at a guessed place would see ghosts; without a LD2451 there is no gate."""
    if config.second_kind == "ld2450" and any(error[0] in _SECOND_POSE for error in errors):
        _reset(config, ("second_kind",))
    if config.vehicle_gate and config.second_kind != "ld2451":
        errors.append(("vehicle_gate", "True", "second_kind ld2451"))
        _reset(config, ("vehicle_gate",))
