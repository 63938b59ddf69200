"""Kinds of events, and their names on the wire.

What a record's code and numbers mean: BOOT code = cause; ACTIVATION_ON code = reason, a = t_kerb_ms (-1
unknown), b = range_mm, c = track; ACTIVATION_OFF code = cause, a = on_ms; FAULT_ON and FAULT_OFF code =
fault; CONFIG_ERROR code = index of the field, `WHOLE_FILE` for the file itself; ORDER_ON, ORDER_OFF code =
order, a = ms that it lasts, or lasted; CLOCK_SET a = day since 1970, b = ms of the day, UTC; RESUMED, once
flash was read after a start: a = boot and b = seq of the newest record there, 0 for none, c = records ever
dropped, code = damaged ones; VEHICLES as drawn below.
"""

from sign.compat import const
from sign.core import faults

BOOT = const(1)
ACTIVATION_ON = const(2)
ACTIVATION_OFF = const(3)
FAULT_ON = const(4)
FAULT_OFF = const(5)
CONFIG_ERROR = const(6)
ORDER_ON = const(7)
ORDER_OFF = const(8)
CLOCK_SET = const(9)
RESUMED = const(10)
VEHICLES = const(11)
# Names by number, each list one text, which takes a fraction of a tuple's memory.
KINDS = (
    "none boot activation_on activation_off fault_on fault_off config_error order_on order_off clock_set "
    "resumed vehicles"
)
CAUSES = "power hard watchdog deepsleep soft unknown brown_out"
CAUSE_UNKNOWN = const(5)
CAUSE_BROWN_OUT = const(6)
REASONS = "none approach at_kerb on_road pir button"
REASON_PIR = const(4)
REASON_BUTTON = const(5)
OFF_CAUSES = "hold stuck_cap"
ORDERS = "none flash force mute"
WHOLE_FILE = const(255)
_DAY_MS = const(86_400_000)
# VEHICLES: code is the record's number and the period in s; a, b and c have three bins each.
PERIOD_BITS = const(12)
PERIOD_MOST = const(4095)
BIN_BITS = const(10)
BIN_MOST = const(1023)
BINS_PER_RECORD = const(9)
KMH_PER_BIN = const(5)
_BINS_AT = (0, BIN_BITS, 2 * BIN_BITS)  # of a number


def describe(record):
    """The event of an unpacked record as the wire has it; `up` is ms since that boot."""
    kind, _, seq, up_s, up_ms, code, a, b, c = record
    event = {"seq": seq, "kind": _name(KINDS, kind), "up": up_s * 1000 + up_ms}
    if kind == BOOT:
        event["cause"] = _name(CAUSES, code)
    elif kind == ACTIVATION_ON:
        event["reason"] = _name(REASONS, code)
        event["t_kerb_ms"] = a if a >= 0 else None
        event["range_mm"] = b
        event["track"] = c
    elif kind == ACTIVATION_OFF:
        event["cause"] = _name(OFF_CAUSES, code)
        event["on_ms"] = a
    elif kind == FAULT_ON or kind == FAULT_OFF:
        event["code"] = faults.name(code) or _unnamed(code)
    elif kind == ORDER_ON or kind == ORDER_OFF:
        event["code"] = _name(ORDERS, code)
        event["on_ms"] = a
    elif kind == CONFIG_ERROR:
        event["field"] = _field(code)
    elif kind == CLOCK_SET:
        event["utc_ms"] = a * _DAY_MS + b
    elif kind == RESUMED:
        event["last_boot"], event["last_seq"], event["dropped"], event["damaged"] = a, b, c, code
    elif kind == VEHICLES:
        event["period_s"] = code & PERIOD_MOST
        event["from_kmh"] = (code >> PERIOD_BITS) * BINS_PER_RECORD * KMH_PER_BIN
        event["counts"] = " ".join([str(word >> at & BIN_MOST) for word in (a, b, c) for at in _BINS_AT])
    return event


def _field(code):
    from sign.core.config_fields import FIELDS  # rarely needed, and 5 KB

    return FIELDS[code].name if code < len(FIELDS) else "config"


def _name(words, code):
    return faults.word(words, code) or _unnamed(code)


def _unnamed(code):
    """A newer firmware's number in an old record stays readable instead of being refused."""
    return "code-%d" % code
