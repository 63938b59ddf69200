"""`gangvakt user forget` and `gangvakt user same`: deleting a person, and which accounts are of one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gangvakt.cli.office import AsJson, Yes
from gangvakt.cli.stores import a_store
from gangvakt.errors import LastUser, UnknownUser
from gangvakt.settings import DEFAULT_DATA, Settings

if TYPE_CHECKING:
    from gangvakt.store.forgetting import Forgotten

FORGET_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt user forget kari\n\n"
    "  gangvakt user forget kari@drammen.example --yes --json"
)
SAME_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt user same kari kari@drammen.example"

DataFolder = Annotated[Path, typer.Option(help="The controller's data folder.")]


def forget(
    name: Annotated[str, typer.Argument(help="The name at log-in, or a contact's name or e-mail address.")],
    yes: Yes = False,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Delete a person: account, sessions, tokens, contacts, and his name wherever it stands.

    What he did stays as that of "person 7", and the audit still verifies. Settings in which it stands are
    named and left. Backups and logs outside of the data folder keep his name until they are deleted, and a
    controller that runs may show it until it is started anew.
    """
    if not yes:
        typer.confirm(f"Forget {name}? It cannot be undone.", abort=True)
    done = asyncio.run(_forget(Settings(data=data), name))
    if as_json:
        typer.echo(json.dumps({"called": done.called, "changed": done.changed, "left": done.left}))
        return
    where = ", ".join(f"{count} in {table}" for table, count in done.changed.items())
    typer.echo(f"forgotten; what was done is that of {done.called} now ({where or 'nothing else'})")
    if done.left:
        typer.echo(f"the name still stands in {', '.join(done.left)}: see whose it is, and change it there")


def same(
    name: Annotated[str, typer.Argument(help="One account.")],
    other: Annotated[str, typer.Argument(help="Another account of the same person.")],
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Say that two accounts are of one person, who then is no second person for himself."""
    asyncio.run(_join(Settings(data=data), name, other))
    typer.echo(
        json.dumps({"user": name, "same_as": other}) if as_json else f"{name} and {other} are one person"
    )


async def _forget(settings: Settings, name: str) -> Forgotten:
    from gangvakt.store.acting import acting
    from gangvakt.store.address import known_address
    from gangvakt.store.forgetting import compact, forget

    async with a_store(settings) as store:
        if await store.staff.get(name) is not None and not await store.staff.remove(name):
            raise LastUser(name)
        async with store.exclusive() as connection:
            done = await forget(connection, name, acting())
    compact(known_address(settings))
    return done


async def _join(settings: Settings, name: str, other: str) -> None:
    from gangvakt.store.acting import acting
    from gangvakt.store.pairs import join_accounts

    async with a_store(settings) as store:
        for user in (name, other):
            if await store.staff.get(user) is None:
                raise UnknownUser(user)
        async with store.exclusive() as connection:
            await join_accounts(connection, name, other, acting())
