"""A sign's serial port while its app runs on: ask a verb, get its answer, whatever else is printed."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import time
import warnings
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import serial

from gangvakt.errors import PortRefused, PortUnusable, SignRefused, SignSilent
from gangvakt.provision import serial_urls
from gangvakt.provision.esptool_words import trouble
from gangvakt.provision.service_frames import LARGEST_ID, Frame, Lines, encode

BAUD = 115_200
ANSWER_S = 15.0  # six rooms loaded and a file written, and once more where memory had to be found first
READY_S = 30.0  # a sign starts in two seconds, one in safe mode pauses longer first
AGAIN_S = 2.0  # an answer that was garbled on its way is asked for again
QUIET_S = 60.0  # for the technician to step out of the view
SOMEBODY = "somebody in view"  # as the sign says it
MEMORY = "memory"  # the field that it refuses when its heap is in pieces too small
RESTART = "restart"
_LOST_BY_RESTART = ("log",)  # kept in memory: a restart would answer with nothing
FOR_SERVICE = "service"  # a start that leaves the session's memory to whoever asks
RESTARTS = "the sign restarts to have memory for this"
_QUIET_POLL_S = 0.5
_WAIT_S = 0.05
_WRITE_S = 5.0
_NOISE_LINES = 200
# The chip keeps 260 bytes of what is typed, and the sign reads 120 of them in 50 ms.
_PIECE_BYTES = 64
_PIECE_S = 0.035


class ServiceLine:
    """An open port, by its name or a pyserial URL. A context manager; for one thread.

    Opening and closing do not reset the board. `noise` are the newest lines that were no frames; `bad` counts
    garbled frames. `note(text)` is told what else is done to the sign. PortUnusable when the port cannot be
    opened or is gone.
    """

    def __init__(
        self, port: str, *, baud: int = BAUD, note: Callable[[str], None] = lambda text: None
    ) -> None:
        self.port = port
        self._note = note
        self.noise: deque[str] = deque(maxlen=_NOISE_LINES)
        self._lines = Lines()
        self._frames: deque[Frame] = deque()
        self._ids = itertools.cycle(range(1, LARGEST_ID + 1))
        for _ in range(random.randrange(LARGEST_ID)):  # no answer to whoever asked before fits
            next(self._ids)
        self._serial = _open(port, baud)

    @property
    def bad(self) -> int:
        """Frames that came garbled."""
        return self._lines.bad

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the port. RTS falls before DTR: the other way round resets the board."""
        with contextlib.suppress(OSError, serial.SerialException):
            self._serial.rts = False
        with contextlib.suppress(OSError, serial.SerialException):
            self._serial.close()

    def wait_ready(self, timeout_s: float = READY_S) -> dict[str, Any]:
        """Wait until a running app answers; its `hello`."""
        return self.ask("hello", timeout_s=timeout_s)

    def ask(self, verb: str, obj: Any = None, timeout_s: float = ANSWER_S) -> dict[str, Any]:
        """The answer. SignRefused with field, value and what is allowed; SignSilent when none comes.

        A sign that has no memory for it is restarted, once, as soon as it sees nobody, and asked again; not
        where the restart would make it forget what is asked for.
        """
        try:
            return self._ask(verb, obj, timeout_s)
        except SignRefused as error:
            if error.field != MEMORY or verb in (RESTART, *_LOST_BY_RESTART):
                raise
        self._note(RESTARTS)
        self.restart(FOR_SERVICE)
        return self._ask(verb, obj, timeout_s)

    def restart(self, obj: Any = None) -> dict[str, Any]:
        """Restart the sign, as soon as it sees nobody where it minds, and wait; its new `hello`.

        SignSilent when no other boot than the present one answers.
        """
        before = self.wait_ready().get("boot")
        self.ask_when_quiet(RESTART, obj)
        deadline = time.monotonic() + READY_S
        while (left_s := deadline - time.monotonic()) > 0:
            hello = self.wait_ready(left_s)  # which the app that is about to end may still answer
            if hello.get("boot") != before:
                return hello
            time.sleep(_QUIET_POLL_S)
        raise SignSilent(self.port, RESTART, READY_S, self._last_words())

    def _ask(self, verb: str, obj: Any, timeout_s: float) -> dict[str, Any]:
        request = Frame(next(self._ids), verb, obj)
        self._frames.clear()
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            self._send(encode(request))
            answer = self._await(request.id, ("ok", "err"), min(left_s, AGAIN_S))
            if answer is not None:
                return self._checked(request, answer)
        raise SignSilent(self.port, verb, timeout_s, self._last_words())

    def ask_when_quiet(self, verb: str, obj: Any = None, timeout_s: float = QUIET_S) -> dict[str, Any]:
        """Ask again while the sign refuses because it sees somebody; SignRefused when that goes on."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self.ask(verb, obj)
            except SignRefused as error:
                if error.value != SOMEBODY or time.monotonic() >= deadline:
                    raise
            time.sleep(_QUIET_POLL_S)

    def told(self, verb: str, timeout_s: float) -> dict[str, Any] | None:
        """The next thing that a verb asked before goes on to tell; None when nothing came in time."""
        frame = self._await(None, (verb,), timeout_s)
        return frame.obj if frame is not None and isinstance(frame.obj, dict) else None

    def type(self, text: str) -> None:
        """Send bytes as a person at a terminal would."""
        self._send(text.encode())

    def hears(self, text: str, timeout_s: float) -> bool:
        """Whether a line with that text is printed in that time. Nothing is asked meanwhile."""
        self.noise.clear()
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if any(text in line for line in self.noise):
                return True
            self._receive()
        return False

    def _checked(self, request: Frame, answer: Frame) -> dict[str, Any]:
        obj = answer.obj if isinstance(answer.obj, dict) else {}
        if answer.verb == "err":
            allowed = str(obj.get("allowed", "unknown"))
            raise SignRefused(self.port, request.verb, str(obj.get("field")), obj.get("value"), allowed)
        return obj

    def _await(self, request_id: int | None, verbs: tuple[str, ...], timeout_s: float) -> Frame | None:
        deadline = time.monotonic() + timeout_s
        while True:
            while self._frames:
                frame = self._frames.popleft()
                if frame.verb in verbs and request_id in (None, frame.id):
                    return frame
            if time.monotonic() >= deadline:
                return None
            self._receive()

    def _receive(self) -> None:
        try:
            data = self._serial.read(max(1, self._serial.in_waiting))
        except (OSError, serial.SerialException, TypeError) as error:  # TypeError: closed while it is read
            raise PortUnusable(self.port, _reason(error)) from error
        for found in self._lines.feed(data):
            if isinstance(found, Frame):
                self._frames.append(found)
            else:
                self.noise.append(found)

    def _send(self, data: bytes) -> None:
        try:
            for at in range(0, len(data), _PIECE_BYTES):
                if at:
                    time.sleep(_PIECE_S)
                self._serial.write(data[at : at + _PIECE_BYTES])
        except (OSError, serial.SerialException) as error:
            raise PortUnusable(self.port, _reason(error)) from error

    def _last_words(self) -> str:
        return next((line for line in reversed(self.noise) if line.strip()), "")


def _open(port: str, baud: int) -> Any:
    """DTR and RTS both set, as drivers do by themselves: a board is reset only when they differ."""
    options: dict[str, Any] = {"baudrate": baud, "timeout": _WAIT_S}
    if "://" in port:
        serial_urls.use()
    else:
        options["write_timeout"] = _WRITE_S
        options["exclusive"] = True if os.name == "posix" else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of pyserial's own code
            return serial.serial_for_url(port, **options)
    except (OSError, ValueError, serial.SerialException) as error:
        raise _unusable(port, _reason(error)) from error


def _unusable(port: str, why: str) -> PortUnusable:
    """In the words of flashing, where those know what pyserial says."""
    known = trouble(port, "pyserial", (why,))
    text = f"{known.what}: {known.advice}" if isinstance(known, PortRefused) else None
    return PortUnusable(port, why, text)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
