"""The self-test of a sign at a serial port, while it goes on warning."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gangvakt.errors import SignRefused
from gangvakt.provision import selftest_rows as rows
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.selftest_rows import Row, Verdict
from gangvakt.provision.service_line import QUIET_S, ServiceLine

FIELDS = (
    "radar_kind",
    "second_kind",
    "pir_enabled",
    "button_enabled",
    "light_enabled",
    "thermometer_enabled",
    "lamp_current_mv",
    "lamp_low_pct",
    "lamp_high_pct",
    "supply_low_mv",
    "supply_high_mv",
)
LAMPS = ("left", "right")
LAMP_S = 3
WATCH = "watch lamp {}, stand aside"  # out of the radar's view; short, for a bar stands beside it
RATE_S = 3.0  # thirty frames: one more or less is a tenth of the limits
SETUP_S = 45.0  # a radar that must restart, twice, and nobody in view before
LAMP_TRIES = 3
ONLINE_S = 15.0  # where there is memory for both
SESSION_OPEN = "broker: session open"  # as the sign's log has it
AIR_S = 5.0
PASSING_S = 15.0  # late ticks are judged every ten seconds
_POLL_S = 0.5

Tell = Callable[[str], None]
Confirm = Callable[[str], bool]


@dataclass(frozen=True)
class SelftestReport:
    """What was found; `ok` when no row failed."""

    hello: Mapping[str, Any]
    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        return all(row.verdict is not Verdict.FAIL for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """For a file, a registry or another program."""
        told = [
            {"what": row.what, "found": row.found, "limit": row.limit, "verdict": row.verdict.value}
            for row in self.rows
        ]
        known = {key: self.hello.get(key) for key in ("sign", "board", "chip", "fw", "micropython")}
        return {"ok": self.ok, **known, "rows": told}


def run_selftest(
    line: ServiceLine,
    spec: BoardSpec,
    *,
    confirm: Confirm | None = None,
    tell: Tell = lambda text: None,
    online: bool = True,
    quiet_s: float = QUIET_S,
) -> SelftestReport:
    """Look at everything the sign has. `confirm(question)` asks whether a lamp was seen to shine, None asks
    nobody; `tell(text)` says what goes on. Not `online`, a controller out of reach fails nothing.
    """
    return _Selftest(line, spec, confirm, tell).run(online, quiet_s)


class _Selftest:
    def __init__(self, line: ServiceLine, spec: BoardSpec, confirm: Confirm | None, tell: Tell) -> None:
        self._line, self._spec, self._confirm, self._tell = line, spec, confirm, tell

    def run(self, online: bool, quiet_s: float) -> SelftestReport:
        self._tell("waiting for the sign")
        hello = self._line.wait_ready()
        config = self._line.ask("config", list(FIELDS))["values"]
        found = [rows.board_row(hello, self._spec), rows.identity_row(hello)]
        found += self._sensors(config)
        found += [self._lamp(name, config, quiet_s) for name in LAMPS]
        found += self._power(config)
        found += self._network(online)
        found += self._status()
        return SelftestReport(hello, tuple(found))

    def _status(self) -> Iterator[Row]:
        """Start and faults; what a start raises has time to pass."""
        self._tell("faults")
        deadline = time.monotonic() + PASSING_S
        while True:
            status = self._line.ask("status")
            codes = {fault.get("code") for fault in status.get("faults", ())}
            if not codes or not codes <= rows.PASSING_FAULTS or time.monotonic() >= deadline:
                break
            time.sleep(_POLL_S)
        yield rows.start_row(status, self._spec)
        yield rows.fault_row(status)

    def _sensors(self, config: Mapping[str, Any]) -> Iterator[Row]:
        """Radars, PIR and button; memory and tick over the same time."""
        self._tell("radars: set-up and rate")
        self._poll(SETUP_S, lambda: all("setup" in radar for radar in self._part("sensors")["radars"]))
        clock_set = self._set_clock()
        sensors, chip = self._part("sensors"), self._part("chip")
        time.sleep(RATE_S)
        later, chip_later = self._part("sensors"), self._part("chip")
        kinds = {0: config["radar_kind"]}
        if config["second_kind"] != "none":
            kinds[1] = config["second_kind"]
        yield from rows.radar_rows(sensors, later, kinds)
        yield rows.pir_row(later, config)
        yield rows.button_row(later, config)
        yield from rows.chip_rows(chip, chip_later, clock_set)

    def _set_clock(self) -> bool:
        """This computer knows the time, a sign that was just flashed does not."""
        if self._part("chip")["clock_right"]:
            return False
        self._line.ask("clock", int(time.time()))
        return True

    def _lamp(self, name: str, config: Mapping[str, Any], quiet_s: float) -> Row:
        self._tell(WATCH.format(name))
        try:
            told = self._light(name, quiet_s)
        except SignRefused as error:
            return Row(f"lamp {name}", f"not lit: {error.value}", error.allowed, Verdict.FAIL)
        measured = told.get("mv") is not None and config["lamp_current_mv"] and told.get("alone")
        shone = None
        if self._confirm is not None and not measured and not told.get("cut_by"):
            shone = self._confirm(f"Did the {name} lamp flash, and only that one?")
        return rows.lamp_row(name, told, config, shone)

    def _light(self, name: str, quiet_s: float) -> dict[str, Any]:
        """What came of it; once more where a warning came between."""
        for _ in range(LAMP_TRIES):
            self._line.ask_when_quiet("lamp", {"lamp": name, "s": LAMP_S}, quiet_s)
            told = self._line.told("lamp", LAMP_S + 5) or {"cut_by": "silence"}
            if not told.get("cut_by"):
                break
        return told

    def _power(self, config: Mapping[str, Any]) -> Iterator[Row]:
        self._tell("light, supply, temperature")
        if config["thermometer_enabled"]:
            self._poll(AIR_S, lambda: self._part("power").get("air_cdeg") is not None)
        return rows.power_rows(self._part("power"), config, self._spec)

    def _network(self, needed: bool) -> Iterator[Row]:
        """A sign without memory for both opens its session once nobody asks it anything."""
        self._tell("network and broker")
        if needed:
            self._poll(ONLINE_S, lambda: self._settled(self._part("network")))
            if not self._settled(self._part("network")):
                self._line.hears(SESSION_OPEN, self._spec.tolerances.online_ms / 1000)
        return rows.network_rows(self._part("network"), needed=needed)

    @staticmethod
    def _settled(network: Mapping[str, Any]) -> bool:
        reached = network.get("kind") is None or network["broker"]
        return bool(reached or (network["sessions"] and network["paused"]))

    def _part(self, name: str) -> dict[str, Any]:
        return self._line.ask("selftest", name)

    @staticmethod
    def _poll(timeout_s: float, condition: Callable[[], bool]) -> None:
        """Wait for it, but go on without: the row says what is missing."""
        deadline = time.monotonic() + timeout_s
        while not condition() and time.monotonic() < deadline:
            time.sleep(_POLL_S)
