"""Where the sign stands on the ladder of `rungs`, kept in RTC memory: it outlives resets, not the power.

So each morning of a street-lighting feeder begins on the first rung, and counts for nothing. Behind the
record stands, as JSON, what failed last; the app tells the controller.

No record and a power-on: the power was away. A record and a power-on: a brown-out, which the chip reports as
power-on, but which resets only the processor.
"""

import io
import json
import sys

from micropython import const

import machine
import rungs

MARK = b"GVK2"
# Before the record, where a technician has asked for a start that lets the session wait (restart "service").
SERVICE = b"GVKS"
TEXT_CHARS_MAX = const(400)
BROWN_OUT = const(8)  # beside the rung
_HEAD = const(12)  # MARK and the record


class Ladder:
    """`for_service`: this start is for a technician; `told`: what failed last, b"" when nothing has."""

    def __init__(self):
        kept = machine.RTC().memory()
        self.for_service = kept[: len(SERVICE)] == SERVICE
        if self.for_service:
            kept = kept[len(SERVICE) :]
        record = kept[len(MARK) : _HEAD]
        self.is_fresh = kept[: len(MARK)] != MARK or not rungs.is_possible(record)
        if self.is_fresh:
            self.record, self.told = bytearray(rungs.SIZE), b""
        else:
            self.record, self.told = bytearray(record), kept[_HEAD:]

    def save(self):
        machine.RTC().memory(MARK + self.record + self.told)

    def look_back(self):
        """What the reset before this start says; seconds for which the minimal sign is to stand in."""
        cause, state = machine.reset_cause(), self.record[rungs.STATE]
        self.brown_out = cause == machine.PWRON_RESET and not self.is_fresh
        if cause == machine.PWRON_RESET:
            if self.brown_out:
                self.record[rungs.BROWN_OUTS] = min(self.record[rungs.BROWN_OUTS] + 1, rungs.COUNT_MAX)
        elif state == rungs.FAILED:
            self._failed(rungs.CRASH)
        elif state == rungs.RUNNING and cause == machine.WDT_RESET:
            self.describe("watchdog", "a task or the start was stuck", None)
            self._failed(rungs.HANG)
        elif state == rungs.RUNNING and cause != machine.SOFT_RESET:
            self.describe("panic", "the interpreter failed, or a restart that did not announce itself", None)
            self._failed(rungs.CRASH)
        self.record[rungs.STATE] = rungs.IDLE
        if not _text(self.told):
            self.told = b""  # a brown-out may have garbled it
        self.save()
        return rungs.pause_s(self.record)

    def describe(self, cause, text, boot):
        """Keep what failed for the controller."""
        record = self.record
        self.told = json.dumps(
            {
                "cause": cause,
                "boot": boot,
                "firmware": _version() if cause == "crash" else None,
                "rung": rungs.NAMES[record[rungs.RUNG]],
                "crashes": record[rungs.CRASHES],
                "hangs": record[rungs.HANGS],
                "brown_outs": record[rungs.BROWN_OUTS],
                "text": text,
            }
        ).encode()

    def _failed(self, kind):
        step = rungs.failed(self.record, kind, _asked("on_trial"))
        if step == rungs.GIVES_UP:
            to_other = _asked("give_up")
            rungs.given_up(self.record, to_other)
            if to_other:
                self.record[rungs.STATE] = rungs.IDLE
                self.save()
                print("safe mode: the other slot takes over")
                machine.reset()


def begin():
    """(seconds for the minimal sign, rung, with BROWN_OUT where one led here, whether a technician asked)."""
    ladder = Ladder()
    seconds = ladder.look_back()
    record = ladder.record
    if record[rungs.FAILURES]:
        words = (record[rungs.FAILURES], _text(ladder.told), rungs.NAMES[record[rungs.RUNG]], seconds)
        print("safe mode: failure %d (%s), rung %s, restart in %d s" % words)
    if not seconds:
        record[rungs.STATE], record[rungs.PAUSE] = rungs.RUNNING, 0
        ladder.save()
    rung = record[rungs.RUNG] | (BROWN_OUT if ladder.brown_out else 0)
    return seconds, rung, ladder.for_service


def failed(error):
    """The app ended with that error: keep where and why."""
    ladder = Ladder()
    ladder.record[rungs.STATE] = rungs.FAILED
    ladder.save()  # the rest needs memory
    ladder.describe("crash", trace(error), _boot())
    ladder.save()


def stopped():
    """Nothing of ours runs: a reset from here on is somebody's wish."""
    ladder = Ladder()
    ladder.record[rungs.STATE] = rungs.IDLE
    ladder.save()


def rested():
    """The minimal sign has stood in long enough."""
    ladder = Ladder()
    rungs.rested(ladder.record)
    ladder.save()


def restart():
    """Reset the chip at somebody's wish, so that it counts as no failure."""
    stopped()
    machine.reset()


def trace(error):
    """Modules and functions down to where it was raised, and the error; at most TEXT_CHARS_MAX of ASCII."""
    out = io.StringIO()
    sys.print_exception(error, out)
    lines = out.getvalue().splitlines()
    calls = [_call(line) for line in lines if line.startswith("  File ")]
    calls = [call for call in calls if not call.startswith("main.")]  # always the same
    what = "".join([char if " " <= char <= "~" else "?" for char in lines[-1]])[: TEXT_CHARS_MAX // 2]
    while calls and len(" > ".join(calls)) + len(what) + 2 > TEXT_CHARS_MAX:
        calls.pop(0)
    return " > ".join(calls) + ": " + what if calls else what


def _call(line):
    """`room.function` of a traceback's line."""
    file = line.split('"')[1].rsplit("/", 1)[-1]
    if file.endswith(".py"):
        file = file[:-3]
    return file.rsplit(".", 1)[-1] + "." + line.rsplit(" ", 1)[-1]


def _text(told):
    try:
        return json.loads(told)["text"] if told else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _boot():
    """Number of this boot, as `sign.hal.store` has left it; None where it could not."""
    try:
        with open("/data/boot") as file:
            return int(file.read(12))
    except (OSError, ValueError):
        return None


def _version():
    """Of the app, whose functions stand in the text."""
    try:
        from sign.version import VERSION

        return VERSION
    except Exception:
        return None


def _asked(name):
    """What `slots` says; whatever is wrong there, the ladder goes on without another slot."""
    try:
        import slots

        return getattr(slots, name)()
    except Exception as error:
        print("slots:", error)
        return False
