"""The configuration in force, and what names its table."""

from sign.compat import sha256_hex
from sign.core.config_fields import FIELDS


class Config:
    """One attribute per field of FIELDS, and `geometry_known`: whether a kerb line was given."""

    def __init__(self):
        for field in FIELDS:
            setattr(self, field.name, field.default)
        self.geometry_known = False

    def as_dict(self):
        """All fields with the values in force."""
        return {field.name: getattr(self, field.name) for field in FIELDS}

    def reset(self, names):
        """Put the named fields back to their defaults."""
        for name in names:
            setattr(self, name, FIELDS[field_index(name)].default)

    def hold_ms(self, winter=False):
        """How long a warning lasts after the last detection."""
        hold_ms = self.hold_start_ms + self.crossing_width_mm * 1000 // self.walk_speed_mm_s
        hold_ms += self.winter_hold_ms if winter else 0
        return max(self.hold_min_ms, min(self.hold_max_ms, hold_ms))


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
    return "%d..%d" % (field.min, field.max)


def schema_hash():
    """8 hex digits that name this table: two firmwares with the same table have the same."""
    rows = ["|".join((f.name, f.kind, allowed(f), str(f.default))) for f in FIELDS]
    return sha256_hex("\n".join(rows).encode())[:8]
