import asyncio

import fakes  # the chip's modules, before those that import them

from sign.services import log, network

log.enable(False)
network.RETRY_FIRST_MS = 20


class Radio:
    """A link driver whose every step the test decides."""

    kind = "wifi"

    def __init__(self, refusals=0, joins=True):
        self.refusals = refusals
        self.joins = joins
        self.up = False
        self.starts = self.connects = self.stops = 0

    def start(self):
        self.starts += 1
        self._refuse()

    def connect(self):
        self.connects += 1
        self.up = self.joins

    def stop(self):
        self.stops += 1
        self.up = False

    def is_up(self):
        return self.up

    def why_down(self):
        return "test"

    def _refuse(self):
        if self.refusals:
            self.refusals -= 1
            raise OSError("Wifi Internal Error")


def watch(radio, until, limit_ms=8000):
    """The Network after `until(network)` came true; AssertionError when it did not."""
    kept = network.Network(radio, lambda: None)

    async def run():
        task = asyncio.create_task(kept.run())
        for _ in range(limit_ms // 20):
            if until(kept):
                task.cancel()
                return
            await asyncio.sleep_ms(20)
        raise AssertionError("not within %d ms" % limit_ms)

    asyncio.new_event_loop()
    asyncio.run(run())
    return kept


def test_it_joins_and_says_so():
    radio = Radio()
    assert watch(radio, lambda kept: kept.up).drops == 0
    assert (radio.starts, radio.connects) == (1, 1)


def test_a_radio_that_refuses_to_start_is_tried_again():
    radio = Radio(refusals=1)
    watch(radio, lambda kept: kept.up)
    assert radio.starts == 2


def test_a_lost_link_is_joined_again():
    radio = Radio()

    def lost_and_back(kept):
        if kept.up and not kept.drops and radio.connects == 1:
            radio.up = False
        return kept.up and kept.drops == 1

    watch(radio, lost_and_back)
    assert radio.connects == 2


def test_a_link_that_does_not_come_up_is_given_up_and_tried_again():
    radio = Radio(joins=False)
    radio.join_ms = 100
    assert not watch(radio, lambda kept: radio.connects >= 2).up


def test_while_it_is_asleep_the_radio_is_off_and_afterwards_it_joins_again():
    radio = Radio()

    def slept(kept):
        if radio.connects == 1 and kept.up:
            kept.asleep = True
        if radio.stops and not kept.up:
            kept.asleep = False
        return radio.connects == 2 and kept.up

    kept = watch(radio, slept)
    assert (radio.starts, radio.stops, kept.drops) == (2, 1, 0)


def test_it_searches_only_while_that_costs_nothing():
    class Permit:
        asked = 0

        def granted(self, now_ms):
            self.asked += 1
            return self.asked > 2

    radio, permit = Radio(), Permit()
    kept = network.Network(radio, lambda: None)
    kept.permit = permit
    asked = []
    radio.connect = lambda: asked.append(permit.asked)

    async def run():
        task = asyncio.create_task(kept.run())
        while not asked:
            await asyncio.sleep_ms(20)
        task.cancel()

    asyncio.new_event_loop()
    asyncio.run(run())
    assert asked == [3]
