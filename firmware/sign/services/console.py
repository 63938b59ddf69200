"""Commands on the serial port while the app runs: one line in, one line out.

A person types the bare command and gets a line of JSON. A tool frames it (sign/proto/service.py), so that it
finds its answer among whatever else is printed.
"""

import json
import sys

import machine
from sign import version
from sign.compat import const
from sign.hal import clock
from sign.services import log

_LINE_BYTES_MAX = const(120)
# Unix seconds of 2026 and of 2068, where the chip's clock and its small ints are both far from their ends.
_CLOCK_MIN_S = const(1_767_225_600)
_CLOCK_MAX_S = const(3_092_601_600)
_CLOCK_DIGITS = const(10)


class Console:
    """`status` is a Status. It begins anew with an empty line after an error."""

    def __init__(self, status):
        self._status = status
        self._line = bytearray()
        self._commands = {
            "status": self._say_status,
            "version": self._say_version,
            "log-on": self._log_on,
            "log-off": self._log_off,
            "reset": machine.reset,
        }

    def take(self, byte):
        """Take one byte of what is typed; a line is obeyed at its end."""
        line = self._line
        if byte in (b"\r", b"\n"):
            self._line = bytearray()
            self._obey(line)
        elif len(line) <= _LINE_BYTES_MAX:
            self._line = line + byte

    def _obey(self, line):
        if line[:1] == b"@":
            from sign.proto import service  # 2 KB that most signs never need

            for request_id, command, _ in service.Decoder(_LINE_BYTES_MAX + 2).feed(line + b"\n"):
                done, answer = self._answer(command)
                answer = {key: _told(value) for key, value in answer.items()}
                sys.stdout.write(service.encode(request_id, "ok" if done else "err", answer).decode())
        elif line:
            typed = "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in line)
            _print(self._answer(typed.strip())[1])

    def _answer(self, command):
        """(done, dict of JSON-ready values and of functions that return one)."""
        if len(command) > _LINE_BYTES_MAX:
            return False, {"error": "line too long", "allowed": "..%d bytes" % _LINE_BYTES_MAX}
        if command[:6] == "clock ":
            return self._set_clock(command[6:])
        if command not in self._commands:
            return False, {"error": "unknown command", "value": command, "allowed": self._allowed()}
        return True, self._commands[command]()

    def _say_status(self):
        return {
            "status": self._status.document,
            "telemetry": self._status.telemetry,
            "details": self._status.details,
        }

    def _say_version(self):
        return {"fw": version.VERSION, "micropython": sys.version}

    def _allowed(self):
        return sorted(list(self._commands) + ["clock UTC_SECONDS"])

    def _set_clock(self, text):
        seconds = int(text) if text.isdigit() and len(text) == _CLOCK_DIGITS else 0
        if not _CLOCK_MIN_S <= seconds <= _CLOCK_MAX_S:
            return False, {
                "error": "clock refused",
                "value": text,
                "allowed": "%d..%d" % (_CLOCK_MIN_S, _CLOCK_MAX_S),
            }
        clock.set_right(seconds)
        return True, {"clock": "set"}

    def _log_on(self):
        log.enable(True)
        return {"log": "on"}

    def _log_off(self):
        log.enable(False)
        return {"log": "off"}


def _told(value):
    return value() if callable(value) else value


def _print(answer):
    """A line of JSON, one value at a time: beside a secure session there is no room for all of it."""
    left = len(answer)
    sys.stdout.write("{")
    for key in answer:
        left -= 1
        # Each piece in one go, so that no part of a line looks like a whole one.
        sys.stdout.write(
            "%s: %s%s" % (json.dumps(key), json.dumps(_told(answer[key])), ", " if left else "}\n")
        )
