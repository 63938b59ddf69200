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

    sign, lit = "a/b/c", False

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

    def __init__(self, seconds):
        self.sign, self.client = Sign(), Client()
        self.clock = sys.modules["sign.services.verbs.watch"].time = Clock()
        watch(self.sign, seconds)

    def step(self, after_ms=100):
        """A step of the session, and one of the job."""
        self.clock.now_ms = time.ticks_add(self.clock.now_ms, after_ms)
        for duty in list(self.sign.duties):
            asyncio.run(duty(self.client))
        if self.sign.looking:
            self.sign.looking.step(self.clock.now_ms)


def refused(sign, seconds):
    try:
        watch(sign, seconds)
    except ServiceError as error:
        return error.field, error.value, error.allowed
    return None


def test_four_pictures_a_second_at_most_until_the_time_is_over():
    bench = Bench(2)
    for _ in range(40):
        bench.step()
    assert 6 <= len(bench.client.sent) <= 7, len(bench.client.sent)
    assert (bench.client.sent[0], bench.client.sent[-1]) == (2, 1)
    assert (bench.sign.duties, bench.sign.looking) == ([], None)


def test_seconds_are_bounded():
    sign = Sign()
    for wrong in (-1, 61, True, None, "60", 1.5, [1]):
        assert refused(sign, wrong) == ("watch", wrong, "0..60")
    assert sign.duties == []


def test_without_a_session_nobody_can_watch():
    sign = Sign()
    sign.link.online = False
    assert refused(sign, 5) == ("watch", "no session", "a session with the controller")
    assert watch(sign, 0) == ({"watch": 0}, None)


def test_0_ends_it_and_a_new_one_takes_its_place():
    bench = Bench(60)
    bench.step()
    watch(bench.sign, 10)
    assert len(bench.sign.duties) == 1
    bench.step()
    assert bench.client.sent == [60, 10]
    watch(bench.sign, 0)
    assert (bench.sign.duties, bench.sign.looking) == ([], None)


def test_it_ends_with_its_session():
    for end in ("online", "sessions"):
        bench = Bench(60)
        setattr(bench.sign.link, end, 0 if end == "online" else 2)
        bench.sign.looking.step(bench.clock.now_ms)
        assert (bench.sign.duties, bench.sign.looking) == ([], None)


def test_while_anything_else_is_on_its_way_a_picture_is_left_out():
    bench = Bench(60)
    bench.client.in_flight = 1
    for _ in range(10):
        bench.step()
    assert bench.client.sent == []
    bench.client.in_flight = 0
    bench.step()
    bench.step()
    assert len(bench.client.sent) == 1, "and none is made up for"
