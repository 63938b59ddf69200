"""A configuration on trial, from one boot to the next.

| file          | what it is                                                                          |
|---------------|-------------------------------------------------------------------------------------|
| `config.json` | in force; untouched while another one is on trial                                   |
| `config.try`  | on trial: `version`, `values`, `boots` that it has had, `before`: losses before it  |
| `config.bak`  | what was in force before the last one that proved itself                            |
| `config.no`   | the last one that was refused or rolled back: `version`, `state`, `errors`          |

Each step is one renaming or removal, so a power cut leaves what was before it or what comes after it. Loaded
only where there is a `config.try`, or one is to be written.
"""

import json

from sign.compat import const
from sign.hal import store

IN_FORCE = "config.json"
TRY = "config.try"
BACKUP = "config.bak"
REFUSED = "config.no"
BOOTS_MAX = const(2)  # the one that was ordered, and one reset; the next one ends the trial
ROLLED_BACK = "rolled_back"


def propose(version, values, before):
    """Put a configuration on trial, from the next start on. StoreError."""
    _write(TRY, {"version": version, "boots": 0, "before": before, "values": values})


def begin():
    """At a start: the record of what is on trial, or None. It is counted before it is used."""
    record = _read(TRY)
    version = record.get("version")
    over = not _is_whole(record) or version == _read(IN_FORCE).get("version")
    if over or version == _read(REFUSED).get("version"):
        store.remove(TRY)  # the power went before it was
        return None
    boots = record["boots"] = record["boots"] + 1
    if boots > BOOTS_MAX:
        refuse(version, ROLLED_BACK, [("config", "%d resets" % (boots - 1), "none while on trial")])
        return None
    _write(TRY, record)
    return record


def keep():
    """It has proved itself: from now on it is in force."""
    record = _read(TRY)
    held = store.read_bytes(IN_FORCE)
    if held:
        store.replace(BACKUP, held)
    store.replace(IN_FORCE, as_file(record))
    store.remove(TRY)
    store.remove(REFUSED)


def refuse(version, state, errors):
    """It is given up, and remembered so that it is not tried again; what is told of it."""
    told = {"version": version, "state": state, "errors": []}
    for field, value, allowed in errors:
        told["errors"].append({"field": field, "value": value, "why": allowed})
    _write(REFUSED, told)
    store.remove(TRY)
    return told


def refused():
    """What is told of the last one that was given up; None when there is none."""
    told = _read(REFUSED)
    return told if "version" in told else None


def as_file(record):
    """The bytes of config.json that a record stands for."""
    found = dict(record["values"])
    found["version"] = record["version"]
    return json.dumps(found).encode()


async def run(armed, why):
    """Write down what became of the trial: "" is good. True when the sign has to start again."""
    if not why:
        keep()
        armed.trial = armed.desired = None
        return False
    version = armed.trial["version"]
    armed.desired = refuse(version, ROLLED_BACK, [("config", "version %d" % version, why)])
    return True


def _is_whole(record):
    numbers = type(record.get("version")) is int and type(record.get("boots")) is int
    return (
        numbers
        and record["boots"] >= 0
        and isinstance(record.get("values"), dict)
        and isinstance(record.get("before"), list)
    )


def _read(name):
    try:
        return store.read_json(name)
    except store.StoreError:
        return {}


def _write(name, obj):
    store.replace(name, json.dumps(obj).encode())
