"""What something that takes two people will do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.pair_states import PairState
from gangvakt.store.pairs import Pair
from gangvakt.web.texts import Texts

TONES: Mapping[PairState, str] = {
    PairState.ASKED: "busy",
    PairState.APPROVED: "busy",
    PairState.DONE: "good",
    PairState.FAILED: "bad",
}
VERBS = {"mute": "command_mute_does", "force-on": "command_force_on_does", "flash": "command_flash_does"}


def title_of(texts: Texts, pair: Pair) -> str:
    """What kind of thing it is."""
    return texts.say_or(f"pair_{pair.kind.replace('.', '_').replace('-', '_')}", pair.kind)


def effects_of(texts: Texts, pair: Pair) -> list[str]:
    """What will happen once it is approved, and to how many."""
    signs = signs_of(pair)
    if signs:
        verb = str(pair.data.get("verb"))
        said = texts.say(VERBS[verb], n=pair.data.get("args")) if verb in VERBS else verb
        sites = len({sign.rpartition("/")[0] for sign in signs})
        return [said, texts.say("pair_to", signs=len(signs), crossings=sites, place=pair.municipality)]
    if pair.kind == "rule.two-persons":
        rule = str(pair.data.get("rule", "auto"))
        return [texts.say("pair_rule_does", rule=texts.say_or(f"pair_rule_{rule}", rule))]
    told = [f"{name}: {value}" for name, value in pair.data.items() if isinstance(value, str | int)]
    return [texts.say("pair_by_hand", subject=pair.subject), *told]


def signs_of(pair: Pair) -> tuple[str, ...]:
    """Those that it reaches, by their names; none where it is about something else."""
    named = pair.data.get("signs")
    return tuple(one for one in named if _is_sign(one)) if isinstance(named, list) else ()


def result_of(pair: Pair) -> str:
    """What came of it, briefly."""
    told: Mapping[str, Any] = pair.result or {}
    return ", ".join(f"{name}: {value}" for name, value in told.items())


def _is_sign(name: object) -> bool:
    """What an older controller wrote down may be none."""
    try:
        SignId.parse(str(name))
    except NameRefused:
        return False
    return True
