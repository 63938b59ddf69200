"""The status LED and the service button, for a pole without a laptop. What they mean is in `core.panel`."""

import asyncio
import sys
import time

from sign import loading
from sign.compat import const, ticks_add, ticks_diff
from sign.core import panel as codes
from sign.services import log

_POLL_MS = const(50)
_IDENTIFY_MS = const(30_000)
_SERVICE_MS = const(1_800_000)
_RESULT_MS = const(10_000)


class Panel:
    """`led` shows; `button()` is 1 while the service button is held, None: the sign has none.

    `service`: service mode, in which the log is printed whatever was switched off; it ends by itself.
    """

    def __init__(self, status, led, button, alive):
        self._status, self._led, self._alive = status, led, alive
        self._read_button = button
        self._button = codes.ServiceButton()
        self._shown = -1  # a code that takes its turn before what stands
        self._until_ms = 0
        self.service = False
        self._service_ms = 0
        self._log_was = True

    async def run(self):
        """Watch and show for ever."""
        while True:
            self._alive()
            await self.step(time.ticks_ms())
            await asyncio.sleep_ms(_POLL_MS)

    async def step(self, now_ms):
        """One look at the button and one at the time."""
        if self._read_button:
            wanted = self._button.update(self._read_button(), now_ms)
            if wanted == codes.SAYS_IDENTIFY:
                self.identify(_IDENTIFY_MS)
            elif wanted == codes.SAYS_SERVICE:
                self.serve(not self.service)
            elif wanted == codes.SAYS_TEST:
                await self._test()
        if self.service and ticks_diff(now_ms, self._service_ms) >= 0:
            self.serve(False)
        self._led.light(codes.level(self._code(now_ms), now_ms))

    def identify(self, ms):
        """Show which sign this is; 0: enough of it."""
        self._show(codes.IDENTIFY, ms)

    def serve(self, on):
        """Begin or end service mode."""
        if on != self.service:
            self.service = on
            if on:
                self._log_was = log.enabled
            log.enable(on or self._log_was)
            log.say("service mode %s" % ("begins" if on else "ends"))
        self._service_ms = ticks_add(time.ticks_ms(), _SERVICE_MS)

    def _show(self, code, ms):
        self._shown, self._until_ms = code, ticks_add(time.ticks_ms(), ms)

    def _code(self, now_ms):
        wish = self._button.wish
        if wish == codes.SAYS_TEST:
            return codes.TESTING
        if wish == codes.SAYS_SERVICE:
            return codes.SERVICE
        if self._shown >= 0:
            if ticks_diff(now_ms, self._until_ms) < 0:
                return self._shown
            self._shown = -1
        status = self._status
        return codes.standing(status.is_online(), status.armed.faults.any, self.service)

    async def _test(self):
        """The room is there only for so long."""
        rooms = loading.missing(loading.POLE_TEST)
        loading.load(rooms)
        try:
            passed = await sys.modules["sign.services.pole_test"].run(self._status, self._blink)
        finally:
            loading.leave(rooms)
        self._show(codes.ONLINE if passed else codes.FAULT, _RESULT_MS)

    def _blink(self, now_ms):
        self._alive()
        self._led.light(codes.level(codes.TESTING, now_ms))
