"""A fleet of 10,000 signs that say 1,000 things a second: the real controller's start, memory and answers."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import http.client
import json
import re
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.errors import MosquittoMissing
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing, percentile
from gangvakt_sim.bench.fleet_made import folder_of, make_fleet
from gangvakt_sim.bench.players import playing
from gangvakt_sim.children import child
from gangvakt_sim.controller import COMMAND, HOST
from gangvakt_sim.errors import StreetError

SIGNS, RATE = 10_000, 1_000
FOR_S, QUICK_S = 30.0, 12.0
PAGE = 100
PAUSE_S = 0.05  # between two questions
WAIT_S = 120.0

MEMORY_MB = Reference(300, "promised", Bound.AT_MOST)
START_S = Reference(4, "promised", Bound.AT_MOST)
ANSWER_MS = Reference(150, "promised", Bound.AT_MOST)
MB = 1024 * 1024


def measure(bench: Bench) -> list[Figure]:
    """Start, memory and the answers' p99 while the signs talk."""
    try:
        find_mosquitto()
    except MosquittoMissing as missing:
        return [nothing("fleet", str(missing))]
    settings = folder_of(bench.folder / "data")
    token = asyncio.run(make_fleet(settings, SIGNS))
    bench.say.step(f"fleet: {SIGNS} signs written")
    http_port, mqtt_port = free_ports(2)
    ports = ("--http", f"{HOST}:{http_port}", "--mqtt-port", str(mqtt_port))
    argv = (*COMMAND, "serve", "--data", str(settings.data), *ports, "--broker", "mosquitto")
    starts = [
        _start(argv, bench.folder / f"start{number}.log", http_port) for number in range(bench.times(3, 1))
    ]
    log = bench.folder / "serve.log"
    with child(argv, log) as process:
        wait_until(lambda: _is_ready(http_port, process, log), WAIT_S, "the controller", poll_s=0.02)
        idle_mb = _memory_mb(process.pid, "VmRSS")
        for_s = QUICK_S if bench.quick else FOR_S
        with playing("gangvakt_sim.bench.fleet_load", settings.data, SIGNS, RATE, for_s) as load:
            bench.say.step("fleet: every sign is online")
            asker = Asker(http_port, token)
            done = _ask_until(asker, load, time.monotonic() + for_s + WAIT_S)
        told = json.loads(done)
        peak_mb = _memory_mb(process.pid, "VmHWM")
    stored = _stored(settings.database)
    if not stored == told["acked"] == told["sent"]:
        raise StreetError(
            f"fleet: of {told['sent']} events {stored} are stored and {told['acked']} acknowledged"
        )
    rate = told["sent"] / told["took_s"]
    said = f"{SIGNS} signs, {rate:.0f} events/s for {told['took_s']:.0f} s, all stored"
    one = "all signs through one connection to Mosquitto"
    started = f"until /readyz, with {SIGNS} registered signs, median of {len(starts)}"
    figures = [
        Figure("fleet, start", median(starts), "s", started, START_S),
        Figure("fleet, memory idle", idle_mb, "MB", "resident set of `gangvakt serve` after its start"),
        Figure("fleet, memory", peak_mb, "MB", f"its peak; {said}; {one}", MEMORY_MB),
    ]
    for name, took in asker.took_ms.items():
        how = f"{len(took)} answers meanwhile"
        figures.append(Figure(f"fleet, {name}, p99", percentile(took, 99), "ms", how, ANSWER_MS))
    return figures


def _start(argv: tuple[str, ...], log: Path, port: int) -> float:
    begun_s = time.monotonic()
    with child(argv, log) as process:
        return wait_until(lambda: _is_ready(port, process, log), WAIT_S, "the start", poll_s=0.02) - begun_s


def _is_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise StreetError(f"fleet: the controller ended: {log.read_text()[-400:]}")
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _ask_until(asker: Asker, load: subprocess.Popen[str], deadline_s: float) -> str:
    """Asks as long as the signs talk; what they said at the end."""
    assert load.stdin is not None
    assert load.stdout is not None
    load.stdin.write("\n")
    load.stdin.flush()
    while load.poll() is None:
        if time.monotonic() > deadline_s:
            raise StreetError("fleet: the signs do not come to an end")
        asker.ask()
        time.sleep(PAUSE_S)
    return load.stdout.read()


class Asker:
    """One client that reads the list page by page, the map and the newest page of events in turn."""

    def __init__(self, port: int, token: str) -> None:
        self.took_ms: dict[str, list[float]] = {"list": [], "map": [], "events": []}
        self._connection = http.client.HTTPConnection(HOST, port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        self._after = ""

    def ask(self) -> None:
        """One of each."""
        page = self._get("list", f"/signs?limit={PAGE}{self._after}")
        self._after = f"&after={page['next']}" if page["next"] else ""
        if len(self._get("map", "/map")["features"]) != SIGNS:
            raise StreetError("fleet: the map does not show every sign")
        self._get("events", f"/events?limit={PAGE}")

    def _get(self, name: str, path: str) -> dict[str, Any]:
        begun_s = time.monotonic()
        self._connection.request("GET", f"/api/v1{path}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        self.took_ms[name].append((time.monotonic() - begun_s) * 1000)
        if answer.status != http.client.OK:
            raise StreetError(f"fleet: {path} is answered by {answer.status}: {body[:200]!r}")
        return _unpacked(answer, body)


def _unpacked(answer: http.client.HTTPResponse, body: bytes) -> dict[str, Any]:
    plain = gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body
    told: dict[str, Any] = json.loads(plain)
    return told


def _memory_mb(pid: int, field: str) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    if found is None:
        raise StreetError(f"fleet: process {pid} has no {field}")
    return int(found.group(1)) * 1024 / MB


def _stored(database: Path) -> int:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])
