"""What a sign among poles does seldom: brings its pattern in step with the others'. Loaded only for that."""

import asyncio
import time

from sign.compat import const, ticks_add, ticks_diff
from sign.core import poles

_STEP_MS = const(10)
_LAST_US = const(20_000)
_TRIES = const(1_000)  # steps to wait for what the leading pole says next
# The patterns may differ by so much; of some frames the one that came quickest counts.
_APART_US = const(3_000)
_SAMPLES = const(3)


async def align(sync, lamps, detector):
    """Look how far the pattern is from that of the pole with the lowest number, which all follow; where it is
    too far let it end with its pass, and begin again with that one, in the dark. A warning in between lets it
    begin at once."""
    leader = sync.group.sender
    leading = None
    for pole in sync.others:
        if pole.state == poles.HEARD and pole.sender < leader:
            leader, leading = pole.sender, pole
    if not leading:
        return
    ahead_us = await _measured(sync.phase, leading)
    if ahead_us is None:
        return
    sync.ahead_us = ahead_us
    if abs(ahead_us) > _APART_US and detector.quiet and lamps.loosen():
        await _begin_again(sync.phase, ahead_us, lamps)


async def _measured(phase, pole):
    """By how many us the pattern runs before the pole's; None where it says nothing, or has another."""
    pass_us = phase.pass_us
    least_us = None
    for _ in range(_SAMPLES):
        said = pole.phase
        for _ in range(_TRIES):
            if pole.phase is not said:
                break
            await asyncio.sleep_ms(_STEP_MS)
        if not pole.phase or pole.phase is said or pole.phase[1] != pass_us // 1000:
            return None
        ahead_us = ahead(phase.at(pole.phase[2]), pole.phase[0], pass_us)
        if least_us is None or ahead_us < least_us:
            least_us = ahead_us
    return least_us


def ahead(own_us, other_ms, pass_us):
    """By how much a pattern runs before another, at most half a pass either way; of the other the ms is
    known."""
    found = (own_us - other_ms * 1000 - 500) % pass_us
    return found if found <= pass_us // 2 else found - pass_us


async def _begin_again(phase, ahead_us, lamps):
    while not lamps.is_idle():
        await asyncio.sleep_ms(_STEP_MS)
    now_us = time.ticks_us()
    until_us = ticks_add(now_us, (ahead_us - phase.at(now_us)) % phase.pass_us)
    while lamps.loose and not lamps.lit and ticks_diff(until_us, time.ticks_us()) > _LAST_US:
        await asyncio.sleep_ms(_STEP_MS)
    if lamps.loose and not lamps.lit:
        time.sleep_us(max(ticks_diff(until_us, time.ticks_us()), 0))  # ticks go on in it
    lamps.fasten()
