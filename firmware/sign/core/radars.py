"""Makes the radars that a configuration names. Needed at the start only: the app forgets this module then."""

import sys

from sign import loading
from sign.proto.ld2450 import Ld2450

_FRAME_BYTES = {"ld2450": 30, "ld2410": 23, "ld2451": 17, "c4001": 38}  # as a rule
_DRIVERS = {"ld2410": "Ld2410", "ld2451": "Ld2451", "c4001": "C4001"}  # by kind, which names the module


def make_radars(config, now_ms):
    """(drivers, what takes their frames, bytes of a frame), each by port; the view takes those of a None."""
    kinds = [config.radar_kind]
    if config.second_kind != "none":
        kinds.append(config.second_kind)
    made = [_make(kind, config, now_ms) for kind in kinds]
    frame_bytes = bytes([_FRAME_BYTES[kind] for kind in kinds])
    return tuple([driver for driver, _ in made]), tuple([sink for _, sink in made]), frame_bytes


def _make(kind, config, now_ms):
    """What no configuration names is never loaded."""
    if kind == "ld2450":
        return Ld2450(), None
    loading.load(loading.listed("RADARS")[kind])
    driver = getattr(sys.modules["sign.proto." + kind], _DRIVERS[kind])
    if kind == "ld2451":
        from sign.core.vehicle_gate import VehicleGate as Sink
    else:
        from sign.core.range_only import RangeOnly as Sink
    return driver(), Sink(config, now_ms)
