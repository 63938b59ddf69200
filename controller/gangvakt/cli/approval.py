"""`gangvakt approval`: what takes two people. Through the running controller."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from gangvakt.cli.office import AsJson, Yes, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.provision.audit_wire import PairOut

app = typer.Typer(help="What takes two people.", no_args_is_help=True, rich_markup_mode="rich")

LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt approval list\n\n  gangvakt approval list --all --json"
APPROVE_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt approval approve 17\n\n  gangvakt approval approve 17 --yes"
)
REFUSE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt approval refuse 17"
RULE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt approval rule auto\n\n  gangvakt approval rule always"
RULE_KIND, RULE_SUBJECT = "rule.two-persons", "two_persons"
WAITING = ("asked", "approved")

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="Its number.")]


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also what is over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what waits for a second person, the newest first."""
    found = controller_office().approvals.page(() if every else WAITING, limit)
    if as_json:
        show_json(found)
        return
    rows = [
        (one.id, one.state, one.kind, one.subject, one.asked_by, when(one.expires_ms), one.decided_by or "-")
        for one in found
    ]
    columns = ("number", "state", "what", "to", "asked by", "until", "decided by")
    show_table(columns, rows, "Nothing waits for a second person.")


@app.command("approve", epilog=APPROVE_EXAMPLES)
def approve(number: Number, yes: Yes = False, as_json: AsJson = False) -> None:
    """Approve what another person asked for; it is carried out then."""
    office = controller_office().approvals
    if not yes:
        _show(office.one(number))
        typer.confirm("Approve it?", abort=True)
    done = office.approve(number)
    _tell(done, as_json=as_json)
    if done.state == "failed":
        raise typer.Exit(1)


@app.command("refuse", epilog=REFUSE_EXAMPLES)
def refuse(number: Number, as_json: AsJson = False) -> None:
    """Refuse it, or take back what you asked for yourself."""
    _tell(controller_office().approvals.refuse(number), as_json=as_json)


@app.command("rule", epilog=RULE_EXAMPLES)
def rule(
    word: Annotated[str, typer.Argument(help="auto (wherever two people could do it), always or never.")],
    as_json: AsJson = False,
) -> None:
    """Say what takes two people. To change that takes two people itself."""
    asked = controller_office().approvals.ask(RULE_KIND, RULE_SUBJECT, {"rule": word})
    _tell(asked, as_json=as_json)
    if asked.state == "failed":
        raise typer.Exit(1)


def _tell(pair: PairOut, *, as_json: bool) -> None:
    if as_json:
        show_json(pair)
    else:
        _show(pair)


def _show(pair: PairOut) -> None:
    show_facts(
        [
            ("number", pair.id),
            ("what", f"{pair.kind} of {pair.subject}"),
            ("with", json.dumps(dict(pair.data))),
            ("asked by", f"{pair.asked_by}, {when(pair.asked_ms)}"),
            ("state", pair.state),
            ("decided by", pair.decided_by or "-"),
            ("result", json.dumps(dict(pair.result)) if pair.result else "-"),
        ]
    )
