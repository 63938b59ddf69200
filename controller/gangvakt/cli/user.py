"""`gangvakt user`: staff, for whoever can write the data folder."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import show_table
from gangvakt.errors import LastUser, SettingRefused, UnknownUser, UserExists
from gangvakt.fleet.names import check_name
from gangvakt.settings import DEFAULT_DATA, Settings

if TYPE_CHECKING:
    from gangvakt.store import Member, Store

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


ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user add kari --municipality lillestrom\n\n"
    "  gangvakt user add ola --all --json"
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user list\n\n  gangvakt user list --json"
REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user remove kari --yes"
# It stands in histories and on pages, and is typed at log-in.
USER_RULE = "1 to 64 of a-z, A-Z, 0-9, and . _ @ -, not beginning with -"
USER = re.compile(r"[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}")

DataFolder = Annotated[Path, typer.Option(help="The controller's data folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Names = Annotated[list[str] | None, typer.Option("--municipality", help="One that is seen; repeat it.")]
Everything = Annotated[bool, typer.Option("--all", help="All municipalities are seen.")]


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
        _show_password(user, password)


@app.command("add", epilog=ADD_EXAMPLES)
def add(
    user: Annotated[str, typer.Argument(help="The name at log-in.")],
    municipality: Names = None,
    everything: Everything = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Add a member of staff, and print the one-time password."""
    seen = _seen("user add", municipality, everything)
    if not USER.fullmatch(user):
        raise SettingRefused("user add", "user", user[:80], USER_RULE)
    password = asyncio.run(_add(Settings(data=data), user, seen))
    if as_json:
        typer.echo(json.dumps({"user": user, "municipalities": _listed(seen), "one_time_password": password}))
    else:
        typer.echo(f"{user} sees {_words(seen)}")
        _show_password(user, password)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(data: DataFolder = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List staff and whose signs they see."""
    members = asyncio.run(_members(Settings(data=data)))
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {
                        "user": one.user,
                        "municipalities": _listed(one.municipalities),
                        "must_change": one.must_change,
                    }
                    for one in members
                ]
            )
        )
        return
    rows = [
        (one.user, _words(one.municipalities), "one-time" if one.must_change else "chosen") for one in members
    ]
    show_table(
        ("user", "sees", "password"), rows, "No staff yet: the first start of `gangvakt serve` adds admin."
    )


@app.command("remove", epilog=REMOVE_EXAMPLES)
def remove(
    user: Annotated[str, typer.Argument(help="Who.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Remove a member of staff; his sessions end, and what he did stays in every history."""
    if not yes:
        typer.confirm(f"Remove {user}?", abort=True)
    asyncio.run(_remove(Settings(data=data), user))
    typer.echo(json.dumps({"user": user, "removed": True}) if as_json else f"{user} is removed")


@app.command("scope", epilog=SCOPE_EXAMPLES)
def scope(
    user: Annotated[str, typer.Argument(help="Whose.")],
    municipality: Names = None,
    everything: Everything = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Say whose signs a member of staff sees, from the next request on."""
    seen = _seen("user scope", municipality, everything)
    asyncio.run(_set_scope(Settings(data=data), user, seen))
    if as_json:
        typer.echo(json.dumps({"user": user, "municipalities": _listed(seen)}))
    else:
        typer.echo(f"{user} sees {_words(seen)}")


def _seen(source: str, names: list[str] | None, everything: bool) -> frozenset[str] | None:
    if everything == bool(names):
        raise SettingRefused(source, "--municipality", names or "none", "names, or else --all")
    for name in names or ():
        check_name("--municipality", name)
    return None if everything else frozenset(names or ())


def _listed(seen: frozenset[str] | None) -> list[str] | None:
    return None if seen is None else sorted(seen)


def _words(seen: frozenset[str] | None) -> str:
    return "all municipalities" if seen is None else ", ".join(sorted(seen)) or "none"


def _show_password(user: str, password: str) -> None:
    Console().print(f"One-time password of [bold]{escape(user)}[/]: [bold]{password}[/]", soft_wrap=True)


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    # Here, because it takes long to load, and the other commands do without it.
    from gangvakt.store import Store
    from gangvakt.store.address import known_address

    async with Store.open(known_address(settings)) as store:
        yield store


async def _add(settings: Settings, user: str, seen: frozenset[str] | None) -> str:
    from gangvakt.api.passwords import Passwords, one_time_password

    password = one_time_password()
    async with _store(settings) as store:
        hashed = await Passwords().hash(password)
        if not await store.staff.add(user, hashed, must_change=True, municipalities=seen):
            raise UserExists(user)
    return password


async def _members(settings: Settings) -> tuple[Member, ...]:
    async with _store(settings) as store:
        return await store.staff.all()


async def _remove(settings: Settings, user: str) -> None:
    async with _store(settings) as store:
        if await store.staff.get(user) is None:
            raise UnknownUser(user)
        if not await store.staff.remove(user):
            raise LastUser(user)


async def _set_scope(settings: Settings, user: str, seen: frozenset[str] | None) -> None:
    async with _store(settings) as store:
        if not await store.staff.set_municipalities(user, seen):
            raise UnknownUser(user)


async def _reset(settings: Settings, user: str) -> str:
    from gangvakt.api.auth import AuthService, session_key

    async with _store(settings) as store:
        return await AuthService(store.staff, session_key(settings.session_key)).reset_password(user)
