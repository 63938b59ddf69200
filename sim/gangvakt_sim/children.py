"""Child processes that never outlive the simulator, and the signals that end it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gangvakt_sim.first_password import PRIVATE_FILE

PR_SET_PDEATHSIG = 1  # linux/prctl.h
END_S = 8.0  # time to end cleanly before the hard way
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel kills the child with the thread that started it, even after `kill -9`."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def child(argv: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, its output in `log`; ended on leaving, with all it started.

    Enter it from the main thread: the death of the starting thread would end it.
    """
    log.touch(mode=PRIVATE_FILE)  # the controller says its one-time password there
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # whoever of the session is left
    process.wait()


@contextlib.contextmanager
def ends_on_signals() -> Iterator[None]:
    """Inside, the first of END_SIGNALS raises KeyboardInterrupt; later ones do not disturb the tidying up."""
    before = {number: signal.signal(number, _end_once) for number in END_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_once(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in END_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
