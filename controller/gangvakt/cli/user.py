"""`gangvakt user`: staff, for whoever can write the data folder."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.errors import SettingRefused, UnknownUser
from gangvakt.fleet.names import check_name
from gangvakt.settings import DEFAULT_DATA, Settings

app = typer.Typer(help="Staff and their passwords.", no_args_is_help=True, rich_markup_mode="rich")

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user reset-password\n\n"
    "  gangvakt user reset-password --user admin --json"
)
SCOPE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user scope admin --all\n\n"
    "  gangvakt user scope kari --municipality lillestrom --municipality baerum --json"
)


@app.callback()
def common() -> None:
    pass


@app.command("reset-password", epilog=EXAMPLES)
def reset_password(
    user: Annotated[str, typer.Option(help="Whose.")] = "admin",
    data: Annotated[Path, typer.Option(help="The controller's data folder.")] = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Print a new one-time password; the old password and all sessions of the user end."""
    password = asyncio.run(_reset(Settings(data=data), user))
    if as_json:
        typer.echo(json.dumps({"user": user, "one_time_password": password}))
    else:
        Console().print(f"One-time password of [bold]{escape(user)}[/]: [bold]{password}[/]", soft_wrap=True)


@app.command("scope", epilog=SCOPE_EXAMPLES)
def scope(
    user: Annotated[str, typer.Argument(help="Whose.")],
    municipality: Annotated[list[str] | None, typer.Option(help="One that is seen; repeat it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All municipalities are seen.")] = False,
    data: Annotated[Path, typer.Option(help="The controller's data folder.")] = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Say whose signs a member of staff sees, from the next request on."""
    if everything == bool(municipality):
        raise SettingRefused("user scope", "--municipality", municipality or "none", "names, or else --all")
    for name in municipality or ():
        check_name("--municipality", name)
    seen = None if everything else frozenset(municipality or ())
    asyncio.run(_set_scope(Settings(data=data), user, seen))
    names = None if seen is None else sorted(seen)
    if as_json:
        typer.echo(json.dumps({"user": user, "municipalities": names}))
    else:
        typer.echo(f"{user} sees {'all municipalities' if names is None else ', '.join(names)}")


async def _set_scope(settings: Settings, user: str, seen: frozenset[str] | None) -> None:
    from gangvakt.store import Store
    from gangvakt.store.address import known_address

    async with Store.open(known_address(settings)) as store:
        if not await store.staff.set_municipalities(user, seen):
            raise UnknownUser(user)


async def _reset(settings: Settings, user: str) -> str:
    # Here, because they take long to load, and the other commands do without them.
    from gangvakt.api.auth import AuthService, session_key
    from gangvakt.store import Store
    from gangvakt.store.address import known_address

    async with Store.open(known_address(settings)) as store:
        return await AuthService(store.staff, session_key(settings.session_key)).reset_password(user)
