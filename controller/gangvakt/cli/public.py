"""`gangvakt public`: what is open to everybody, and what everybody tells. Through the running controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, say_if_more, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import SettingRefused
from gangvakt.provision.pages import Page

if TYPE_CHECKING:
    from gangvakt.provision.public_wire import PublicPageOut

app = typer.Typer(
    help="Pages for everybody, and what people in the street report.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt public show drammen/storgata --json"
OPEN_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt public open drammen --contact 'Kari Nordmann, vei@drammen.example.no'\n\n"
    "  gangvakt public open drammen/storgata --licence NLOD-2.0"
)
CLOSE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt public close drammen/storgata"
REPORTS_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt public reports\n\n  gangvakt public reports --all --json"
DONE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt public done 12"

Place = Annotated[str, typer.Argument(metavar="MUNICIPALITY[/SITE]", help="All its crossings, or one.")]


@app.command("show", epilog=SHOW_EXAMPLES)
def show(place: Place, as_json: AsJson = False) -> None:
    """Show whether there is a page for everybody."""
    _show(_held(place), as_json=as_json)


@app.command("open", epilog=OPEN_EXAMPLES)
def open_(
    place: Place,
    contact: Annotated[str | None, typer.Option(help="Whom people may ask; it stands on the page.")] = None,
    licence: Annotated[
        str | None, typer.Option(help="Of the open data: CC-BY-4.0, CC0-1.0, NLOD-2.0.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open a page for everybody, with a form for reporting faults and open data."""
    _show(_put(place, contact, licence, is_open=True), as_json=as_json)


@app.command("close", epilog=CLOSE_EXAMPLES)
def close(place: Place, as_json: AsJson = False) -> None:
    """Close it again: whoever opens it is told that there is none."""
    _show(_put(place, None, None, is_open=False), as_json=as_json)


@app.command("reports", epilog=REPORTS_EXAMPLES)
def reports(
    every: Annotated[bool, typer.Option("--all", help="Those that are dealt with as well.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what people in the street reported."""
    from gangvakt.provision.public_wire import FaultReportOut

    wanted = [("only_open", "false" if every else "true")]
    page = controller_office().listed(Page[FaultReportOut], "fault-reports", query=wanted, most=limit)
    if as_json:
        show_json(page.items)
        return
    rows = [
        (one.id, when(one.at_ms), f"{one.site}/{one.sign or '-'}", one.kind, one.text, one.contact or "-")
        for one in page.items
    ]
    show_table(("number", "when", "where", "what", "text", "contact"), rows, "No such reports.")
    say_if_more(page, limit)


@app.command("done", epilog=DONE_EXAMPLES)
def done(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The report's number.", min=1)],
    as_json: AsJson = False,
) -> None:
    """Say that a report is dealt with: its contact is forgotten, and the alarm ends with the last one."""
    from gangvakt.provision.public_wire import FaultReportOut

    told = controller_office().ask(FaultReportOut, "POST", "fault-reports", str(number), "done")
    if as_json:
        show_json(told)
    else:
        typer.echo(f"report {told.id} of {told.site} is dealt with")


def _path(place: str) -> tuple[str, ...]:
    parts = place.split("/")
    if len(parts) > 2 or not all(parts):
        raise SettingRefused("options", "PLACE", place[:80], "MUNICIPALITY or MUNICIPALITY/SITE")
    return ("public-pages", parts[0]) if len(parts) == 1 else ("sites", *parts, "public-page")


def _held(place: str) -> PublicPageOut:
    from gangvakt.provision.public_wire import PublicPageOut

    return controller_office().ask(PublicPageOut, "GET", *_path(place))


def _put(place: str, contact: str | None, licence: str | None, *, is_open: bool) -> PublicPageOut:
    """What is not named stays."""
    from gangvakt.provision.public_wire import PublicPageIn, PublicPageOut
    from gangvakt.provision.wire import checked

    held, path = _held(place), _path(place)
    kept = held.contact if held.own else ""
    new = {
        "is_open": is_open,
        "contact": kept if contact is None else contact,
        "licence": licence or held.licence,
    }
    body = checked(PublicPageIn, "options", new)
    return controller_office().put(PublicPageOut, held.version, *path, body=body)


def _show(told: PublicPageOut, *, as_json: bool) -> None:
    if as_json:
        show_json(told)
        return
    state = "open to everybody" if told.is_open else "closed"
    Console().print(f"[bold]{escape(told.place)}[/] is {state}", highlight=False)
    whose = "of this place" if told.own else "as its municipality, or as nobody has decided"
    show_facts([("decided", whose), ("contact", told.contact or "-"), ("licence", told.licence)])
