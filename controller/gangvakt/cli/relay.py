"""`gangvakt relay`: who is told of alarms and events. Through the running controller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.contacts import channel_app, contact_app, notice_app
from gangvakt.cli.office import AsJson, Yes, say_if_more, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import SettingRefused
from gangvakt.provision.pages import Page
from gangvakt.provision.wire import checked

if TYPE_CHECKING:
    from gangvakt.provision.relay_wire import OutcomeOut, RelayOut

app = typer.Typer(
    help="Who is told of alarms and events: other programs by webhooks, people by e-mail, SMS and ntfy.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.add_typer(contact_app, name="contact")
app.add_typer(channel_app, name="channel")
app.add_typer(notice_app, name="notice")

ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt relay add traffic-centre --url https://example.no/gangvakt\n\n"
    "  gangvakt relay add archive --url https://example.no/in --kind '*' --set batch=50\n\n"
    "  gangvakt relay add on-call --contact 1 --contact 2 --municipality drammen --priority 2 "
    "--set holidays=norway --set escalate_min=10"
)
SET_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt relay set traffic-centre --url https://example.no/other\n\n"
    '  gangvakt relay set on-call --set \'shifts=[{"days":["mon","tue"],"begin":"07:00","until":"15:30"}]\''
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay list"
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay show traffic-centre --json"
TEST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay test traffic-centre"
PAUSE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay pause traffic-centre"
RESUME_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay resume traffic-centre"
REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay remove traffic-centre --yes"
SECRET_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay secret traffic-centre --yes"
UNDELIVERED_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay undelivered traffic-centre --limit 20"
RETRY_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt relay retry traffic-centre 17 18\n\n"
    "  gangvakt relay retry traffic-centre --all"
)
MOST_OPTION = 4000  # characters of one value

Name = Annotated[str, typer.Argument(metavar="NAME", help="The relay.")]
Url = Annotated[str | None, typer.Option(help="Where a webhook posts.")]
Private = Annotated[
    bool, typer.Option("--allow-private", help="The address may be in this network, and without TLS.")
]
Contacts = Annotated[list[int] | None, typer.Option("--contact", help="Who is told, the first one first.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="A type of CloudEvents, or PREFIX.*")]
Priority = Annotated[
    int | None, typer.Option(min=1, max=3, help="Only alarms of this priority and more urgent ones.")
]
Values = Annotated[list[str] | None, typer.Option("--set", help="One more option, as NAME=JSON.")]


@app.command("add", epilog=ADD_EXAMPLES)
def add(
    name: Name,
    url: Url = None,
    allow_private: Private = False,
    contact: Contacts = None,
    municipality: Annotated[str | None, typer.Option(help="Only what is this one's.")] = None,
    kind: Kinds = None,
    priority: Priority = None,
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Add a webhook (--url) or a relay to people (--contact). A webhook's secret is shown this once."""
    from gangvakt.provision.relay_wire import RelayIn, RelaySecretOut

    if (url is None) == (not contact):
        raise SettingRefused("options", "--url", url, "a URL, or --contact for people; one of both")
    wanted = {
        "name": name,
        "type": "people" if contact else "webhook",
        "municipality": municipality,
        "kinds": kind or [],
        "least_priority": priority or 3,
        "options": _options(url, contact, values, allow_private=allow_private),
    }
    body = checked(RelayIn, "options", wanted)
    made = controller_office().ask(RelaySecretOut, "POST", "relays", body=body)
    if as_json:
        show_json(made)
        return
    _show(made.relay)
    _show_secret(made.secret)


@app.command("set", epilog=SET_EXAMPLES)
def set_(
    name: Name,
    url: Url = None,
    allow_private: Private = False,
    contact: Contacts = None,
    kind: Kinds = None,
    priority: Priority = None,
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Change a relay; what is not named stays."""
    options = _options(url, contact, values, allow_private=allow_private)
    change = {"kinds": kind, "least_priority": priority, "options": options or None}
    _change(name, change, as_json=as_json)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(as_json: AsJson = False) -> None:
    """List all relays and how they stand."""
    from gangvakt.provision.relay_wire import RelayOut

    items = controller_office().listed(Page[RelayOut], "relays").items
    if as_json:
        show_json(items)
        return
    columns = ("relay", "type", "state", "waiting", "delivered", "given up", "lost", "last error")
    rows = [
        (one.name, one.type, one.state, one.waiting, one.delivered, one.undelivered, one.missed, _error(one))
        for one in items
    ]
    show_table(columns, rows, "No relays yet: `gangvakt relay add` makes one.")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(name: Name, as_json: AsJson = False) -> None:
    """Show one relay, but not its secret."""
    from gangvakt.provision.relay_wire import RelayOut

    one = controller_office().ask(RelayOut, "GET", "relays", name)
    if as_json:
        show_json(one)
    else:
        _show(one)


@app.command("test", epilog=TEST_EXAMPLES)
def send_test(name: Name, as_json: AsJson = False) -> None:
    """Send a harmless message now, and show what became of it."""
    from gangvakt.provision.relay_wire import OutcomeOut

    _show_outcome(controller_office().ask(OutcomeOut, "POST", "relays", name, "test"), as_json=as_json)


@app.command("pause", epilog=PAUSE_EXAMPLES)
def pause(name: Name, as_json: AsJson = False) -> None:
    """Have a relay wait; what happens meanwhile goes out when it is resumed."""
    _change(name, {"paused": True}, as_json=as_json)


@app.command("resume", epilog=RESUME_EXAMPLES)
def resume(name: Name, as_json: AsJson = False) -> None:
    """Have a relay go on where it was."""
    _change(name, {"paused": False}, as_json=as_json)


@app.command("remove", epilog=REMOVE_EXAMPLES)
def remove(name: Name, yes: Yes = False) -> None:
    """Remove a relay with all that it could not deliver."""
    from gangvakt.registry.remote import Nothing

    if not yes:
        typer.confirm(f"Remove {name} with all that it could not deliver?", abort=True)
    controller_office().ask(Nothing, "DELETE", "relays", name)


@app.command("secret", epilog=SECRET_EXAMPLES)
def secret(name: Name, yes: Yes = False, as_json: AsJson = False) -> None:
    """Make a new secret and show it this once; the old one signs beside it for a day."""
    from gangvakt.provision.relay_wire import RelaySecretOut

    if not yes:
        typer.confirm(f"Make a new secret of {name}? The one it has ends in a day.", abort=True)
    made = controller_office().ask(RelaySecretOut, "POST", "relays", name, "secret")
    if as_json:
        show_json(made)
    else:
        _show_secret(made.secret)


@app.command("undelivered", epilog=UNDELIVERED_EXAMPLES)
def undelivered(
    name: Name,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what a relay has given up, and why."""
    from gangvakt.provision.relay_wire import UndeliveredOut

    page = controller_office().listed(Page[UndeliveredOut], "relays", name, "undelivered", most=limit)
    if as_json:
        show_json(page.items)
        return
    rows = [(one.number, when(one.given_up_ms), one.kind, one.subject, one.reason) for one in page.items]
    show_table(("number", "given up", "type", "subject", "why"), rows, "Nothing.")
    say_if_more(page, limit)


@app.command("retry", epilog=RETRY_EXAMPLES)
def retry(
    name: Name,
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", min=1)] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that it has given up.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send again what a relay has given up, in order, up to the first that fails."""
    from gangvakt.provision.relay_wire import MOST_RETRIED, OutcomeOut, RetryIn, UndeliveredOut

    if everything == bool(numbers):
        raise SettingRefused("options", "--all", everything, "numbers, or --all; one of both")
    office, done = controller_office(), 0
    while True:
        if everything:
            page = Page[UndeliveredOut]
            found = office.listed(page, "relays", name, "undelivered", most=MOST_RETRIED)
            numbers = [one.number for one in found.items]
        if not numbers:
            break
        body = checked(RetryIn, "options", {"numbers": numbers})
        outcome = office.ask(OutcomeOut, "POST", "relays", name, "retry", body=body)
        done += outcome.done
        if outcome.verdict != "done" or not everything:
            _show_outcome(outcome.model_copy(update={"done": done}), as_json=as_json)
            return
    _show_outcome(OutcomeOut(verdict="done", why=None, done=done), as_json=as_json)


def _change(name: str, change: dict[str, Any], *, as_json: bool) -> None:
    from gangvakt.provision.relay_wire import RelayChange, RelayOut

    body = checked(RelayChange, "options", change)
    one = controller_office().ask(RelayOut, "PATCH", "relays", name, body=body)
    if as_json:
        show_json(one)
    else:
        _show(one)


def _options(
    url: str | None, contacts: Sequence[int] | None, values: Sequence[str] | None, *, allow_private: bool
) -> dict[str, Any]:
    found: dict[str, Any] = parse_json_values(values)
    if url is not None:
        found["url"] = url
    if allow_private:
        found["allow_private"] = True
    if contacts:
        found["contacts"] = list(contacts)
    return found


def parse_json_values(texts: Sequence[str] | None) -> dict[str, Any]:
    """NAME=JSON; what is no JSON is a text."""
    found: dict[str, Any] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name or len(value) > MOST_OPTION:
            raise SettingRefused(
                "options", "--set", text[:80], f"NAME=VALUE of up to {MOST_OPTION} characters"
            )
        try:
            found[name] = json.loads(value)
        except (ValueError, RecursionError):
            found[name] = value
    return found


def _show(one: RelayOut) -> None:
    Console().print(f"[bold]{escape(one.name)}[/]  {one.type}, {one.state}")
    facts: list[tuple[str, object]] = [
        ("of", one.municipality or "all municipalities"),
        ("takes", f"{', '.join(one.kinds)}; alarms up to priority {one.least_priority}"),
        ("options", json.dumps(one.options)),
        ("waiting", one.waiting),
        ("delivered", f"{one.delivered}, the last {when(one.delivered_ms)}"),
        (
            "given up",
            f"{one.undelivered}" + (", see `gangvakt relay undelivered`" if one.undelivered else ""),
        ),
    ]
    if one.missed:
        facts.append(("lost", f"{one.missed}, because it lagged too far behind"))
    if one.attempts:
        facts.append(("failures", f"{one.attempts} in a row; next try {when(one.next_try_ms)}"))
    if one.last_error:
        facts.append(("last error", one.last_error))
    show_facts(facts)


def _show_secret(secret: str | None) -> None:
    if secret:
        Console().print(f"secret  {secret}\nIt is shown this once: give it to whoever checks the signatures.")


def _show_outcome(outcome: OutcomeOut, *, as_json: bool) -> None:
    if as_json:
        show_json(outcome)
    elif outcome.verdict == "done":
        typer.echo(f"Delivered: {outcome.done}")
    else:
        typer.echo(f"Delivered: {outcome.done}; then: {outcome.why}")
    if outcome.verdict != "done":
        raise typer.Exit(1)


def _error(one: RelayOut) -> str:
    return (one.last_error or "-")[:60]
