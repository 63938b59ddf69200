"""Kinds of a flight recording's entries that begin with 255, with so many numbers each: see `recorder`."""

from sign.compat import const

CHECKPOINT = const(1)
EXTENDED = const(2)  # ms of a stall that the hold is lengthened by
SEASON = const(3)  # winter
ON = const(4)  # reason, t_kerb_ms, range_mm, track
OFF = const(5)  # cause, on_ms
FAULT = const(6)  # code, active; found by the detector
TOLD = const(7)  # code, active; a fault that a task has found
ORDER = const(8)  # code, stands; an order to the lamps, which changes no decision
