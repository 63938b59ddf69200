"""Which faults come when: written down by hand, drawn by chance from a seed, or read from a file."""

from __future__ import annotations

import math
import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gangvakt_sim.errors import FaultRefusal
from gangvakt_sim.faults.catalogue import KINDS, FaultKind, Place, kind_named

LATEST_S = 400 * 86_400.0
WRITTEN = re.compile(r"(?P<name>[a-z-]+)@(?P<at>[0-9.]+)(:(?P<for>[0-9.]+))?(?P<rest>(,[a-z]+=-?[0-9]+)*)")
FORM = "NAME@SECONDS, NAME@SECONDS:DURATION, and ,parameter=number behind it"


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: from `at_s` for `for_s` seconds. FaultRefusal for what its kind does not allow."""

    at_s: float
    name: str
    for_s: float = 0.0
    told: Mapping[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        kind = kind_named(self.name)
        if not 0 <= self.at_s <= LATEST_S:
            raise FaultRefusal(f"fault {self.name}", "at", self.at_s, f"0..{LATEST_S:.0f} s")
        if not 0 <= self.for_s <= kind.longest_s:
            raise FaultRefusal(f"fault {self.name}", "duration", self.for_s, f"0..{kind.longest_s:.0f} s")
        for name, value in self.told.items():
            known = kind.parameter(name)
            if type(value) is not int or not known.least <= value <= known.most:
                raise FaultRefusal(f"fault {self.name}", name, value, f"{known.least}..{known.most}")

    @property
    def kind(self) -> FaultKind:
        """What it is one of."""
        return kind_named(self.name)

    def value(self, name: str) -> int:
        """What it was told, or the default."""
        return self.told.get(name, self.kind.parameter(name).default)

    def __str__(self) -> str:
        told = "".join(f",{name}={value}" for name, value in self.told.items())
        return f"{self.name}@{self.at_s:g}" + (f":{self.for_s:g}" if self.for_s else "") + told


def parse_fault(text: str) -> Fault:
    """The fault that is written as `broker-down@600:120` or `packet-loss@0:60,percent=30`. FaultRefusal."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise FaultRefusal("--fault", "fault", text, FORM)
    told = dict(pair.split("=") for pair in found["rest"].split(",")[1:])
    try:
        at_s, for_s = float(found["at"]), float(found["for"] or 0)
    except ValueError:
        raise FaultRefusal("--fault", "fault", text, FORM) from None
    return Fault(at_s, found["name"], for_s, {name: int(value) for name, value in told.items()})


def draw_schedule(
    seed: int, duration_s: float, per_day: float, place: Place, first_s: float = 600.0
) -> list[Fault]:
    """`per_day` faults a day by chance, each kind as often as another; the same for the same seed."""
    rng = random.Random(f"{seed}/faults")
    kinds = _dealt(rng, [kind for kind in KINDS if place in kind.where])
    drawn, at_s = [], first_s
    while per_day and (at_s := at_s + rng.expovariate(per_day / 86_400)) < duration_s:
        drawn.append(_drawn(rng, next(kinds), round(at_s, 1)))
    return drawn


def _dealt(rng: random.Random, kinds: Sequence[FaultKind]) -> Iterator[FaultKind]:
    """All of them in a new order, again and again."""
    while True:
        yield from rng.sample(kinds, len(kinds))


def _drawn(rng: random.Random, kind: FaultKind, at_s: float) -> Fault:
    low, high = kind.usual_s
    for_s = round(math.exp(rng.uniform(math.log(low), math.log(high))), 1) if kind.longest_s else 0.0
    told = {
        known.name: rng.randint(known.least, min(known.most, 4 * abs(known.default) + 1))
        for known in kind.parameters
    }
    return Fault(at_s, kind.name, for_s, told)


def as_toml(faults: Iterable[Fault]) -> str:
    """The schedule as a file that `read_schedule` takes."""
    return "".join(
        f'[[fault]]\nname = "{fault.name}"\nat_s = {fault.at_s}\nfor_s = {fault.for_s}\n'
        + "".join(f"{name} = {value}\n" for name, value in fault.told.items())
        + "\n"
        for fault in faults
    )


def read_schedule(path: Path) -> list[Fault]:
    """A schedule from a file. FaultRefusal for what is none."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("fault", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FaultRefusal(str(path), "file", str(error), "a TOML file of tables [[fault]]") from error
    if not isinstance(entries, Sequence) or not all(isinstance(entry, dict) for entry in entries):
        raise FaultRefusal(str(path), "fault", entries, "tables [[fault]]")
    return sorted(_read(str(path), entry) for entry in entries)


def _read(source: str, entry: dict[str, Any]) -> Fault:
    rest = dict(entry)
    name, at_s, for_s = rest.pop("name", None), rest.pop("at_s", None), rest.pop("for_s", 0.0)
    if not isinstance(name, str):
        raise FaultRefusal(source, "name", name, "the name of a fault")
    for field_name, value in (("at_s", at_s), ("for_s", for_s)):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FaultRefusal(source, f"{name}, {field_name}", value, "a number of seconds")
    return Fault(float(at_s), name, float(for_s), rest)
