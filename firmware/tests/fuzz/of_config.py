"""Configurations: wanted by the controller, in a file, and on trial."""

import json

from fuzz import chip
from fuzz.kept import Kept
from fuzz.parser import JsonParser
from sign.core import config, patterns
from sign.services import config_trial, desired

desired.loading = chip.Nothing
desired.loading.missing = lambda rooms: ""
desired.loading.load = desired.loading.leave = lambda rooms: None
SCHEMA = config.schema_hash()
VERSION = 5
TEXT_MAX = 240  # of an error: the field, its value, the range
ERRORS_MAX = 120
GOOD = (
    b"{}",
    b'{"version": 7, "mode": "shadow", "pattern": "steady", "dim_pct": 60}',
    b'{"pattern": "user", "user_pattern": "500:1:0 500:0:1", "approval_number": "N 1", '
    b'"approval_pattern": "500:1:0 500:0:1"}',
    b'{"kerb_a_x_mm": -4000, "kerb_a_y_mm": 3000, "kerb_b_x_mm": 4000, "kerb_b_y_mm": 3000}',
    b'{"hold_min_ms": 5000, "hold_max_ms": 20000, "winter": "auto", "vehicle_gate": true, '
    b'"second_kind": "ld2451"}',
    b'{"battery_saving_mv": 12200, "battery_low_mv": 11800, "battery_last_mv": 11200, "light_dark_mv": 150}',
    b'{"ntp_servers": "a.example:123 10.0.0.1", "pole_sync": true, "pole_channel": 6}',
)


def check_config(found):
    """Assert that every field is within the table, and what belongs together in order."""
    for field in config.FIELDS:
        assert config._fits(field, getattr(found, field.name)), field.name
    assert found.hold_min_ms <= found.hold_ms() <= found.hold_max_ms
    assert found.battery_saving_mv > found.battery_low_mv > found.battery_last_mv
    assert found.light_dark_mv < found.light_day_mv
    assert found.dim_pct <= found.approval_dim_max_pct
    patterns.rmt_segments(patterns.get(found.pattern, found.user_pattern))


def check_errors(errors):
    """Assert that each names field, value and range, and all of them fit in memory."""
    assert len(errors) <= ERRORS_MAX, len(errors)
    for error in errors:
        assert len(error) == 3 and all([isinstance(part, str) for part in error]), error
        assert all([len(part) <= TEXT_MAX for part in error]), error
        assert error[0] or error[2] == "no such field"
        json.dumps(error)


class File(JsonParser):
    """Any bytes give a configuration that a sign can run with, and say what was wrong."""

    def seeds(self):
        many = b",".join([b'"f%d":%d' % (n, n) for n in range(500)])
        return list(GOOD) + [b"{" + many + b"}"]

    def make(self, dice):
        """Now and then far too long."""
        data = super().make(dice)
        return data if dice.below(64) else data * (1 + dice.below(8_192) // (1 + len(data)))

    def take(self, data):
        found, errors = config.load_bytes(data)
        check_config(found)
        check_errors(errors)
        assert config.load(config.as_dict(found))[1] == []
        return "field " + errors[0][0][:16] if errors else None

    def goes_on(self):
        found, errors = config.load_bytes(GOOD[1])
        assert (found.version, found.mode, errors) == (7, "shadow", [])


class Armed:
    """Of the running sign what is asked by who looks at a configuration."""

    schema = SCHEMA

    def __init__(self):
        self.config = config.load({"version": VERSION})[0]
        self.desired = self.trial = None
        self.faults = self

    def active(self):
        return []


def document(values, version=6):
    return b'{"v": 1, "version": %d, "schema": "%s", "values": %s}' % (version, SCHEMA.encode(), values)


class Desired(JsonParser):
    """A wanted configuration is on trial whole, or refused by the name of a field."""

    def seeds(self):
        return [document(values) for values in GOOD] + [document(GOOD[0], VERSION), document(GOOD[1], 1)]

    def take(self, data):
        Kept.files.clear()
        armed = Armed()
        restarts = _ended(desired.run(armed, data))
        if restarts or config_trial.TRY in Kept.files:
            record = config_trial.begin()
            assert record and record["version"] > VERSION
            found, errors = config.load_bytes(config_trial.as_file(record))
            assert not errors, errors
            assert found.version == record["version"]
            check_config(found)
            return None
        if armed.desired is None:
            return "known"
        assert armed.desired["state"] == "refused"
        check_errors([(one["field"], one["value"], one["why"]) for one in armed.desired["errors"]])
        return "field " + armed.desired["errors"][0]["field"][:16]

    def goes_on(self):
        assert self.take(document(GOOD[1])) is None


def _ended(coroutine):
    """What a coroutine that never waits answers."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


class Trial(JsonParser):
    """Whatever became of the record of a trial: it is on trial, or gone, and the next start can begin."""

    def seeds(self):
        record = b'{"version": 6, "boots": %d, "before": ["no_sensor"], "values": %s}'
        refused = b'{"version": 6, "state": "rolled_back", "errors": []}'
        return [record % (n % 3, GOOD[n]) for n in range(len(GOOD))] + [refused]

    def take(self, data):
        Kept.files.clear()
        Kept.files[config_trial.TRY] = data
        if len(data) % 4 == 0:
            Kept.files[config_trial.REFUSED] = data[len(data) // 8 :]
        record = config_trial.begin()
        config_trial.refused()
        if record is None:
            assert config_trial.TRY not in Kept.files
            return "given up"
        assert 0 < record["boots"] <= config_trial.BOOTS_MAX, record["boots"]
        found, errors = config.load_bytes(config_trial.as_file(record))
        check_config(found)
        check_errors(errors)
        return None

    def goes_on(self):
        Kept.files.clear()
        Kept.files[config_trial.TRY] = b'{"version": 6, "boots": 0, "before": [], "values": {}}'
        assert config_trial.begin()["boots"] == 1
        config_trial.keep()
        assert json.loads(Kept.files[config_trial.IN_FORCE]) == {"version": 6}
