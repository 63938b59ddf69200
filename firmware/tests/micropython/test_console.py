import asyncio
import json
import sys
import time

import fakes  # the chip's modules, before those that import them

from sign.proto import service
from sign.services import log, log_tail
from sign.services.console import Console

PIECE_CHARS = 96
DEBT_CHARS = 128  # what the chip's UART holds


class Room:
    """Stands in for a room below `verbs`."""

    class Job:
        every_ms = 20

        def __init__(self):
            self.over = False
            self.steps = self.stopped = 0

        def step(self, now_ms):
            self.steps += 1
            self.over = self.steps == 3
            return {"step": self.steps}

        def stop(self):
            self.stopped += 1

    jobs = []

    def status(self, status, obj):
        return {"told": obj}

    def telemetry(self, status, obj):
        return {"t": [{}] * 100}

    def details(self, status, obj):
        raise service.ServiceError("details", obj, "nothing")

    def config(self, status, obj):
        return {"all": bytearray(obj)}

    def hello(self, status, obj):
        job = Room.Job()
        Room.jobs.append(job)
        return {"begun": True}, job


class Sign:
    """Stands in for Status, Armed and Link."""

    def __init__(self, borrowed="", attended=True, busy=False):
        self.armed = self.link = self
        self.borrowed, self.attended, self.busy = borrowed, attended, busy


class Bench:
    """A console whose output and time between pieces are kept."""

    def __init__(self, sign=None):
        self.pieces, self.times_ms = [], []
        self.console = Console(sign)
        self.console._dispatch.enter = self._enter
        self.console._dispatch.entered = Room
        self.says = None  # with the first piece

    def _enter(self, room):
        pass

    def write(self, text):
        self.pieces.append(text)
        self.times_ms.append(time.ticks_ms())
        said, self.says = self.says, None
        if said:
            log.say(said)

    def run(self, data, turns=1):
        for byte in data:
            self.console.take(bytes((byte,)))
        asyncio.new_event_loop()
        asyncio.run(self._work(turns))
        return "".join(self.pieces)

    async def _work(self, turns):
        real, sys.modules["sign.services.console"].sys = sys, self
        self.stdout = self
        try:
            for _ in range(turns):
                await asyncio.sleep_ms(await self.console.work(lambda: None) if turns > 1 else 0)
                if turns == 1:
                    await self.console.work(lambda: None)
        finally:
            sys.modules["sign.services.console"].sys = real


def frames(text):
    return service.Decoder(4096).feed(text.encode())


def test_a_framed_verb_is_answered_under_its_id():
    assert frames(Bench().run(service.encode(9, "status", [1]))) == [(9, "ok", {"told": [1]})]


def test_a_person_types_a_verb_and_json():
    assert json.loads(Bench().run(b'status {"a": 1}\r\n')) == {"told": {"a": 1}}
    assert json.loads(Bench().run(b"status words\n")) == {"told": "words"}


def test_what_is_refused_is_named():
    ((request_id, verb, refusal),) = frames(Bench().run(service.encode(3, "details", 5)))
    assert (request_id, verb, refusal) == (3, "err", {"field": "details", "value": 5, "allowed": "nothing"})
    ((_, verb, refusal),) = frames(Bench().run(service.encode(4, "open", None)))
    assert (verb, refusal["field"], refusal["value"]) == ("err", "verb", "open")
    refusal = json.loads(Bench().run(b"open sesame\n"))
    assert refusal["value"] == "open sesame"
    assert "status" in refusal["allowed"]


def test_a_verb_that_fails_is_an_answer_and_costs_no_console():
    printed = Bench().run(b"config words\n" + service.encode(1, "status"))
    refusal, answer = printed.strip().split("\n")
    assert json.loads(refusal)["field"] == "verb"
    assert json.loads(refusal)["value"].startswith("TypeError")
    assert frames(answer + "\n") == [(1, "ok", {"told": None})]


def test_a_line_that_is_too_long_is_refused_and_the_next_obeyed():
    printed = Bench().run(b"x" * 600 + b"\n" + service.encode(1, "status"))
    refusal, answer = printed.strip().split("\n")
    assert json.loads(refusal)["allowed"] == "..512 bytes"
    assert frames(answer + "\n") == [(1, "ok", {"told": None})]


def test_garbled_frames_and_empty_lines_get_no_answer():
    assert Bench().run(b"\r\n\r\n@1 status~0000\n  \n") == ""


def test_any_bytes_are_harmless():
    """Noise, as a wrong baud rate makes it."""
    answer = service.encode(7, "ok", {"told": None}).decode()
    state = 1
    for _ in range(12):
        noise = bytearray()
        for _ in range(40):
            state = (state * 1_103 + 12_347) % 65_536
            noise.append(b"@~\n {}\x00\xff"[state % 8] if state & 256 else state >> 8)
        bench = Bench()
        printed = bench.run(bytes(noise) + b"\n" + service.encode(7, "status"))
        assert printed.endswith(answer), noise


def test_answers_are_written_in_pieces_that_the_uart_holds():
    bench = Bench()
    bench.run(service.encode(1, "status", "x" * 400))
    assert max(len(piece) for piece in bench.pieces) <= PIECE_CHARS
    debt, last_ms = 0, bench.times_ms[0]
    for piece, at_ms in zip(bench.pieces, bench.times_ms):
        debt = max(0, debt - (at_ms - last_ms) * 11) + len(piece)
        last_ms = at_ms
        assert debt <= DEBT_CHARS, bench.pieces


def test_no_part_of_a_line_looks_like_a_whole_one():
    bench = Bench()
    bench.run(service.encode(1, "telemetry"))
    assert len(bench.pieces) > 3
    for piece in bench.pieces[:-1]:
        assert piece[-1] != "}", bench.pieces


def test_what_is_said_meanwhile_follows_the_answer():
    bench = Bench()
    bench.says = "meanwhile"
    answer, said, _ = bench.run(service.encode(1, "telemetry")).split("\n")
    assert frames(answer + "\n")[0][1] == "ok"
    assert said.endswith("meanwhile")
    assert not log.held


def test_a_job_goes_on_under_its_verb_until_it_is_over():
    Room.jobs.clear()
    printed = Bench().run(service.encode(5, "hello"), 6)
    assert frames(printed)[0] == (5, "ok", {"begun": True})
    assert frames(printed)[1:] == [(5, "hello", {"step": step}) for step in (1, 2, 3)]
    assert Room.jobs[0].stopped == 1


def test_asked_anew_a_verb_begins_anew():
    Room.jobs.clear()
    Bench().run(service.encode(5, "hello") + service.encode(6, "hello"))
    assert [job.stopped for job in Room.jobs] == [1, 0]


TOO_MUCH = service.encode(8, "config", 100_000_000)


def test_a_verb_without_memory_is_refused_once_there_is_none_to_come():
    bench = Bench(Sign())
    ((request_id, verb, refusal),) = frames(bench.run(TOO_MUCH))
    assert (request_id, verb, refusal["field"]) == (8, "err", "memory")
    assert refusal["allowed"] == 'restart "service"'
    assert refusal["value"].endswith(" free")
    assert not bench.console.busy
    bench.pieces.clear()
    assert frames(bench.run(service.encode(9, "status", [1])))[0][1] == "ok"


def test_a_verb_without_memory_waits_for_that_of_session_and_set_up():
    for sign in (Sign(attended=False), Sign(busy=True), Sign(borrowed="services.radar_setup")):
        bench = Bench(sign)
        ended = False
        try:
            bench.run(TOO_MUCH)
        except MemoryError:
            ended = True
        assert ended
        assert bench.pieces == []


def test_closing_ends_what_goes_on():
    Room.jobs.clear()
    bench = Bench()
    bench.run(service.encode(5, "hello"))
    assert bench.console.busy
    bench.console.close()
    assert Room.jobs[0].stopped == 1
    assert not bench.console.busy


def test_the_log_keeps_the_newest_and_says_what_is_lost():
    log.enable(False)
    at = log.end
    log.say("first")
    text, behind, lost = log_tail.since(at, 400)
    assert text.endswith("] first\n")
    assert (behind, lost) == (log.end, 0)
    assert log_tail.since(behind, 400) == ("", behind, 0)
    for number in range(100):
        log.say("line %d of some length" % number)
    text, _, lost = log_tail.since(at, 2_000)
    assert len(text) == log.KEPT_BYTES
    assert lost == log.end - at - log.KEPT_BYTES
    assert text.endswith("line 99 of some length\n")
    half, behind, _ = log_tail.since(at, 100)
    assert text.startswith(half)
    assert len(half) == 100
    log.enable(True)
