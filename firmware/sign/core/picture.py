"""What the sign sees and decides at a moment, as the bytes of `targets` in the wire contract. Pure, and it
allocates nothing: there may be a tick between any two of its steps.
"""

from struct import pack_into

from sign.compat import const
from sign.core.intent import MEMORY_CELLS, SETTLED_HITS, VEHICLE
from sign.core.tracker import MAX_TRACKS

LARGEST = const(106)
SEEN_CELLS = const(11)  # that `look_into` fills
# Bits of the flags; the last three are the caller's.
_WARNS = const(1)
_WINTER = const(2)
LIT = const(4)
PIR = const(8)
SHADOW = const(16)

_VERSION = const(1)
_HEAD_BYTES = const(16)
_TRACK_BYTES = const(15)
_NONE = const(0xFFFF)
_HITS = const(7)
_NOT_SURE = const(0)
_PERSON = const(1)
_VEHICLE = const(2)


def take(data, seen, detector, now_ms, left_s, flags):
    """Fill `data` (of LARGEST bytes) with what there is now; how many bytes that are. `seen` is an array of
    SEEN_CELLS, `left_s` for how long there will be pictures."""
    view = detector.view
    reason, track, t_kerb_ms = view.reason, view.track, view.t_kerb_ms
    if not reason:
        track, t_kerb_ms = 0, -1
        reason = detector.reason if detector.lit else 0
    flags |= detector.lit * _WARNS | detector.season.winter * _WINTER
    when = t_kerb_ms if 0 <= t_kerb_ms < _NONE else _NONE
    near, second = _range(detector.radars[0]), _range(detector.radars[-1])
    second = second if len(detector.radars) > 1 else _NONE
    pack_into(
        ">BBBBIHHHH", data, 0, _VERSION, left_s, flags, reason, now_ms, track & _NONE, when, near, second
    )
    at = _HEAD_BYTES
    for i in range(MAX_TRACKS):
        ident = view.tracker.idents[i]
        if ident:
            view.tracker.look_into(seen, i, now_ms)
            kind = _kind(view.intent.memory, i * MEMORY_CELLS, ident, seen[_HITS])
            pack_into(">HiihhB", data, at, ident, seen[1], seen[0], seen[3], seen[2], kind)
            at += _TRACK_BYTES
    return at


def _kind(memory, at, ident, hits):
    if memory[at] == ident and memory[at + VEHICLE]:
        return _VEHICLE
    return _PERSON if hits >= SETTLED_HITS else _NOT_SURE


def _range(radar):
    """How far away a radar without angle sees somebody, in mm."""
    return radar.nearest_mm if hasattr(radar, "nearest_mm") and radar.present else _NONE
