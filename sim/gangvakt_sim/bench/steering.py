"""A change of a sign's configuration through the API: when the sign has it, and when its report is back."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import threading
import time
from typing import Any

from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.errors import MosquittoMissing
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing, percentile
from gangvakt_sim.bench.fleet_made import folder_of, make_fleet, sign_names
from gangvakt_sim.bench.players import playing
from gangvakt_sim.children import child
from gangvakt_sim.controller import COMMAND, HOST
from gangvakt_sim.errors import StreetError

SIGNS, CHANGES, QUICK_CHANGES = 1_000, 400, 60
CLIENTS = 4  # people who change signs at the same time
LOOK_S = 0.02  # between two looks for the report
WAIT_S = 60.0

SIGN_S = Reference(2, "promised", Bound.AT_MOST)
REPORT_S = Reference(4, "promised", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """p99 of both, with the medians beside them."""
    try:
        find_mosquitto()
    except MosquittoMissing as missing:
        return [nothing("steering", str(missing))]
    settings = folder_of(bench.folder / "data")
    token = asyncio.run(make_fleet(settings, SIGNS))
    http_port, mqtt_port = free_ports(2)
    ports = ("--http", f"{HOST}:{http_port}", "--mqtt-port", str(mqtt_port))
    argv = (*COMMAND, "serve", "--data", str(settings.data), *ports, "--broker", "mosquitto")
    with child(argv, bench.folder / "serve.log"):
        wait_until(lambda: _answers(http_port, "/readyz", token) is not None, WAIT_S, "the controller")
        with playing("gangvakt_sim.bench.steering_signs", settings.data, SIGNS) as signs:
            wait_until(lambda: _last_has_told(http_port, token), WAIT_S, "what signs run with")
            bench.say.step(f"steering: {SIGNS} signs have told what they run with")
            changes = QUICK_CHANGES if bench.quick else CHANGES
            people = [_Person(http_port, token, sign_names(SIGNS)[n:changes:CLIENTS]) for n in range(CLIENTS)]
            for one in people:
                one.start()
            for one in people:
                one.join()
            came_s = _came(signs)
    told = [change for one in people for change in one.told]
    if len(told) != changes:
        raise StreetError(f"steering: {len(told)} of {changes} changes are in force")
    at_sign = [came_s[sign, version] - begun_s for sign, version, begun_s, _ in told]
    back = [end_s - begun_s for _, _, begun_s, end_s in told]
    how = f"{changes} changes by {CLIENTS} at once, {SIGNS} signs, Mosquitto; median {{:.3f}} s"
    told_how, back_how = how.format(median(at_sign)), how.format(median(back))
    return [
        Figure("steering, at the sign, p99", percentile(at_sign, 99), "s", told_how, SIGN_S),
        Figure("steering, report, p99", percentile(back, 99), "s", back_how, REPORT_S),
    ]


class _Person(threading.Thread):
    """Changes one sign after the other, and looks until it is so: (sign, version, begun, end)."""

    def __init__(self, port: int, token: str, signs: list[str]) -> None:
        super().__init__(daemon=True)
        self.told: list[tuple[str, int, float, float]] = []
        self._port, self._token, self._signs = port, token, signs

    def run(self) -> None:
        for sign in self._signs:
            begun_s = time.monotonic()
            path = f"/api/v1/signs/{sign}/config"
            state = _answers(self._port, path, self._token, {"values": {"dim_pct": 70}})
            while state is not None and state["state"] != "in force" and time.monotonic() < begun_s + WAIT_S:
                time.sleep(LOOK_S)
                state = _answers(self._port, path, self._token)
            if state is None or state["state"] != "in force":
                return
            self.told.append((sign, state["wanted_version"], begun_s, time.monotonic()))


def _answers(port: int, path: str, token: str, body: dict[str, Any] | None = None) -> Any:
    """None where it refuses, or does not listen yet."""
    connection = http.client.HTTPConnection(HOST, port, timeout=WAIT_S)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request("PUT" if body else "GET", path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        return json.loads(content) if answer.status == http.client.OK else None
    except OSError:
        return None
    finally:
        connection.close()


def _last_has_told(port: int, token: str) -> bool:
    state = _answers(port, f"/api/v1/signs/{sign_names(SIGNS)[-1]}/config", token)
    return state is not None and state["reported_version"] is not None


def _came(signs: subprocess.Popen[str]) -> dict[tuple[str, int], float]:
    """When each configuration came to its sign; they end here."""
    said, _ = signs.communicate(timeout=WAIT_S)
    lines = [line.split() for line in said.splitlines()]
    return {(sign, int(version)): float(came_s) for sign, version, came_s in lines}
