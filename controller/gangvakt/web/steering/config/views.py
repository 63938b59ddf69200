"""Configurations as their pages show them: pure, from stored values to what the elements draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import median

from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import Difference, Origin, Resolved, Setting
from gangvakt.fleet.config_plan import TRANSITIONS, Event, Fate, Plan, State
from gangvakt.fleet.dry_run import Tally
from gangvakt.web.steering.config.editor import value_text
from gangvakt.web.steering.rollouts.views import MOST_CROSSINGS
from gangvakt.web.texts import Texts
from gangvakt.web.views import View

STATE_TONES: Mapping[str | None, str] = {
    "in force": "good",
    "sent": "busy",
    "waits": "busy",
    "trial": "busy",
    "refused": "bad",
    "rolled_back": "bad",
}
PLAN_TONES: Mapping[State, str] = {
    State.DONE: "good",
    State.STOPPED: "bad",
    State.DRY_RUN: "busy",
    State.APPLYING: "busy",
    State.PROBATION: "busy",
    State.ROLLING_BACK: "busy",
}
FATE_MARKS: Mapping[Fate | None, str] = {
    Fate.KEPT: "good",
    Fate.WAITING: "busy",
    Fate.LOST: "bad",
    None: "calm",  # the plan has not come to it
}
URGENCY: Mapping[Fate | None, int] = {Fate.LOST: 0, Fate.WAITING: 1, Fate.KEPT: 2, None: 2}
PARTS = ("good", "busy", "bad", "calm")
STEPS = (Event.TRY, Event.SCHEDULE, Event.STOP, Event.ROLL_BACK)  # of people


def state_word(texts: Texts, state: str | None) -> str:
    """What a sign made of what is wanted of it."""
    if state is None:
        return texts.say("config_state_none")
    return texts.say_or(f"config_state_{state.replace(' ', '_')}", state)


def state_tone(state: str | None) -> str:
    return STATE_TONES.get(state, "calm")


def plan_word(texts: Texts, state: State) -> str:
    return texts.say(f"config_plan_{state.value}")


def plan_tone(state: State) -> str:
    return PLAN_TONES.get(state, "calm")


def plan_steps(plan: Plan) -> tuple[Event, ...]:
    """What somebody may do with it now."""
    return tuple(event for event in STEPS if (plan.state, event) in TRANSITIONS)


def origin_word(texts: Texts, setting: Setting) -> str:
    """Who gave a value."""
    word = texts.say(f"config_from_{setting.origin.value}")
    return f"{word}: {setting.name}" if setting.name else word


def own_values(resolved: Resolved) -> dict[str, object]:
    """Those that are the sign's own."""
    return {name: one.value for name, one in resolved.settings.items() if one.origin is Origin.OWN}


def changes_between(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """What has to be changed of the own values; None where one is given up."""
    given_up = dict.fromkeys(name for name in before if name not in after)
    return given_up | {name: value for name, value in after.items() if before.get(name, given_up) != value}


def stages_view(texts: Texts, plan: Plan, fates: Mapping[SignId, Fate]) -> list[View]:
    """A bar for each stage."""
    return [_stage_view(texts, plan, number, fates) for number in range(len(plan.stages))]


def signs_view(
    texts: Texts, plan: Plan, stage: int | None, fates: Mapping[SignId, Fate]
) -> tuple[list[View], int]:
    """Crossings of a stage, or of all, and how many are not drawn; lost signs come first."""
    found: dict[str, list[tuple[int, SignId]]] = {}
    for number, signs in enumerate(plan.stages):
        for sign in signs if stage in (None, number) else ():
            found.setdefault(str(sign.site_id), []).append((number, sign))
    urgency = {name: min(URGENCY[fates.get(sign)] for _, sign in signs) for name, signs in found.items()}
    ranked = sorted(found, key=lambda name: (urgency[name], name))
    rows = [_site_view(texts, name, found[name], fates) for name in ranked]
    return rows[:MOST_CROSSINGS], max(0, len(rows) - MOST_CROSSINGS)


def consequences(texts: Texts, plan: Plan, event: Event, told: int) -> list[str]:
    """What a step will do, and to how many; `told` signs have been told by the plan."""
    first = len(plan.stages[0])
    return {
        Event.TRY: [texts.say("config_try_does", signs=len(plan.signs))],
        Event.SCHEDULE: [
            texts.say("config_schedule_all", signs=len(plan.signs), stages=len(plan.stages)),
            texts.say("config_schedule_first", first=first),
            texts.say("config_schedule_proof", minutes=plan.deadline_min),
        ],
        Event.STOP: [texts.say("config_stop_keeps", told=told, left=len(plan.signs) - told)],
        Event.ROLL_BACK: [texts.say("config_back_does", told=told)],
    }[event]


def tally_view(texts: Texts, tally: Tally) -> list[tuple[str, str]]:
    """What a dry run gave, line by line."""
    lead = "–"
    if tally.leads_before_ms:
        before, after = median(tally.leads_before_ms), median(tally.leads_after_ms)
        lead = f"{texts.number(before / 1000)} s → {texts.number(after / 1000)} s"
    return [
        (texts.say("config_dry_recordings"), str(tally.recordings)),
        (texts.say("config_dry_activations"), f"{tally.before} → {tally.after}"),
        (texts.say("config_dry_missed"), str(tally.missed)),
        (texts.say("config_dry_new"), str(tally.new)),
        (texts.say("config_dry_lead"), lead),
        (texts.say("config_dry_failed"), str(tally.failed)),
        (texts.say("config_dry_unfaithful"), str(tally.unfaithful)),
    ]


def changed_text(texts: Texts, differences: Iterable[Difference]) -> str:
    """What a version changed, or would change, briefly."""
    return ", ".join(change_text(texts, one) for one in differences)


def change_text(texts: Texts, one: Difference) -> str:
    """One field, before and after."""
    before, after = (value_text(texts, one.field, value) for value in (one.reported, one.wanted.value))
    return f"{one.field}: {before} → {after}"


def _stage_view(texts: Texts, plan: Plan, number: int, fates: Mapping[SignId, Fate]) -> View:
    counts = Counter(FATE_MARKS[fates.get(sign)] for sign in plan.stages[number])
    words = {mark: texts.say(f"config_fate_{mark}") for mark in FATE_MARKS.values()}
    told = ", ".join(f"{count} {words[mark]}" for mark, count in counts.most_common())
    return {
        "name": f"{texts.say('config_stage')} {number + 1}",
        "current": number == plan.stage and plan.state in (State.APPLYING, State.PROBATION),
        "size": texts.say("config_stage_size", signs=len(plan.stages[number])),
        "told": told,
        "parts": [
            {"mark": mark, "count": counts[mark]} for mark in ("good", "busy", "bad", "calm") if counts[mark]
        ],
    }


def _site_view(
    texts: Texts, name: str, signs: list[tuple[int, SignId]], fates: Mapping[SignId, Fate]
) -> View:
    lines = []
    for number, sign in signs:
        mark = FATE_MARKS[fates.get(sign)]
        word = texts.say(f"config_fate_{mark}")
        line = {"name": sign.sign, "step": number + 1, "mark": mark, "word": word, "pct": None, "reason": ""}
        lines.append(line)
    stages = ", ".join(sorted({str(number + 1) for number, _ in signs}))
    return {"name": name, "href": f"/crossing/{name}", "group": stages, "signs": lines}
