"""The real esptool, run as a child: its licence is the GPL, so it is never imported."""

from __future__ import annotations

import re
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gangvakt.errors import BoardSilent, FlashWorn, FolderUnusable, ToolFailed, WrongChip
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.esptool_words import AGAIN, CABLE, trouble
from gangvakt.provision.layout import Region
from gangvakt.provision.tool_run import Ended, Limits, for_port, run_tool

MODULE = "esptool"
BAUD = 921_600  # the fastest that all usual USB adapters take
BAUDS = (115_200, 230_400, 460_800, 921_600, 1_500_000, 2_000_000)
# esptool tries to connect seven times, each for some seconds; an erase of megabytes prints nothing.
ASK_LIMITS = Limits(silence_s=60, overall_s=120)
WRITE_LIMITS = Limits(silence_s=120, overall_s=900)
ERASED = b"\xff"
# Share of a region's time that depends on its size in the flash, not on what crosses the line.
FLASH_SHARE = 20

_CONNECTED = re.compile(r"Connected to (ESP\S+) on ")
_MAC = re.compile(r"^MAC:\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$")
_TYPE = re.compile(r"^Chip type:\s+(.+)$")
_FLASH = re.compile(r"^Detected flash size:\s+(\d+)(KB|MB)$")
_UNITS = {"KB": 1024, "MB": 1024 * 1024}
_WRITING = re.compile(r"^Writing .+ at (0x[0-9a-f]{8})\.\.\.$")
_PERCENT = re.compile(r"^Writing at 0x[0-9a-f]{8}.*?(\d{1,3}\.\d)%")
VERIFIED = "Hash of data verified."

OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class ChipFacts:
    """What a chip says of itself; `chip` by the names of board files, `mac` as 12 hex digits."""

    chip: str
    model: str
    mac: str
    flash_bytes: int


def parse_facts(lines: Sequence[str]) -> ChipFacts | None:
    """From the output of `flash-id`; None where something is missing."""
    found: dict[str, str] = {}
    for line in lines:
        for name, pattern in (("chip", _CONNECTED), ("mac", _MAC), ("model", _TYPE)):
            if match := pattern.search(line):
                found[name] = match[1]
        if match := _FLASH.search(line):
            found["flash"] = str(int(match[1]) * _UNITS[match[2]])
    if found.keys() < {"chip", "mac", "model", "flash"}:
        return None
    chip = found["chip"].lower().replace("-", "")
    return ChipFacts(chip, found["model"], found["mac"].replace(":", ""), int(found["flash"]))


def refuse_other_chip(port: str, spec: BoardSpec, facts: ChipFacts) -> None:
    """WrongChip unless the chip is the board file's, with at least its flash."""
    wanted, advice = spec.board, "choose the board file with --board that fits, gangvakt boards lists them"
    if facts.chip != wanted.chip:
        raise WrongChip(port, f"the chip is {facts.chip}, board {wanted.id} has {wanted.chip}", advice)
    if facts.flash_bytes < spec.flash.size:
        found, needed = f"{facts.flash_bytes:#x}", f"{spec.flash.size:#x}"
        raise WrongChip(port, f"the flash has {found} bytes, board {wanted.id} needs {needed}", advice)


@dataclass
class WriteProgress:
    """Turns what `write-flash` prints into the share done, 0 to 1, and counts the regions verified."""

    regions: Sequence[Region]
    on_progress: OnProgress
    verified: int = 0
    _done: float = 0.0
    _weights: dict[int, float] = field(default_factory=dict)
    _current: float = 0.0

    def __post_init__(self) -> None:
        weights = {region.offset: _weight(region.data) for region in self.regions}
        total = sum(weights.values()) or 1.0
        self._weights = {offset: weight / total for offset, weight in weights.items()}
        self._current = next(iter(self._weights.values()), 1.0) if len(weights) == 1 else 0.0

    def take(self, line: str) -> None:
        """One line of esptool's."""
        if match := _WRITING.search(line):
            self._current = self._weights.get(int(match[1], 16), 0.0)
        elif match := _PERCENT.search(line):
            self.on_progress(min(1.0, self._done + self._current * min(float(match[1]), 100.0) / 100))
        elif line == VERIFIED:
            self.verified += 1
            self._done += self._current
            self.on_progress(min(1.0, self._done))


def _weight(data: bytes) -> float:
    return len(zlib.compress(data, 1)) + len(data) / FLASH_SHARE


class Esptool:
    """esptool at one port. Every method ends the child it started; `stop` ends it early (Stopped)."""

    def __init__(
        self, port: str, *, baud: int = BAUD, stub: bool, stop: threading.Event | None = None
    ) -> None:
        self.port = port
        self._baud, self._stub, self._stop = baud, stub, stop

    def identify(self) -> ChipFacts:
        """The chip, its MAC and its flash. BoardTrouble when it does not say.

        Never by the stub: another chip than was meant tells what it is instead of failing to run it.
        """
        ended = self._run(("flash-id",), ASK_LIMITS, stub=False)
        facts = parse_facts(ended.lines)
        if facts is None:
            raise ToolFailed(self.port, "the chip did not say what it is", f"check the cable, {AGAIN}")
        return facts

    def holds(self, regions: Sequence[Region]) -> bool:
        """Whether the flash holds exactly these regions (compared by digest, on the chip)."""
        with _files(regions) as files:
            ended = self._run_raw(("verify-flash", *files), ASK_LIMITS)
        if ended.code == 0:
            return True
        if any("Verification failed" in line for line in ended.lines):
            return False
        raise self._trouble(ended)

    def write(self, chip: str, regions: Sequence[Region], on_progress: OnProgress) -> None:
        """Write all regions in one run; the chip reads each back, by digest, and starts anew at the end.

        BoardTrouble when anything went wrong, FlashWorn when it holds something else.
        """
        progress = WriteProgress(regions, on_progress)
        with _files(regions) as files:
            # Erased flash and code shrink to a fraction; without the stub esptool would not do so by itself.
            arguments = ("write-flash", "--compress", *files)
            self._run(arguments, WRITE_LIMITS, chip=chip, on_line=progress.take)
        if progress.verified != len(regions):
            what = f"only {progress.verified} of {len(regions)} regions were read back as written"
            raise FlashWorn(self.port, what, "run the command again; if it happens twice take another board")

    def _run(
        self,
        arguments: Sequence[str],
        limits: Limits,
        *,
        chip: str = "auto",
        stub: bool = True,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> Ended:
        ended = self._run_raw(arguments, limits, chip=chip, stub=stub, on_line=on_line)
        if ended.code != 0:
            raise self._trouble(ended)
        return ended

    def _run_raw(
        self,
        arguments: Sequence[str],
        limits: Limits,
        *,
        chip: str = "auto",
        stub: bool = True,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> Ended:
        options = ["--chip", chip, "--port", self.port, "--baud", str(self._baud)]
        options += ["--before", "default-reset", "--after", "hard-reset"]
        if not (stub and self._stub):
            options.append("--no-stub")
        module, whole = for_port(self.port, MODULE, [*options, *arguments])
        return run_tool(module, whole, limits, on_line=on_line, stop=self._stop)

    def _trouble(self, ended: Ended) -> Exception:
        if ended.code is None:
            return BoardSilent(self.port, f"esptool heard nothing for {ended.too_long:.0f} s", CABLE)
        return trouble(self.port, MODULE, ended.lines)


@contextmanager
def _files(regions: Sequence[Region]) -> Iterator[list[str]]:
    """esptool's arguments: the regions as files readable by nobody else, since one holds the sign's key."""
    place = Path(tempfile.gettempdir())
    with ExitStack() as stack:
        try:
            made = tempfile.TemporaryDirectory(prefix="gangvakt-flash-", ignore_cleanup_errors=True)
            place = Path(stack.enter_context(made))
            arguments = [text for region in regions for text in _file(place, region)]
        except OSError as error:
            raise FolderUnusable(place, error) from error
        yield arguments


def _file(folder: Path, region: Region) -> tuple[str, str]:
    path = folder / f"{region.name}.bin"
    path.write_bytes(region.data)
    return hex(region.offset), str(path)
