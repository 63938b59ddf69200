"""Obeys a command of the controller: see `command` and `response` in the wire contract.

A command is a verb of the serial port. What came too late is refused, and what was done already is answered
again but not done again. Without a clock nobody can say whether a command that waited at the broker is still
meant: then only what changes nothing is obeyed.
"""

import asyncio
import json
import time

from sign.compat import const, ticks_diff
from sign.hal import clock
from sign.proto.service import ServiceError
from sign.services import log
from sign.services.dispatch import Dispatch, refusal, room_of
from sign.services.pieces import pieces

MAX_BYTES = const(512)
_BACKLOG_MS = const(5_000)  # what comes so soon in a session may have waited at the broker for days
_SENT_MS = const(500)  # until an answer is on its way
_SENT_STEPS = const(40)  # or the next session has taken it
_BRACKETS_MAX = const(32)
_ID_CHARS_MAX = const(16)
_WITHIN_MAX_S = const(86_400)
_UTC_MAX_S = const(4_102_444_800)  # of 2100
_DONE_MAX = const(8)
_VALUE_CHARS = const(60)
_ALLOWED_CHARS = const(400)
# They change nothing, so that it does not matter when or how often they are done.
_HARMLESS = """
hello status telemetry details selftest log events config identify
recording-list recording-fetch recording-read
"""
_RESETS = ("restart", "reboot")
# A reset that was not acknowledged in time is told again after it: it must not come again for ever.
_RESET_AFTER_MS = const(60_000)


async def serve(orders, client, what):
    """Obey `what` came, (payload, when), and answer."""
    answer, job = _obeyed(orders, what)
    await client.publish(orders.topics.of("response"), pieces(answer), 1)
    if job:
        begin(orders, answer["id"], job)


async def run(armed, what):
    """The same where there is no session: the next one sends the answer."""
    orders = what[0]
    orders.told, job = _obeyed(orders, what[1])
    if job:
        begin(orders, orders.told["id"], job)


def _obeyed(orders, what):
    backlog = ticks_diff(what[1], orders.opened_ms) < _BACKLOG_MS
    return obey(orders.status, orders.done, what[0], what[1], backlog)


def begin(orders, ident, job):
    """What goes on ends by itself, whether the session lasts or not; another one ends it, too."""
    if orders.job:
        orders.job.stop()
    orders.job = job
    orders.task = asyncio.create_task(_work(orders, ident, job))


async def _work(orders, ident, job):
    try:
        for _ in range(_SENT_STEPS):
            await asyncio.sleep_ms(_SENT_MS)
            if orders.told is None:
                break
        while not job.over:
            told = job.step(time.ticks_ms())
            if told:
                orders.told = {"v": 1, "id": ident, "ok": True, "told": told}
            await asyncio.sleep_ms(job.every_ms)
    except Exception as error:
        log.say("command: %r" % error)
    job.stop()
    if orders.job is job:
        orders.job = orders.task = None


def obey(status, done, payload, came_ms, backlog):
    """(answer, job or None). `done` is the list of (id, ok) of what was done; `backlog`: the command may have
    waited for the session."""
    ident, dispatch = None, Dispatch(status)
    try:
        command = _decoded(payload)
        ident = _checked_id(command.get("id"))
        verb = command.get("verb")
        harmless = not isinstance(verb, str) or verb in _HARMLESS.split() or room_of(verb) is None
        for known, ok in done:
            if known == ident:
                return {"v": 1, "id": ident, "ok": ok, "repeated": True}, None
        _check_time(command, came_ms, backlog and not harmless)
        if verb in _RESETS and status.armed.uptime.total_ms() < _RESET_AFTER_MS:
            raise ServiceError("verb", verb, "a minute after the start")
        answer, job = dispatch.ask(verb, command.get("args"))
        told, ok = {"v": 1, "id": ident, "ok": True, "answer": answer}, True
    except ServiceError as error:
        told, ok, job = _refused(ident, error), False, None
        harmless = True
    except MemoryError:
        raise
    except Exception as error:  # a verb that fails costs no session
        told, ok, job = _refused(ident, ServiceError("verb", repr(error), "one that works")), False, None
    finally:
        dispatch.enter(None)
    if not harmless:
        done.append((ident, ok))
        del done[:-_DONE_MAX]
    return told, job


def _decoded(payload):
    """The command; ServiceError for what is none."""
    if len(payload) > MAX_BYTES:
        raise ServiceError("command", "%d bytes" % len(payload), "..%d bytes" % MAX_BYTES)
    if payload.count(b"[") + payload.count(b"{") > _BRACKETS_MAX:
        raise ServiceError("command", "nested", "..%d brackets" % _BRACKETS_MAX)
    try:
        command = json.loads(payload)
    except (ValueError, RuntimeError):
        raise ServiceError("command", "not JSON", "a JSON object")
    if not isinstance(command, dict):
        raise ServiceError("command", "not an object", "a JSON object")
    if command.get("v") != 1:
        raise ServiceError("v", command.get("v"), "1")
    return command


def _checked_id(ident):
    if not isinstance(ident, str) or not 0 < len(ident) <= _ID_CHARS_MAX:
        raise ServiceError("id", ident, "a text of 1..%d" % _ID_CHARS_MAX)
    return ident


def _check_time(command, came_ms, doubtful):
    """ServiceError for what is not meant any more, or perhaps not: what is `doubtful` needs a clock."""
    expires = _bounded(command, "expires", _UTC_MAX_S)
    within_s = _bounded(command, "within_s", _WITHIN_MAX_S)
    utc_ms = clock.utc_ms()
    if utc_ms is None and doubtful:
        raise ServiceError("expires", expires, "a clock: it may be over")
    if utc_ms is not None and expires is not None and utc_ms // 1000 > expires:
        raise ServiceError("expires", expires, "%d.." % (utc_ms // 1000))
    if within_s is not None and ticks_diff(time.ticks_ms(), came_ms) > within_s * 1000:
        raise ServiceError("within_s", within_s, "longer")


def _bounded(command, field, most):
    value = command.get(field)
    if value is not None and (type(value) is not int or not 0 <= value <= most):
        raise ServiceError(field, value, "0..%d" % most)
    return value


def _refused(ident, error):
    told = refusal(error)
    value = told["value"]
    if value is not None and type(value) is not bool:
        told["value"] = str(value)[:_VALUE_CHARS]
    told["allowed"] = told["allowed"][:_ALLOWED_CHARS]
    told.update({"v": 1, "id": ident, "ok": False})
    return told
