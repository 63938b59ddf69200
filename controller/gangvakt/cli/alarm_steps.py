"""One step for several alarms: those of some numbers, or all that are open somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from pydantic import BaseModel
from rich.console import Console

from gangvakt.cli.office import show_json, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import AlarmRefused
from gangvakt.fleet.alarm_states import OPEN, TRANSITIONS, Kind
from gangvakt.provision.pages import Page

if TYPE_CHECKING:
    from gangvakt.provision.alarm_wire import AlarmOut
    from gangvakt.registry.remote import ApiOffice

PLACE = ("municipality", "site", "sign")
MOST_AT_ONCE = 1000  # what the controller takes in one step
MOST_SHOWN = 10  # before the question


@dataclass(frozen=True)
class Chosen:
    """The alarms of `numbers`; or, without any, all open ones at `place` and of `priority`."""

    numbers: Sequence[int]
    place: str | None = None
    priority: int | None = None
    yes: bool = False


def take_step(chosen: Chosen, step: str, told: BaseModel, *, as_json: bool) -> None:
    """Numbers one after the other: the first that is refused ends it, and says so. By place or priority all
    or none, after a question: AlarmRefused when nothing is chosen, or when there is nothing."""
    filters = place_query(chosen.place) + ([("priority", str(chosen.priority))] if chosen.priority else [])
    if bool(chosen.numbers) == bool(filters):
        raise AlarmRefused("options", "NUMBER", None, "numbers of alarms, or --place or --priority")
    if chosen.numbers:
        _step_each(controller_office(), chosen.numbers, step, told, as_json=as_json)
    else:
        _step_all(controller_office(), filters, step, told, yes=chosen.yes, as_json=as_json)


def place_query(text: str | None) -> list[tuple[str, str]]:
    """The filters of the list for MUNICIPALITY[/SITE[/SIGN]]."""
    parts = text.split("/") if text is not None else []
    if len(parts) > len(PLACE) or not all(parts):
        raise AlarmRefused("options", "--place", (text or "")[:80], "MUNICIPALITY[/SITE[/SIGN]]")
    return list(zip(PLACE, parts, strict=False))


def state_of(one: AlarmOut) -> str:
    """For people: the state, until when, by whom."""
    until = f" until {when(one.suspended_until_ms)}" if one.suspended_until_ms else ""
    if not one.acknowledged_by:
        return f"{one.state}{until}"
    taken = "" if one.state == "acknowledged" else ", acknowledged"
    return f"{one.state}{until}{taken} by {one.acknowledged_by}"


def _step_each(
    office: ApiOffice, numbers: Sequence[int], step: str, told: BaseModel, *, as_json: bool
) -> None:
    done = []
    try:
        for number in numbers:
            done.append(office.step_alarm(number, step, told))
    finally:
        if as_json:
            show_json(done)
        for one in () if as_json else done:
            _say(one)


def _step_all(
    office: ApiOffice,
    filters: list[tuple[str, str]],
    step: str,
    told: BaseModel,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Those whose state allows the step: who acknowledges all need not know which are already."""
    from gangvakt.provision.alarm_wire import BulkIn
    from gangvakt.provision.wire import checked

    states = sorted(state.value for state in OPEN if (state, Kind(step)) in TRANSITIONS)
    found = _found(office, filters + [("state", word) for word in states])
    if not yes:
        for one in found[:MOST_SHOWN]:
            _say(one, err=True)
        more = f", of which {MOST_SHOWN} are shown" if len(found) > MOST_SHOWN else ""
        typer.confirm(f"{step} {len(found)} alarms{more}?", abort=True, err=True)
    wanted = (
        dict(filters)
        | {"step": step, "expected": len(found), "state": states}
        | told.model_dump(exclude={"seen_ms"})
    )
    done = office.step_alarms(checked(BulkIn, "options", wanted))
    if as_json:
        show_json(done)
    else:
        typer.echo(f"{done.count} alarms: {step}")


def _found(office: ApiOffice, wanted: list[tuple[str, str]]) -> tuple[AlarmOut, ...]:
    from gangvakt.provision.alarm_wire import AlarmOut

    page = office.listed(Page[AlarmOut], "alarms", query=wanted, most=MOST_AT_ONCE)
    if page.next:
        raise AlarmRefused(
            "options", "--place", "more", f"at most {MOST_AT_ONCE} alarms: name a smaller place"
        )
    if not page.items:
        raise AlarmRefused("options", "--place", "none", "what fits an open alarm: see `gangvakt alarm list`")
    return page.items


def _say(one: AlarmOut, *, err: bool = False) -> None:
    line = f"alarm {one.id} {state_of(one)}: {one.object}: {one.text}"
    Console(stderr=err).print(line, soft_wrap=True, markup=False)
