"""Who may publish, subscribe and receive where."""

from __future__ import annotations

from enum import Enum

from gangvakt.broker.identity import Identity, Role

SIGNS_ROOT = "gangvakt/v1"
SIMULATOR_ROOT = "gangvakt-sim"

RETAINED_TAILS = ("status", "config/reported", "update/reported")
SCENE_SLASHES = 4  # gangvakt-sim/v1/<municipality>/<site>/scene


class Action(Enum):
    """What a client wants to do with a topic (or, subscribing, with a topic filter)."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    RECEIVE = "receive"


def may(who: Identity, action: Action, topic: str) -> bool:
    """Whether `who` may do it. A filter is allowed only when all that it can match is."""
    if not _is_sound(topic, action):
        return False
    return who.role is Role.CONTROLLER or any(_is_below(topic, root) for root in _roots(who))


def may_retain(who: Identity, topic: str) -> bool:
    """Whether the broker keeps the last message on `topic`: few topics a client, so memory is bounded."""
    if who.role is Role.SIMULATOR:
        return topic.endswith("/scene") and topic.count("/") == SCENE_SLASHES
    return who.role is Role.CONTROLLER or topic in {
        f"{SIGNS_ROOT}/{who.name}/{tail}" for tail in RETAINED_TAILS
    }


def _roots(who: Identity) -> tuple[str, ...]:
    if who.role is Role.SIMULATOR:
        return (SIMULATOR_ROOT,)
    if who.sign is None:
        return ()
    return (f"{SIGNS_ROOT}/{who.sign}", f"{SIGNS_ROOT}/{who.sign.site_id}/group")


def _is_below(topic: str, root: str) -> bool:
    """The root's own levels stand in the topic literally: a wildcard there could match a neighbour."""
    return topic == root or topic.startswith(f"{root}/")


def _is_sound(topic: str, action: Action) -> bool:
    wild = "#" in topic or "+" in topic
    if wild and action is not Action.SUBSCRIBE:
        return False
    return bool(topic) and "\0" not in topic and not topic.startswith("$")
