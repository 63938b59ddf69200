"""Several boards at a time, each in a thread of its own; one that fails does not stop the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from gangvakt.errors import GangvaktError
from gangvakt.provision.flash_parts import Finished
from gangvakt.provision.ports import Candidate, ListPorts
from gangvakt.provision.tool_run import Stopped

AT_ONCE_MAX = 16  # more than any hub a technician carries has ports
POLL_S = 0.1

RunOne = Callable[[str], Finished]


@dataclass(frozen=True)
class Outcome:
    """What became of the board at a port: `finished`, or the one line that says why not."""

    port: str
    finished: Finished | None
    error: str | None
    seconds: float


class Batch:
    """`run_one` flashes the board at a port; `stop` ends all; `on_outcome` hears of each, in order."""

    def __init__(
        self, run_one: RunOne, stop: threading.Event, on_outcome: Callable[[Outcome], None] = lambda one: None
    ) -> None:
        self._run_one, self._stop, self._on_outcome = run_one, stop, on_outcome
        self._outcomes: list[Outcome] = []

    def run_ports(self, ports: Sequence[str]) -> list[Outcome]:
        """The boards at these ports, all at once. A Ctrl-C stops them and is no error."""
        with ThreadPoolExecutor(AT_ONCE_MAX) as pool:
            running = [pool.submit(self._one, port) for port in ports]
            self._until(lambda: not self._collect(running))
        return self._outcomes

    def run_plugged(self, list_ports: ListPorts, count: int | None) -> list[Outcome]:
        """Every board that is plugged in, now and later, until `count` are done or Ctrl-C.

        A board that failed does not count; plugged in again, it is tried again.
        """
        known: set[Candidate] = set()
        running: list[Future[Outcome]] = []

        def step() -> bool:
            self._collect(running)
            done = sum(outcome.finished is not None for outcome in self._outcomes)
            if self._stop.is_set() or (count is not None and done >= count):
                return True
            plugged = set(list_ports())
            free = AT_ONCE_MAX if count is None else count - done
            for candidate in sorted(plugged - known, key=lambda one: one.device)[
                : max(0, free - len(running))
            ]:
                known.add(candidate)
                running.append(pool.submit(self._one, candidate.device))
            known.intersection_update(plugged)
            return False

        with ThreadPoolExecutor(AT_ONCE_MAX) as pool:
            self._until(step)
            self._until(lambda: not self._collect(running))
        return self._outcomes

    def _until(self, step: Callable[[], bool]) -> None:
        """Repeat `step` until it says that it is done; a Ctrl-C tells the boards to stop, and it goes on."""
        while True:
            try:
                if step():
                    return
                time.sleep(POLL_S)
            except KeyboardInterrupt:
                self._stop.set()

    def _collect(self, running: list[Future[Outcome]]) -> list[Future[Outcome]]:
        """Take what has ended out of `running`; what is left of it."""
        for ended in [future for future in running if future.done()]:
            running.remove(ended)
            outcome = ended.result()
            self._outcomes.append(outcome)
            self._on_outcome(outcome)
        return running

    def _one(self, port: str) -> Outcome:
        begun = time.monotonic()
        finished, said = None, None
        try:
            finished = self._run_one(port)
        except GangvaktError as error:
            said = str(error)
        except Stopped:
            said = f"{port}: stopped"
        except Exception as error:  # whatever it is, the other boards go on and the report is made
            words = " ".join(f"{type(error).__name__} {error}".split())
            said = f"{port}: {words}: run the command again"
        return Outcome(port, finished, said, time.monotonic() - begun)
