"""`gangvakt dead-letters`: messages that nobody could read. Through the running controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office

if TYPE_CHECKING:
    from gangvakt.provision.ingest_wire import DeadLetterOut

app = typer.Typer(
    help="Messages of signs that could not be read, and why.", no_args_is_help=True, rich_markup_mode="rich"
)

LIST_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt dead-letters list\n\n  gangvakt dead-letters list --limit 20 --json"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt dead-letters show 17"
DEAD_LETTERS = "dead-letters"
COLUMNS = ("number", "times", "first", "last", "topic", "bytes", "reason")
HIGHEST_NUMBER = 2**63 - 1


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List messages that could not be read, one of a kind: how often, of whom, and what was wrong."""
    from gangvakt.provision.ingest_wire import DeadLetterOut
    from gangvakt.provision.pages import Page

    page = controller_office().ask(Page[DeadLetterOut], "GET", DEAD_LETTERS, query=f"limit={limit}")
    if as_json:
        show_json(page.items)
        return
    show_table(COLUMNS, map(_row, page.items), "No dead letters.")
    if page.next:
        Console(stderr=True).print(f"There are more: --limit is {limit}.")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="The message's number.", min=1, max=HIGHEST_NUMBER)
    ],
    as_json: AsJson = False,
) -> None:
    """Show one of them with what arrived last, at most its first 4096 bytes."""
    from gangvakt.provision.ingest_wire import DeadLetterOut

    one = controller_office().ask(DeadLetterOut, "GET", DEAD_LETTERS, str(number))
    if as_json:
        show_json(one)
        return
    show_facts(
        [
            ("number", one.id),
            ("times", one.count),
            ("first", when(one.first_ms)),
            ("last", when(one.received_ms)),
            ("topic", one.topic),
            ("reason", one.reason),
            ("bytes", one.size),
        ]
    )
    Console().print(escape(one.payload), soft_wrap=True, highlight=False)


def _row(one: DeadLetterOut) -> tuple[object, ...]:
    return one.id, one.count, when(one.first_ms), when(one.received_ms), one.topic, one.size, one.reason
