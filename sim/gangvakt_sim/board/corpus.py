"""The conformance corpus: scripts with what the real chip printed, run on virtual boards, compared by lines.

A script NAME.py lies beside NAME.out; the table in README.md gives its kind: `own` lines are the firmware's
own code and must be equal; a script of the kind `indicative` depends on hardware or timing: its numbers need
only be near. Known deviations are listed with their reasons in a TOML file of [[deviation]] tables: script,
lines (numbers in NAME.out), reason, and where the outcome is not the same every time either near (by how much
its numbers may differ) or varies = true.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from gangvakt.provision.board import BoardSpec, Partition, load_board
from gangvakt_sim.board.run_script import run_script

CORPUS_DIR = Path(__file__).resolve().parents[4] / "shared" / "chip"
INDICATIVE = "indicative"

# By how much the numbers (ms, counts) of an indicative script may differ: a PC's sleeps end some ms late.
NEAR = 25
RUN_TIMEOUT_S = 60.0

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
STOCK_PARTITIONS = (
    ("nvs", "data", "nvs", 0x9000, 0x6000),
    ("phy_init", "data", "phy", 0xF000, 0x1000),
    ("factory", "app", "factory", 0x10000, 0x1F0000),
    ("vfs", "data", "fat", 0x200000, 0x200000),
)
TABLE_ROW = re.compile(r"^\| *(\w+) *\|.*\| *([^|]+?) *\|$", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """One script of the corpus: its source, what the chip printed, and its kind."""

    name: str
    source: bytes
    expected: str
    kind: str


@dataclass(frozen=True)
class Deviation:
    """Line `line` (from 1) of the expected output, which came out as `got` ('' = not at all)."""

    line: int
    expected: str
    got: str

    def __str__(self) -> str:
        return f"line {self.line}:\n  chip  {self.expected}\n  board {self.got}"


@dataclass(frozen=True)
class Known:
    """A listed deviation; one that varies, or whose numbers may differ by `near`, may also be absent."""

    script: str
    line: int
    reason: str
    near: float = 0
    varies: bool = False


@dataclass(frozen=True)
class Verdict:
    """What speaks against a board: deviations nobody listed, and listed ones that are none any more."""

    unlisted: tuple[Deviation, ...]
    obsolete: tuple[Known, ...]

    @property
    def passed(self) -> bool:
        return not (self.unlisted or self.obsolete)

    def __str__(self) -> str:
        gone = [f"line {known.line} deviates no more, unlist it: {known.reason}" for known in self.obsolete]
        return "\n".join([*map(str, self.unlisted), *gone])


def script_names(corpus: Path = CORPUS_DIR) -> list[str]:
    """Names of all scripts, none where there is no corpus."""
    return sorted(path.stem for path in corpus.glob("*.out"))


def load_script(name: str, corpus: Path = CORPUS_DIR) -> Script:
    """Read one script, its output and its kind."""
    kinds = dict(TABLE_ROW.findall((corpus / "README.md").read_text(encoding="utf-8")))
    return Script(
        name=name,
        source=(corpus / f"{name}.py").read_bytes(),
        expected=(corpus / f"{name}.out").read_text(encoding="utf-8"),
        kind=kinds[name],
    )


def load_known(path: Path) -> list[Known]:
    """Read the list of known deviations, one entry a line of output."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["deviation"]
    return [
        Known(line=line, **{key: value for key, value in table.items() if key != "lines"})
        for table in tables
        for line in table["lines"]
    ]


def stock_board() -> BoardSpec:
    """The board of the recordings: the shipped one with the stock image's partition table for 4 MB."""
    parts = tuple(
        Partition.model_validate(dict(zip(("name", "type", "subtype", "offset", "size"), line, strict=True)))
        for line in STOCK_PARTITIONS
    )
    # Unchecked: a board of ours has partitions that the firmware needs and these scripts do not.
    return load_board("virtual").model_copy(update={"partitions": parts})


def run_on_board(script: Script) -> str:
    """What the script prints as main.py of a fresh board. Raises BoardTimeout, BoardFailed."""
    return run_script(script.source, stock_board(), RUN_TIMEOUT_S)


def judge(script: Script, got: str, known: list[Known]) -> Verdict:
    """Compare what a board printed with what the chip printed, in the light of the known deviations."""
    listed = {entry.line: entry for entry in known if entry.script == script.name}
    found = {item.line: item for item in deviations(script.expected, got)}
    unlisted = [item for item in found.values() if not _is_excused(script, item, listed.get(item.line))]
    steady = [entry for entry in listed.values() if not (entry.near or entry.varies)]
    return Verdict(tuple(unlisted), tuple(entry for entry in steady if entry.line not in found))


def _is_excused(script: Script, item: Deviation, entry: Known | None) -> bool:
    if entry is not None:
        return not entry.near or numbers_near(item.expected, item.got, entry.near)
    return script.kind.startswith(INDICATIVE) and numbers_near(item.expected, item.got, NEAR)


def deviations(expected: str, got: str) -> Iterator[Deviation]:
    """The expected lines that did not come out; a missing or spare line does not shift the rest."""
    want, have = expected.splitlines(), got.splitlines()
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, want, have, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        texts = have[b0:b1]
        for offset, line in enumerate(want[a0:a1]):
            yield Deviation(a0 + offset + 1, line, texts[offset] if offset < len(texts) else "")
        spare = texts[a1 - a0 :]
        if spare:
            yield Deviation(max(a1, 1), "", "\n".join(spare))


def numbers_near(expected: str, got: str, tolerance: float) -> bool:
    """True when two lines differ only in numbers, and these by no more than `tolerance`."""
    if NUMBER.sub("#", expected) != NUMBER.sub("#", got):
        return False
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(got), strict=True)
    return all(abs(float(a) - float(b)) <= tolerance for a, b in pairs)
