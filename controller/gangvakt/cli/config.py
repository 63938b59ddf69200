"""`gangvakt config`: what signs shall run with, one or many. Through the running controller."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from gangvakt.cli import config_groups, config_plans
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
from gangvakt.cli.office import AsJson, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office, show_config
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId

if TYPE_CHECKING:
    from gangvakt.provision.config_wire import DecidedOut, DryRunOut

app = typer.Typer(
    help="What signs run with: layers, history, plans for many.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.add_typer(config_groups.templates, name="template")
app.add_typer(config_groups.groups, name="group")
app.add_typer(config_plans.app, name="plan")

POLL_S = 0.5
DIFF_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config diff drammen/storgata/30aea4120001"
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config show drammen/storgata/30aea4120001 --json"
HISTORY_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config history drammen/storgata/30aea4120001 --limit 5"
RESTORE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config restore drammen/storgata/30aea4120001 3"
DRY_RUN_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt config dry-run drammen --site storgata --set kerb_a_y_mm=2500 --set kerb_b_y_mm=2500\n\n"
    "  gangvakt config dry-run drammen --group old-town --set lead_ms=3000 --days 30 --json"
)

Sign = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE/SIGN", help="The sign.")]


@app.command("show", epilog=SHOW_EXAMPLES)
def show(sign: Sign, as_json: AsJson = False) -> None:
    """Show what a sign shall run with, and which layer gave each value."""
    from gangvakt.provision.config_wire import DiffOut

    told = controller_office().ask(DiffOut, "GET", "signs", *_parts(sign), "config", "diff")
    if as_json:
        show_json(told)
        return
    rows = [(one.field, json_of(one.value), one.origin, one.name or "-") for one in told.settings]
    show_table(("field", "value", "from", "template"), rows, "Every value is the firmware's default.")


@app.command("diff", epilog=DIFF_EXAMPLES)
def diff(sign: Sign, as_json: AsJson = False) -> None:
    """Show where a sign is not as it shall be."""
    from gangvakt.provision.config_wire import DiffOut

    told = controller_office().ask(DiffOut, "GET", "signs", *_parts(sign), "config", "diff")
    if as_json:
        show_json(told)
        return
    rows = [
        (one.field, json_of(one.reported), json_of(one.value), f"{one.origin} {one.name}".strip())
        for one in told.differences
    ]
    show_table(("field", "runs with", "shall have", "from"), rows, f"{told.sign} is as it shall be.")


@app.command("history", epilog=HISTORY_EXAMPLES)
def history(
    sign: Sign,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List every configuration that was wanted of a sign: who, when and what."""
    from gangvakt.provision.config_wire import VersionOut
    from gangvakt.provision.pages import Page

    path = ("signs", *_parts(sign), "config", "history")
    page = controller_office().ask(Page[VersionOut], "GET", *path, query=f"limit={limit}")
    if as_json:
        show_json(page.items)
        return
    rows = [
        (
            one.version,
            when(one.at_ms),
            one.by,
            one.cause if one.plan is None else f"{one.cause} {one.plan}",
            ", ".join(f"{d.field} {json_of(d.reported)} -> {json_of(d.value)}" for d in one.changed) or "-",
        )
        for one in page.items
    ]
    show_table(("version", "when", "who", "cause", "what"), rows, "Nothing was ever wanted of it.")


@app.command("restore", epilog=RESTORE_EXAMPLES)
def restore(
    sign: Sign,
    version: Annotated[int, typer.Argument(min=1, help="As `gangvakt config history` lists it.")],
    as_json: AsJson = False,
) -> None:
    """Bring a sign back to a version of its history, as a new version."""
    from gangvakt.provision.config_wire import RestoreIn
    from gangvakt.provision.order_wire import ConfigOut

    path = ("signs", *_parts(sign), "config", "restore")
    done = controller_office().ask(ConfigOut, "POST", *path, body=RestoreIn(version=version))
    if as_json:
        show_json(done)
    else:
        show_config(done)


@app.command("dry-run", epilog=DRY_RUN_EXAMPLES)
def dry_run(
    municipality: Municipality,
    values: Changes = None,
    unset: Unset = None,
    site: AsSite = None,
    board: Board = None,
    group: AsGroup = None,
    text: Text = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Recordings of the last so many days.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Decide recordings again as if the signs had had these values: which warnings come, go or move. Nothing
    is told to signs."""
    from gangvakt.provision.config_wire import DryRunIn, DryRunOut
    from gangvakt.provision.wire import checked

    changes = changes_of(values, unset)
    if not changes:
        raise SettingRefused("options", "--set", None, "NAME=VALUE, once or several times")
    wanted = {"changes": changes, "selection": selection_of(site, board, group, text), "days": days}
    office, path = controller_office(), ("municipalities", municipality, "config-dry-runs")
    run = office.ask(DryRunOut, "POST", *path, body=checked(DryRunIn, "options", wanted))
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("recordings", total=run.total or None)
        while run.state in ("waiting", "running"):
            time.sleep(POLL_S)
            run = office.ask(DryRunOut, "GET", *path, str(run.number))
            progress.update(task, completed=run.decided)
    if as_json:
        show_json(run)
    else:
        _show_run(run)
    if run.state == "failed":
        raise typer.Exit(1)


def _show_run(run: DryRunOut) -> None:
    if run.error:
        Console(stderr=True).print(run.error, style="red", markup=False, soft_wrap=True)
        return
    show_facts(
        [
            ("recordings", run.total),
            ("warnings", f"{run.before} as recorded, {run.after} with the changes"),
            ("missed", run.missed),
            ("new", run.new),
            ("lead", f"{_s(run.lead_before_ms)} as recorded, {_s(run.lead_after_ms)} with the changes"),
        ]
    )
    if run.failed or run.unfaithful:
        told = f"{run.failed} could not be decided again, {run.unfaithful} are of another firmware"
        Console().print(told, soft_wrap=True)
    if run.changed:
        rows = [(one.recording, one.sign, _told(one, before=True), _told(one)) for one in run.changed]
        show_table(("recording", "sign", "as recorded", "with the changes"), rows, "")


def _told(one: DecidedOut, *, before: bool = False) -> str:
    if one.error:
        return "-" if before else one.error
    activations = one.before if before else one.after
    return "; ".join(f"{a.reason} at {_s(a.at_ms)}, lead {_s(a.lead_ms)}" for a in activations) or "dark"


def _s(time_ms: int | None) -> str:
    return "-" if time_ms is None else f"{time_ms / 1000:.1f} s"


def _parts(sign: str) -> Sequence[str]:
    return str(SignId.parse(sign)).split("/")
