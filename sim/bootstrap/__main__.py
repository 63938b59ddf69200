"""`python3 -m bootstrap [chromium|servers|axe|lock]`: make this machine ready for Gangvakt and its tests."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bootstrap import axe, chromium, lock, micropython, servers, venv
from bootstrap.errors import SetupError
from bootstrap.places import BUILD
from bootstrap.say import Say

OLDEST_PYTHON = (3, 11)
INTERRUPTED = 130
EXTRAS: Mapping[str, Callable[[Say], None]] = {
    "chromium": chromium.ensure,
    "servers": servers.ensure,
    "axe": axe.ensure,
    "lock": lock.renew,
}


def main(wanted: list[str]) -> int:
    """Do the steps that are not done yet, then the extra ones asked for; the exit code."""
    say = Say()
    try:
        _require_python()
        with _one_at_a_time(say):
            venv.ensure(say)
            micropython.ensure(say)
            for name in wanted:
                EXTRAS[name](say)
    except SetupError as error:
        say.line(f"FAILED: {error}")
        return 1
    except KeyboardInterrupt:
        say.line("interrupted; what was done is kept")
        return INTERRUPTED
    return 0


def _require_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        have = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(f"this is Python {have}: run make with PYTHON=python{oldest}, or a newer one")


@contextmanager
def _one_at_a_time(say: Say) -> Iterator[None]:
    """Two set-ups in one folder would unpack over each other: the second waits for the first."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "setup.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say.line("waiting for another set-up in this folder")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
