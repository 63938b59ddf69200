"""`gangvakt config plan`: a configuration for many signs, in stages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.config_options import (
    AsGroup,
    AsSite,
    Board,
    Changes,
    Municipality,
    Text,
    Unset,
    changes_of,
    json_of,
    selection_of,
)
from gangvakt.cli.office import AsJson, Yes, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import SettingRefused

if TYPE_CHECKING:
    from pydantic import BaseModel

    from gangvakt.provision.config_wire import PlanDetailOut, PlanOut

app = typer.Typer(
    help="Configurations for many signs, in stages.", no_args_is_help=True, rich_markup_mode="rich"
)

MAKE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt config plan make drammen 'Dimmer nights' --set night_dim_pct=30\n\n"
    "  gangvakt config plan make drammen 'Narrow streets' --group old-town --first 1"
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config plan list drammen"
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config plan show drammen 3"
DRY_RUN_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config plan dry-run drammen 3"
START_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt config plan start drammen 3\n\n"
    "  gangvakt config plan start drammen 3 --at 2026-12-01T02:00+01:00 --yes"
)
STOP_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config plan stop drammen 3"
ROLL_BACK_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config plan roll-back drammen 3 --yes"

Number = Annotated[int, typer.Argument(min=1, help="The plan's number.")]


@app.command("make", epilog=MAKE_EXAMPLES)
def make(
    municipality: Municipality,
    title: Annotated[str, typer.Argument(help="What it is for.")],
    values: Changes = None,
    unset: Unset = None,
    site: AsSite = None,
    board: Board = None,
    group: AsGroup = None,
    text: Text = None,
    first: Annotated[int, typer.Option(min=1, max=100, help="Signs of the first stage.")] = 2,
    growth: Annotated[int, typer.Option(min=1, max=100, help="Each stage has so many times more.")] = 5,
    deadline_min: Annotated[int, typer.Option(min=1, max=10080, help="For each stage; then it stops.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Make a draft. Without --set and --unset signs get what their templates say by now."""
    from gangvakt.provision.config_wire import PlanIn, PlanOut
    from gangvakt.provision.wire import checked

    wanted = {
        "title": title,
        "changes": changes_of(values, unset),
        "selection": selection_of(site, board, group, text),
        "first": first,
        "growth": growth,
        "deadline_min": deadline_min,
    }
    path = ("municipalities", municipality, "config-plans")
    plan = controller_office().ask(PlanOut, "POST", *path, body=checked(PlanIn, "options", wanted))
    _show_line(plan, as_json=as_json)
    if not as_json:
        Console().print(f"Begin it with `gangvakt config plan start {municipality} {plan.id}`.")


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    municipality: Municipality,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List plans, the newest first."""
    from gangvakt.provision.config_wire import PlanOut
    from gangvakt.provision.pages import Page

    path = ("municipalities", municipality, "config-plans")
    page = controller_office().ask(Page[PlanOut], "GET", *path, query=f"limit={limit}")
    if as_json:
        show_json(page.items)
        return
    rows = [
        (one.id, one.state, f"{one.stage} of {len(one.stages)}", sum(one.stages), one.title, one.by)
        for one in page.items
    ]
    show_table(("number", "state", "stage", "signs", "title", "by"), rows, "No plans yet.")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(municipality: Municipality, number: Number, as_json: AsJson = False) -> None:
    """Show one plan: its stages, its signs, every step."""
    from gangvakt.provision.config_wire import PlanDetailOut

    path = ("municipalities", municipality, "config-plans", str(number))
    plan = controller_office().ask(PlanDetailOut, "GET", *path)
    if as_json:
        show_json(plan)
    else:
        _show_plan(plan)


@app.command("dry-run", epilog=DRY_RUN_EXAMPLES)
def dry_run(municipality: Municipality, number: Number, as_json: AsJson = False) -> None:
    """Decide the signs' recordings of the last week again with what the plan would bring; `show` tells the
    result."""
    _step(municipality, number, "dry-run", as_json=as_json)


@app.command("start", epilog=START_EXAMPLES)
def start(
    municipality: Municipality,
    number: Number,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601 with its zone; else now.")] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Let a draft begin, at once or at a time."""
    from gangvakt.provision.config_wire import PlanDetailOut, ScheduleIn

    path = ("municipalities", municipality, "config-plans", str(number))
    plan = controller_office().ask(PlanDetailOut, "GET", *path)
    if not yes:
        typer.confirm(f"{plan.title}: {sum(plan.stages)} signs in {len(plan.stages)} stages. Go?", abort=True)
    body = ScheduleIn(due_ms=None if at is None else _utc_ms(at))
    _step(municipality, number, "schedule", body, as_json=as_json)


@app.command("stop", epilog=STOP_EXAMPLES)
def stop(municipality: Municipality, number: Number, as_json: AsJson = False) -> None:
    """Stop a plan where it is; signs that were told keep what they were told."""
    _step(municipality, number, "stop", as_json=as_json)
    if not as_json:
        _offer_way_back(municipality, number)


@app.command("roll-back", epilog=ROLL_BACK_EXAMPLES)
def roll_back(municipality: Municipality, number: Number, yes: Yes = False, as_json: AsJson = False) -> None:
    """Bring each sign back to what it had before the plan."""
    from gangvakt.provision.config_wire import PlanDetailOut

    path = ("municipalities", municipality, "config-plans", str(number))
    plan = controller_office().ask(PlanDetailOut, "GET", *path)
    if not yes:
        count = f"up to {len(plan.signs)} of {sum(plan.stages)} signs"
        typer.confirm(f"{plan.title}: {count} get what they had before. Go?", abort=True)
    _step(municipality, number, "roll-back", as_json=as_json)


def _step(municipality: str, number: int, step: str, body: BaseModel | None = None, *, as_json: bool) -> None:
    from gangvakt.provision.config_wire import PlanOut

    path = ("municipalities", municipality, "config-plans", str(number), step)
    _show_line(controller_office().ask(PlanOut, "POST", *path, body=body), as_json=as_json)


def _show_line(plan: PlanOut, *, as_json: bool) -> None:
    if as_json:
        show_json(plan)
        return
    stages = ", ".join(map(str, plan.stages))
    line = (
        f"plan {plan.id} {plan.state}: {escape(plan.title)}: {sum(plan.stages)} signs in stages of {stages}"
    )
    Console().print(line, soft_wrap=True)


def _show_plan(plan: PlanDetailOut) -> None:
    Console().print(f"[bold]{escape(plan.title)}[/]  {plan.state}", soft_wrap=True)
    changes = " ".join(f"{name}={json_of(value)}" for name, value in plan.changes.items())
    show_facts(
        [
            ("stage", f"{plan.stage} of {len(plan.stages)}: {', '.join(map(str, plan.stages))} signs"),
            ("changes", changes or "what the signs' templates say"),
            ("by", plan.by),
            ("why", plan.why or "-"),
        ]
    )
    steps = [(when(one.at_ms), one.who, one.event, one.state, one.why or "-") for one in plan.steps]
    show_table(("when", "who", "step", "then", "why"), steps, "It has not begun.")
    rows = [(one.stage, one.sign, one.fate) for one in plan.signs if one.fate != "kept"]
    if rows:
        show_table(("stage", "sign", "is"), rows, "")
    if plan.state == "stopped" and plan.signs:
        _offer_way_back(plan.municipality, plan.id)


def _offer_way_back(municipality: str, number: int) -> None:
    told = f"gangvakt config plan roll-back {municipality} {number}"
    Console().print(f"Signs that were told keep it; `{told}` gives each what it had.", soft_wrap=True)


def _utc_ms(text: str) -> int:
    try:
        when_ = datetime.fromisoformat(text)
    except ValueError:
        when_ = None
    if when_ is None or when_.tzinfo is None:
        raise SettingRefused("options", "--at", text[:80], "as 2026-12-01T02:00+01:00, with the zone")
    return int(when_.timestamp() * 1000)
