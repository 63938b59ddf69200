"""How many events a second are received and committed, beside a bare loop on the same broker."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from gangvakt_sim.bench import ingest_loops, ingest_signs, ingest_steps
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, Skipped, median, nothing, percentile
from gangvakt_sim.bench.ingest_loops import Receiver
from gangvakt_sim.bench.ingest_servers import Broker, Databases, SqliteFiles, mosquitto, postgresql
from gangvakt_sim.bench.ingest_signs import Load

# Each has one message on its way: enough of them that neither loop ever waits for the next one, though ours
# answers a tenth of a second later, after the commit.
SIGNS = 3072
MOST_FILES = 8192  # open in one process; what a shell allows by default is less than the signs need
AS_SENT = 1  # events a message: a sign tells of each at once
AFTER_OUTAGE = 8  # ... and as many as the firmware sends of what it has kept
MOST = 16  # ... and as the wire contract allows
STEPS = 8  # rounds of each step alone
WARM_UP_S = 1.0
START_S, END_S = 30.0, 30.0
SHARE = 0.7
LATEST_S = 0.25

# `fork` would take the bench's threads and sockets along.
PROCESSES = multiprocessing.get_context("spawn")


class Speed(NamedTuple):
    """Of a loop under load: events a second, and what one costs its process of both cores (us)."""

    rate: float
    cpu_us: float


def measure(bench: Bench) -> list[Figure]:
    """Rates as medians of rounds in which all loops take turns, then how long commits take at half of it."""
    _allow_files()
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(bench.folder))
        stores: list[Databases] = [SqliteFiles(bench.folder)]
        figures = []
        try:
            stores.append(stack.enter_context(postgresql()))
        except Skipped as why:
            figures.append(nothing("ingest, PostgreSQL", str(why)))
        for events in (AS_SENT, AFTER_OUTAGE, MOST):
            figures += _compared(bench, broker, stores, events)
            for store in stores:
                figures += ingest_steps.measure(broker, store, events, STEPS)
        return figures


def _allow_files() -> None:
    """For this process and those that it starts, as far as the system lets anybody."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _compared(bench: Bench, broker: Broker, stores: Sequence[Databases], events: int) -> list[Figure]:
    rounds, seconds = bench.times(5, 1), float(bench.times(6, 3))
    bare: list[Speed] = []
    speeds: dict[str, list[Speed]] = {store.name: [] for store in stores}
    for number in range(1, rounds + 1):
        bare.append(_bare(broker, events, seconds))
        for store in stores:
            speeds[store.name].append(_ours(broker, store, events, seconds)[0])
        bench.say.step(f"ingest: round {number} of {rounds}, {events} events a batch")
    how = f"{SIGNS} signs, Mosquitto, TLS; median of {rounds} rounds of {seconds:g} s"
    said = f"JSON parsed only; {how}"
    rate = median([one.rate for one in bare])
    figures = [Figure(f"ingest, bare loop, batches of {events}", rate, "events/s", said)]
    for store in stores:
        figures += _speed_figures(store.name, events, speeds[store.name], bare, how)
        half = median([one.rate for one in speeds[store.name]]) / 2 / events
        waits_s = _ours(broker, store, events, seconds, batches_s=half)[1]
        figures.append(_wait_figure(store.name, events, half, waits_s))
    return figures


def _speed_figures(
    name: str, events: int, ours: Sequence[Speed], bare: Sequence[Speed], how: str
) -> Iterator[Figure]:
    rate, counted = median([one.rate for one in ours]), f"counted in the database; {how}"
    yield Figure(f"ingest, {name}, batches of {events}", rate, "events/s", counted)
    yield Figure(
        f"ingest, {name}, of the bare loop, batches of {events}",
        median([mine.rate / theirs.rate for mine, theirs in zip(ours, bare, strict=True)]),
        "share",
        "median of the rounds' ratios",
        Reference(SHARE, "", Bound.AT_LEAST),
    )
    yield Figure(
        f"ingest, {name}, CPU an event, batches of {events}",
        median([one.cpu_us for one in ours]),
        "us",
        "of the loop's process with all its threads, beside the bare loop's",
        Reference(median([one.cpu_us for one in bare]), "bare loop"),
    )


def _wait_figure(name: str, events: int, batches_s: float, waits_s: Sequence[float]) -> Figure:
    return Figure(
        f"ingest, {name}, publish to acknowledged, p99, batches of {events}",
        percentile(waits_s, 99),
        "s",
        f"at {batches_s * events:.0f} events/s, half of the rate, {len(waits_s)} batches; from when due; "
        "later than the commit",
        Reference(LATEST_S, "", Bound.AT_MOST),
    )


def _bare(broker: Broker, events: int, seconds: float) -> Speed:
    stop, taken = PROCESSES.Value("q", 0), PROCESSES.Value("q", 0)
    receiver = Receiver(broker.controller, broker.files, stop)
    load = Load(broker.signs, SIGNS, events, stop, taken)
    with _process(ingest_loops.bare, receiver, taken) as (ready, pid):
        _answer(ready, START_S)
        with _process(ingest_signs.run, load):
            try:
                return _speed(lambda: int(taken.value), seconds, pid)
            finally:
                stop.value = 1


def _ours(
    broker: Broker, store: Databases, events: int, seconds: float, batches_s: float | None = None
) -> tuple[Speed, Sequence[float]]:
    """And each batch's time to its acknowledgement."""
    stop, ended = PROCESSES.Value("q", 0), PROCESSES.Value("q", 0)
    where = store.fresh()
    receiver = Receiver(broker.controller, broker.files, ended, where)
    load = Load(broker.signs, SIGNS, events, stop, batches_s=batches_s)
    with _process(ingest_loops.ours, receiver) as (ready, pid):
        _answer(ready, START_S)
        try:
            with _process(ingest_signs.run, load) as (waits_s, _):
                try:
                    speed = _speed(lambda: store.stored(where), seconds, pid)
                finally:
                    stop.value = 1
                return speed, _answer(waits_s, END_S)
        finally:
            ended.value = 1


def _speed(count: Callable[[], int], seconds: float, pid: int) -> Speed:
    wait_until(lambda: count() > 0, START_S, "the first event")
    time.sleep(WARM_UP_S)
    begin_s, begin_cpu_s, begin = time.monotonic(), _cpu_s(pid), count()
    time.sleep(seconds)
    end, cpu_s = count(), _cpu_s(pid) - begin_cpu_s
    return Speed((end - begin) / (time.monotonic() - begin_s), cpu_s * 1e6 / max(1, end - begin))


def _cpu_s(pid: int) -> float:
    """What a process has taken so far, with all its threads: fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _process(main: Callable[..., None], *arguments: object) -> Iterator[tuple[Connection, int]]:
    """A process that runs `main` with the arguments and one end of a pipe; the other end, and its number."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=main, args=(*arguments, there), daemon=True)
    process.start()
    assert process.pid is not None
    try:
        yield here, process.pid
    finally:
        process.join(END_S)
        process.kill()
        process.join()


def _answer(pipe: Connection, limit_s: float) -> Sequence[float]:
    wait_until(lambda: pipe.poll(), limit_s, "an answer of a measured process")
    answer: Sequence[float] = pipe.recv()
    return answer
