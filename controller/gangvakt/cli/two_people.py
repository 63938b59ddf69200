"""Holds back a command at the data folder until another administrator has approved it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from gangvakt.cli.order import controller_office
from gangvakt.cli.stores import a_store
from gangvakt.errors import NoDatabase
from gangvakt.settings import Settings

if TYPE_CHECKING:
    from gangvakt.provision.pack import Manifest

Approval = Annotated[
    int | None,
    typer.Option("--approval", min=1, help="The number under which another administrator has approved it."),
]
T = TypeVar("T")

WAITS = 3  # the exit code of what waits for a second person


@contextmanager
def two_people(
    data: Path, kind: str, subject: str, number: int | None, facts: Mapping[str, object]
) -> Iterator[None]:
    """What is inside is done once it is approved, and what came of it is told to the controller.

    Where one person is enough it is done at once, with a row in the audit. typer.Exit where it waits now.
    """
    settings = Settings(data=data)
    if number is None and not _answer(_is_needed(settings, kind)):
        yield
        note_done(data, kind, subject, facts)
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


def note_done(data: Path, kind: str, subject: str, facts: Mapping[str, object]) -> None:
    """For the audit; nothing where no controller has ever worked: there is none yet."""
    _answer(_note(Settings(data=data), kind, subject, facts))


def check_admitted(data: Path, update: Manifest) -> None:
    """UpdateUnseen where it takes two people and only one has seen the update."""
    _answer(_check_admitted(Settings(data=data), update))


def _answer(asked: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own, since whoever runs a command may have a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result()


async def _is_needed(settings: Settings, kind: str) -> bool:
    from gangvakt.cli.auditing import pairs_on

    try:
        async with a_store(settings) as store:
            return await pairs_on(store).needed(kind)
    except NoDatabase:
        return False


async def _check_admitted(settings: Settings, update: Manifest) -> None:
    from gangvakt.cli.auditing import pairs_on
    from gangvakt.orders.admission import Admission

    try:
        async with a_store(settings) as store:
            await Admission(pairs_on(store)).check(update)
    except NoDatabase:
        return


async def _note(settings: Settings, kind: str, subject: str, facts: Mapping[str, object]) -> None:
    from gangvakt.store.audit import record

    try:
        async with a_store(settings) as store, store.exclusive() as connection:
            await record(connection, kind, subject, None, facts)
    except NoDatabase:
        return
