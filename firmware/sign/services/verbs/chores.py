"""`log`, `log-on`, `log-off`, `events`, `clock`, `identify`, `restart` and `reboot`."""

import machine
from sign.compat import const
from sign.core import events as kinds
from sign.core import panel as codes
from sign.hal import clock as chip_clock
from sign.proto.service import ServiceError
from sign.services import log as lines
from sign.services import log_tail

# Unix seconds of 2026 and of 2068, where the chip's clock and its small ints are both far from their ends.
_CLOCK_MIN_S = const(1_767_225_600)
_CLOCK_MAX_S = const(3_092_601_600)
_TEXT_MAX = const(400)
_EVENTS_MAX = const(4)
_IDENTIFY_MAX_S = const(600)
_POSITION_MAX = const(0x1FFFFFFF)
_FOR_SERVICE = b"GVKS"  # SERVICE of ladder.py, which reads it


def log(status, obj):
    """Text from the position `obj` on, None: the oldest that is kept; `next` is where to go on."""
    if obj is not None and (type(obj) is not int or not 0 <= obj <= _POSITION_MAX):
        raise ServiceError("log", obj, "0..%d" % _POSITION_MAX)
    text, behind, lost = log_tail.since(obj, _TEXT_MAX)
    return {"text": text, "next": behind, "lost": lost}


def log_on(status, obj):
    lines.enable(True)
    return {"log": "on"}


def log_off(status, obj):
    lines.enable(False)
    return {"log": "off"}


def events(status, obj):
    """A few of the events that the controller has not acknowledged, behind the `obj` oldest ones; `next` is
    where to go on."""
    first = 0 if obj is None else obj
    if type(first) is not int or not 0 <= first <= _POSITION_MAX:
        raise ServiceError("events", obj, "0..%d" % _POSITION_MAX)
    outbox = status.armed.outbox
    held = outbox.held
    behind = min(first + _EVENTS_MAX, held)
    told = []
    for record in _records(outbox, first, behind):
        if record:  # else it is damaged
            told.append(kinds.describe(record))
            told[-1]["boot"] = record[1]
    return {"events": told, "next": behind, "left": held - behind}


def _records(outbox, first, behind):
    ring = outbox.flash
    in_flash = ring.head - ring.tail if ring else 0
    found = [ring.read(ring.tail + at) for at in range(first, min(behind, in_flash))]
    at = max(first, in_flash)
    return found + outbox.look(at - in_flash, behind - at)


def clock(status, obj):
    """Set the clock to UTC seconds."""
    if type(obj) is not int or not _CLOCK_MIN_S <= obj <= _CLOCK_MAX_S:
        raise ServiceError("clock", obj, "%d..%d" % (_CLOCK_MIN_S, _CLOCK_MAX_S))
    chip_clock.set_right(obj)
    return {"clock": "set"}


def identify(status, obj):
    """Let the status LED flicker for so many seconds."""
    seconds = 30 if obj is None else obj
    if type(seconds) is not int or not 0 <= seconds <= _IDENTIFY_MAX_S:
        raise ServiceError("identify", obj, "0..%d" % _IDENTIFY_MAX_S)
    status.panel.show(codes.IDENTIFY, seconds * 1000)
    return {"identify": seconds}


def restart(status, obj):
    """Reset the chip, once this was answered; "service": then the session waits for the technician to go."""
    if obj is not None and obj != "service":
        raise ServiceError("restart", obj, '"service" or nothing')
    detector = status.armed.detector
    if obj and (detector.lit or not detector.quiet):
        raise ServiceError("restart", "somebody in view", "nobody in view")
    __import__("ladder")  # before it is promised: there may be no memory for it
    return {"restart": obj or True}, Restart(b"" if obj is None else _FOR_SERVICE, status.armed)


def reboot(status, obj):
    """Reset the chip while that costs no warning."""
    detector = status.armed.detector
    if detector.lamps or not detector.quiet:
        raise ServiceError("reboot", "somebody in view", "nobody in view")
    return restart(status, None)


class Restart:
    """`mark` is left for the next start, before what RTC memory holds."""

    every_ms = 100
    over = False

    def __init__(self, mark, armed):
        self._mark = mark
        self._armed = armed

    def step(self, now_ms):
        import ladder

        ladder.stopped()  # a wish, not a failure
        if self._mark:
            memory = machine.RTC().memory
            memory(self._mark + memory())
        self._armed.put_away()
        machine.reset()

    def stop(self):
        pass
