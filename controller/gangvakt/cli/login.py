"""`gangvakt login` and `gangvakt logout`: a session at a controller, kept for the other commands."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, config_folder
from gangvakt.errors import ControllerFailed

if TYPE_CHECKING:
    from gangvakt.registry.remote import ApiOffice, LoginAnswer

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt login https://signs.example.no --user kari\n\n"
    "  gangvakt login https://signs.example.no --user kari --json < password.txt"
)
LOGOUT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt logout\n\n  gangvakt logout --json"


def login(
    url: Annotated[str, typer.Argument(help="Where the controller's pages are.")],
    user: Annotated[str | None, typer.Option(help="Who you are; you are asked otherwise.")] = None,
    password: Annotated[
        str | None,
        typer.Option(
            envvar="GANGVAKT_PASSWORD", help="Better in the environment than typed here; asked otherwise."
        ),
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="Of your second factor, or a recovery code; asked when it is needed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Log in at a controller; the session is kept in your settings folder for half a day."""
    # Here, because they take long to load, and the other commands do without them.
    from gangvakt.registry.opening import SavedLogin, save_login
    from gangvakt.registry.remote import ApiOffice, check_url

    address = check_url(url)
    name = user or typer.prompt("User")
    answer = ApiOffice(address).login(name, password or _typed("Password"))
    if answer.needs == "code":
        answer = ApiOffice(address, answer.token).send_code(code or str(typer.prompt("Code")))
    if answer.must_change:
        answer = _choose_password(ApiOffice(address, answer.token))
    save_login(config_folder(), SavedLogin(url=address, user=answer.user, token=answer.token))
    if as_json:
        typer.echo(json.dumps({"user": answer.user, "url": address, "needs": answer.needs}))
        return
    if answer.needs == "second_factor":
        Console().print("[yellow]Set up a second factor first: `gangvakt second-factor set-up`[/]")
    Console().print(f"Logged in as [bold]{escape(answer.user)}[/] at {escape(address)}", soft_wrap=True)


def logout(as_json: AsJson = False) -> None:
    """End the session; the controller is told when it can be reached."""
    from gangvakt.registry.opening import forget_login, saved_login
    from gangvakt.registry.remote import ApiOffice

    held, why = saved_login(config_folder()), None
    forget_login(config_folder())
    if held is not None:
        try:
            ApiOffice(held.url, held.token).logout()
        except ControllerFailed as error:
            why = str(error)
    if as_json:
        told = {"url": held and held.url, "ended_there": held is not None and why is None, "error": why}
        typer.echo(json.dumps(told))
    elif held is None:
        Console().print("You were not logged in.")
    elif why is not None:
        Console().print(f"[yellow]Logged out here only: {escape(why)}[/]", soft_wrap=True)
    else:
        Console().print(f"Logged out at {escape(held.url)}", soft_wrap=True)


def _choose_password(office: ApiOffice) -> LoginAnswer:
    """Whoever comes with a one-time password chooses another at once."""
    return office.choose_password(_typed("New password, 12 characters or more", again=True))


def _typed(question: str, *, again: bool = False) -> str:
    """Unseen at a terminal; what is piped in could not be hidden."""
    return str(typer.prompt(question, hide_input=sys.stdin.isatty(), confirmation_prompt=again))
