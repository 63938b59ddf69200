"""`gangvakt oidc`: where a municipality's people log in with what they have already (OpenID Connect)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gangvakt.cli.office import AsJson, Yes, show_json, show_table
from gangvakt.cli.order import controller_office
from gangvakt.cli.user_grants import role_of
from gangvakt.errors import SettingRefused

app = typer.Typer(
    help="Log-in with a municipality's own accounts (OpenID Connect). Through the running controller.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

SET_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt oidc set lillestrom --issuer https://id.example.no --client-id gangvakt "
    "--title 'Lillestrøm kommune' --secret-file secret.txt --roles-claim groups "
    "--role traffic=operator:lillestrom --role it=administrator:*\n\n"
    "  gangvakt oidc set lier --issuer https://id.example.no --client-id gangvakt --title Lier "
    "--everybody viewer:lier --json"
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt oidc list --json"
REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt oidc remove lier --yes"
LONGEST_SECRET = 512
ROLE_RULE = "VALUE=ROLE:MUNICIPALITY, with * for all municipalities"

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the provider is called here.")]


@app.command("set", epilog=SET_EXAMPLES)
def set_(
    name: Name,
    issuer: Annotated[str, typer.Option(help="The provider's address, as its own document spells it.")],
    client_id: Annotated[str, typer.Option(help="What this controller is called there.")],
    title: Annotated[str, typer.Option(help="What stands on the button.")],
    secret_file: Annotated[
        Path | None, typer.Option(help="File with the client's secret; without, the known one stays.")
    ] = None,
    user_claim: Annotated[str, typer.Option(help="What a new user is called by.")] = "preferred_username",
    roles_claim: Annotated[
        str | None, typer.Option(help="Says what somebody may; without, roles are given here.")
    ] = None,
    role: Annotated[list[str] | None, typer.Option(help=f"{ROLE_RULE}; repeat it.")] = None,
    everybody: Annotated[
        list[str] | None, typer.Option(help="ROLE:MUNICIPALITY of whoever can log in there; repeat it.")
    ] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What is asked for; repeat it.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Where browsers reach this controller, behind a proxy.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set a provider up, or change it as a whole; register ADDRESS/login/back there."""
    from gangvakt.provision.oidc_wire import ProviderIn, ProviderOut
    from gangvakt.provision.wire import checked

    options: dict[str, object] = {
        "title": title,
        "user_claim": user_claim,
        "roles_claim": roles_claim,
        "address": address,
    }
    options |= {
        "roles": _roles(role or ()),
        "everybody": dict(_role("--everybody", one) for one in everybody or ()),
    }
    told: dict[str, object] = {
        "issuer": issuer,
        "client_id": client_id,
        "options": options | ({"scopes": scope} if scope else {}),
    }
    if secret_file is not None:
        told["client_secret"] = _secret(secret_file)
    wanted = checked(ProviderIn, "options", json.dumps(told).encode())
    saved = controller_office().ask(ProviderOut, "PUT", "login-providers", name, body=wanted)
    if as_json:
        show_json(saved)
    else:
        typer.echo(f"People of {saved.options.title} log in at {saved.issuer}")


@app.command("list", epilog=LIST_EXAMPLES)
def list_(as_json: AsJson = False) -> None:
    """List providers, without their secrets."""
    from gangvakt.provision.oidc_wire import ProvidersOut

    found = controller_office().ask(ProvidersOut, "GET", "login-providers").items
    if as_json:
        show_json(found)
        return
    rows = [
        (one.name, one.options.title, one.issuer, one.options.roles_claim or "given here") for one in found
    ]
    show_table(("name", "title", "issuer", "roles"), rows, "No providers: everybody has a password here.")


@app.command("remove", epilog=REMOVE_EXAMPLES)
def remove(name: Name, yes: Yes = False, as_json: AsJson = False) -> None:
    """Nobody logs in there any more; accounts and what they did stay."""
    from gangvakt.registry.remote import Nothing

    if not yes:
        typer.confirm(f"Remove {name}? Nobody can log in there any more.", abort=True)
    controller_office().ask(Nothing, "DELETE", "login-providers", name)
    typer.echo(json.dumps({"name": name, "removed": True}) if as_json else f"{name} is removed")


def _roles(options: list[str] | tuple[()]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for option in options:
        value, equals, rest = option.rpartition("=")
        if not equals or not value:
            raise SettingRefused("options", "--role", option[:80], ROLE_RULE)
        where, word = _role("--role", rest)
        found.setdefault(value, {})[where] = word
    return found


def _role(field: str, text: str) -> tuple[str, str]:
    word, colon, where = text.partition(":")
    if not colon or not where:
        raise SettingRefused("options", field, text[:80], "ROLE:MUNICIPALITY, with * for all municipalities")
    return where, role_of("options", word).word


def _secret(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            secret = file.readline(LONGEST_SECRET + 2).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefused("options", "--secret-file", str(path), "a readable text file") from error
    if not 1 <= len(secret) <= LONGEST_SECRET:
        allowed = f"a file with a secret of 1..{LONGEST_SECRET} characters"
        raise SettingRefused("options", "--secret-file", str(path), allowed)
    return secret
