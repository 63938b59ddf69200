"""What every measurement gets."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from gangvakt.provision.board import BoardSpec
from gangvakt_sim.errors import StreetError
from gangvakt_sim.say import Say

POLL_S = 0.005
REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Bench:
    """`folder` is empty and only for this measurement; `quick` asks for fewer repetitions."""

    spec: BoardSpec
    folder: Path
    quick: bool
    say: Say

    def times(self, thorough: int, quick: int) -> int:
        """How often to repeat."""
        return quick if self.quick else thorough


def wait_until(condition: Callable[[], bool], timeout_s: float, what: str, poll_s: float = POLL_S) -> float:
    """Poll until it holds; the monotonic time at which it did. StreetError naming `what` when it does not."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise StreetError(f"{what}: not within {timeout_s:g} s")
        time.sleep(poll_s)
    return time.monotonic()


def free_ports(count: int) -> list[int]:
    """That many different ports of the loopback interface that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(opened.getsockname()[1]) for opened in sockets]
