"""Makes the draft of a rollout: whom it is for, what each sign gets, and whether all of it can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gangvakt.errors import RolloutRefused
from gangvakt.fleet import SignId, SignState, SiteId
from gangvakt.fleet.rollout_plan import Candidate, GroupSpec, Place, best, check_way_back, plan, unfit
from gangvakt.fleet.rollout_states import SignState as InRollout
from gangvakt.fleet.rollouts import Artifact, Entry, Rollout, Rules

EVERYWHERE = "*"
LONGEST_TITLE = 100


@dataclass(frozen=True)
class Wanted:
    """`places` are municipalities, crossings, or EVERYWHERE; `back` are artifacts to return to, in need.

    `skip_unfit`: leave out crossings that cannot take the update; otherwise the first of them refuses all.
    """

    title: str
    places: tuple[str, ...]
    artifacts: tuple[int, ...]
    back: tuple[int, ...] = ()
    groups: tuple[GroupSpec, ...] = ()
    rules: Rules = field(default_factory=Rules)
    skip_unfit: bool = False


def draft(
    wanted: Wanted,
    signs: Iterable[SignState],
    artifacts: Mapping[int, Artifact],
    who: str,
    now_ms: int,
) -> Rollout:
    """Without a number yet. `artifacts` holds all that `wanted` names. RolloutRefused names what is wrong."""
    new = [artifacts[number] for number in wanted.artifacts]
    back = [artifacts[number] for number in wanted.back]
    _check_one_version(new)
    for one in back:
        for target in [artifact for artifact in new if artifact.board == one.board] or new:
            check_way_back(target, one)
    fit, left_out = _sorted_out(wanted, _at(wanted.places, signs), new)
    names, places = plan(wanted.groups, fit)
    entries = {sign: _entry(sign, place, fit[sign], back, now_ms) for sign, place in places.items()}
    reason = f"left out: {', '.join(left_out)}" if left_out else ""
    return Rollout(
        id=0,
        title=wanted.title,
        municipality=_owner(entries),
        rules=wanted.rules,
        groups=names,
        artifacts=artifacts,
        entries=entries,
        since_ms=now_ms,
        reason=reason,
        who=who,
        made_ms=now_ms,
    )


def _check_one_version(new: Sequence[Artifact]) -> None:
    if not new or len({(one.version, one.is_app) for one in new}) > 1:
        told = ", ".join(one.version for one in new)
        raise RolloutRefused("rollout", "artifacts", told, "one version, for one or several boards")


def _at(places: Sequence[str], signs: Iterable[SignState]) -> tuple[SignState, ...]:
    found, used = [], set[str]()
    for state in signs:
        names = {EVERYWHERE, state.id.municipality, str(state.id.site_id)} & set(places)
        used |= names
        found += [state] if names else []
    missing = next((place for place in places if place not in used), None)
    if missing is not None:
        allowed = "a municipality or a crossing with signs, or * for all"
        raise RolloutRefused("rollout", "place", missing[:80], allowed)
    return tuple(found)


def _sorted_out(
    wanted: Wanted, states: Sequence[SignState], new: Sequence[Artifact]
) -> tuple[dict[SignId, Artifact], tuple[str, ...]]:
    """What each sign gets, and the crossings that are left out as a whole, so that none is mixed."""
    boards = [one.board for one in new]
    fit: dict[SignId, Artifact] = {}
    out: dict[SiteId, str] = {}
    for state in states:
        status = state.status
        candidate = Candidate(state.id, status.board if status else None, status.firmware if status else None)
        artifact = best(new, candidate.board)
        wrong = unfit(candidate, artifact, boards)
        if wrong is None and artifact is not None:
            fit[state.id] = artifact
        elif wrong is not None and not wanted.skip_unfit:
            raise RolloutRefused(str(state.id), wrong.field, wrong.value, wrong.allowed)
        else:
            out.setdefault(state.id.site_id, str(state.id.site_id))
    return {sign: one for sign, one in fit.items() if sign.site_id not in out}, tuple(out.values())


def _entry(sign: SignId, place: Place, artifact: Artifact, back: Sequence[Artifact], now_ms: int) -> Entry:
    way = best(back, artifact.board)
    number = way.id if way else None
    return Entry(sign, place.group, place.step, artifact.id, number, InRollout.WAITING, now_ms)


def _owner(signs: Iterable[SignId]) -> str | None:
    """None for signs of several municipalities."""
    found = {sign.municipality for sign in signs}
    return found.pop() if len(found) == 1 else None
