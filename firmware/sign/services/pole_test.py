"""The self-test of the service button: the lamps one after the other, then what is known of all else."""

import asyncio
import time

from sign.compat import const
from sign.proto.service import ServiceError
from sign.services import log
from sign.services.verbs.lamp import lamp

_LIT_S = const(3)
_POLL_MS = const(10)
_PERCENT = const(100)


async def run(status, show):
    """Whether all is well: no fault stands, and each lamp drew what it should, where that is measured.

    `show(now_ms)` is called all the while.
    """
    well = True
    for name in ("left", "right"):
        try:
            test = lamp(status, {"lamp": name, "s": _LIT_S})[1]
        except ServiceError as error:
            log.say("self-test: %s lamp: %s" % (name, error))
            return False
        told = None
        while not test.over:
            now_ms = time.ticks_ms()
            show(now_ms)
            told = test.step(now_ms)
            await asyncio.sleep_ms(_POLL_MS)
        well = _judge(status.armed.config, told) and well
    well = well and not status.armed.faults.any
    log.say("self-test: %s" % ("passed" if well else "failed"))
    return well


def _judge(config, told):
    if told["cut_by"]:
        log.say("self-test: %s lamp: cut short by %s" % (told["lamp"], told["cut_by"]))
        return False
    if not config.lamp_current_mv or told["mv"] is None or not told["alone"]:
        return True
    pct = told["mv"] * _PERCENT // max(1, config.lamp_current_mv * told["dim_pct"] // _PERCENT)
    log.say("self-test: %s lamp: %d %% of its current" % (told["lamp"], pct))
    return config.lamp_low_pct <= pct <= config.lamp_high_pct
