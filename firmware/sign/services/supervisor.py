"""Feeds the watchdog only while the detection loop ticks and every task has reported in."""

import asyncio
import sys
import time

from sign.compat import COUNT_MASK, const, ticks_diff
from sign.core import faults as codes
from sign.services import log

_CHECK_MS = const(500)
_SILENCE_MS = const(30_000)
_AGAIN_MS = const(60_000)
_JUDGE_TICKS = const(1000)  # lateness and losses are judged once in so many, about 10 s
_LATE_TICKS_MAX = const(50)  # of those


class Supervisor:
    """Starts the tasks and gives each its way to report in; `run` raises what made an essential one fail."""

    def __init__(self, detection, outbox):
        self._detection = detection
        self._outbox = outbox
        self._tasks = []  # asyncio itself keeps no reference to a task that waits
        self._members = {}  # name -> [limit_ms, last_ms]
        self._failure = None
        self._ticks = -1
        self._judged_ticks = self._judged_late = 0
        self._judged_dropped = None  # flash tells of all that were ever lost
        self._silent = None

    def watch(self, name, limit_ms=_SILENCE_MS):
        """Function that the task `name` calls at least every `limit_ms`."""
        member = self._members[name] = [limit_ms, time.ticks_ms()]

        def alive():
            member[1] = time.ticks_ms()

        return alive

    def start(self, coroutine):
        """Run `coroutine` as a task; an error in it ends the app."""
        self._tasks.append(asyncio.create_task(coroutine))

    def keep(self, name, work, alive):
        """Run the coroutine function `work` for ever: without network or console the sign still warns, so
        their errors are shown and they begin anew."""
        self.start(self._kept(name, work, alive))

    async def _kept(self, name, work, alive):
        while True:
            try:
                await work()
            except Exception as error:
                log.say("supervisor: %s failed and starts anew in %d s" % (name, _AGAIN_MS // 1000))
                sys.print_exception(error)
            for _ in range(_AGAIN_MS // _CHECK_MS):
                alive()
                await asyncio.sleep_ms(_CHECK_MS)

    def on_task_error(self, loop, context):
        """asyncio's exception handler."""
        self._failure = context["exception"]

    async def run(self, feed):
        """`feed()` serves the watchdog."""
        while True:
            self._raise_failure()
            self._report(self._first_silent())
            if self._silent is None:
                feed()
            self._judge()
            await asyncio.sleep_ms(_CHECK_MS)

    def _raise_failure(self):
        failure = self._detection.failure or self._failure
        if failure:
            raise failure

    def _first_silent(self):
        """Name of a member that has not reported in, None when all have."""
        ticks, self._ticks = self._ticks, self._detection.ticks
        if ticks == self._ticks:
            return "detection"
        now_ms = time.ticks_ms()
        for name, (limit_ms, last_ms) in self._members.items():
            if ticks_diff(now_ms, last_ms) > limit_ms:
                return name
        return None

    def _report(self, silent):
        if silent != self._silent:
            self._silent = silent
            log.say("supervisor: %s" % ("all report in again" if silent is None else silent + " is silent"))

    def _judge(self):
        """Raise or clear the faults that only show over time."""
        detection = self._detection
        if (detection.ticks - self._judged_ticks) & COUNT_MASK < _JUDGE_TICKS:
            return
        detection.want_fault(codes.TICK_LATE, detection.late - self._judged_late > _LATE_TICKS_MAX)
        dropped = self._outbox.dropped
        if self._judged_dropped is None:
            self._judged_dropped = dropped
        detection.want_fault(codes.OUTBOX_FULL, dropped > self._judged_dropped)
        self._judged_ticks = detection.ticks
        self._judged_late = detection.late
        self._judged_dropped = dropped
