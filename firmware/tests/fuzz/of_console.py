"""The serial port: lines of tools and of people, between whatever else a line brings."""

import json

from fuzz import chip
from fuzz.kept import Kept
from fuzz.of_orders import COMMANDS
from fuzz.parser import Parser
from fuzz.running_sign import Sign, preload
from sign.proto import service
from sign.services import console, log

preload()
log.enable(False)
log.time = console.time = chip.Time
console.gc = chip.Collector
LONGEST = 512
GOOD = service.encode(7, "identify", 5)


def framed():
    """A line of each verb, as a tool frames it."""
    found = []
    for number, text in enumerate(COMMANDS):
        told = json.loads("{%s}" % text)
        if len(told["verb"]) <= service.MAX_VERB:
            found.append(service.encode(number + 1, told["verb"], told.get("args")))
    return found


class Line(Parser):
    """What is found is what was framed with its sum; what is not is counted, and the next line is read."""

    is_portable = False  # what is JSON

    def __init__(self):
        super().__init__()
        self.decoder = service.Decoder(LONGEST)

    def seeds(self):
        return framed() + [
            b"noise\n" + GOOD,
            b"noise " + GOOD,
            GOOD[:-1] + b"\r\n",
            b"@1 status~0000\n",
            b"@" * 40,
        ]

    def make(self, dice):
        """Now and then with the sum that its bytes need, and one far too long."""
        data = super().make(dice)
        kind = dice.below(8)
        if kind == 0 and data[:1] == b"@":
            body = data[1 : data.rfind(b"~")] if b"~" in data else data[1:]
            return b"@" + body + b"~%04x\n" % service.crc16(body, 0, len(body))
        return data * (1 + dice.below(600) // (1 + len(data))) if kind == 1 else data

    def take(self, data):
        decoder = self.decoder
        before = decoder.bad + decoder.ignored
        lines = decoder.feed(data)
        assert 0 <= decoder._held <= LONGEST
        for ident, verb, obj in lines:
            assert 1 <= ident <= 65_535 and 1 <= len(verb) <= 16
            json.dumps(obj)
        refused = decoder.bad + decoder.ignored - before
        assert refused + len(lines) <= data.count(b"\n")
        decoder.feed(b"\n")
        return None if lines else "bad" if decoder.bad else "ignored"

    def goes_on(self):
        assert self.decoder.feed(GOOD) == [(7, "identify", 5)]


class Typed(Parser):
    """Every line has one answer, whole lines of JSON that are told slowly; none ends the console."""

    is_portable = False
    TEXT_MAX = 6_000

    def __init__(self):
        super().__init__()
        self.sign = Sign()
        self.console = console.Console(self.sign)

    def seeds(self):
        typed = []
        for text in COMMANDS:
            told = json.loads("{%s}" % text)
            args = " " + json.dumps(told["args"]) if "args" in told else ""
            typed.append((told["verb"] + args + "\n").encode())
        hard = [b"\n", b"help\r\n", b"status\n", b"mute [[[[[[\n", b"@\n", b"no-such 1\n"]
        return typed + framed() + hard

    def make(self, dice):
        data = super().make(dice)
        return data if dice.below(64) else data * (1 + dice.below(1_200) // (1 + len(data)))

    def take(self, data):
        self.sign.begin_anew()
        Kept.files.clear()
        if not data:
            return "nothing"
        typed = self.console
        for byte in data:
            typed.take(bytes((byte,)))
            assert len(typed._line) <= LONGEST
        typed.take(b"\n")
        told = [text for line in typed._lines for text in self._answer(line)]
        del typed._lines[:]
        for verb in list(typed._jobs):
            typed._jobs.pop(verb)
        if not told:
            return "nothing"
        return "refused" if not any([self._is_good(text) for text in told]) else None

    def _answer(self, line):
        """The texts that belong to a line; each answer is whole JSON, framed for a tool."""
        whole = "".join(self.console._obey(line))
        assert len(whole) <= self.TEXT_MAX, len(whole)
        if not whole:
            return []
        assert whole[-1] == "\n" and "\n" not in whole[:-1], whole
        assert "one that works" not in whole, "a verb failed instead of refusing: " + whole
        if whole[0] != "@":
            json.loads(whole)
        else:
            assert service.find(whole[:-1].encode()), whole
        return [whole]

    @staticmethod
    def _is_good(text):
        return '"allowed"' not in text

    def goes_on(self):
        assert self.take(GOOD) is None
        assert self.take(b"identify 5") is None
