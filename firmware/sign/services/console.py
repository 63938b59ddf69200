"""Commands on the serial port while the app runs: one line in, one line out.

A person types a verb, perhaps with JSON behind it, and gets a line of JSON. A tool frames both
(sign/proto/service.py), so that it finds its answer among whatever else is printed. What a verb does stands
in `dispatch` and the rooms below `verbs`.
"""

import asyncio
import gc
import json
import sys
import time

from sign.compat import const, ticks_add, ticks_diff
from sign.proto import service
from sign.services import log, log_tail
from sign.services.dispatch import Dispatch, refusal, room_of

_TYPED_STATUS = ("status", "telemetry", "details")
# The UART holds 128 bytes and sends 115 in 10 ms; writing more would wait for it with no tick coming between.
_PIECE_CHARS = const(96)
_PIECE_MS = const(10)
_LOG_CHARS = const(200)
_VALUE_CHARS = const(60)
_IDLE_MS = const(1_000)


class Console:
    """`status` is a Status. `take` collects what is typed, `work` obeys."""

    def __init__(self, status):
        self._status = status
        self._line = bytearray()
        self._too_long = False
        self._lines = []
        self._dispatch = Dispatch(status)
        self._jobs = {}  # verb -> [request id, job, when it is due]
        self._alive = None

    @property
    def busy(self):
        """Whether something goes on."""
        return bool(self._jobs or self._lines)

    def take(self, byte):
        """Take one byte; a line is complete at its end."""
        if byte in (b"\r", b"\n"):
            if self._line:
                self._lines.append(None if self._too_long else bytes(self._line))
            self._line, self._too_long = bytearray(), False
        elif len(self._line) < service.MAX_LINE:
            self._line.extend(byte)
        else:
            self._too_long = True

    async def work(self, alive):
        """Obey, and go on with what was begun; in how many ms to be called again."""
        self._alive = alive
        while self._lines:
            await self._write(self._obey(self._lines.pop(0)))
        pause_ms = _IDLE_MS
        for verb in list(self._jobs):
            job = self._jobs[verb][1]
            left_ms = ticks_diff(self._jobs[verb][2], time.ticks_ms())
            if left_ms <= 0:
                left_ms = job.every_ms
                await self._write(self._step(verb))
            pause_ms = min(pause_ms, left_ms)
        return pause_ms

    def close(self):
        """End what goes on, forget the rooms."""
        for verb in list(self._jobs):
            self._drop(verb)
        self._dispatch.enter(None)

    def _obey(self, line):
        """Texts to be written for a line; None is one that was too long."""
        if line is None:
            error = service.ServiceError("line", "too long", "..%d bytes" % service.MAX_LINE)
            return _text(0, "err", refusal(error))
        framed = service.find(line) if b"@" in line else None
        if framed:
            return self._answer(framed[1], framed[2], framed[0])
        if line[0] == 64:
            return ()  # a garbled one is asked again
        typed = "".join([chr(byte) if 32 <= byte < 127 else "?" for byte in line]).strip()
        verb, _, rest = typed.partition(" ")
        if typed == _TYPED_STATUS[0]:
            return self._status_texts()
        return self._answer(verb if room_of(verb) else typed, _decoded(rest), 0) if typed else ()

    def _answer(self, verb, obj, request_id):
        """Texts of a verb's answer; `request_id` 0 is a person."""
        try:
            self._drop(verb)  # what it had begun before is over
            answer, job = self._dispatch.ask(verb, obj)
            if job:
                self._jobs[verb] = [request_id, job, time.ticks_ms()]
            return _text(request_id, "ok", answer)
        except service.ServiceError as error:
            return _text(request_id, "err", refusal(error))
        except MemoryError as error:
            if self._finds_more_later():
                raise
            self._drop(verb)
            return _text(request_id, "err", self._out_of_memory(error))
        except Exception as error:  # a verb that fails costs no console
            self._drop(verb)
            refused = {"field": "verb", "value": repr(error)[:_VALUE_CHARS], "allowed": "one that works"}
            return _text(request_id, "err", refused)

    def _finds_more_later(self):
        """Whether memory is still to come: a session's, or that of the radars' set-up."""
        armed, link = self._status.armed, self._status.link
        return armed.borrowed or (link and (link.busy or not armed.attended))

    def _out_of_memory(self, error):
        self._dispatch.enter(None)
        gc.collect()
        # What was wanted, not the largest piece there is: that takes trials, with a collection for each.
        value = "%s, %d free" % (error, gc.mem_free())
        return {"field": "memory", "value": value, "allowed": 'restart "service"'}

    def _step(self, verb):
        """Let a job that is due go on; texts of what it tells."""
        request_id, job, _ = self._jobs[verb]
        now_ms = time.ticks_ms()
        told = job.step(now_ms)
        if job.over:
            self._drop(verb)
        else:
            self._jobs[verb][2] = ticks_add(now_ms, job.every_ms)
        return _text(request_id, verb, told) if told else ()

    def _drop(self, verb):
        if verb in self._jobs:
            self._jobs.pop(verb)[1].stop()

    def _status_texts(self):
        """One document at a time: beside a secure session there is no room for all of them."""
        self._dispatch.enter(room_of(_TYPED_STATUS[0]))
        yield "{"
        last = len(_TYPED_STATUS) - 1
        for i, name in enumerate(_TYPED_STATUS):
            document = json.dumps(getattr(self._dispatch.entered(), name)(self._status, None))
            yield '"%s": %s%s' % (name, document, ", " if i < last else "}\n")

    async def _write(self, texts):
        """Write so slowly that no tick waits, with nothing in between; then what was said meanwhile."""
        at = log.end
        log.held = True
        try:
            for text in texts:
                await self._write_text(text)
            lost = 0
            while log.enabled and at != log.end and not lost:
                text, at, lost = log_tail.since(at, _LOG_CHARS)
                await self._write_text(text)
        finally:
            log.held = False

    async def _write_text(self, text):
        at = 0
        while at < len(text):
            end = min(at + _PIECE_CHARS, len(text))
            while at < end - 1 and end < len(text) and text[end - 1] == "}":
                end -= 1  # no part of a line looks like a whole one
            sys.stdout.write(text[at:end])
            at = end
            self._alive()
            await asyncio.sleep_ms(_PIECE_MS)


def _text(request_id, verb, answer):
    if request_id:
        return (service.encode(request_id, verb, answer).decode(),)
    return (json.dumps(answer) + "\n",)


def _decoded(text):
    """What a person typed behind the verb: JSON, or else the text itself."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
