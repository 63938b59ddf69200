"""A recording that is to be kept comes before whoever looks on."""

import asyncio

import fakes  # the chip's modules, before those that import them

from sign import loading
from sign.services import flight, recording


class Looking:
    stopped = False

    def stop(self):
        self.stopped = True


class Recorder:
    event, event_ms = 1, 0
    was_taken = False

    def taken(self):
        self.was_taken = True


class Partition:
    @staticmethod
    def ioctl(op, argument):
        return 8


class Status:
    def __init__(self, looking):
        self.looking = looking


async def work(status):
    return 5


def kept_with(looking):
    """The Flight and its recorder, after a recording for which there was no memory at first."""
    refusals, load, real_work = [1], loading.load, recording.work

    def scarce(rooms):
        if refusals:
            refusals.pop()
            raise MemoryError

    recorder = Recorder()
    found = flight.Flight(Status(looking), recorder, Partition())
    loading.load, recording.work = scarce, work
    try:
        asyncio.new_event_loop()
        asyncio.run(found._keep())
    finally:
        loading.load, recording.work = load, real_work
    return found, recorder


def test_whoever_looks_on_gives_way_to_a_recording():
    looking = Looking()
    found, recorder = kept_with(looking)
    assert looking.stopped
    assert (found.dropped, recorder.was_taken) == (0, False)


def test_without_memory_and_with_nobody_to_give_way_it_is_dropped_and_counted():
    found, recorder = kept_with(None)
    assert (found.dropped, recorder.was_taken) == (1, True)
