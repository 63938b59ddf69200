"""`gangvakt user`: staff, for whoever can write the data folder."""

from __future__ import annotations

import asyncio
import json
import re
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
from gangvakt.cli.user_store import (
    add_member,
    change_grants,
    members,
    new_password,
    remove_member,
    reset_factor,
    rule_of_factors,
    set_locked,
    set_scope,
)
from gangvakt.errors import SettingRefused
from gangvakt.fleet.roles import Grants, Role, grants_in
from gangvakt.settings import DEFAULT_DATA, Settings

if TYPE_CHECKING:
    from gangvakt.store import Member

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
    password = asyncio.run(new_password(Settings(data=data), user))
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
    password = asyncio.run(add_member(Settings(data=data), user, seen, wanted))
    if as_json:
        added = {"user": user, "role": wanted.word, "municipalities": listed(seen)}
        typer.echo(json.dumps(added | {"one_time_password": password}))
    else:
        typer.echo(f"{user} is {words(grants_in(seen, wanted))}")
        _show_password(user, password)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(data: DataFolder = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """List staff, and what they may do where."""
    found = asyncio.run(members(Settings(data=data)))
    if as_json:
        typer.echo(json.dumps([_row(one) for one in found]))
        return
    rows = [(one.user, words(one.grants), _password_word(one)) for one in found]
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
    _tell(
        user, asyncio.run(change_grants(Settings(data=data), user, lambda held: {**held, **added})), as_json
    )


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

    _tell(user, asyncio.run(change_grants(Settings(data=data), user, left)), as_json)


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
    asyncio.run(reset_factor(Settings(data=data), user))
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
    holds = asyncio.run(rule_of_factors(Settings(data=data), second_factor))
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
    asyncio.run(remove_member(Settings(data=data), user))
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
    asyncio.run(set_scope(Settings(data=data), user, seen))
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
    asyncio.run(set_locked(Settings(data=data), user, locked))
    typer.echo(
        json.dumps({"user": user, "locked": locked})
        if as_json
        else f"{user} is {'locked' if locked else 'let in again'}"
    )


def _show_password(user: str, password: str) -> None:
    Console().print(f"One-time password of [bold]{escape(user)}[/]: [bold]{password}[/]", soft_wrap=True)
