"""Alarms in words: what is wrong, what to do, and how it stands."""

from __future__ import annotations

from gangvakt.fleet.alarm import CONTROLLER, Alarm
from gangvakt.fleet.alarm_classes import PLAN_STOPPED, ROLLOUT_PAUSED, class_of
from gangvakt.fleet.alarm_states import State
from gangvakt.web.phrasing import phrase
from gangvakt.web.texts import Texts


def alarm_title(alarm: Alarm, texts: Texts) -> str:
    """What is wrong; in the words of whoever raised it where its class is not known."""
    said = texts.say_or(f"alarm_{alarm.code}", texts.say_or(f"fault_{alarm.code}", alarm.text))
    return said[:1].upper() + said[1:]


def alarm_told(alarm: Alarm, texts: Texts) -> str | None:
    """What the alarm says beyond its class, such as which feeder; None where that is nothing."""
    known = class_of(alarm.code)
    is_more = alarm.text not in (known.text if known else None, alarm_title(alarm, texts))
    return told_by_controller(texts, alarm, alarm.text) if is_more else None


def told_by_controller(texts: Texts, alarm: Alarm, text: str) -> str:
    """In the reader's words; before a colon stands the title that somebody gave a rollout or a plan."""
    if alarm.code not in (ROLLOUT_PAUSED, PLAN_STOPPED):
        return phrase(texts, text)
    title, colon, why = text.partition(": ")
    return f"{title}{colon}{phrase(texts, why)}"


def alarm_advice(alarm: Alarm, texts: Texts) -> str | None:
    """What to do; None for a class that another part of the program made up."""
    return texts.say_or(f"advice_{alarm.code}", "") or None


def state_word(state: State, texts: Texts) -> str:
    return texts.say(f"alarm_in_{state.value}")


def who_word(who: str, texts: Texts) -> str:
    return texts.say("alarm_controller") if who == CONTROLLER else who
