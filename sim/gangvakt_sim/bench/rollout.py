"""A rollout in which every tenth sign fails: when it pauses, what it takes, and what is never so."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import time
from pathlib import Path
from typing import Any

from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.errors import MosquittoMissing
from gangvakt.provision.pack import Manifest
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.settings import Settings
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, nothing
from gangvakt_sim.bench.fleet_made import STATUS, folder_of, make_fleet
from gangvakt_sim.bench.players import playing
from gangvakt_sim.children import child
from gangvakt_sim.controller import COMMAND, HOST
from gangvakt_sim.errors import StreetError

SIGNS, QUICK_SIGNS = 200, 40
BODY_BYTES = 24 * 1024
WORD = b"a bench's passphrase"
WAIT_S, ROLLOUT_S = 60.0, 600.0
LOOK_S = 0.2
NEW, OLD = "0.2.0", str(STATUS["fw"])
# A way of watching that costs no time: nobody waits for a soak, and every share of failures is looked at.
PLAN = {"title": "bench", "places": ["*"], "at_once": 20, "error_pct": 10, "success_pct": 0, "soak_min": 0}
PAUSES = frozenset({"paused", "back_paused"})

NEVER = Reference(0, "promised", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """Through the API of a controller that serves, with Mosquitto."""
    try:
        find_mosquitto()
    except MosquittoMissing as missing:
        return [nothing("rollout", str(missing))]
    count = bench.times(SIGNS, QUICK_SIGNS)
    settings = folder_of(bench.folder / "data")
    token = asyncio.run(make_fleet(settings, count))
    new, back = _updates(settings)
    http_port, mqtt_port = free_ports(2)
    ports = ("--http", f"{HOST}:{http_port}", "--mqtt-port", str(mqtt_port))
    argv = (*COMMAND, "serve", "--data", str(settings.data), *ports, "--broker", "mosquitto")
    with child(argv, bench.folder / "serve.log") as controller:
        api = _Api(http_port, token)
        wait_until(lambda: api.answers("/readyz"), WAIT_S, "the controller")
        with playing("gangvakt_sim.bench.rollout_signs", settings.data, count) as signs:
            wait_until(lambda: api.online() == count, WAIT_S, "all signs")
            bench.say.step(f"rollout: {count} signs are online")
            run = _Run(api, controller.pid, count, [api.upload(one) for one in (new, back)])
            run.until_it_ends()
            told, _ = signs.communicate(timeout=WAIT_S)
    lines = told.splitlines()
    both_down = sum(line.startswith("wrong") for line in lines)
    mixed = int(lines[-1].split()[-1])
    return run.figures(both_down, mixed)


class _Run:
    """One rollout from its start to its end; whoever watches it resumes it at each pause."""

    def __init__(self, api: _Api, pid: int, count: int, artifacts: list[int]) -> None:
        self._api, self._pid, self._count = api, pid, count
        plan = PLAN | {"artifacts": artifacts[:1], "back": artifacts[1:]}
        self._number = int(api.ask("POST", "/rollouts", plan)["id"])
        self._pauses = 0
        self._paused_s = self._took_s = self._cpu_s = 0.0
        self._counts: dict[str, int] = {}

    def until_it_ends(self) -> None:
        begun_s, cpu_s = time.monotonic(), _cpu_s(self._pid)
        self._step("start", {"expected": self._count})
        while (state := self._look()) != "done":
            if time.monotonic() > begun_s + ROLLOUT_S:
                raise StreetError(f"rollout: {state} after {ROLLOUT_S:g} s: {self._counts}")
            if state in PAUSES:
                self._pauses += 1
                self._paused_s = self._paused_s or time.monotonic() - begun_s
                self._step("resume", {})
            time.sleep(LOOK_S)
        self._took_s, self._cpu_s = time.monotonic() - begun_s, _cpu_s(self._pid) - cpu_s

    def figures(self, both_down: int, mixed: int) -> list[Figure]:
        signs = f"{self._count} light signs, every tenth fails, {BODY_BYTES // 1024} KiB each, Mosquitto"
        counts = ", ".join(f"{count} {state}" for state, count in sorted(self._counts.items()))
        ends = f"{counts}; {self._pauses} pauses, each resumed at once, {self._took_s:.0f} s in all"
        cpu = f"share of a core over these {self._took_s:.0f} s; {self._cpu_s:.1f} s of CPU"
        return [
            Figure("rollout, start to pause", self._paused_s, "s", signs),
            Figure("rollout, crossings with both signs down", both_down, "", ends, NEVER),
            Figure("rollout, crossings mixed at the end", mixed, "", "two versions at one", NEVER),
            Figure("rollout, controller", 100 * self._cpu_s / self._took_s, "%", cpu),
        ]

    def _look(self) -> str:
        told = self._api.ask("GET", f"/rollouts/{self._number}")
        self._counts = told["counts"]
        return str(told["state"])

    def _step(self, step: str, body: dict[str, Any]) -> None:
        self._api.ask("POST", f"/rollouts/{self._number}/{step}", body)


class _Api:
    """StreetError where it refuses."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._headers = port, {"Authorization": f"Bearer {token}"}

    def answers(self, path: str) -> bool:
        try:
            return self._asked("GET", path, b"", "text/plain")[0] == http.client.OK
        except OSError:
            return False

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        return self._good(method, path, data, "application/json")

    def upload(self, update: UpdateFile) -> int:
        told = self._good("POST", "/artifacts", update.content, "application/octet-stream")
        return int(told["id"])

    def online(self) -> int:
        """How many signs are."""
        found = self.ask("GET", "/signs?limit=1000")["items"]
        return sum(bool(one["online"]) for one in found)

    def _good(self, method: str, path: str, data: bytes, kind: str) -> Any:
        status, content = self._asked(method, f"/api/v1{path}", data, kind)
        if status >= http.client.BAD_REQUEST:
            raise StreetError(f"rollout: {method} {path}: {status} {content[:300]!r}")
        return json.loads(content)

    def _asked(self, method: str, path: str, data: bytes, kind: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=WAIT_S)
        try:
            connection.request(method, path, data or None, self._headers | {"Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _updates(settings: Settings) -> tuple[UpdateFile, UpdateFile]:
    """The new version, and the way back from it."""
    keys = UpdateKeys(settings.update_keys_dir)
    keys.create(WORD)
    forward = _update(keys, NEW, 0)
    return forward, _update(keys, OLD, forward.manifest.sequence)


def _update(keys: UpdateKeys, version: str, replaces: int) -> UpdateFile:
    body = hashlib.sha256(version.encode()).digest() * (BODY_BYTES // hashlib.sha256().digest_size)
    manifest = Manifest(
        version=version,
        interpreter="1.26.1",
        board=str(STATUS["board"]),
        size=len(body),
        sha256=hashlib.sha256(body).digest(),
        replaces=replaces,
        key=keys.marks()[0],
    )
    return UpdateFile(manifest, keys.signature(manifest.packed(), lambda: WORD), body)


def _cpu_s(pid: int) -> float:
    """Of a process so far: user and system time, fields 14 and 15 of proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
