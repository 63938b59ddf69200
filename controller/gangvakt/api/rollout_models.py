"""How rollouts are told."""

from __future__ import annotations

from collections import Counter

from gangvakt.fleet.rollout_plan import GroupSpec
from gangvakt.fleet.rollout_states import State
from gangvakt.fleet.rollouts import Entry, Rollout, Rules
from gangvakt.fleet.windows import Calendar, Window
from gangvakt.provision.rollout_wire import (
    ArtifactOut,
    RolloutDetailOut,
    RolloutIn,
    RolloutMoveOut,
    RolloutOut,
    RolloutRulesOut,
    RolloutSignOut,
)
from gangvakt.store.rollouts import MoveEntry, Upload
from gangvakt.upkeep.rollout_making import Wanted
from gangvakt.upkeep.rollouts import OFFERED, Rollouts


def wanted_of(told: RolloutIn) -> Wanted:
    """RolloutRefused for a group, a window or a zone that is none."""
    calendar = Calendar(tuple(map(Window.parse, told.windows)), told.zone)
    rules = Rules(told.at_once, told.error_pct, told.success_pct, told.soak_min, told.silence_min, calendar)
    groups = tuple(map(GroupSpec.parse, told.groups))
    return Wanted(told.title, told.places, told.artifacts, told.back, groups, rules, told.skip_unfit)


def artifact_out(upload: Upload) -> ArtifactOut:
    found = upload.artifact
    return ArtifactOut(
        id=found.id,
        sha256=found.sha256,
        kind="app" if found.is_app else "interpreter",
        board=found.board,
        version=found.version,
        goes_back=bool(found.replaces),
        size=found.size,
        made_ms=upload.made_ms,
        who=upload.who,
    )


def rollout_out(rollout: Rollout, now_ms: int) -> RolloutOut:
    waits = rollout.state is State.SCHEDULED
    from_ms = max(now_ms, rollout.start_ms)
    return RolloutOut.model_validate(
        {
            "id": rollout.id,
            "title": rollout.title,
            "municipality": rollout.municipality,
            "state": rollout.state.value,
            "since_ms": rollout.since_ms,
            "reason": rollout.reason,
            "group": rollout.group,
            "groups": rollout.groups,
            "version": next(rollout.target(entry).version for entry in rollout.entries.values()),
            "signs": len(rollout.entries),
            "counts": dict(Counter(entry.state.value for entry in rollout.entries.values())),
            "opens_ms": rollout.rules.calendar.next_open_ms(from_ms) if waits else None,
            "who": rollout.who,
            "made_ms": rollout.made_ms,
        }
    )


def rollout_detail_out(rollout: Rollout, service: Rollouts, now_ms: int) -> RolloutDetailOut:
    return RolloutDetailOut.model_validate(
        rollout_out(rollout, now_ms).model_dump()
        | {
            "plan": _rules_out(rollout.rules),
            "concerned": len(service.concerned_by_way_back(rollout)),
            "entries": [_sign_out(rollout, entry, service) for entry in rollout.entries.values()],
        }
    )


def move_out(one: MoveEntry) -> RolloutMoveOut:
    return RolloutMoveOut.model_validate(one, from_attributes=True)


def _sign_out(rollout: Rollout, entry: Entry, service: Rollouts) -> RolloutSignOut:
    size = rollout.target(entry).size
    fetched = service.fetched(entry) if entry.state in OFFERED else 0
    return RolloutSignOut.model_validate(
        {
            "sign": str(entry.sign),
            "group": entry.group,
            "step": entry.step,
            "state": entry.state.value,
            "since_ms": entry.since_ms,
            "reason": entry.reason,
            "fetched_pct": min(100, fetched * 100 // size),
        }
    )


def _rules_out(rules: Rules) -> RolloutRulesOut:
    return RolloutRulesOut(
        at_once=rules.at_once,
        error_pct=rules.error_pct,
        success_pct=rules.success_pct,
        soak_min=rules.soak_min,
        silence_min=rules.silence_min,
        windows=tuple(map(str, rules.calendar.windows)),
        zone=rules.calendar.zone,
    )
