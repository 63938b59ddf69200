"""A board, an issuer and a builder that fail where a test wants them to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gangvakt.errors import BoardSilent
from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.esptool_run import ChipFacts
from gangvakt.provision.flash_parts import Bench, Finished, Order
from gangvakt.provision.flash_steps import Step
from gangvakt.provision.flashing import Flashing
from gangvakt.provision.identity import identity_file, new_incarnation
from gangvakt.provision.installed import Installed, expected, files_of
from gangvakt.provision.issuer import Enrolment
from gangvakt.provision.label import LabelFacts
from gangvakt.provision.layout import Region, data_image

SPEC = load_board("virtual")
MAC = "30aea4120001"
SITE = "drammen/storgata"
SIGN = SignId.parse(f"{SITE}/{MAC}")
FACTS = ChipFacts("esp32", "ESP32-D0WD-V3 (revision v3.1)", MAC, 4 * 1024 * 1024)
VERSION = "1.26.1"


def fails(what: str) -> None:
    raise BoardSilent("COM7", what, "check the cable")


@dataclass
class FakeIssuer:
    """Keeps the state of each sign by the rules of a registry: pending, registered or gone.

    `break_at` a call it does nothing and fails; `lose` the answer of one, and it was done all the same.
    """

    sees: list[bool | None] = field(default_factory=lambda: [False, True])
    unseen: str | None = None
    break_at: str = ""
    lose: str = ""
    states: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    reports: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call == self.break_at:
            fails(call)

    def _done(self, call: str) -> None:
        if call == self.lose:
            fails(f"the answer of {call}")

    def begin(self, site: str, mac: str, board: str, *, again: bool) -> Enrolment:
        self._note("begin")
        sign = SignId.parse(f"{site}/{mac}")
        self.states[str(sign)] = "pending"
        self._done("begin")
        identity = identity_file(sign, new_incarnation(), (), None)
        files = {"identity.json": identity, "config.json": b'{"hold_ms": 8000}'}
        return Enrolment(sign, files, "https://a.example/s", None)

    def replace(self, old: SignId, mac: str, board: str) -> Enrolment:
        self._note("replace")
        return self.begin(str(old.site_id), mac, board, again=False)

    def confirm(self, sign: SignId, report: dict[str, Any]) -> None:
        self._note("confirm")
        self.states[str(sign)] = "registered"
        self.reports[str(sign)] = dict(report)
        self._done("confirm")

    def abandon(self, sign: SignId) -> None:
        self._note("abandon")
        if self.states.get(str(sign)) == "pending":
            del self.states[str(sign)]
        self._done("abandon")

    def online(self, sign: SignId) -> bool | None:
        self._note("online")
        return self.sees.pop(0) if len(self.sees) > 1 else self.sees[0]

    def why_unseen(self, sign: SignId) -> str | None:
        self._note("why_unseen")
        return self.unseen


@dataclass
class Tested:
    """A self-test's outcome."""

    hello: Mapping[str, Any]
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.failed

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok}


@dataclass
class FakeDevice:
    """A board in memory: what is written is what is found, unless `spoil` changes it."""

    port: str = "COM7"
    facts: ChipFacts = FACTS
    blank: bool = True
    break_at: str = ""
    failing: tuple[str, ...] = ()
    noting: tuple[str, ...] = ()
    swapped: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # what another says, by call
    flash: dict[str, Region] = field(default_factory=dict)
    spoil: Callable[[Installed], Installed] = lambda found: found
    tested_offline: bool | None = None

    def _note(self, call: str) -> None:
        if call == self.break_at:
            fails(call)

    def identify(self) -> ChipFacts:
        self._note("identify")
        return self.facts

    def is_blank(self) -> bool:
        return self.blank

    def write(self, chip: str, regions: Sequence[Region], on_progress: Callable[[float], None]) -> None:
        self._note("write")
        on_progress(0.5)
        self.flash = {region.name: region for region in regions}

    def wait_ready(self, timeout_s: float) -> Mapping[str, Any]:
        self._note("wait_ready")
        return self._hello("wait_ready")

    def inspect(self) -> Installed:
        self._note("inspect")
        return self.spoil(expected(VERSION, SPEC.board.machine, tuple(self.flash.values())))

    def self_test(self, *, offline: bool) -> Tested:
        self._note("self_test")
        self.tested_offline = offline
        return Tested(self._hello("self_test"), self.failing, self.noting)

    def _hello(self, call: str) -> Mapping[str, Any]:
        """As the sign says it, by the identity in its flash."""
        told = json.loads(files_of(self.flash["data"])["/identity.json"])
        sign = "/".join(told[part] for part in ("municipality", "site", "sign"))
        mine = {"fw": "0.1.0", "sign": sign, "incarnation": told["incarnation"]}
        return {**mine, **self.swapped.get(call, {})}


@dataclass
class FakeBuilder:
    version: str = VERSION
    break_at: str = ""
    prepared: int = 0

    def prepare(self) -> None:
        self.prepared += 1
        if self.break_at == "prepare":
            fails("prepare")

    def regions(self, data_files: Mapping[str, bytes]) -> tuple[Region, ...]:
        if self.break_at == "regions":
            fails("regions")
        data = SPEC.partition("data")
        return (
            Region("bootloader", 0x1000, b"\xe9loader"),
            Region("data", data.offset, data_image(SPEC, data_files)),
        )


@dataclass
class Heard:
    """A watcher that remembers."""

    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def progress(self, share: float) -> None:
        assert 0 <= share <= 1

    def note(self, text: str) -> None:
        self.notes.append(text)


@dataclass
class FakeLabels:
    """Facts that were kept, and those that were printed."""

    break_at: str = ""
    kept: dict[str, LabelFacts] = field(default_factory=dict)
    printed: list[LabelFacts] = field(default_factory=list)

    def keep(self, facts: LabelFacts) -> None:
        self._note("keep")
        self.kept[facts.sign] = facts

    def forget(self, sign: str) -> None:
        self.kept.pop(sign, None)

    def print(self, facts: LabelFacts) -> list[Path]:
        self._note("print")
        self.printed.append(facts)
        return [Path("label.png")]

    def _note(self, call: str) -> None:
        if call == self.break_at:
            fails(call)


@dataclass
class Rig:
    """All of it, put together for one run after the other."""

    device: FakeDevice = field(default_factory=FakeDevice)
    issuer: FakeIssuer = field(default_factory=FakeIssuer)
    builder: FakeBuilder = field(default_factory=FakeBuilder)
    order: Order = field(default_factory=lambda: Order(SPEC, SITE))
    stop: threading.Event = field(default_factory=threading.Event)
    heard: Heard = field(default_factory=Heard)
    labels: FakeLabels = field(default_factory=FakeLabels)

    def run(self) -> Finished:
        self.heard = Heard()
        bench = Bench(self.issuer, self.builder, self.labels, self.stop)
        self.flashing = Flashing(self.order, self.device, bench, self.heard)
        return self.flashing.run()
