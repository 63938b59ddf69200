"""Obeys the service button, for a pole without a laptop. Loaded only where there is one."""

import sys
import time

from sign import loading
from sign.compat import const, ticks_add, ticks_diff
from sign.core import panel as codes
from sign.core import service_button as button
from sign.services import log

_IDENTIFY_MS = const(30_000)
_RESULT_MS = const(10_000)
_SERVICE_MS = const(1_800_000)
_WISH_MS = const(200)
_TRIES = const(3)  # the session gives its memory back after the first
_TEST = "core.patterns core.slots proto.service services.verbs.lamp services.pole_test"


class Pole:
    """`held()` is 1 while the button is held; `alive()` is called while a test lasts.

    In service mode the log is printed, whatever was switched off; it ends by itself.
    """

    def __init__(self, status, held, alive):
        self._status, self._panel, self._held = status, status.panel, held
        self._alive = alive
        self._printed = True
        self._service_ms = 0
        self._tries = 0  # left of a test that was asked for, until there is memory for it
        self._button = button.ServiceButton()

    async def step(self, now_ms):
        """Look at the button; the LED says what letting go would mean."""
        if self._panel.service and ticks_diff(now_ms, self._service_ms) >= 0:
            self._serve(False)
        wanted = self._button.update(self._held(), now_ms)
        wish = self._button.wish
        if wish == button.SAYS_TEST:
            self._panel.show(codes.TESTING, _WISH_MS)
        elif wish == button.SAYS_SERVICE:
            self._panel.show(codes.SERVICE, _WISH_MS)
        if wanted == button.SAYS_IDENTIFY:
            self._panel.show(codes.IDENTIFY, _IDENTIFY_MS)
        elif wanted == button.SAYS_SERVICE:
            self._serve(not self._panel.service)
        elif wanted == button.SAYS_TEST:
            self._tries = _TRIES
        if self._tries:
            await self._test()

    def _serve(self, on):
        self._panel.service = on
        if on:
            self._printed = log.enabled
            self._service_ms = ticks_add(time.ticks_ms(), _SERVICE_MS)
        log.enable(on or self._printed)
        log.say("service mode %s" % ("begins" if on else "ends"))

    async def _test(self):
        rooms = loading.missing(_TEST)
        try:
            self._tries -= 1
            loading.load(rooms)
            passed = await sys.modules["sign.services.pole_test"].run(self._status, self._blink)
            self._tries = 0
        finally:
            loading.leave(rooms)
        self._panel.show(codes.ONLINE if passed else codes.FAULT, _RESULT_MS)

    def _blink(self, now_ms):
        self._alive()
        self._panel.show(codes.TESTING, _WISH_MS)
        self._panel.light(now_ms)
