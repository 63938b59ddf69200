"""A new app on trial: it is confirmed once all is well, else the sign returns to the app before it.

Well is a session with the controller that has lasted a minute, while no fault stands that did not stand
before. Where that does not come the sign starts again after a while; after the third time `slots` takes the
other app, which did reach the controller, for the new one came through it. A new interpreter is tried in the
same way, but once: the boot loader returns to the one before at the next start. Where it is the network that
is down, nothing is lost but the update, which can be offered again.
"""

import asyncio
import time

from sign import loading
from sign.compat import const
from sign.core import faults as codes
from sign.hal import app_slot

_STEP_MS = const(500)
_PROOF_STEPS = const(120)  # a minute
_TRIAL_STEPS = const(1_800)  # 15 minutes
# What comes and goes with the network and with the years, whatever the app.
_NOT_COUNTED = (codes.OUTBOX_FULL, codes.CLOCK)


async def run(status):
    """Watch until it is confirmed."""
    faults, detector = status.armed.faults, status.armed.detector
    slot = app_slot.of(app_slot.trial())
    before = slot.faults_before()
    well = steps = 0
    while True:
        await asyncio.sleep_ms(_STEP_MS)
        steps += 1
        well = well + 1 if status.is_online() and not _is_news(faults, before) else 0
        if well >= _PROOF_STEPS and detector.stall_allowed(time.ticks_ms()):
            slot.confirm()
            break
        if steps >= _TRIAL_STEPS and detector.quiet and not detector.lamps:
            import ladder

            status.armed.put_away()
            ladder.restart()
    print("update: confirmed")
    loading.leave(loading.TRIAL)


def _is_news(faults, before):
    """Whether a fault stands that did not when the update was made ready."""
    for code in range(codes.COUNT):
        if faults.is_active(code) and not before >> code & 1 and code not in _NOT_COUNTED:
            return True
    return False
