"""A configuration on its way into force, on a real LittleFS whose power goes at every flash operation."""

import asyncio
import json
import sys

import fakes  # the chip's modules, before those that import them
from torn_flash import SECTOR, Mounted, TornFlash, every_cut


class Chip:
    NVS = Partition = None


sys.modules["esp32"] = Chip

from sign import loading
from sign.core import config as config_room
from sign.core.faults import Faults
from sign.hal import store
from sign.services import config_trial as trial
from sign.services import desired, start_up

# Compiling the rooms anew at each of a thousand boots would take minutes.
loading.leave = loading.load = lambda rooms: None

SCHEMA = config_room.schema_hash()
OLD = {"version": 4, "lead_ms": 4_500}
NEW = {"lead_ms": 3_000, "hold_min_ms": 6_000}
WIRING = {"pins": {}, "radar": {}}


class Armed:
    """Of the running sign what takes part."""

    def __init__(self):
        self.wiring, self.schema, self.faults, self.reasons = WIRING, SCHEMA, Faults(), {}
        self.rung, self.lost = 0, ""
        start_up.read_config(self)

    def version_and_lead(self):
        return self.config.version, self.config.lead_ms


OLD_IN_FORCE, NEW_IN_FORCE = (4, 4_500), (5, 3_000)


def document(version=5, values=None, **more):
    found = {"v": 1, "version": version, "schema": SCHEMA, "values": NEW if values is None else values}
    found.update(more)
    return json.dumps(found).encode()


def ran(coroutine):
    asyncio.new_event_loop()
    return asyncio.run(coroutine)


def flashed():
    flash = TornFlash(16 * SECTOR)
    with Mounted(flash):
        store.replace("config.json", json.dumps(OLD).encode())
    return flash


def adopt(payload=None):
    return ran(desired.run(Armed(), payload or document()))


def after(*steps):
    """A flash on which these were done, each by a boot of its own."""

    def make():
        flash = flashed()
        with Mounted(flash):
            for step in steps:
                step()
        return flash

    return make


def on(step):
    def act(flash):
        with Mounted(flash):
            step()

    return act


def keep():
    armed = Armed()
    assert armed.trial
    ran(trial.run(armed, ""))


def roll_back():
    armed = Armed()
    assert armed.trial
    ran(trial.run(armed, "radar_silent"))


def boot():
    Armed()


def boots_into(flash, allowed):
    """The configuration of a sign that boots with this flash, and of one that boots once more."""
    with Mounted(flash):
        for _ in range(2):
            armed = Armed()
            assert not armed.config_errors, armed.config_errors
            assert armed.version_and_lead() in allowed, armed.version_and_lead()
        return armed


def test_a_power_cut_at_every_operation_leaves_the_old_or_the_new_configuration_never_half_of_one():
    cuts = 0
    for make, step, whole in (
        (flashed, adopt, (NEW_IN_FORCE, OLD_IN_FORCE)),
        (after(adopt), boot, (NEW_IN_FORCE, OLD_IN_FORCE)),
        (after(adopt), keep, (NEW_IN_FORCE,)),
        (after(adopt), roll_back, (OLD_IN_FORCE,)),
        (after(adopt, boot, boot), boot, (OLD_IN_FORCE,)),
    ):

        def check(flash, cut, whole=whole):
            boots_into(flash, whole if cut is None else (OLD_IN_FORCE, NEW_IN_FORCE))

        cuts += every_cut(make, on(step), check)
    assert cuts > 100, cuts
    print("cuts:", cuts)


def test_after_a_cut_a_trial_still_ends():
    """Whatever is left of a trial is over after three boots: the old one, or the new one by `keep` alone."""

    def check(flash, cut):
        with Mounted(flash):
            for _ in range(3):
                armed = Armed()
            assert armed.trial is None
            assert armed.version_and_lead() == OLD_IN_FORCE

    every_cut(flashed, on(adopt), check)


def test_what_is_wanted_is_on_trial_from_the_next_start_on_and_kept_when_it_is_good():
    with Mounted(flashed()):
        armed = Armed()
        assert ran(desired.run(armed, document()))
        assert armed.desired == {"version": 5, "state": "waits", "errors": []}
        armed = Armed()
        assert armed.version_and_lead() == NEW_IN_FORCE
        assert armed.desired["state"] == "trial"
        assert not ran(trial.run(armed, ""))
        assert (armed.trial, armed.desired) == (None, None)
        armed = Armed()
        assert (armed.version_and_lead(), armed.desired) == (NEW_IN_FORCE, None)
        assert store.read_json("config.bak") == OLD


def test_a_trial_that_failed_is_told_and_never_tried_again():
    with Mounted(flashed()):
        adopt()
        armed = Armed()
        assert ran(trial.run(armed, "radar_silent"))
        told = {"field": "config", "value": "version 5", "why": "radar_silent"}
        for _ in range(2):
            armed = Armed()
            assert armed.version_and_lead() == OLD_IN_FORCE
            assert armed.desired == {"version": 5, "state": "rolled_back", "errors": [told]}
        assert not desired.news(armed, document())
        assert not adopt()
        assert adopt(document(6))


def test_two_resets_end_a_trial():
    with Mounted(flashed()):
        adopt()
        assert [Armed().version_and_lead() for _ in range(3)] == [NEW_IN_FORCE, NEW_IN_FORCE, OLD_IN_FORCE]
        assert Armed().desired["errors"][0]["value"] == "2 resets"


def test_each_field_that_is_refused_is_told_and_none_is_taken():
    with Mounted(flashed()):
        armed = Armed()
        bad = {"lead_ms": 1, "hold_min_ms": 6_000, "no_such": 3}
        assert not ran(desired.run(armed, document(5, bad)))
        for told_by in (armed, Armed()):
            assert told_by.desired["state"] == "refused"
            fields = [(error["field"], error["value"], error["why"]) for error in told_by.desired["errors"]]
            assert fields == [("lead_ms", "1", "500..10000"), ("no_such", "3", "no such field")]
            assert told_by.version_and_lead() == OLD_IN_FORCE
        assert not store.exists("config.try")


def test_a_radar_at_a_port_that_the_board_lacks_is_given_up_before_it_is_used():
    with Mounted(flashed()):
        adopt(document(5, {"second_kind": "c4001"}))
        armed = Armed()
        assert (armed.config.second_kind, armed.trial) == ("none", None)
        assert armed.desired["errors"][0]["field"] == "second_kind"


def test_what_is_in_force_or_cannot_be_meant_changes_nothing():
    with Mounted(flashed()):
        for payload, field in (
            (document(4), None),
            (document(3), "version"),
            (document(5, schema="00000000"), "schema"),
            (document(5, []), "values"),
            (document("5"), "version"),
            (document(True), "version"),
            (document(1 << 80), "version"),
            (b"", "desired"),
            (b"\xff\xfe{", "desired"),
            (b"[" * 900, "desired"),
            (b'{"v":2}', "v"),
            (b"[]", "v"),
            (b" " * 1025, "desired"),
        ):
            armed = Armed()
            assert not desired.news(armed, payload), payload
            told = armed.desired and armed.desired["errors"][0]["field"]
            assert told == field, (payload, told)
        assert not store.exists("config.try")


def test_null_is_the_default():
    with Mounted(flashed()):
        adopt(document(5, {"lead_ms": None, "hold_min_ms": 6_000}))
        assert Armed().version_and_lead() == (5, 4_000)


def test_a_damaged_record_is_given_up_for_what_is_in_force():
    whole = {"version": 5, "boots": 0, "before": [], "values": NEW}
    damaged = [b"", b"[1]", b"\xff" * 100]
    for name in whole:
        for value in (None, "x", 1.5, []):
            if type(value) is not type(whole[name]):
                damaged.append(json.dumps(dict(whole, **{name: value})).encode())
    for content in damaged:
        with Mounted(flashed()):
            store.replace("config.try", content)
            for _ in range(3):
                armed = Armed()
            assert armed.version_and_lead() == OLD_IN_FORCE, content


del fakes
