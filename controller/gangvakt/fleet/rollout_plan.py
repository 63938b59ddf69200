"""Plans a rollout: which signs come in which group and step, and which of them cannot take it at all.

The rule of crossings: all signs of one crossing are in the same group, so that it is not mixed while that
group soaks; each is in another step of it. A sign of step 2 follows as soon as that of step 1 has proved
itself, and before any other crossing begins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gangvakt.errors import RolloutRefused
from gangvakt.fleet.names import SignId, SiteId
from gangvakt.fleet.rollouts import Artifact

MOST_GROUPS = 20
MOST_SIGNS = 10_000
GROUP_FORM = "NAME=PERCENT of all signs so far, or NAME=PLACE,..., as `canary=5` or `canary=drammen/storgata`"
USUAL = "canary=5", "some=25", "all=100"
_NAME = re.compile(r"[a-z0-9][a-z0-9 _-]{0,31}")
_VERSION = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})")


@dataclass(frozen=True)
class GroupSpec:
    """`until_pct` of all signs are in it or in one before, or all that is at `places` and in none before."""

    name: str
    until_pct: int | None = None
    places: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> GroupSpec:
        """From GROUP_FORM; RolloutRefused for anything else."""
        name, _, what = text.partition("=")
        if not _NAME.fullmatch(name) or not what or len(text) > 2000:
            raise RolloutRefused("plan", "group", text[:80], GROUP_FORM)
        digits = what.removesuffix("%")
        if digits.isascii() and digits.isdigit():
            if not 1 <= int(digits[:4]) <= 100:
                raise RolloutRefused("plan", "group", text[:80], "1..100 per cent of all signs")
            return cls(name, int(digits))
        return cls(name, None, tuple(what.split(",")))

    def names(self, site: SiteId) -> bool:
        return bool({str(site), site.municipality} & set(self.places))


@dataclass(frozen=True)
class Place:
    """Where a sign stands in a plan, both counted from 0."""

    group: int
    step: int


@dataclass(frozen=True)
class Candidate:
    """What is known of a sign; None where it has told nothing yet."""

    sign: SignId
    board: str | None
    firmware: str | None


@dataclass(frozen=True)
class Unfit:
    """Why a sign cannot take an update, named as the sign itself would."""

    sign: SignId
    field: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"{self.field} is {self.value!r}; allowed: {self.allowed}"


def plan(specs: Sequence[GroupSpec], signs: Iterable[SignId]) -> tuple[tuple[str, ...], dict[SignId, Place]]:
    """Names of the groups that are not empty, and each sign's place. RolloutRefused where signs are left.

    Crossings are not taken in the order of their names, so that the first ones lie apart; the order is always
    the same.
    """
    if not 1 <= len(specs) <= MOST_GROUPS:
        raise RolloutRefused("plan", "groups", len(specs), f"1..{MOST_GROUPS}")
    left = _crossings(signs)
    total = sum(map(len, left.values()))
    if not 1 <= total <= MOST_SIGNS:
        raise RolloutRefused("plan", "signs", total, f"1..{MOST_SIGNS}")
    names: list[str] = []
    places: dict[SignId, Place] = {}
    for spec in specs:
        taken = _take(spec, left, total, len(places))
        for site in taken:
            places |= {sign: Place(len(names), step) for step, sign in enumerate(left.pop(site))}
        names += [spec.name] if taken else []
    if left:
        allowed = f"groups that hold all {total}: end with one of 100 per cent"
        raise RolloutRefused("plan", "groups", f"{len(places)} signs", allowed)
    return tuple(names), places


def unfit(candidate: Candidate, artifact: Artifact | None, boards: Sequence[str]) -> Unfit | None:
    """None where the sign may take it, as far as is known here. `artifact` is that for its board, if any."""
    sign, board, firmware = candidate.sign, candidate.board, candidate.firmware
    if board is None or firmware is None:
        return Unfit(sign, "status", None, "a sign that has told its board and its version")
    if artifact is None:
        return Unfit(sign, "board", board, f"a sign of {', '.join(boards)}")
    if not artifact.is_app:
        return None  # a status does not tell the interpreter's version: the sign says itself
    return _unfit_version(sign, firmware, artifact)


def best(artifacts: Iterable[Artifact], board: str | None) -> Artifact | None:
    """The one for a board; RolloutRefused where two are."""
    found = [one for one in artifacts if one.board == board]
    if len(found) > 1:
        raise RolloutRefused("rollout", "artifacts", f"{len(found)} for {board}", "one for each board")
    return found[0] if found else None


def check_way_back(artifact: Artifact, back: Artifact) -> None:
    """RolloutRefused where signs with `artifact` would not take `back`."""
    if (back.board, back.is_app) != (artifact.board, artifact.is_app):
        raise RolloutRefused("rollout", "back", back.board, f"one of the same kind, for {artifact.board}")
    if back.sequence >= artifact.sequence:
        raise RolloutRefused("rollout", "back", back.version, f"a version below {artifact.version}")
    if back.replaces < artifact.sequence:
        allowed = f"one that is signed with --replaces {artifact.version} or higher"
        raise RolloutRefused("rollout", "back", f"{back.version}, forward only", allowed)
    if back.minimum > artifact.sequence:
        raise RolloutRefused("rollout", "back", "a later minimum", f"one that {artifact.version} may take")


def sequence_of(version: str) -> int | None:
    """A version such as 1.4.0 as a number that grows with it; None for another text."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    major, minor, patch = map(int, found.groups())
    return (major * 1000 + minor) * 1000 + patch


def _unfit_version(sign: SignId, firmware: str, artifact: Artifact) -> Unfit | None:
    held = sequence_of(firmware)
    if held is None:
        return Unfit(sign, "version", firmware, "three numbers, such as 1.4.0")
    if held == artifact.sequence:
        return None  # it has it already
    if held > artifact.sequence and held > artifact.replaces:
        return Unfit(sign, "version", artifact.version, f"higher than {firmware}, or signed to replace it")
    if held < artifact.minimum:
        return Unfit(sign, "minimum", firmware, "a version that may take this one over")
    return None


def _crossings(signs: Iterable[SignId]) -> dict[SiteId, tuple[SignId, ...]]:
    found: dict[SiteId, list[SignId]] = {}
    for sign in sorted(set(signs)):
        found.setdefault(sign.site_id, []).append(sign)
    return {site: tuple(found[site]) for site in sorted(found, key=_shuffled)}


def _take(
    spec: GroupSpec, left: Mapping[SiteId, Sequence[SignId]], total: int, placed: int
) -> tuple[SiteId, ...]:
    if spec.until_pct is None:
        return tuple(site for site in left if spec.names(site))
    taken = []
    for site, signs in left.items():
        if placed * 100 >= spec.until_pct * total:
            break
        taken.append(site)
        placed += len(signs)
    return tuple(taken)


def _shuffled(site: SiteId) -> bytes:
    return hashlib.blake2b(str(site).encode(), digest_size=8).digest()
