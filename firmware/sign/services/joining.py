"""The way into a network. Loaded while there is none: what stands beside a session is `network`."""

import time

from sign.compat import const, ticks_diff
from sign.services import log

JOIN_TIMEOUT_MS = 15_000
_POLL_MS = const(500)


async def join(network, is_begun):
    """Return once the network is joined, and while it is not `asleep`. `is_begun`: its link was
    started before."""
    link = network.link
    while True:
        while not is_begun:
            is_begun = _tried(link.start)
            if not is_begun:
                await network.pause()
        while not network.asleep:
            if await _is_joined(network, link):
                return
            if not network.asleep:
                await network.pause()
        _tried(link.stop)
        is_begun = False
        while network.asleep:
            await network.rest(_POLL_MS)


async def _is_joined(network, link):
    """True once the link is up, False when it is refused or takes too long."""
    while network.permit and not network.permit.granted(time.ticks_ms()):
        await network.rest(_POLL_MS)
    if not _tried(link.connect):
        return False
    since_ms = time.ticks_ms()
    join_ms = getattr(link, "join_ms", JOIN_TIMEOUT_MS)  # some know better how long they take
    while not link.is_up():
        if ticks_diff(time.ticks_ms(), since_ms) > join_ms:
            log.say("network: not joined (%s)" % link.why_down())
            return False
        await network.rest(_POLL_MS)
    return True


def _tried(action):
    try:
        action()
        return True
    except (OSError, RuntimeError) as error:
        log.say("network: refused (%s)" % error)
        return False
