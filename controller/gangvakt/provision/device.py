"""The board at a port by the real tools: esptool writes, mpremote inspects, the sign itself is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gangvakt.provision import mpremote_run
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.chips import CHIPS
from gangvakt.provision.esptool_run import ERASED, ChipFacts, Esptool
from gangvakt.provision.image import TABLE_OFFSET, TABLE_SIZE
from gangvakt.provision.installed import Installed
from gangvakt.provision.layout import Region
from gangvakt.provision.selftest import Confirm, SelftestReport, Tell, run_selftest
from gangvakt.provision.selftest_rows import NOBODY_ASKED, Verdict, fault_row
from gangvakt.provision.service_line import ServiceLine

LAMPS_UNSEEN = "lamps not checked by eye: no lamp current is measured"
FAULTS = "faults"  # the row of what the sign itself calls a fault
# A sign judges its ticks every ten seconds: those that its first session delayed are forgotten by then.
SETTLE_S = 25.0
POLL_S = 0.5


@dataclass(frozen=True)
class Tested:
    """A self-test's report, as flashing looks at it."""

    report: SelftestReport

    @property
    def ok(self) -> bool:
        return self.report.ok

    @property
    def failed(self) -> Sequence[str]:
        """The rows that failed, each with what was found."""
        return [f"{row.what}: {row.found}" for row in self.report.rows if row.verdict is Verdict.FAIL]

    @property
    def hello(self) -> Mapping[str, Any]:
        return self.report.hello

    @property
    def notes(self) -> Sequence[str]:
        unseen = any(row.found == NOBODY_ASKED for row in self.report.rows)
        return [LAMPS_UNSEEN] if unseen else []

    def as_json(self) -> dict[str, Any]:
        return self.report.as_json()


class BoardAtPort:
    """A flashing.Device; `confirm` is asked whether lamps were seen to shine, None asks nobody."""

    def __init__(
        self,
        tool: Esptool,
        spec: BoardSpec,
        *,
        stop: threading.Event,
        confirm: Confirm | None = None,
        tell: Tell = lambda text: None,
    ) -> None:
        self._tool, self._spec, self._stop = tool, spec, stop
        self._confirm, self._tell = confirm, tell

    @property
    def port(self) -> str:
        return self._tool.port

    def identify(self) -> ChipFacts:
        return self._tool.identify()

    def is_blank(self) -> bool:
        """By the sectors in which every program of a chip begins."""
        start = CHIPS[self._spec.board.chip].image_offset
        places = {"loader": start, "table": TABLE_OFFSET}
        return self._tool.holds([Region(name, at, ERASED * TABLE_SIZE) for name, at in places.items()])

    def write(self, chip: str, regions: Sequence[Region], on_progress: Callable[[float], None]) -> None:
        self._tool.write(chip, regions, on_progress)

    def wait_ready(self, timeout_s: float) -> Mapping[str, Any]:
        with ServiceLine(self.port) as line:
            return line.wait_ready(timeout_s)

    def inspect(self) -> Installed:
        return mpremote_run.inspect(self.port, self._stop)

    def self_test(self, *, offline: bool) -> Tested:
        with ServiceLine(self.port, note=self._tell) as line:
            report = run_selftest(
                line, self._spec, confirm=self._confirm, tell=self._tell, online=not offline
            )
            return Tested(self._settled(line, report))

    def _settled(self, line: ServiceLine, report: SelftestReport) -> SelftestReport:
        """The report, after the faults that a start brings along had their time to go."""
        failed = [row for row in report.rows if row.verdict is Verdict.FAIL]
        if [row.what for row in failed] != [FAULTS]:
            return report
        self._tell(f"{failed[0].found}: does it last?")
        deadline = time.monotonic() + SETTLE_S
        while True:
            row = fault_row(line.ask("status"))
            if row.verdict is not Verdict.FAIL or time.monotonic() > deadline:
                break
            self._stop.wait(POLL_S)
        rows = tuple(row if old.what == FAULTS else old for old in report.rows)
        return replace(report, rows=rows)
