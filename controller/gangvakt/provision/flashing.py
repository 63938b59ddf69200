"""From a blank board to a registered sign: the steps, and what becomes of the registration when one fails.

A sign is registered only after everything else was proved, and whatever ends a run earlier withdraws it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gangvakt import __version__
from gangvakt.errors import (
    BoardDeclined,
    FilesDiffer,
    GangvaktError,
    NeverOnline,
    OtherSign,
    SelfTestFailed,
)
from gangvakt.provision.esptool_run import ChipFacts, refuse_other_chip
from gangvakt.provision.flash_parts import Bench, Device, Finished, Order, Watcher
from gangvakt.provision.flash_steps import NEXT, Step
from gangvakt.provision.installed import differences, expected
from gangvakt.provision.issuer import Enrolment
from gangvakt.provision.label import LabelFacts
from gangvakt.provision.layout import Region
from gangvakt.provision.tool_run import Stopped

LOOK_AT_SITE = "check the site's Wi-Fi and the broker's address, then run the command again"
ONLINE_SPARE_S = 30.0  # for Wi-Fi out of the box and a controller that is asked over a slow network
READY_S = 60.0  # from reset until the app answers; a sign takes some seconds
POLL_S = 0.25
CONFIG_FILE = "config.json"
IDENTITY_FILE = "identity.json"


class Flashing:
    """One run for one board; `step` is where it is. May be run once."""

    def __init__(self, order: Order, device: Device, bench: Bench, watcher: Watcher) -> None:
        self.step = Step.IDENTIFY
        self._order, self._device, self._bench, self._watcher = order, device, bench, watcher
        self._begun = time.monotonic()
        self._pending: Enrolment | None = None
        self._online: bool | None = None
        self._printed: Sequence[Path] = ()
        self._label_facts: LabelFacts | None = None
        self._report: dict[str, Any] = {}
        self._facts: ChipFacts
        self._enrolment: Enrolment
        self._regions: tuple[Region, ...]
        self._work: Mapping[Step, Callable[[], None]] = {
            Step.IDENTIFY: self._identify,
            Step.BUILD: self._bench.builder.prepare,
            Step.ENROL: self._enrol,
            Step.WRITE: self._write,
            Step.START: self._start,
            Step.INSPECT: self._inspect,
            Step.RESTART: self._start,
            Step.ONLINE: self._wait_online,
            Step.SELF_TEST: self._self_test,
            Step.REGISTER: self._register,
            Step.LABEL: self._label,
        }

    def run(self) -> Finished:
        """All steps. What a step raised is raised again, after the pending registration was withdrawn."""
        try:
            while self.step in NEXT:
                self._check_stop()
                self._watcher.step(self.step)
                self._work[self.step]()
                self.step = NEXT[self.step]
        except BaseException:
            self.step = Step.FAILED
            self._withdraw()
            raise
        self._watcher.step(self.step)
        seconds = time.monotonic() - self._begun
        return Finished(self._enrolment.sign, self._report, self._printed, self._online, seconds)

    def _check_stop(self) -> None:
        if self._bench.stop.is_set():
            raise Stopped

    def _identify(self) -> None:
        order = self._order
        self._facts = self._device.identify()
        refuse_other_chip(self._device.port, order.spec, self._facts)
        self._watcher.note(f"{self._facts.model}, MAC {self._facts.mac}")
        if order.may_overwrite is None or self._device.is_blank():
            return
        if not order.may_overwrite(self._facts):
            raise BoardDeclined(
                self._device.port, "left as it was", "use --yes to overwrite without a question"
            )

    def _enrol(self) -> None:
        order, mac, issuer = self._order, self._facts.mac, self._bench.issuer
        board = order.spec.board.id
        if order.replaces is not None:
            self._pending = issuer.replace(order.replaces, mac, board)
        else:
            self._pending = issuer.begin(order.site, mac, board, again=order.again)
        self._enrolment = self._pending
        files = data_files(self._enrolment, order.config)
        self._regions = self._bench.builder.regions(files)

    def _write(self) -> None:
        self._device.write(self._order.spec.board.chip, self._regions, self._watcher.progress)

    def _start(self) -> None:
        hello = self._device.wait_ready(READY_S)
        self._check_who(hello)
        self._report["sign"] = dict(hello)

    def _check_who(self, hello: Mapping[str, Any]) -> None:
        """Two ports may change names when their boards start: another sign must not answer for this one."""
        sign, port, found = str(self._enrolment.sign), self._device.port, hello.get("sign")
        advice = "run the command again, this board alone if ports change their names"
        if found != sign:
            raise OtherSign(port, f"{found or 'a board without identity'} answers instead of {sign}", advice)
        identity = json.loads(self._enrolment.files[IDENTITY_FILE])
        if hello.get("incarnation") != identity["incarnation"]:
            raise OtherSign(port, f"{sign} answers with another identity than was written", advice)

    def _inspect(self) -> None:
        wanted = expected(self._bench.builder.version, self._order.spec.board.machine, self._regions)
        found = self._device.inspect()
        wrong = differences(wanted, found)
        if wrong:
            raise FilesDiffer(self._device.port, "; ".join(wrong), "run the command again")
        self._report["micropython"] = found.version

    def _wait_online(self) -> None:
        limit_s = self._order.spec.tolerances.online_ms / 1000 + ONLINE_SPARE_S
        deadline = time.monotonic() + limit_s
        while True:
            self._online = self._bench.issuer.online(self._enrolment.sign)
            if self._online is None:
                self._watcher.note("no controller to ask whether it sees the sign: not checked, sync later")
            if self._online is not False:
                return
            if time.monotonic() > deadline:
                advice = self._bench.issuer.why_unseen(self._enrolment.sign) or LOOK_AT_SITE
                what = f"the controller has not seen {self._enrolment.sign} within {limit_s:.0f} s"
                raise NeverOnline(self._device.port, what, advice)
            self._bench.stop.wait(POLL_S)
            self._check_stop()

    def _self_test(self) -> None:
        found = self._device.self_test(offline=self._online is None)
        self._check_who(found.hello)
        self._report["self_test"] = found.as_json()
        if not found.ok:
            raise SelfTestFailed(self._device.port, tuple(found.failed) or ("a fault",))
        for note in found.notes:
            self._watcher.note(note)

    def _register(self) -> None:
        facts, report = self._facts, self._report
        report |= {"mac": facts.mac, "chip": facts.model, "board": self._order.spec.board.id}
        firmware = str(report["sign"].get("fw", "?"))
        report["versions"] = {
            "firmware": firmware,
            "micropython": report["micropython"],
            "gangvakt": __version__,
        }
        self._label_facts = self._facts_of_label()
        self._bench.labels.keep(self._label_facts)
        self._bench.issuer.confirm(self._enrolment.sign, report)
        self._pending = None

    def _label(self) -> None:
        assert self._label_facts is not None
        try:
            self._printed = self._bench.labels.print(self._label_facts)
        except GangvaktError:
            sign = self._label_facts.sign
            self._watcher.note(f"{sign} is registered all the same: `gangvakt label {sign}` prints its label")
            raise

    def _facts_of_label(self) -> LabelFacts:
        versions = self._report["versions"]
        return LabelFacts(
            sign=str(self._enrolment.sign),
            address=self._enrolment.address,
            board=self._order.spec.board.id,
            firmware=versions["firmware"],
            micropython=versions["micropython"],
            made=date.today(),
        )

    def _withdraw(self) -> None:
        """So that nothing stays half registered; where that fails too, the issuer forgets it by itself."""
        if self._pending is None:
            return
        if self._label_facts is not None:
            self._bench.labels.forget(self._label_facts.sign)
        try:
            self._bench.issuer.abandon(self._pending.sign)
            self._watcher.note("its registration was withdrawn")
        except GangvaktError as error:
            self._watcher.note(f"the registration could not be withdrawn ({error}): it lapses within an hour")
        self._pending = None


def data_files(enrolment: Enrolment, config: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """Files of the data partition by name, but for the wiring; `config` is put over the site's."""
    files = dict(enrolment.files)
    if config is not None:
        of_site = json.loads(files.get(CONFIG_FILE, b"{}"))
        files[CONFIG_FILE] = json.dumps({**of_site, **config}).encode()
    return files
