"""`gangvakt token`: tokens by which programs come in. Through the running controller."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, Yes, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.cli.user_grants import ROLE_WORDS, Names, role_of
from gangvakt.clock import utc_ms
from gangvakt.fleet.names import check_name
from gangvakt.provision.wire import checked

if TYPE_CHECKING:
    from gangvakt.provision.people_wire import TokenOut

app = typer.Typer(
    help="Tokens by which programs come in, with at most your rights. They show up once.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt token add 'weather screen'\n\n"
    "  gangvakt token add import --role technician --municipality drammen --days 30 --json"
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt token list\n\n  gangvakt token list --user kari --json"
REVOKE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt token revoke 3 --yes"
USUAL_DAYS, MOST_DAYS = 90, 365

Whose = Annotated[str | None, typer.Option("--user", help="Another's, for administrators.")]


@app.command("add", epilog=ADD_EXAMPLES)
def add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[str, typer.Option(help=f"One of {ROLE_WORDS}; at most your own.")] = "viewer",
    municipality: Names = None,
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS, help="How long it opens something.")
    ] = USUAL_DAYS,
    as_json: AsJson = False,
) -> None:
    """Make a token of your own, and print it this once; without municipalities: wherever you have a role."""
    from gangvakt.provision.people_wire import TokenIn, TokenMadeOut

    for place in municipality or ():
        check_name("--municipality", place)
    told = {
        "name": name,
        "role": role_of("token add", role).word,
        "municipalities": municipality or None,
        "days": days,
    }
    wanted = checked(TokenIn, "options", json.dumps(told).encode())
    made = controller_office().ask(TokenMadeOut, "POST", "tokens", body=wanted)
    if as_json:
        show_json(made)
        return
    Console().print(f"Token [bold]{made.id}[/] until {when(made.expires_ms)}, shown this once:")
    typer.echo(made.token)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(user: Whose = None, as_json: AsJson = False) -> None:
    """List tokens, those that are over as well."""
    from gangvakt.provision.people_wire import TokensOut

    where = ("tokens",) if user is None else ("people", user, "tokens")
    found = controller_office().ask(TokensOut, "GET", *where).items
    if as_json:
        show_json(found)
        return
    rows = [(one.id, one.name, one.role, _where(one), _state(one), when(one.used_ms)) for one in found]
    show_table(("number", "what for", "role", "where", "state", "last used"), rows, "No tokens.")


@app.command("revoke", epilog=REVOKE_EXAMPLES)
def revoke(
    number: Annotated[int, typer.Argument(min=1, help="As `gangvakt token list` shows it.")],
    user: Whose = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Programs that use it are shut out at once."""
    from gangvakt.registry.remote import Nothing

    if not yes:
        typer.confirm(f"Revoke token {number}?", abort=True)
    where = ("tokens",) if user is None else ("people", user, "tokens")
    controller_office().ask(Nothing, "DELETE", *where, str(number))
    typer.echo(json.dumps({"number": number, "revoked": True}) if as_json else f"Token {number} is revoked")


def _where(one: TokenOut) -> str:
    return "wherever its owner has a role" if one.municipalities is None else ", ".join(one.municipalities)


def _state(one: TokenOut) -> str:
    if one.revoked_ms is not None:
        return f"revoked {when(one.revoked_ms)}"
    over = one.expires_ms <= utc_ms()
    return escape(f"{'ended' if over else 'until'} {when(one.expires_ms)}")
