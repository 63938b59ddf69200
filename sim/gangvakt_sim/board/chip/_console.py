"""The console: the line discipline of a tty turns LF into CRLF for text, not for raw bytes."""

from _queue import run_pending, until

import micropython

import _regs as R
from _silicon import libc, now, ppoll, put, write
from _wait import main_fds, pollfds, wait

_tcgetattr = libc.func("i", "tcgetattr", "ip")
_tcsetattr = libc.func("i", "tcsetattr", "iip")
_input_fd = pollfds(0)
_zero_ts = bytearray(8)
_cooked_tty = bytearray(64)
_raw_tty = bytearray(64)


def open_console():
    """Remember the two ways in which the console writes."""
    _tcgetattr(1, _cooked_tty)
    _raw_tty[:] = _cooked_tty
    _raw_tty[4] = _raw_tty[4] & ~1


@micropython.native
def write_all(data):
    """Write `data` to the console, LF as CRLF."""
    done = 0
    view = memoryview(data)
    while done < len(view):
        n = write(1, view[done:], len(view) - done)
        if n > 0:
            done += n


@micropython.native
def write_raw(data):
    """Write `data` to the console as it is."""
    _tcsetattr(1, 0, _raw_tty)
    write_all(data)
    _tcsetattr(1, 0, _cooked_tty)


@micropython.viper
def input_ready() -> int:
    """1 = a byte waits at the console."""
    return int(int(ppoll(_input_fd, 1, _zero_ts, None)) > 0)


@micropython.native
def await_input(us):
    """Wait for a byte at the console, at most `us`; True if there is one. Callbacks run meanwhile."""
    end = (now() + us) & 0x3FFFFFFF
    while True:
        if run_pending():
            raise KeyboardInterrupt
        if input_ready():
            return True
        left = until(end)
        if left <= 0:
            return False
        wait(left, main_fds, 2)


def interrupt_char(char):
    """The character that interrupts the program; -1 = none."""
    put(R.INT_CHAR, char)
