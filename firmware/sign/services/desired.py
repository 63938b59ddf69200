"""The configuration that the controller wants: see `config/desired` in the wire contract.

It comes again with each session. What is news is looked at without a session, whose memory that takes; then
it is on trial (`config_trial`) from the next start on, or refused with the reasons.
"""

import json

from sign import loading
from sign.compat import const
from sign.core.probation import losses
from sign.services.pieces import pieces

MAX_BYTES = const(1024)
_BRACKETS_MAX = const(4)
_VERSION_MAX = const(1_000_000_000)
_ROOMS = "core.patterns core.config_fields core.config hal.store services.config_trial"


class Refused(Exception):
    """`version` of what cannot be taken, None where not even that is known; `error` is (field, value,
    allowed)."""

    def __init__(self, version, error):
        super().__init__(version, error)
        self.version = version
        self.error = error


def look(armed, payload):
    """The document when it is news, None when it is in force, on trial or given up. Refused."""
    if len(payload) > MAX_BYTES:
        raise Refused(None, ("desired", "%d bytes" % len(payload), "..%d bytes" % MAX_BYTES))
    document = _decoded(payload)
    version = document.get("version")
    if type(version) is not int or not 0 < version <= _VERSION_MAX:
        raise Refused(None, ("version", str(version)[:40], "1..%d" % _VERSION_MAX))
    if version == armed.config.version or (armed.desired and version == armed.desired["version"]):
        return None
    if document.get("schema") != armed.schema:
        raise Refused(version, ("schema", str(document.get("schema"))[:40], armed.schema))
    if version < armed.config.version:
        raise Refused(version, ("version", str(version), "above %d" % armed.config.version))
    if not isinstance(document.get("values"), dict):
        raise Refused(version, ("values", str(document.get("values"))[:40], "an object"))
    return document


def news(armed, payload):
    """True when it must be looked at without a session; else `armed.desired` says what there is to say."""
    try:
        return look(armed, payload) is not None
    except Refused as refused:
        armed.desired = _told(refused.version, refused.error)
        return False


async def serve(orders, client, payload):
    """Beside a session: end it for what is news, else say what there is to say."""
    armed = orders.status.armed
    before = armed.desired
    if news(armed, payload):
        orders.take_over(payload)
    elif armed.desired is not before:
        document = pieces(orders.status.config_reported())
        await client.publish(orders.topics.of("config/reported"), document, 1, True)


async def run(armed, payload):
    """Check every field, then put it on trial; True when the sign has to start again for it."""
    if not news(armed, payload):
        return False
    document = look(armed, payload)
    rooms = loading.missing(_ROOMS)
    try:
        loading.load(rooms)
        return _propose(armed, document)
    finally:
        loading.leave(rooms)


def _propose(armed, document):
    from sign.core import config
    from sign.services import config_trial as trial

    values, version = document["values"], document["version"]
    for name in [name for name in values if values[name] is None]:
        del values[name]
    values.pop("version", None)
    errors = config.load(values)[1]
    if errors:
        armed.desired = trial.refuse(version, "refused", errors)
        return False
    before = losses([name for name, _ in armed.faults.active()])
    trial.propose(version, values, before)
    armed.desired = {"version": version, "state": "waits", "errors": []}
    return True


def _told(version, error):
    field, value, allowed = error
    found = {"field": field, "value": value, "why": allowed}
    return {"version": version, "state": "refused", "errors": [found]}


def _decoded(payload):
    if bytes(payload).count(b"{") + bytes(payload).count(b"[") > _BRACKETS_MAX:
        raise Refused(None, ("desired", "nested", "..%d brackets" % _BRACKETS_MAX))
    try:
        document = json.loads(payload)
    except (ValueError, RuntimeError):
        raise Refused(None, ("desired", "not JSON", "a JSON object"))
    if not isinstance(document, dict) or document.get("v") != 1:
        raise Refused(None, ("v", "another format", "1"))
    return document
