"""Makes a lost data partition, or a damaged file of it, anew from the copies in NVS, while the sign warns.

Loaded for the occasion. Each write waits for a moment that allows a stall.
"""

import asyncio
import time

from sign.core import faults as codes
from sign.hal import store
from sign.services.keeping import HALF_MADE, IDENTITY, RENEWED
from sign.services.stall import StallPermit

_POLL_MS = 100


async def run(armed):
    """When all is written, the fault is gone; StoreError keeps it, and the next start tries again."""
    permit = StallPermit(armed.detector)
    try:
        if armed.lost == store.DATA_LABEL:
            await _granted(permit)
            _mark(1)
            store.format()
            await _write(permit, "boot", str(armed.boot).encode())
            await _write(permit, "board.json", store.copy(store.NVS_BOARD_KEY))
            for name in IDENTITY + (RENEWED, "config.json"):
                await _write(permit, name, store.copy(name))
            _mark(0)
        else:
            await _write(permit, armed.lost, store.copy(armed.lost))
    except store.StoreError as error:
        print("%s: %s" % (error.name, error.why))
        return
    print("data: made anew")
    armed.settle_fault(codes.STORE, False)


def _mark(half_made):
    """A power cut in between leaves a partition that the next start does not believe."""
    store.keep_number(HALF_MADE, half_made)
    store.commit()


async def _write(permit, name, data):
    if data:
        await _granted(permit)
        store.replace(name, data)


async def _granted(permit):
    while not permit.granted(time.ticks_ms()):
        await asyncio.sleep_ms(_POLL_MS)
    permit.taken()
