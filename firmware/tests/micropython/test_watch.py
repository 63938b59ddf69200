"""Watching a sign: pictures go out in the session that asked for them, and end by themselves."""

import asyncio
import gc
import sys
import time

import fakes  # the chip's modules, before those that import them

from sign.core.config import load
from sign.core.detector import Detector
from sign.proto.service import ServiceError
from sign.services.verbs.watch import watch


class Link:
    sessions, online = 1, True


class Sign:
    """Stands in for Status, Armed, lamps and inputs."""

    sign, lit, borrowed = "a/b/c", False, ""

    def __init__(self):
        gc.collect()  # the detector is compiled here, too
        self.armed = self.lamps = self.inputs = self
        self.config = load({})[0]
        self.detector = Detector(self.config, time.ticks_ms())
        self.link, self.duties, self.looking = Link(), [], None

    def is_online(self):
        return self.link.online

    def pir(self):
        return 0


class Client:
    """Of the MQTT client what a duty needs."""

    in_flight = 0

    def __init__(self):
        self.sent = []

    async def publish(self, topic, parts, qos=0):
        assert (topic, qos) == ("gangvakt/v1/a/b/c/targets", 0)
        self.sent.append(bytes(parts[0])[1])  # the seconds that are left


class Clock:
    def __init__(self):
        self.now_ms = time.ticks_ms()

    def ticks_ms(self):
        return self.now_ms


class Bench:
    """A sign whose clock is moved by hand."""

    def __init__(self):
        self.sign, self.client = Sign(), Client()
        self.clock = sys.modules["sign.services.verbs.watch"].time = Clock()

    async def step(self, after_ms=100):
        """A step of the session."""
        self.clock.now_ms = time.ticks_add(self.clock.now_ms, after_ms)
        for duty in list(self.sign.duties):
            await duty(self.client)

    async def is_over(self):
        """Whether it ends by itself within a second."""
        for _ in range(100):
            if self.sign.looking is None:
                break
            await asyncio.sleep_ms(10)
        return self.sign.looking is None and self.sign.duties == []


def run(work):
    asyncio.new_event_loop()
    asyncio.run(work(Bench()))


def refused(sign, seconds):
    try:
        watch(sign, seconds)
    except ServiceError as error:
        return error.field, error.value, error.allowed
    return None


def test_four_pictures_a_second_at_most_until_the_time_is_over():
    async def work(bench):
        watch(bench.sign, 2)
        for _ in range(40):
            await bench.step()
        assert 6 <= len(bench.client.sent) <= 7, len(bench.client.sent)
        assert (bench.client.sent[0], bench.client.sent[-1]) == (2, 1)
        assert await bench.is_over()

    run(work)


def test_seconds_are_bounded():
    sign = Sign()
    for wrong in (-1, 61, True, None, "60", 1.5, [1]):
        assert refused(sign, wrong) == ("watch", wrong, "0..60")
    assert sign.duties == []


def test_without_a_session_or_the_memory_for_one_nobody_can_watch():
    sign = Sign()
    sign.link.online = False
    assert refused(sign, 5) == ("watch", "no session", "a session with the controller")
    sign.borrowed = "services.commands"
    assert refused(sign, 5)[0] == "memory"
    assert watch(sign, 0) == {"watch": 0}


def test_0_ends_it_and_a_new_one_takes_its_place():
    async def work(bench):
        for seconds in (60, 10):
            watch(bench.sign, seconds)
            await bench.step()
        assert bench.client.sent == [60, 10]
        assert len(bench.sign.duties) == 1
        watch(bench.sign, 0)
        assert await bench.is_over()

    run(work)


def test_it_ends_with_its_session():
    async def work(bench):
        for end, now in (("online", False), ("sessions", 2)):
            bench.sign.link = Link()
            watch(bench.sign, 60)
            setattr(bench.sign.link, end, now)
            assert await bench.is_over()

    run(work)


def test_while_anything_else_is_on_its_way_a_picture_is_left_out():
    async def work(bench):
        watch(bench.sign, 60)
        bench.client.in_flight = 1
        for _ in range(10):
            await bench.step()
        assert bench.client.sent == []
        bench.client.in_flight = 0
        for _ in range(2):
            await bench.step()
        assert len(bench.client.sent) == 1, "and none is made up for"
        watch(bench.sign, 0)

    run(work)
