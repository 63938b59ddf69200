"""A controller with made-up signs, in a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.bench.context import free_ports, wait_until
from gangvakt_sim.children import child
from gangvakt_sim.errors import SimError
from gangvakt_sim.pages.places import Who

START_S = 120.0
TOWN = 0  # signs: that of the pictures instead of a crowd
STREET = 1  # a rate: the town has a simulated street


@dataclass(frozen=True)
class Served:
    """Where it is, its process, the tokens of log-ins, and the numbers that stand in its pages' paths."""

    address: str
    tokens: Mapping[Who, str]
    pid: int
    numbers: Mapping[str, int]


@contextmanager
def house(signs: int = TOWN, rate: int = 0) -> Iterator[Served]:
    """So many signs, which change at that rate a second. SimError where it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        (port,) = free_ports(1)
        data, log = Path(folder) / "data", Path(folder) / "house.log"
        argv = (sys.executable, "-m", "gangvakt_sim.pages.house", str(data), str(port), str(signs), str(rate))
        with child(argv, log) as process:

            def announced() -> bool:
                if process.poll() is not None:
                    raise SimError(f"the controller of the pages ended: {log.read_text()[-800:]}")
                return '{"tokens"' in log.read_text()

            wait_until(announced, START_S, "the controller of the pages", poll_s=0.1)
            line = next(line for line in log.read_text().splitlines() if line.startswith('{"tokens"'))
            told = json.loads(line)
            tokens = {Who(name): token for name, token in told["tokens"].items()}
            yield Served(f"http://127.0.0.1:{port}", tokens, process.pid, told["numbers"])
