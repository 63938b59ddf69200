"""`gangvakt user`: staff, for whoever can write the data folder."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.settings import DEFAULT_DATA, Settings

app = typer.Typer(help="Staff and their passwords.", no_args_is_help=True, rich_markup_mode="rich")

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user reset-password\n\n"
    "  gangvakt user reset-password --user admin --json"
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


async def _reset(settings: Settings, user: str) -> str:
    # Here, because they take long to load, and the other commands do without them.
    from gangvakt.api.auth import AuthService, session_key
    from gangvakt.store import Store
    from gangvakt.store.address import known_address

    async with Store.open(known_address(settings)) as store:
        return await AuthService(store.staff, session_key(settings.session_key)).reset_password(user)
