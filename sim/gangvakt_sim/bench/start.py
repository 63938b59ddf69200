"""`gangvakt-sim run`, first and second start: until the page answers and both signs are armed and online."""

from __future__ import annotations

import http.client
import sys
import time
from pathlib import Path

from gangvakt_sim.bench.boards import DATABASE, rows
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.figures import Figure, Reference
from gangvakt_sim.children import child
from gangvakt_sim.controller import HOST
from gangvakt_sim.errors import StreetError

COMMAND = (sys.executable, "-c", "import sys; from gangvakt_sim.cli import main; sys.exit(main())", "run")
SIGNS = 2
START_S = 120.0


def measure(bench: Bench) -> list[Figure]:
    """Both starts, the second beside the first."""
    ports = free_ports(2)
    first_s = _start(bench.folder, ports, "first")
    bench.say.step(f"start: first {first_s:.1f} s")
    second_s = _start(bench.folder, ports, "second")
    bench.say.step(f"start: second {second_s:.1f} s")
    how = "page answers, two signs armed, their boots stored"
    reference = Reference(first_s, "first start")
    return [
        Figure("start, first", first_s, "s", f"{how}; all made anew"),
        Figure("start, second", second_s, "s", how, reference),
    ]


def _start(folder: Path, ports: list[int], name: str) -> float:
    data, log = folder / "run", folder / f"{name}.log"
    options = ("--data", str(data), "--http-port", str(ports[0]), "--mqtt-port", str(ports[1]))
    begun_ms, begun_s = time.time_ns() // 1_000_000, time.monotonic()
    with child((*COMMAND, *options), log) as process:

        def ready() -> bool:
            if process.poll() is not None:
                raise StreetError(f"start: the street ended: {log.read_text()[-400:]}")
            armed = log.read_text().count(": armed") == SIGNS
            online = rows(data / "controller" / DATABASE, "boot", begun_ms) == SIGNS
            return armed and online and _page_answers(ports[0])

        return wait_until(ready, START_S, "street open") - begun_s


def _page_answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/login")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
