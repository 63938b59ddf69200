"""What is known of a sign as the plain dicts that the elements show. Keys are those of `scripts/`."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.fleet import SignId, SignState
from gangvakt.fleet.alarm import Alarm
from gangvakt.fleet.power import PowerProfile
from gangvakt.fleet.presence import Presence
from gangvakt.provision.file_wire import SignFileOut
from gangvakt.provision.selftest_rows import Row
from gangvakt.provision.walking import Glimpse, Site
from gangvakt.provision.wire import RegistrationOut
from gangvakt.web.alarms.wording import alarm_title, state_word
from gangvakt.web.senses import senses_of
from gangvakt.web.texts import Texts
from gangvakt.web.views import View, sign_state
from gangvakt.web.words import fault_sentence

NOTES_SHOWN = 8


def head_view(
    sign: SignId, state: SignState | None, presence: Presence, power: PowerProfile, texts: Texts
) -> View:
    """How the sign stands now; `state` None: it was never heard."""
    word = sign_state(state, presence) if state else "unknown"
    status = state.status if state else None
    return {
        "name": sign.sign,
        "site": str(sign.site_id),
        "online": bool(state and state.online),
        "state": word,
        "stateText": texts.say(word),
        "faults": [fault_sentence(fault, texts) for fault in state.faults] if state else [],
        "seenMs": state.last_seen_ms if state else None,
        "firmware": status.firmware if status else None,
        "board": status.board if status else None,
        "order": texts.say_or(f"order_{status.order}", status.order) if status and status.order else None,
        "orderLeftS": status.order_left_s if status else None,
        "senses": [
            {"name": name, "value": value}
            for name, value in senses_of(state.telemetry if state else None, power, texts)
        ],
    }


def alarm_views(alarms: Sequence[Alarm], texts: Texts) -> list[View]:
    return [
        {
            "id": one.id,
            "priority": one.priority,
            "title": alarm_title(one, texts),
            "stateText": state_word(one.state, texts),
        }
        for one in alarms
    ]


def file_view(file: SignFileOut | None, texts: Texts) -> View | None:
    """Its life, and what was written last; None for a sign that is not registered."""
    if file is None:
        return None
    written = [("note", one) for one in file.notes] + [("repair", one) for one in file.repairs]
    written.sort(key=lambda kind_one: kind_one[1].at_ms, reverse=True)
    return {
        "state": file.state,
        "stateText": texts.say(f"job_life_{file.state}"),
        "pole": file.pole,
        "photos": [
            {"id": one.id, "text": one.text, "atMs": one.at_ms, "who": one.who} for one in file.photos[-4:]
        ][::-1],
        "written": [
            {"kind": texts.say(f"job_kind_{kind}"), "text": one.text, "who": one.who, "atMs": one.at_ms}
            for kind, one in written[:NOTES_SHOWN]
        ],
    }


def swap_view(sign: SignId, registrations: Sequence[RegistrationOut]) -> View:
    """Who takes its place: nobody, one that is being flashed, or one that has."""
    successors = [one for one in registrations if one.replaces == str(sign)]
    newest = max(successors, key=lambda one: one.created_ms, default=None)
    return {
        "command": f"gangvakt replace {sign}",
        "state": newest.state if newest else None,
        "sign": newest.sign if newest else None,
        "sinceMs": newest.created_ms if newest else None,
    }


def row_view(row: Row, texts: Texts) -> View:
    return {
        "what": _row_name(row.what, texts),
        "found": row.found,
        "limit": row.limit,
        "verdict": row.verdict.name.lower(),
        "verdictText": texts.say(f"job_verdict_{row.verdict.name.lower()}"),
    }


def _row_name(what: str, texts: Texts) -> str:
    """Radars have a number in their name."""
    name, comma, rest = what.partition(", ")
    first, _, number = name.partition(" ")
    if first == "radar" and number.isdigit():
        word = texts.say("job_row_radar", number=int(number) + 1)
        return f"{word}{comma}{texts.say_or('job_row_of_' + rest.replace(' ', '_').lower(), rest)}"
    return texts.say_or("job_row_" + what.replace(" ", "_").lower(), what)


def site_view(site: Site) -> View:
    """For the picture of the walk: places in metres, azimuths in radians."""
    kerb = [site.kerb.a, site.kerb.b] if site.kerb else None
    poses = [{"x": pose.x, "y": pose.y, "azimuth": pose.azimuth} for pose in site.poses]
    return {"poses": poses, "kerb": kerb, "width": site.width_m}


def glimpse_view(glimpse: Glimpse, texts: Texts) -> View:
    """One moment, with the decision in words."""
    said = ""
    if glimpse.reason != "none":
        said = texts.say_or(f"on_{glimpse.reason}", glimpse.reason)
        if glimpse.t_kerb_s is not None:
            said += ", " + texts.say("before_kerb", seconds=texts.number(glimpse.t_kerb_s))
    return {**glimpse.as_json(), "said": said}
