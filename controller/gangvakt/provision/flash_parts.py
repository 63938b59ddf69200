"""What a run of flashing works with: the board, who builds, who issues, who watches, and what is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gangvakt.fleet import SignId
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.esptool_run import ChipFacts
from gangvakt.provision.flash_steps import Step
from gangvakt.provision.installed import Installed
from gangvakt.provision.issuer import Issuer
from gangvakt.provision.label import LabelFacts
from gangvakt.provision.layout import Region


class SelfTest(Protocol):
    """What the sign found out about itself; `failed` names the rows that are not well."""

    @property
    def ok(self) -> bool: ...

    @property
    def failed(self) -> Sequence[str]: ...

    @property
    def hello(self) -> Mapping[str, Any]:
        """Who was tested."""

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know all the same."""

    def as_json(self) -> dict[str, Any]: ...


class Device(Protocol):
    """The board at a port. Every method ends in bounded time; BoardTrouble says what went wrong."""

    @property
    def port(self) -> str: ...

    def identify(self) -> ChipFacts: ...

    def is_blank(self) -> bool:
        """Whether it carries neither loader nor partition table."""

    def write(self, chip: str, regions: Sequence[Region], on_progress: Callable[[float], None]) -> None:
        """Write, reset. FlashWorn when a region does not read back as written."""

    def wait_ready(self, timeout_s: float) -> Mapping[str, Any]:
        """Until the app answers; what it says of itself."""

    def inspect(self) -> Installed:
        """Stop the app, look, reset."""

    def self_test(self, *, offline: bool) -> SelfTest:
        """`offline`: nobody is there whom the sign could reach, so that this is no fault."""


class Builder(Protocol):
    """What is the same for all boards of a kind, and made once."""

    @property
    def version(self) -> str:
        """Of the interpreter, e.g. 1.26.1."""

    def prepare(self) -> None: ...

    def regions(self, data_files: Mapping[str, bytes]) -> tuple[Region, ...]:
        """All that is written, with these files (by name) and the wiring in the data partition."""


class Watcher(Protocol):
    """Who is told how a run goes on; called from the thread that runs it."""

    def step(self, step: Step) -> None: ...

    def progress(self, share: float) -> None:
        """Of the step, 0 to 1."""

    def note(self, text: str) -> None:
        """Something that a person should know and that does not stop the run."""


class Labels(Protocol):
    """Where labels are printed. GangvaktError when that fails."""

    def keep(self, facts: LabelFacts) -> None:
        """Before the sign is registered: whatever happens to `print`, it can be repeated from then on."""

    def forget(self, sign: str) -> None:
        """The sign was not registered after all. Never fails."""

    def print(self, facts: LabelFacts) -> Sequence[Path]: ...


@dataclass(frozen=True)
class Order:
    """What is wanted: a new sign at `site`, or one in the place of `replaces`.

    `may_overwrite` is asked about a board that carries something; `config` is put over the site's.
    """

    spec: BoardSpec
    site: str
    again: bool = False
    replaces: SignId | None = None
    config: Mapping[str, Any] | None = None
    may_overwrite: Callable[[ChipFacts], bool] | None = None


@dataclass(frozen=True)
class Bench:
    """What a run works with; shared by the boards of a batch but for the device."""

    issuer: Issuer
    builder: Builder
    labels: Labels
    stop: threading.Event


@dataclass(frozen=True)
class Finished:
    """A sign that is registered; `online` is None where nobody could be asked."""

    sign: SignId
    report: Mapping[str, Any]
    labels: Sequence[Path]
    online: bool | None
    seconds: float
