# mypy: ignore-errors
"""Run by MicroPython: what the decision takes of the heap, as compiled modules. Prints one JSON object.

What the sign forgets after its start is forgotten here, too. A second detector tells what one takes alone.
"""

import gc
import json
import sys

from sign import loading, rooms

FORGOTTEN = rooms.ARMING_ONLY + " " + rooms.START_ONLY


def used():
    gc.collect()
    return gc.mem_alloc()


def configured():
    """The configuration of a sign whose start is over."""
    from sign.core.config import load

    config = load({})[0]
    del load
    loading.leave(FORGOTTEN)
    return config


def made(config):
    """The detector of a sign whose start is over."""
    from sign.core.detector import Detector

    detector = Detector(config, 0)
    del Detector
    loading.leave(FORGOTTEN)
    return detector


def measure():
    config = configured()
    begun = used()
    first = made(config)
    standing = used()
    second = made(config)
    twice = used()
    modules = [name for name in sys.modules if name.startswith("sign.")]
    heap = {"code": 2 * standing - begun - twice, "buffers": twice - standing}
    print(json.dumps({"heap": heap, "modules": modules, "dark": not (first.lit or second.lit)}))


measure()
