"""`gangvakt second-factor`: codes at your own log-in. Through the running controller."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from gangvakt.cli.office import AsJson, config_folder, show_facts, show_json
from gangvakt.cli.order import controller_office
from gangvakt.provision.wire import checked

if TYPE_CHECKING:
    from gangvakt.provision.people_wire import CodeIn

app = typer.Typer(
    help="A second factor at your log-in: codes of an authenticator app.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

SET_UP_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt second-factor set-up"
STATUS_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt second-factor status --json"
CODES_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt second-factor codes --code 123456"
REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt second-factor remove --code 123456"

Code = Annotated[str | None, typer.Option(help="Of the authenticator, or a recovery code; asked otherwise.")]
Password = Annotated[
    str | None,
    typer.Option(
        envvar="GANGVAKT_PASSWORD", help="Better in the environment than typed here; asked otherwise."
    ),
]


@app.command("set-up", epilog=SET_UP_EXAMPLES)
def set_up(password: Password = None) -> None:
    """Show a QR code, ask for a code of it, and print recovery codes; your other sessions end."""
    import segno

    from gangvakt.provision.people_wire import ConfirmedOut, ProofIn, SetUpOut
    from gangvakt.registry.opening import SavedLogin, save_login, saved_login

    office = controller_office()
    typed = json.dumps({"password": password or _hidden("Password")})
    proof = checked(ProofIn, "options", typed.encode())
    made = office.ask(SetUpOut, "POST", "second-factor", body=proof)
    if sys.stdout.isatty():
        segno.make(made.uri, micro=False).terminal(compact=True)
    Console().print(f"Scan this with an authenticator app, or type [bold]{made.secret}[/]", soft_wrap=True)
    code = _code(None)
    done = office.ask(ConfirmedOut, "POST", "second-factor", "confirm", body=code)
    held = saved_login(config_folder())
    if held is not None:
        save_login(config_folder(), SavedLogin(url=held.url, user=held.user, token=done.token))
    _show(done.codes)


@app.command("status", epilog=STATUS_EXAMPLES)
def status(as_json: AsJson = False) -> None:
    """Whether a code is asked for at your log-in."""
    from gangvakt.provision.people_wire import FactorOut

    state = controller_office().ask(FactorOut, "GET", "second-factor")
    if as_json:
        show_json(state)
    else:
        show_facts((("second factor", "on" if state.on else "off"), ("recovery codes", state.codes_left)))


@app.command("codes", epilog=CODES_EXAMPLES)
def codes(code: Code = None, as_json: AsJson = False) -> None:
    """Print new recovery codes; the old ones open nothing any more."""
    from gangvakt.provision.people_wire import CodesOut

    told = _code(code)
    made = controller_office().ask(CodesOut, "POST", "second-factor", "codes", body=told)
    if as_json:
        show_json(made)
    else:
        _show(made.codes)


@app.command("remove", epilog=REMOVE_EXAMPLES)
def remove(code: Code = None, as_json: AsJson = False) -> None:
    """No code is asked for any more."""
    from gangvakt.registry.remote import Nothing

    told = _code(code)
    controller_office().ask(Nothing, "POST", "second-factor", "remove", body=told)
    typer.echo('{"on": false}' if as_json else "No code is asked for any more")


def _show(made: tuple[str, ...]) -> None:
    typer.echo("Recovery codes; each opens once, and they are not shown again:")
    for code in made:
        typer.echo(f"  {code}")


def _code(given: str | None) -> CodeIn:
    """SettingRefused for what is no code."""
    from gangvakt.provision.people_wire import CodeIn

    return checked(CodeIn, "options", json.dumps({"code": given or typer.prompt("Code")}).encode())


def _hidden(question: str) -> str:
    return str(typer.prompt(question, hide_input=sys.stdin.isatty()))
