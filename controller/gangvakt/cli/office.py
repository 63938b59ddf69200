"""What commands on the registry have in common: whom they ask, and how they show the answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gangvakt.cli.passphrase import ask_for
from gangvakt.clock import day
from gangvakt.errors import SettingRefused

if TYPE_CHECKING:
    from gangvakt.provision.pages import Page
    from gangvakt.registry.office import Office

NAME = "gangvakt"
PASSPHRASE_VARIABLE = "GANGVAKT_BUNDLE_PASSPHRASE"  # the name of a variable
LONGEST_LINE = 1024
LONGEST_NAME = 24  # cells, as a time with its date: what is longer and has spaces is a sentence
COLUMN_GAP = 2

Data = Annotated[
    Path | None,
    typer.Option(help="The controller's data folder; without, the controller of `gangvakt login`."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help=f"File with the passphrase; else {PASSPHRASE_VARIABLE}, else you are asked."),
]


def config_folder() -> Path:
    """Where this user's settings lie, as the system has it."""
    return Path(typer.get_app_dir(NAME))


def office_of(data: Path | None) -> Office:
    """NobodySigns when there is nobody to ask."""
    # Here, because the store takes long to load, and other commands do without it.
    from gangvakt.registry.opening import IssuerOptions, open_office

    return open_office(IssuerOptions(config_folder(), data, authority_passphrase=ask_for(None)))


def passphrase_of(file: Path | None, *, is_new: bool = False) -> str:
    """From the file, the environment or the keyboard; a new one is typed twice."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if file is None and given is not None:
        return given
    if file is None:
        if not sys.stdin.isatty():
            allowed = f"given by --passphrase-file, {PASSPHRASE_VARIABLE} or at a terminal"
            raise SettingRefused("options", "the passphrase", None, allowed)
        return str(typer.prompt("Passphrase of the bundle", hide_input=True, confirmation_prompt=is_new))
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.readline(LONGEST_LINE).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefused("options", "--passphrase-file", str(file), "a readable text file") from error


def show_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    if isinstance(answer, BaseModel):
        typer.echo(answer.model_dump_json())
    else:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in answer]))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], nothing: str) -> None:
    """A table, or one line when there are no rows. Only sentences are broken: names are to be copied."""
    cells = [tuple(map(str, row)) for row in rows]
    console = Console()
    if not cells:
        console.print(nothing)
        return
    table, width = Table(box=None, pad_edge=False, header_style="bold"), 0
    for head, *column in zip(columns, *cells, strict=True):
        least = _least_width((head, *column))
        table.add_column(head, min_width=least, overflow="fold")
        width += least + COLUMN_GAP
    for row in cells:
        table.add_row(*map(escape, row))
    Console(width=max(width, console.width)).print(table)


def _least_width(column: Sequence[str]) -> int:
    """In cells: what is short stands in one line, and of a sentence every word."""
    words = [
        word for cell in column for word in ([cell] if cell_len(cell) <= LONGEST_NAME else cell.split(" "))
    ]
    return max(map(cell_len, words))


def say_if_more(page: Page[Any], limit: int) -> None:
    """Beside the table, where a list goes on."""
    if page.next is not None:
        Console(stderr=True).print(f"There are more: --limit is {limit}.")


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """One fact a line."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts:
        table.add_row(f"[bold]{name}[/]", escape(str(value)))
    Console().print(table)


def when(time_ms: int | None) -> str:
    return "-" if time_ms is None else day(time_ms)
