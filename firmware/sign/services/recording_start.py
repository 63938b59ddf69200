"""Lets the flight recorder run where memory is left for it. Loaded for that at the end of the start."""

import gc

from esp32 import Partition
from sign import loading
from sign.compat import const

_RECORDER_BYTES = const(11_200)  # its code, and the ring
# What network and secure session take from here on, opened again and again; with less they end for memory.
_SESSION_BYTES = const(62_500)
# What keeps a recording is loaded beside that; and on the chip the table of names grows within the heap.
_KEEPING_BYTES = const(10_500)
_ALONE_BYTES = const(24_000)  # for a technician, and the radars' set-up, where there is no session


def start(status):
    """Have whatever the detector is told from now on recorded; `status.flight` is then a Flight."""
    armed = status.armed
    found = Partition.find(Partition.TYPE_DATA, label="recorder")
    gc.collect()
    needed = _RECORDER_BYTES + _KEEPING_BYTES + (_SESSION_BYTES if status.link else _ALONE_BYTES)
    if not found or (armed.config.recorder == "auto" and gc.mem_free() < needed):
        return
    rooms = loading.listed("RECORDER")
    try:
        loading.load(rooms)
        from sign.core.recorder import Recorder
        from sign.services.flight import Flight

        recorder = Recorder(armed.detector, armed.ports[0].buffer)
        status.flight = Flight(status, recorder, found[0])
        armed.detection.record(recorder)
    except MemoryError as error:
        loading.forget(rooms)
        print("no flight recorder:", error)
    loading.forget("rooms")
    gc.collect()
