"""Holds back a command at the data folder until another administrator has approved it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gangvakt.cli.order import controller_office
from gangvakt.cli.stores import a_store
from gangvakt.errors import NoDatabase
from gangvakt.settings import Settings

Approval = Annotated[
    int | None,
    typer.Option("--approval", min=1, help="The number under which another administrator has approved it."),
]
WAITS = 3  # the exit code of what waits for a second person


@contextmanager
def two_people(
    data: Path, kind: str, subject: str, number: int | None, facts: Mapping[str, object]
) -> Iterator[None]:
    """What is inside is done once it is approved, and what came of it is told to the controller.

    Where one person is enough it is done at once, with a row in the audit. typer.Exit where it waits now.
    """
    settings = Settings(data=data)
    if number is None and not asyncio.run(_is_needed(settings, kind)):
        yield
        asyncio.run(_note(settings, kind, subject, facts))
        return
    office = controller_office().approvals
    if number is None:
        asked = office.ask(kind, subject, facts)
        typer.echo(
            f"approval {asked.id} is asked for: another administrator approves it with "
            f"`gangvakt approval approve {asked.id}`; then do the same again with --approval {asked.id}"
        )
        raise typer.Exit(WAITS)
    office.take(number, kind, subject)
    try:
        yield
    except BaseException as error:
        office.finish(number, {"error": str(error) or type(error).__name__}, ok=False)
        raise
    office.finish(number, facts, ok=True)


async def _is_needed(settings: Settings, kind: str) -> bool:
    from gangvakt.cli.auditing import pairs_on

    try:
        async with a_store(settings) as store:
            return await pairs_on(store).needed(kind)
    except NoDatabase:
        return False


async def _note(settings: Settings, kind: str, subject: str, facts: Mapping[str, object]) -> None:
    """Nothing where no controller has ever worked: there is no audit yet."""
    from gangvakt.store.audit import record

    try:
        async with a_store(settings) as store, store.exclusive() as connection:
            await record(connection, kind, subject, None, facts)
    except NoDatabase:
        return
