"""Alarms as the plain dicts that the elements show. Keys are those of `scripts/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gangvakt.api.auth import Login
from gangvakt.api.rights import may_open
from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.fleet.alarm import CONTROLLER, Alarm, Step
from gangvakt.fleet.alarm_classes import PLAN_STOPPED, ROLLOUT_PAUSED, class_of
from gangvakt.fleet.alarm_states import TRANSITIONS, Kind
from gangvakt.provision.public_wire import FaultReportOut
from gangvakt.web.alarms.acting import MODELS, may_act
from gangvakt.web.alarms.wording import (
    alarm_advice,
    alarm_title,
    alarm_told,
    state_word,
    told_by_controller,
    who_word,
)
from gangvakt.web.texts import Texts
from gangvakt.web.views import View


def alarm_row(alarm: Alarm, texts: Texts, login: Login) -> View:
    return {
        "id": alarm.id,
        "priority": alarm.priority,
        "title": alarm_title(alarm, texts),
        "where": alarm.object,
        "state": alarm.state.value,
        "stateText": state_word(alarm.state, texts),
        "untilMs": alarm.suspended_until_ms,
        "takenBy": alarm.acknowledged_by,
        "level": alarm.level,
        "owner": alarm.assigned_to,
        "raisedMs": alarm.raised_ms,
        "changedMs": alarm.changed_ms,
        "mayAct": may_act(login, alarm),
    }


def alarm_detail(alarm: Alarm, texts: Texts, login: Login) -> View:
    more = {
        "advice": alarm_advice(alarm, texts),
        "told": alarm_told(alarm, texts),
        "toldLang": "en" if alarm_told(alarm, texts) == alarm.text else None,
        "clearedMs": alarm.cleared_ms,
    }
    return alarm_row(alarm, texts, login) | more


def history_rows(alarm: Alarm, history: Iterable[Step], texts: Texts) -> list[View]:
    """Newest first; words of the controller that nobody put into the reader's language say so."""
    rows = [_step_row(number, step, alarm, texts) for number, step in enumerate(history)]
    return rows[::-1]


def _step_row(number: int, step: Step, alarm: Alarm, texts: Texts) -> View:
    known = class_of(alarm.code)
    is_title = step.who == CONTROLLER and step.text in (alarm.text, known.text if known else "")
    row: View = {
        "key": number,
        "kind": step.kind.value,
        "word": texts.say(f"alarm_step_{step.kind.value}"),
        "atMs": step.at_ms,
        "who": who_word(step.who, texts),
        "text": "" if is_title else _text(step, alarm, texts),
        "untilMs": step.data.get("until_ms"),
    }
    row |= {"lang": "en" if step.who == CONTROLLER and row["text"] == step.text else None}
    return row | ({"to": step.data.get("to")} if step.kind is Kind.ASSIGN else {})


def _text(step: Step, alarm: Alarm, texts: Texts) -> str:
    return told_by_controller(texts, alarm, step.text) if step.who == CONTROLLER else step.text


def report_view(report: FaultReportOut, texts: Texts) -> View:
    return {
        "id": report.id,
        "kind": texts.say(f"public_kind_{report.kind}"),
        "text": report.text,
        "contact": report.contact,
        "atMs": report.at_ms,
        "sign": report.sign,
    }


def steps_of(alarm: Alarm) -> list[str]:
    """What people may do with it as it stands, in the order of the buttons."""
    return [kind.value for kind in MODELS if (alarm.state, kind) in TRANSITIONS]


def links_of(alarm: Alarm, texts: Texts, login: Login) -> list[View]:
    """Where the alarm is, and what it is about."""
    links = [
        {"href": href, "name": name} for place in _places(alarm) for href, name in _ways(place, texts, login)
    ]
    if alarm.code == ROLLOUT_PAUSED:
        links.append({"href": "/rollouts", "name": texts.say("alarm_to_rollout")})
    if alarm.code == PLAN_STOPPED:
        links.append({"href": "/config", "name": texts.say("config")})
    return links


def _places(alarm: Alarm) -> Iterator[SignId | SiteId]:
    """The sign or site of the alarm; of a feeder all of its signs."""
    named = alarm.data.get("signs")
    for text in (alarm.object, *(named if isinstance(named, list) else ())):
        try:
            yield SignId.parse(text) if str(text).count("/") == 2 else SiteId.parse(str(text))
        except NameRefused:
            continue  # a feeder, or a part of the controller


def _ways(place: SignId | SiteId, texts: Texts, login: Login) -> Iterator[tuple[str, str]]:
    site = place.site_id if isinstance(place, SignId) else place
    crossing = f"/crossing/{site.municipality}/{site.site}"
    if isinstance(place, SiteId):
        yield crossing, f"{texts.say('alarm_to_crossing')} {site}"
        return
    yield f"{crossing}?sign={place.sign}", f"{texts.say('alarm_to_sign')} {place}"
    if may_open(login.granted, "/job/"):
        yield f"/job/{place}", f"{texts.say('alarm_to_job')}: {place.sign}"
