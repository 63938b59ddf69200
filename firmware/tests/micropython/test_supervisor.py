import asyncio

import fakes  # the chip's modules, before those that import them

from sign.core import faults
from sign.services import supervisor as room


class Detection:
    def __init__(self):
        self.ticks = self.late = 0
        self.failure = None
        self.wanted = {}

    def want_fault(self, code, active):
        self.wanted[code] = active


class Outbox:
    dropped = 0


def observe(prepare, during_ms=1800):
    """(feeds, error, detection) of a supervisor that runs for a while over what `prepare` sets up."""
    detection, feeds = Detection(), []
    supervisor = room.Supervisor(detection, Outbox())

    async def ticking():
        while True:
            detection.ticks += 300
            await asyncio.sleep_ms(100)

    async def run():
        asyncio.get_event_loop().set_exception_handler(supervisor.on_task_error)
        prepare(supervisor, detection, ticking)
        await asyncio.wait_for_ms(supervisor.run(lambda: feeds.append(1)), during_ms)

    asyncio.new_event_loop()
    try:
        asyncio.run(run())
    except asyncio.TimeoutError:
        return len(feeds), None, detection
    except Exception as error:
        return len(feeds), error, detection


def test_with_all_reporting_the_watchdog_is_fed():
    feeds, error, _ = observe(lambda supervisor, _, ticking: supervisor.start(ticking()))
    assert feeds >= 3
    assert error is None


def test_without_ticks_the_watchdog_is_left_hungry():
    feeds, _, _ = observe(lambda *_: None)
    assert feeds <= 1


def test_a_task_that_does_not_report_in_leaves_it_hungry():
    def prepare(supervisor, _, ticking):
        supervisor.start(ticking())
        supervisor.watch("lazy", 600)

    feeds, _, _ = observe(prepare)
    assert feeds <= 2


def test_an_error_in_a_task_ends_the_app():
    async def failing():
        raise ValueError("broken")

    _, error, _ = observe(lambda supervisor, *_: supervisor.start(failing()))
    assert isinstance(error, ValueError)


def test_an_error_in_the_tick_ends_the_app():
    def prepare(_, detection, __):
        detection.failure = KeyboardInterrupt()

    try:
        observe(prepare)
    except KeyboardInterrupt:
        return
    raise AssertionError("not raised")


def test_too_many_late_ticks_are_a_fault():
    def prepare(supervisor, detection, ticking):
        supervisor.start(ticking())
        detection.late = 900

    _, _, detection = observe(prepare)
    assert faults.TICK_LATE in detection.wanted
