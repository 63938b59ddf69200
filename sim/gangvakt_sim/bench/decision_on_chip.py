# mypy: ignore-errors
"""Run by MicroPython: what the decision takes of the heap, as compiled modules. Prints one JSON object.

The modules are imported within functions, one after the other, so that each step is weighed by itself.
"""

import gc
import json
import sys


def used():
    gc.collect()
    return gc.mem_alloc()


def configured():
    from sign.core.config import load

    return load({})[0]


def decision(config):
    from sign.core.detector import Detector

    imported = used()
    return Detector(config, 0), imported


def measure():
    begun = used()
    config = configured()
    ready = used()
    detector, imported = decision(config)
    made = used()
    modules = [name for name in sys.modules if name.startswith("sign.")]
    heap = {"config": ready - begun, "code": imported - ready, "buffers": made - imported}
    print(json.dumps({"heap": heap, "modules": modules, "dark": not detector.lit}))


measure()
