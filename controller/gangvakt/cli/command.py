"""`gangvakt command`: one command for many signs. Through the running controller."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from gangvakt.cli.config_options import AsGroup, AsSite, Board, Municipality, Text, selection_of
from gangvakt.cli.office import AsJson, Yes, show_json, show_table
from gangvakt.cli.order import controller_office, parse_args

if TYPE_CHECKING:
    from gangvakt.provision.config_wire import JobOut

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt command drammen status\n\n"
    "  gangvakt command drammen reboot --group old-town --yes\n\n"
    "  gangvakt command drammen mute 30 --site storgata"
)
POLL_S = 0.5


def command(
    municipality: Municipality,
    verb: Annotated[str, typer.Argument(help="As for one sign: ping, status, reboot, mute ...")],
    args: Annotated[str | None, typer.Argument(help="What goes with it: JSON, or a text.")] = None,
    site: AsSite = None,
    board: Board = None,
    group: AsGroup = None,
    text: Text = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Have many signs obey: shows how many, asks, then tells what they answered. Muting or lighting many
    takes a second person."""
    from gangvakt.provision.config_wire import BulkCommandIn, GoIn, JobOut, PreparedOut
    from gangvakt.provision.wire import checked

    selection = selection_of(site, board, group, text)
    wanted = checked(
        BulkCommandIn, "options", {"verb": verb, "args": parse_args(args), "selection": selection}
    )
    office, path = controller_office(), ("municipalities", municipality, "commands")
    counted = office.ask(PreparedOut, "POST", *path, "count", body=wanted)
    if not yes:
        typer.confirm(f"{verb} for {counted.count} signs, {counted.online} of them online. Go?", abort=True)
    job = office.ask(JobOut, "POST", *path, "go", body=GoIn(token=counted.token))
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task(verb, total=job.total)
        while not job.done and job.pending is None:
            time.sleep(POLL_S)
            job = office.ask(JobOut, "GET", *path, str(job.number))
            progress.update(task, completed=sum(job.counts.values()))
    if as_json:
        show_json(job)
    else:
        _show(job)
    if job.done and job.counts["ok"] < job.total:
        raise typer.Exit(1)


def _show(job: JobOut) -> None:
    if job.pending is not None:
        Console().print(f"{job.verb} for {job.total} signs waits for a second person: {job.pending}.")
        return
    told = ", ".join(f"{count} {word}" for word, count in job.counts.items() if count)
    Console().print(f"{job.verb}: {job.total} signs: {told}")
    if job.others:
        rows = [(one.sign, one.word, one.detail or "-") for one in job.others]
        show_table(("sign", "answer", "why"), rows, "")
