"""The serial port: a pty for the real mpremote, and a log of everything the board printed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
import threading
import time
import tty
from typing import Protocol

from gangvakt_sim.errors import BoardFailed, BoardTimeout

TAIL_SHOWN = 4000
READ_SIZE = 65536
OFLAG = 1


class SerialLog:
    """All bytes since the start; may be read by any thread."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._news = threading.Condition()
        self._ended = ""

    def append(self, data: bytes) -> None:
        """Add what was printed."""
        with self._news:
            self._data += data
            self._news.notify_all()

    def end(self, why: str) -> None:
        """Nothing more will come; whoever waits is told."""
        with self._news:
            self._ended = why
            self._news.notify_all()

    def mark(self) -> int:
        """A position: what is printed from now on comes after it."""
        with self._news:
            return len(self._data)

    def raw(self, since: int = 0) -> bytes:
        """The bytes from a mark on."""
        with self._news:
            return bytes(self._data[since:])

    def text(self, since: int = 0) -> str:
        """The text from a mark on, lines ended by LF."""
        return self.raw(since).decode("utf-8", "replace").replace("\r\n", "\n")

    def wait_for(self, text: str, timeout_s: float, since: int = 0) -> str:
        """Wait until `text` (lines ended by LF) is printed after the mark `since`; what came up to its end.

        Raises BoardTimeout with what was printed.
        """
        deadline = time.monotonic() + timeout_s
        with self._news:
            while True:
                printed = bytes(self._data[since:]).decode("utf-8", "replace").replace("\r\n", "\n")
                at = printed.find(text)
                if at >= 0:
                    return printed[: at + len(text)]
                if self._ended:
                    raise BoardFailed(self._ended)
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise BoardTimeout(f"{text!r} did not come in {timeout_s} s", printed[-TAIL_SHOWN:])


def open_raw_pair() -> tuple[int, int]:
    """A pty in raw mode: (master, slave), the master not blocking."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave


def cook_output(fd: int) -> None:
    """Let the line discipline turn LF into CRLF, as the chip's console does."""
    attributes = termios.tcgetattr(fd)
    attributes[OFLAG] |= termios.OPOST | termios.ONLCR
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


class SerialPort(Protocol):
    """The outer end of the serial line, as the board sees it."""

    name: str  # by which a client opens it
    master: int  # readable while the client has sent something

    def write(self, data: bytes) -> None:
        """To the client, if there is one."""
        ...

    def read(self) -> bytes:
        """What the client sent; nothing = no client."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Port:
    """A pty. What nobody listens to is lost, as on a wire."""

    def __init__(self) -> None:
        self.master, slave = open_raw_pair()
        self.name = os.ttyname(slave)
        os.close(slave)  # without a client, poll reports a hang-up

    def connected(self) -> bool:
        """True while a client holds the port open."""
        poller = select.poll()
        poller.register(self.master, 0)
        return not any(event & select.POLLHUP for _, event in poller.poll(0))

    def write(self, data: bytes) -> None:
        """To the client, if there is one that reads."""
        if self.connected():
            while data:
                try:
                    data = data[os.write(self.master, data) :]
                except BlockingIOError:
                    if not _writable(self.master):
                        return
                except OSError:
                    return

    def read(self) -> bytes:
        """What the client sent; nothing = no client."""
        try:
            return os.read(self.master, READ_SIZE)
        except OSError:
            return b""

    def close(self) -> None:
        """Hang up."""
        os.close(self.master)


# A client that does not read for so long loses bytes.
CLIENT_PATIENCE_MS = 2000


def _writable(fd: int) -> bool:
    poller = select.poll()
    poller.register(fd, select.POLLOUT)
    return any(event & select.POLLOUT for _, event in poller.poll(CLIENT_PATIENCE_MS))


class Console:
    """The inner line: its slave is the interpreter's stdin, stdout and stderr."""

    def __init__(self) -> None:
        self.master, self._slave = open_raw_pair()
        cook_output(self._slave)
        self._waiting = bytearray()

    @property
    def slave(self) -> int:
        """To be given to the child and then released."""
        return self._slave

    def release_slave(self) -> None:
        """From now on the line hangs up with the child."""
        os.close(self._slave)
        self._slave = -1

    def read(self) -> bytes | None:
        """What the chip printed; None = it has left."""
        try:
            return os.read(self.master, READ_SIZE) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def send(self, data: bytes) -> None:
        """To the chip's input; kept while the line is full."""
        self._waiting += data
        self.flush()

    def flush(self) -> bool:
        """Send what waits; True when nothing is left."""
        with contextlib.suppress(BlockingIOError, OSError):
            while self._waiting:
                del self._waiting[: os.write(self.master, self._waiting)]
        return not self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._slave >= 0:
            os.close(self._slave)
        os.close(self.master)


def pending_input(fd: int) -> int:
    """Bytes that wait in a terminal line."""
    return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, bytes(4)), "little")
