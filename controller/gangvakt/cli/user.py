"""`gangvakt user`: staff, for whoever can write the data folder."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import show_table
from gangvakt.cli.user_grants import (
    ROLE_WORDS,
    Everything,
    Names,
    listed,
    places_of,
    role_of,
    seen_words,
    told,
    words,
)
from gangvakt.errors import FactorMissing, LastUser, SettingRefused, UnknownUser, UserExists
from gangvakt.fleet.roles import Grants, Role, grants_in
from gangvakt.settings import DEFAULT_DATA, Settings

if TYPE_CHECKING:
    from gangvakt.store import Member, Store

app = typer.Typer(
    help="Staff: their passwords, and what they may do where.", no_args_is_help=True, rich_markup_mode="rich"
)

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
    "  gangvakt user add kari --role operator --municipality lillestrom\n\n"
    "  gangvakt user add ola --role administrator --all --json"
)
GRANT_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user grant kari technician --municipality baerum\n\n"
    "  gangvakt user grant ola viewer --all --json"
)
WITHDRAW_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user withdraw kari --municipality baerum\n\n"
    "  gangvakt user withdraw ola --all --json"
)
FACTOR_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user reset-second-factor kari --yes"
RULES_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user rules --administrators-need-second-factor\n\n"
    "  gangvakt user rules --json"
)
LOCK_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user lock kari\n\n  gangvakt user unlock kari --json"
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user list\n\n  gangvakt user list --json"
REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user remove kari --yes"
# It stands in histories and on pages, and is typed at log-in.
USER_RULE = "1 to 64 of a-z, A-Z, 0-9, and . _ @ -, not beginning with -"
USER = re.compile(r"[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}")

COMMAND_LINE = "command line"  # as store/acting.py has it, which takes long to load
DataFolder = Annotated[Path, typer.Option(help="The controller's data folder.")]
RoleWord = Annotated[str, typer.Option("--role", help=f"One of {ROLE_WORDS}.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


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
    role: RoleWord = Role.VIEWER.word,
    municipality: Names = None,
    everything: Everything = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Add a member of staff, and print the one-time password."""
    seen, wanted = places_of("user add", municipality, everything), role_of("user add", role)
    if not USER.fullmatch(user):
        raise SettingRefused("user add", "user", user[:80], USER_RULE)
    password = asyncio.run(_add(Settings(data=data), user, seen, wanted))
    if as_json:
        added = {"user": user, "role": wanted.word, "municipalities": listed(seen)}
        typer.echo(json.dumps(added | {"one_time_password": password}))
    else:
        typer.echo(f"{user} is {words(grants_in(seen, wanted))}")
        _show_password(user, password)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(data: DataFolder = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List staff, and what they may do where."""
    members = asyncio.run(_members(Settings(data=data)))
    if as_json:
        typer.echo(json.dumps([_row(one) for one in members]))
        return
    rows = [(one.user, words(one.grants), _password_word(one)) for one in members]
    show_table(
        ("user", "role", "password"), rows, "No staff yet: the first start of `gangvakt serve` adds admin."
    )


def _row(one: Member) -> dict[str, object]:
    return {
        "user": one.user,
        "roles": told(one.grants),
        "municipalities": listed(one.municipalities),
        "must_change": one.must_change,
        "locked": one.locked,
        "logs_in_at": one.reference[0] if one.reference else None,
    }


def _password_word(one: Member) -> str:
    if one.locked:
        return "locked"
    if one.reference:
        return f"at {one.reference[0]}"
    return "one-time" if one.must_change else "chosen"


@app.command("grant", epilog=GRANT_EXAMPLES)
def grant(
    user: Annotated[str, typer.Argument(help="Whom.")],
    role: Annotated[str, typer.Argument(help=f"One of {ROLE_WORDS}.")],
    municipality: Names = None,
    everything: Everything = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Give a role somewhere, instead of the one held there; sessions of the user end."""
    added = grants_in(places_of("user grant", municipality, everything), role_of("user grant", role))
    _tell(user, asyncio.run(_change(Settings(data=data), user, lambda held: {**held, **added})), as_json)


@app.command("withdraw", epilog=WITHDRAW_EXAMPLES)
def withdraw(
    user: Annotated[str, typer.Argument(help="From whom.")],
    municipality: Names = None,
    everything: Everything = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Take back the role of these municipalities, or the one that counts in all; his sessions end."""
    gone = grants_in(places_of("user withdraw", municipality, everything), Role.VIEWER)

    def left(held: Grants) -> dict[str, Role]:
        return {where: role for where, role in held.items() if where not in gone}

    _tell(user, asyncio.run(_change(Settings(data=data), user, left)), as_json)


@app.command("lock", epilog=LOCK_EXAMPLES)
def lock(
    user: Annotated[str, typer.Argument(help="Whom.")],
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Let nobody in as this user, nor with his tokens, until he is unlocked; his sessions end."""
    _set_locked(data, user, True, as_json)


@app.command("unlock", epilog=LOCK_EXAMPLES)
def unlock(
    user: Annotated[str, typer.Argument(help="Whom.")],
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Let a locked user in again."""
    _set_locked(data, user, False, as_json)


@app.command("reset-second-factor", epilog=FACTOR_EXAMPLES)
def reset_second_factor(
    user: Annotated[str, typer.Argument(help="Whose.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """For whoever lost telephone and recovery codes: the password alone opens again; his sessions end."""
    if not yes:
        typer.confirm(f"Remove the second factor of {user}?", abort=True)
    asyncio.run(_reset_factor(Settings(data=data), user))
    told = {"user": user, "second_factor": False}
    typer.echo(json.dumps(told) if as_json else f"No code is asked of {user} any more")


@app.command("rules", epilog=RULES_EXAMPLES)
def rules(
    second_factor: Annotated[
        bool | None,
        typer.Option(
            "--administrators-need-second-factor/--administrators-need-none",
            help="Whether administrators may do nothing before they have one; without, what holds now.",
        ),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Say, or see, what holds for all of staff."""
    holds = asyncio.run(_rules(Settings(data=data), second_factor))
    if as_json:
        typer.echo(json.dumps({"administrators_need_second_factor": holds}))
    else:
        typer.echo(f"Administrators need {'a' if holds else 'no'} second factor")


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
    """Say in which municipalities the highest role of the user counts, from the next request on."""
    seen = places_of("user scope", municipality, everything)
    asyncio.run(_set_scope(Settings(data=data), user, seen))
    if as_json:
        typer.echo(json.dumps({"user": user, "municipalities": listed(seen)}))
    else:
        typer.echo(f"{user} sees {seen_words(seen)}")


def _tell(user: str, grants: Grants, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"user": user, "roles": told(grants)}))
    else:
        typer.echo(f"{user} is {words(grants)}")


def _set_locked(data: Path, user: str, locked: bool, as_json: bool) -> None:
    asyncio.run(_lock(Settings(data=data), user, locked))
    typer.echo(
        json.dumps({"user": user, "locked": locked})
        if as_json
        else f"{user} is {'locked' if locked else 'let in again'}"
    )


def _show_password(user: str, password: str) -> None:
    Console().print(f"One-time password of [bold]{escape(user)}[/]: [bold]{password}[/]", soft_wrap=True)


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    # Here, because it takes long to load, and the other commands do without it.
    from gangvakt.store import Store
    from gangvakt.store.address import known_address

    async with Store.open(known_address(settings)) as store:
        yield store


async def _add(settings: Settings, user: str, seen: frozenset[str] | None, role: Role) -> str:
    from gangvakt.api.passwords import Passwords, one_time_password

    password = one_time_password()
    async with _store(settings) as store:
        hashed = await Passwords().hash(password)
        if not await store.staff.add(user, hashed, must_change=True, grants=grants_in(seen, role)):
            raise UserExists(user)
    return password


async def _change(settings: Settings, user: str, change: Callable[[Grants], Mapping[str, Role]]) -> Grants:
    async with _store(settings) as store:
        member = await store.staff.get(user)
        if member is None:
            raise UnknownUser(user)
        grants = Grants(change(member.grants))
        if not await store.staff.set_grants(user, grants):
            raise LastUser(user)
    return grants


async def _reset_factor(settings: Settings, user: str) -> None:
    async with _store(settings) as store:
        if await store.staff.get(user) is None:
            raise UnknownUser(user)
        if not await store.staff.factors.remove(user, by=COMMAND_LINE):
            raise FactorMissing(user)
        await store.staff.sessions.end_all(user)


async def _rules(settings: Settings, must: bool | None) -> bool:
    from gangvakt.clock import utc_ms

    async with _store(settings) as store:
        factors = store.staff.factors
        if must is not None:
            names = [one.user for one in await store.staff.all() if one.must_have_factor]
            await factors.demand(must, names, utc_ms(), by=COMMAND_LINE)
        return await factors.administrators_must()


async def _lock(settings: Settings, user: str, locked: bool) -> None:
    async with _store(settings) as store:
        if await store.staff.get(user) is None:
            raise UnknownUser(user)
        if not await store.staff.set_locked(user, locked):
            raise LastUser(user)


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
