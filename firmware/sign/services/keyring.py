"""The certificate that the next session uses, and how it is renewed over the years.

A new one is on trial until the broker lets it in; if the broker lets only the old one in, the new one goes.
What is done with them stands in `credentials`, which is loaded only while it is needed, and never beside a
session.
"""

import asyncio
import time

from sign import loading
from sign.compat import const
from sign.services import log

_PERMIT_POLL_MS = const(100)


class Keyring:
    """`found` is what `credentials.first` found; `permit` is a StallPermit; `alive()` is called several times
    a second while waiting."""

    def __init__(self, found, permit, alive):
        self.context, self.fingerprint, self.on_trial = found
        self.is_spare = False  # the old one, because the one on trial was not let in
        self.error = None  # why the last renewal was not taken
        self._pieces = None
        self._permit = permit
        self._alive = alive

    def take(self, payload):
        """A piece of a renewal came."""
        if self._pieces is None:
            loading.load(loading.RENEWAL)
            from sign.services.renewal import Pieces

            self._pieces = Pieces()
        self._pieces.take(payload)

    def is_renewed(self):
        """Whether all pieces are here: the session must end, so that there is room to look at them."""
        return self._pieces is not None and self._pieces.are_whole()

    async def settle(self, let_in):
        """After a try to connect: True let in, False turned away, None not asked."""
        if not self.on_trial and not self.is_renewed():
            return
        try:
            loading.load(loading.CREDENTIALS)
            from sign.services import credentials

            if self.on_trial and let_in is not None:
                await credentials.judge(self, let_in)
            if self.is_renewed():
                await credentials.take_over(self, self._pieces.joined())
        except Exception as error:  # none of it may keep the sign from connecting as before
            self.refuse(error)
        if self.is_renewed():
            self._pieces = None
        credentials = None
        loading.leave(loading.CREDENTIALS + " " + loading.RENEWAL)

    def refuse(self, error):
        """Tell the controller why not."""
        self.error = str(error)[:100]
        log.say("renewal: %s" % self.error)

    async def stall(self):
        """Wait until the flash may be written."""
        while not self._permit.granted(time.ticks_ms()):
            self._alive()
            await asyncio.sleep_ms(_PERMIT_POLL_MS)
        self._permit.taken()
