"""How many events a second are received and committed, beside a bare loop on the same broker."""

from __future__ import annotations

import multiprocessing
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from gangvakt.provision.pki import KeyFiles, Pki
from gangvakt_sim.bench import ingest_loops, ingest_signs
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, Skipped, median, percentile
from gangvakt_sim.bench.ingest_loops import Receiver
from gangvakt_sim.bench.ingest_signs import Load

MOSQUITTO = Path("/usr/sbin/mosquitto")
SIGNS = 256
AS_SENT = 8  # events a batch, as the firmware sends them
MOST = 16  # ... and as many as the wire contract allows
WARM_UP_S = 1.0
START_S, END_S = 30.0, 30.0
SHARE = 0.7
LATEST_S = 0.25

# `fork` would take the bench's threads and sockets along.
PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Broker:
    """A running Mosquitto: the controller comes in by TLS, signs in the clear, so that they cost little."""

    signs: int
    controller: int
    files: KeyFiles


def measure(bench: Bench) -> list[Figure]:
    """Rates as medians of rounds in which both loops take turns, then how long commits take at half of it."""
    if not MOSQUITTO.exists():
        raise Skipped(f"no Mosquitto at {MOSQUITTO}: run 'sudo apt-get install mosquitto'")
    with _mosquitto(bench.folder) as broker:
        figures = []
        for events in (AS_SENT, MOST):
            figures += _compared(bench, broker, events)
        return figures


def _compared(bench: Bench, broker: Broker, events: int) -> list[Figure]:
    rounds, seconds = bench.times(5, 1), float(bench.times(6, 3))
    bare: list[float] = []
    stored: list[float] = []
    for number in range(1, rounds + 1):
        bare.append(_bare(broker, events, seconds))
        stored.append(_ours(broker, bench.folder / f"{events}-{number}.db", events, seconds)[0])
        bench.say.step(f"ingest: round {number} of {rounds}, {events} events a batch")
    rate = median(stored)
    half = rate / 2 / events
    _, waits_s = _ours(broker, bench.folder / f"{events}-half.db", events, seconds, batches_s=half)
    how = (
        f"{events} events a batch, {SIGNS} signs, Mosquitto, TLS; median of {rounds} rounds of {seconds:g} s"
    )
    shares = median([mine / theirs for mine, theirs in zip(stored, bare, strict=True)])
    late = Reference(LATEST_S, "", Bound.AT_MOST)
    return [
        Figure(
            f"ingest, bare loop, batches of {events}", median(bare), "events/s", f"JSON parsed only; {how}"
        ),
        Figure(f"ingest, SQLite, batches of {events}", rate, "events/s", f"counted in the database; {how}"),
        Figure(
            f"ingest, SQLite, of the bare loop, batches of {events}",
            shares,
            "share",
            "median of the rounds' ratios",
            Reference(SHARE, "", Bound.AT_LEAST),
        ),
        Figure(
            f"ingest, publish to acknowledged, p99, batches of {events}",
            percentile(waits_s, 99),
            "s",
            f"at {half * events:.0f} events/s, {len(waits_s)} batches; from when due; later than the commit",
            late,
        ),
    ]


def _bare(broker: Broker, events: int, seconds: float) -> float:
    """Events a second."""
    stop, taken = PROCESSES.Value("q", 0), PROCESSES.Value("q", 0)
    receiver = Receiver(broker.controller, broker.files, stop)
    load = Load(broker.signs, SIGNS, events, stop, taken)
    with _process(ingest_loops.bare, receiver, taken) as ready:
        _answer(ready, START_S)
        with _process(ingest_signs.run, load):
            try:
                return _rate(lambda: int(taken.value), seconds)
            finally:
                stop.value = 1


def _ours(
    broker: Broker, database: Path, events: int, seconds: float, batches_s: float | None = None
) -> tuple[float, Sequence[float]]:
    """Events a second, and each batch's time to its acknowledgement."""
    stop, ended = PROCESSES.Value("q", 0), PROCESSES.Value("q", 0)
    receiver = Receiver(broker.controller, broker.files, ended, database)
    load = Load(broker.signs, SIGNS, events, stop, batches_s=batches_s)
    with _process(ingest_loops.ours, receiver) as ready:
        _answer(ready, START_S)
        try:
            with _process(ingest_signs.run, load) as waits_s:
                try:
                    rate = _rate(lambda: _stored(database), seconds)
                finally:
                    stop.value = 1
                return rate, _answer(waits_s, END_S)
        finally:
            ended.value = 1


def _rate(count: Callable[[], int], seconds: float) -> float:
    wait_until(lambda: count() > 0, START_S, "the first event")
    time.sleep(WARM_UP_S)
    begin_s, begin = time.monotonic(), count()
    time.sleep(seconds)
    end = count()
    return (end - begin) / (time.monotonic() - begin_s)


def _stored(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])


@contextmanager
def _process(main: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """A process that runs `main` with the arguments and one end of a pipe; this is the other end."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=main, args=(*arguments, there), daemon=True)
    process.start()
    try:
        yield here
    finally:
        process.join(END_S)
        process.kill()
        process.join()


def _answer(pipe: Connection, limit_s: float) -> Sequence[float]:
    wait_until(lambda: pipe.poll(), limit_s, "an answer of a measured process")
    answer: Sequence[float] = pipe.recv()
    return answer


@contextmanager
def _mosquitto(folder: Path) -> Iterator[Broker]:
    pki = Pki.open(folder / "pki")
    server = pki.server_files(["localhost", "127.0.0.1"])
    signs, controller = free_ports(2)
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {signs} 127.0.0.1\nlistener {controller} 127.0.0.1\n"
        f"cafile {server.authority}\ncertfile {server.certificate}\nkeyfile {server.key}\n"
        "require_certificate true\nuse_identity_as_username true\nuser root\n"
        "allow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 10000\n"
        "persistence false\nlog_dest none\n"
    )
    process = subprocess.Popen([MOSQUITTO, "-c", config])
    try:
        wait_until(lambda: _listens(controller), START_S, "Mosquitto")
        yield Broker(signs, controller, pki.controller_files())
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
