"""Commands from the wire to the lamps: the real verbs on a sign without hardware."""

import asyncio
import gc
import json
import time

import fakes  # the chip's modules, before those that import them

from sign import loading
from sign.core import order
from sign.hal import clock
from sign.services import commands
from sign.services.orders import Orders

ROOMS = "proto.service services.dispatch services.commands services.verbs.orders core.order"


class Uptime:
    def __init__(self, ms):
        self.ms = ms

    def total_ms(self):
        return self.ms


class Config:
    mode, force_max_s, mute_max_min, recorder = "active", 600, 60, "off"


class Detector:
    """Of the real one what orders ask; the real one takes too much beside rooms that are compiled here."""

    quiet = True
    lit = lamps = False
    order = None

    def stall_allowed(self, now_ms):
        return True

    def tick(self, now_ms):
        if self.order:
            self.order.turn(now_ms)


class Sign:
    """Stands in for Status, Armed, Panel and Link."""

    def __init__(self, up_ms=3_600_000, **config):
        self.armed = self.panel = self
        self.config, self.detector = Config(), Detector()
        for name in config:
            setattr(self.config, name, config[name])
        self.uptime = Uptime(up_ms)
        self.link = self.shown = self.trial = self.flight = self.looking = None
        self.put_away_times = 0

    def put_away(self):
        self.put_away_times += 1

    def show(self, code, ms):
        self.shown = ms


class Topics:
    @staticmethod
    def of(name):
        return name


class Client:
    """Of the MQTT client what a duty needs."""

    connects = 1

    def __init__(self):
        self.sent = []

    async def publish(self, topic, parts, qos=0):
        assert topic == "response"
        self.sent.append(json.loads(b"".join(parts)))


class Bench:
    def __init__(self, sign=None, opened_ms=-60_000):
        gc.collect()  # rooms are compiled here, which takes more than loading them does
        self.sign = sign or Sign()
        self.orders = Orders(self.sign, Topics)
        self.client = Client()
        self.orders._opened, self.orders.opened_ms = 1, time.ticks_add(time.ticks_ms(), opened_ms)

    def send(self, verb=None, args=None, **more):
        """The answer to a command."""
        command = {"v": 1, "id": "a", "verb": verb, "args": args}
        command.update(more)
        return self.send_bytes(json.dumps(command).encode())

    def send_bytes(self, data, steps=1):
        self.orders.take(data)
        run(self._steps(steps))
        return self.client.sent[-1]

    async def _steps(self, steps):
        for _ in range(steps):
            await self.orders.duty(self.client)
            if steps > 1:
                await asyncio.sleep_ms(20)

    def tick(self, at_ms):
        self.sign.detector.tick(at_ms)


def run(coroutine):
    """Without tasks that a test before has left."""
    asyncio.new_event_loop()
    return asyncio.run(coroutine)


def refused(answer):
    assert not answer["ok"], answer
    return answer["field"], answer["value"]


def with_clock(utc_ms):
    """Let the clock tell that; returns the function that takes it back."""
    real = clock.utc_ms
    clock.utc_ms = lambda: utc_ms

    def back():
        clock.utc_ms = real

    return back


def test_a_mute_is_answered_and_begun_by_the_tick():
    bench = Bench()
    assert bench.send("mute", 5) == {"v": 1, "id": "a", "ok": True, "answer": {"mute": 5}}
    made = bench.sign.detector.order
    assert (made.code, made.lasts_ms) == (order.MUTE, 300_000)
    bench.tick(64)
    assert made.stands


def test_the_rooms_of_a_command_are_forgotten():
    loading.forget(ROOMS)
    bench = Bench()
    assert bench.send("mute", 1)["ok"]
    assert loading.missing(ROOMS) == ROOMS


def test_orders_keep_to_the_bounds_of_the_configuration():
    bench = Bench(Sign(mute_max_min=30, force_max_s=20))
    assert bench.send("mute", 31)["allowed"] == "0..30"
    assert bench.send("force-on", 21)["allowed"] == "0..20"
    assert bench.send("flash", 61)["allowed"] == "0..60"
    for value in (-1, True, 1.5, "1", None, [1], 1 << 200):
        answer = bench.send("force-on", value)
        assert answer["field"] == "force-on"
    assert bench.sign.detector.order is None


def test_a_second_order_waits_for_the_end_of_the_first_which_0_brings():
    bench = Bench()
    assert bench.send("mute", 5, id="1")["ok"]
    assert refused(bench.send("mute", 5, id="2")) == ("mute", "another order stands")
    assert refused(bench.send("force-on", 5, id="3")) == ("force-on", "another order stands")
    bench.tick(64)
    assert bench.send("mute", 0, id="4")["ok"]
    bench.tick(128)
    assert not bench.sign.detector.order.stands


def test_a_sign_in_shadow_mode_is_never_lit_by_command():
    bench = Bench(Sign(mode="shadow"))
    assert refused(bench.send("force-on", 5)) == ("force-on", "mode shadow")
    assert refused(bench.send("flash", 5)) == ("flash", "mode shadow")


def test_what_was_done_is_answered_again_and_not_done_again():
    bench = Bench()
    assert bench.send("mute", 5, id="x")["ok"]
    bench.sign.detector.order = None
    assert bench.send("mute", 5, id="x") == {"v": 1, "id": "x", "ok": True, "repeated": True}
    assert bench.sign.detector.order is None
    for i in range(8):
        bench.send("mute", 0, id=str(i))
    bench.send("mute", 5, id="x")
    assert bench.sign.detector.order, "only the last eight are remembered"


def test_a_refused_one_may_be_sent_again():
    bench = Bench(Sign(mute_max_min=1))
    assert not bench.send("mute", 5)["ok"]
    assert bench.send("mute", 1)["ok"]


def test_a_command_that_came_too_late_is_refused():
    bench = Bench()
    back = with_clock(1_800_000_000_500)
    try:
        assert refused(bench.send("mute", 1, expires=1_799_999_999)) == ("expires", "1799999999")
        assert bench.send("mute", 1, expires=1_800_000_000)["ok"]
    finally:
        back()


def test_without_a_clock_what_may_have_waited_at_the_broker_is_refused_unless_it_is_harmless():
    bench = Bench(opened_ms=-100)
    assert refused(bench.send("mute", 1, expires=2_000_000_000))[0] == "expires"
    assert bench.send("identify", 1)["ok"]
    assert Bench(opened_ms=-6_000).send("mute", 1, expires=2_000_000_000)["ok"]


def test_within_counts_from_the_arrival():
    bench = Bench()
    data = json.dumps({"v": 1, "id": "a", "verb": "mute", "args": 1, "within_s": 5}).encode()
    bench.orders._waiting.append((data, time.ticks_add(time.ticks_ms(), -6_000)))
    run(bench.orders.duty(bench.client))
    assert refused(bench.client.sent[-1]) == ("within_s", "5")


def test_a_reset_is_refused_in_the_first_minute_so_that_it_never_comes_again_for_ever():
    for verb in ("reboot", "restart"):
        assert refused(Bench(Sign(up_ms=59_000)).send(verb)) == ("verb", verb)


def test_a_reset_comes_after_its_answer():
    sign = Sign()
    bench = Bench(sign)
    before = fakes.Machine.resets

    async def until_it_resets():
        await bench.orders.duty(bench.client)
        told, resets = bench.client.sent[-1]["ok"], fakes.Machine.resets
        for _ in range(1000):
            if fakes.Machine.resets > before:
                break
            await asyncio.sleep_ms(5)
        return told, resets

    bench.orders.take(b'{"v":1,"id":"a","verb":"reboot"}')
    assert run(until_it_resets()) == (True, before)
    assert fakes.Machine.resets > before
    assert sign.put_away_times


class Once:
    every_ms = 1
    over = False

    def step(self, now_ms):
        self.over = True
        return {"n": 1}

    def stop(self):
        self.stopped = True


def test_what_a_job_tells_is_sent_under_the_command_s_id():
    bench, job = Bench(), Once()

    async def both():
        commands.begin(bench.orders, "j", job)
        for _ in range(1000):
            await asyncio.sleep_ms(1)
            if bench.orders.job is None:
                break
        await bench.orders.duty(bench.client)

    run(both())
    assert job.stopped
    assert bench.client.sent == [{"v": 1, "id": "j", "ok": True, "told": {"n": 1}}]


def test_what_is_no_command_is_refused_with_the_reason():
    cases = {
        b"": "command",
        b"\xff\xfe": "command",
        b"[]": "command",
        b"{": "command",
        b"[" * 500: "command",
        b"{}": "v",
        b'{"v":1}': "id",
        b'{"v":1,"id":"12345678901234567"}': "id",
        b'{"v":1,"id":"a"}': "verb",
        b'{"v":1,"id":"a","verb":["mute"]}': "verb",
        b'{"v":1,"id":"a","verb":"open"}': "verb",
        b'{"v":1,"id":"a","verb":"mute","expires":-1}': "expires",
        b'{"v":1,"id":"a","verb":"mute","within_s":1e9}': "within_s",
        b'{"v":1,"id":"a","verb":"recording-hold"}': "recorder",
        b" " * 513: "command",
    }
    for data in cases:
        answer = Bench().send_bytes(data)
        assert (answer["ok"], answer["field"]) == (False, cases[data]), (data, answer)


class Link:
    busy = paused = False

    def pause(self):
        self.paused = True


def test_where_memory_ends_the_command_is_obeyed_without_a_session_and_answered_in_the_next():
    real, refusals = loading.load, [1]

    def scarce(rooms):
        if "commands" in rooms and refusals:
            refusals.pop()
            raise MemoryError
        real(rooms)

    bench = Bench()
    bench.sign.link, bench.sign.borrowed = Link(), ""
    loading.load = scarce
    try:
        bench.orders.take(b'{"v":1,"id":"a","verb":"mute","args":1}')
        run(bench._steps(20))
    finally:
        loading.load = real
    assert bench.sign.link.paused
    assert bench.client.sent == [{"v": 1, "id": "a", "ok": True, "answer": {"mute": 1}}]
    assert bench.sign.borrowed == ""


def test_where_there_is_none_even_then_that_is_the_answer():
    real = loading.load

    def scarce(rooms):
        if "commands" in rooms:
            raise MemoryError

    bench = Bench()
    bench.sign.link, bench.sign.borrowed = Link(), ""
    loading.load = scarce
    try:
        bench.orders.take(b'{"v":1,"id":"short","verb":"mute","args":1}')
        run(bench._steps(20))
    finally:
        loading.load = real
    assert bench.client.sent == [{"v": 1, "id": "short", "ok": False, "field": "memory"}]


def test_a_verb_that_fails_is_an_answer_and_costs_no_session():
    sign = Sign()
    sign.panel = None
    answer = Bench(sign).send("identify", 1)
    assert (answer["ok"], answer["field"]) == (False, "verb")
    assert answer["value"].startswith("AttributeError")


def test_more_than_two_do_not_wait():
    bench = Bench()
    for i in range(5):
        bench.orders.take(json.dumps({"v": 1, "id": str(i), "verb": "identify"}).encode())
    run(bench._steps(5))
    assert [answer["id"] for answer in bench.client.sent] == ["0", "1"]


def test_a_lamp_is_named_by_a_text():
    for name in ([], {}, None, 1, "middle"):
        answer = Bench().send("lamp", {"lamp": name})
        assert (answer["ok"], answer["field"], answer["allowed"]) == (False, "lamp", "left, right, both"), (
            name
        )


def test_fields_to_put_are_named_by_texts():
    bench = Bench()
    answer = bench.send_bytes(b'{"v":1,"id":"a","verb":"config-put","args":{"lead_ms":4500,null:null}}')
    assert (answer["ok"], answer["field"], answer["allowed"]) == (False, "config-put", "names that are texts")
