"""`gangvakt alarm`: what is wrong in the street, and who sees to it. Through the running controller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.alarm_steps import Chosen, place_query, state_of, take_step
from gangvakt.cli.office import AsJson, Yes, say_if_more, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import SettingRefused
from gangvakt.provision.pages import Page

if TYPE_CHECKING:
    from gangvakt.provision.alarm_wire import AlarmOut, StepOut

app = typer.Typer(
    help="Alarms: what is wrong, and who sees to it.", no_args_is_help=True, rich_markup_mode="rich"
)

LIST_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt alarm list\n\n"
    "  gangvakt alarm list --priority 1 --place drammen/storgata --json\n\n"
    "  gangvakt alarm list --state cleared --limit 20"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt alarm show 17"
HISTORY_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt alarm history 17 --json"
ACK_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt alarm ack 17 18 --text 'rang the contractor'\n\n"
    "  gangvakt alarm ack --place drammen --priority 3"
)
SUSPEND_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt alarm suspend 17 --for 2h --text 'new lamp is put in'\n\n"
    "  gangvakt alarm suspend --place drammen/storgata --for 3d --text 'the road is dug up' --yes"
)
RESUME_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt alarm resume 17\n\n  gangvakt alarm resume --place drammen/storgata"
)
COMMENT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt alarm comment 17 'a lorry stood before the radar'"
ASSIGN_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt alarm assign 17 --to ola\n\n  gangvakt alarm assign 17 --to ''\n\n"
    "  gangvakt alarm assign --place drammen --to kari"
)
MINUTES = {"m": 1, "h": 60, "d": 1440}

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The alarm's number.", min=1)]
Numbers = Annotated[
    list[int] | None,
    typer.Argument(metavar="[NUMBER...]", help="The alarms' numbers; or else --place or --priority.", min=1),
]
Place = Annotated[
    str | None, typer.Option(metavar="MUNICIPALITY[/SITE[/SIGN]]", help="All that are open there.")
]
Priority = Annotated[int | None, typer.Option(min=1, max=3, help="All open ones of this priority.")]
Text = Annotated[str, typer.Option("--text", help="What others shall know of it.")]


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    state: Annotated[
        list[str] | None,
        typer.Option(help="active, acknowledged, flapping, suspended, resting or cleared; else open ones."),
    ] = None,
    priority: Annotated[int | None, typer.Option(min=1, max=3, help="1 is the most urgent.")] = None,
    place: Annotated[
        str | None, typer.Option(metavar="MUNICIPALITY[/SITE[/SIGN]]", help="Only what is there.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Whose they are; '' for nobody's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List alarms, the newest first."""
    from gangvakt.provision.alarm_wire import AlarmOut

    wanted = [("state", word) for word in state or ()] + place_query(place)
    wanted += [("priority", str(priority))] if priority else []
    wanted += [("owner", owner)] if owner is not None else []
    page = controller_office().listed(Page[AlarmOut], "alarms", query=wanted, most=limit)
    if as_json:
        show_json(page.items)
        return
    columns = ("number", "priority", "state", "since", "what", "where", "owner")
    show_table(columns, map(_row, page.items), "No such alarms.")
    say_if_more(page, limit)


@app.command("show", epilog=SHOW_EXAMPLES)
def show(number: Number, as_json: AsJson = False) -> None:
    """Show one alarm: what is wrong, what to do, and what was done."""
    one = controller_office().alarm(number)
    if as_json:
        show_json(one)
        return
    Console().print(f"[bold]{escape(one.text)}[/]  {escape(one.object)}", soft_wrap=True)
    show_facts(
        [
            ("state", state_of(one)),
            ("priority", one.priority),
            ("since", when(one.raised_ms)),
            ("what to do", one.advice),
            ("owner", one.assigned_to or "-"),
        ]
    )
    _show_steps(one.history)


@app.command("history", epilog=HISTORY_EXAMPLES)
def history(number: Number, as_json: AsJson = False) -> None:
    """Show every step of one alarm: who did what, and when."""
    from gangvakt.provision.alarm_wire import StepOut

    steps = controller_office().listed(Page[StepOut], "alarms", str(number), "steps").items
    if as_json:
        show_json(steps)
    else:
        _show_steps(steps)


@app.command("ack", epilog=ACK_EXAMPLES)
def ack(
    numbers: Numbers = None,
    place: Place = None,
    priority: Priority = None,
    text: Text = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take alarms: they are not escalated any more."""
    from gangvakt.provision.alarm_wire import NoteIn

    chosen = Chosen(numbers or [], place, priority, yes)
    take_step(chosen, "acknowledge", _checked(NoteIn, text=text), as_json=as_json)


@app.command("suspend", epilog=SUSPEND_EXAMPLES)
def suspend(
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="As 30m, 2h or 3d; at most 30d.")],
    numbers: Numbers = None,
    place: Place = None,
    priority: Priority = None,
    text: Text = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Hold alarms back for a time, for work at a sign."""
    from gangvakt.provision.alarm_wire import SuspendIn

    told = _checked(SuspendIn, minutes=parse_minutes(duration), text=text)
    take_step(Chosen(numbers or [], place, priority, yes), "suspend", told, as_json=as_json)


@app.command("resume", epilog=RESUME_EXAMPLES)
def resume(
    numbers: Numbers = None,
    place: Place = None,
    priority: Priority = None,
    text: Text = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """End suspensions before their time."""
    from gangvakt.provision.alarm_wire import NoteIn

    chosen = Chosen(numbers or [], place, priority, yes)
    take_step(chosen, "resume", _checked(NoteIn, text=text), as_json=as_json)


@app.command("comment", epilog=COMMENT_EXAMPLES)
def comment(
    number: Number, text: Annotated[str, typer.Argument(help="What to write.")], as_json: AsJson = False
) -> None:
    """Add a note to an alarm's history."""
    from gangvakt.provision.alarm_wire import CommentIn

    take_step(Chosen([number]), "comment", _checked(CommentIn, text=text), as_json=as_json)


@app.command("assign", epilog=ASSIGN_EXAMPLES)
def assign(
    to: Annotated[str, typer.Option(help="Who shall see to it; '' for nobody.")],
    numbers: Numbers = None,
    place: Place = None,
    priority: Priority = None,
    text: Text = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Say who shall see to alarms."""
    from gangvakt.provision.alarm_wire import AssignIn

    chosen = Chosen(numbers or [], place, priority, yes)
    take_step(chosen, "assign", _checked(AssignIn, to=to, text=text), as_json=as_json)


def parse_minutes(text: str) -> int:
    """From `30m`, `2h` or `3d`."""
    digits, unit = text[:-1], text[-1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and unit in MINUTES):
        raise SettingRefused("options", "--for", text[:80], "a number with m, h or d, as 30m, 2h or 3d")
    return int(digits) * MINUTES[unit]


def _checked(model: type[BaseModel], **values: object) -> BaseModel:
    from gangvakt.provision.wire import checked

    return checked(model, "options", values)


def _row(one: AlarmOut) -> tuple[object, ...]:
    return (
        one.id,
        one.priority,
        one.state,
        when(one.raised_ms),
        one.text,
        one.object,
        one.assigned_to or "-",
    )


def _show_steps(steps: Sequence[StepOut]) -> None:
    rows = [(when(step.at_ms), step.who, step.kind, step.text or "-") for step in steps]
    show_table(("when", "who", "step", "text"), rows, "No steps.")
