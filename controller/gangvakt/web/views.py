"""Fleet values as the plain dicts that the page's elements show. Keys are those of `scripts/`."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

from gangvakt.fleet import (
    Actor,
    Lamps,
    Scene,
    SceneSign,
    SignEvent,
    SignState,
    SignStatus,
    SiteId,
    World,
)
from gangvakt.fleet.presence import ABSENT, Presence
from gangvakt.fleet.view import SeenFleet
from gangvakt.provision.tracing import PlainWords
from gangvakt.web.texts import Texts
from gangvakt.web.words import event_sentence, fault_sentence

View = dict[str, Any]
State = Literal["flashing", "dark", "shadow", "silent", "off_by_day", "unknown"]
STATES: tuple[State, ...] = get_args(State)

DRAWN_PATTERNS = ("alternating", "ww-s", "beacon", "steady")
USER_PATTERN = "user"  # of the site's own, by its steps
STEP = re.compile(r"(\d{1,4}):([01]):([01])", re.ASCII)  # ms, left, right
UNKNOWN = "–"
PLAIN = PlainWords()  # the page must not wait for the names of the firmware


def sign_state(sign: SignState, presence: Presence = Presence.UNKNOWN) -> State:
    """What the lamps of a sign do, or why that is not known; `presence` is what the patrol says of it."""
    if presence is Presence.OFF_BY_DAY:
        return "off_by_day"
    if presence in ABSENT or sign.offline_since_ms is not None:
        return "silent"
    if not sign.online or sign.status is None:
        return "unknown"
    if sign.lamps_on:
        return "flashing"
    return "shadow" if sign.status.is_shadow else "dark"


def sign_row(sign: SignState, presence: Presence, texts: Texts) -> View:
    """One card of the list of signs."""
    state = sign_state(sign, presence)
    return {
        "id": str(sign.id),
        "name": sign.id.sign,
        "site": f"{sign.id.municipality} / {sign.id.site}",
        "state": state,
        "stateText": texts.say(state),
        "seenMs": sign.last_seen_ms,
        "faults": [fault_sentence(fault, texts) for fault in sign.faults],
        "steps": pattern_steps(sign),
        **(_status_view(sign.status, texts) if sign.status else _no_status_view(texts)),
    }


def pattern_steps(sign: SignState) -> list[list[int]]:
    """[ms, left, right] of a pattern of the site's own; empty where the sign has another, or does not say."""
    if sign.status is None or sign.status.lamps.pattern != USER_PATTERN or sign.config is None:
        return []
    told = str(sign.config.values.get("user_pattern", "")).split()
    steps = [STEP.fullmatch(step) for step in told]
    found = [[int(number) for number in step.groups()] for step in steps if step]
    return found if len(found) == len(told) and all(step[0] for step in found) else []


def _status_view(status: SignStatus, texts: Texts) -> View:
    lamps = status.lamps
    return {
        "pattern": lamps.pattern if lamps.pattern in DRAWN_PATTERNS else "steady",
        "dim": lamps.dim_pct / 100,
        "facts": [
            _fact(texts.say("mode"), texts.say_or(f"mode_{status.mode}", status.mode)),
            _fact(texts.say("pattern"), _lamps_text(lamps, texts)),
            _fact(texts.say("firmware"), status.firmware),
            _fact(texts.say("configuration"), texts.say("version_n", n=status.config_version)),
            _fact(texts.say("armed"), _seconds(status.armed_ms, texts)),
            *_crash_facts(status, texts),
        ],
    }


def _crash_facts(status: SignStatus, texts: Texts) -> list[View]:
    crash = status.crash
    if crash is None:
        return []
    return [_fact(texts.say("last_failure"), f"{crash.cause}: {PLAIN(crash.text, crash.firmware)}")]


def _lamps_text(lamps: Lamps, texts: Texts) -> str:
    parts = [texts.say_or(f"pattern_{lamps.pattern}", lamps.pattern), f"{lamps.dim_pct} %"]
    if lamps.current_proved is not None:
        parts.append(texts.say("current_proved" if lamps.current_proved else "current_not_proved"))
    return ", ".join(parts)


def _no_status_view(texts: Texts) -> View:
    names = ("mode", "pattern", "firmware", "configuration", "armed")
    return {"pattern": "steady", "dim": 0, "facts": [_fact(texts.say(name), UNKNOWN) for name in names]}


def _fact(name: str, value: str) -> View:
    return {"name": name, "value": value}


def _seconds(duration_ms: int | None, texts: Texts) -> str:
    return UNKNOWN if duration_ms is None else f"{texts.number(duration_ms / 1000, 2)} s"


def event_row(event: SignEvent, texts: Texts) -> View:
    """One line of the stream; the browser shows the time in its own time zone."""
    return {
        "id": event.id,
        "utcMs": event.utc_ms,
        "kind": event.kind,
        "sign": event.sign.sign,
        "site": event.sign.site,
        "text": event_sentence(event, texts),
    }


def simulated_sites(fleet: SeenFleet) -> list[SiteId]:
    """Sites of which there is a street to draw."""
    return list(fleet.scenes())


def scene_view(scene: Scene) -> View:
    """The street, as `street/index.js` takes it."""
    return {
        "name": scene.name,
        "bounds": scene.bounds_m,
        "road": scene.road,
        "pavements": scene.pavements,
        "crossing": scene.crossing,
        "kerbs": scene.kerbs,
        "signs": [_scene_sign_view(sign) for sign in scene.signs],
    }


def _scene_sign_view(sign: SceneSign) -> View:
    return {
        "sign": sign.sign,
        "x": sign.x_m,
        "y": sign.y_m,
        "azimuth_deg": sign.azimuth_deg,
        "range_m": sign.range_m,
        "half_fan_deg": sign.half_fan_deg,
    }


def world_view(world: World) -> View:
    """One instant of the street."""
    lamps = {name: [int(left), int(right)] for name, (left, right) in world.lamps.items()}
    return {"t_s": world.t_s, "actors": [_actor_view(actor) for actor in world.actors], "lamps": lamps}


def _actor_view(actor: Actor) -> View:
    return {
        "id": actor.id,
        "kind": actor.kind,
        "x": actor.x_m,
        "y": actor.y_m,
        "heading_deg": actor.heading_deg,
        "speed_m_s": actor.speed_m_s,
    }
