"""`gangvakt boards`: which boards there are, and how one is wired."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from gangvakt.provision.board import BoardSpec, board_ids, load_board
from gangvakt.provision.chips import CHIPS
from gangvakt.provision.pin_rules import pin_uses

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt boards\n\n"
    "  gangvakt boards show esp32-devkitc\n\n"
    "  gangvakt boards show ./our-board.toml --json"
)
MEGABYTE = 1 << 20
KILOBYTE = 1 << 10

app = typer.Typer(
    name="boards", help="Boards that can become a sign.", invoke_without_command=True, epilog=EXAMPLES
)

AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON.")]


@app.callback()
def boards(context: typer.Context, as_json: AsJson = False) -> None:
    """List the boards that can become a sign."""
    if context.invoked_subcommand is not None:
        return
    specs = [load_board(name) for name in board_ids()]
    if as_json:
        typer.echo(json.dumps([_summary(spec) for spec in specs]))
        return
    table = Table(
        Column("board", no_wrap=True), "chip", "flash", "radars", "slots", "image", "name", box=SIMPLE
    )
    for spec in specs:
        told = _summary(spec)
        table.add_row(
            *(escape(told["board"]), told["chip"], f"{told['flash_mb']} MB"),
            *(str(told["radars"]), str(told["interpreters"])),
            "pinned" if told["image_pinned"] else "--sha256",
            escape(told["name"]),
        )
    Console().print(table)


@app.command("show", epilog=EXAMPLES)
def show(
    board: Annotated[str, typer.Argument(help="A board's id, or a path ending in .toml.")],
    as_json: AsJson = False,
) -> None:
    """Show how a board is wired, what to mind at each pin, and what lies where in its flash."""
    spec = load_board(board)
    if as_json:
        typer.echo(json.dumps(_details(spec)))
        return
    console = Console()
    console.print(f"[bold]{escape(spec.board.name)}[/], {spec.board.chip}, {escape(spec.board.machine)}")
    console.print(f"image  {escape(spec.image.file)}" + ("" if spec.image.sha256 else " (give its --sha256)"))
    console.print("has    " + ", ".join(sorted(spec.capabilities)))
    console.print(_pin_table(spec))
    console.print(_flash_table(spec))


def _summary(spec: BoardSpec) -> dict[str, Any]:
    return {
        "board": spec.board.id,
        "name": spec.board.name,
        "chip": spec.board.chip,
        "flash_mb": spec.flash.size // MEGABYTE,
        "radars": len(spec.radars),
        "interpreters": sum(part.type == "app" for part in spec.partitions),
        "image": spec.image.file,
        "image_pinned": spec.image.sha256 is not None,
    }


def _details(spec: BoardSpec) -> dict[str, Any]:
    chip = CHIPS[spec.board.chip]
    return {
        **_summary(spec),
        "capabilities": sorted(spec.capabilities),
        "pins": [{"function": use.field, "gpio": use.gpio, "notes": use.notes} for use in pin_uses(spec)],
        "uarts": [port.uart for port in spec.radars],
        "rmt_channels": chip.rmt_channels,
        "pwm_channels": chip.pwm_channels,
        "partitions": [part.model_dump() for part in spec.partitions],
        "tolerances": spec.tolerances.model_dump(),
    }


def _pin_table(spec: BoardSpec) -> Table:
    table = Table("function", "GPIO", "mind", title="pins", title_justify="left")
    for use in pin_uses(spec):
        table.add_row(use.field, str(use.gpio), "; ".join(use.notes))
    return table


def _flash_table(spec: BoardSpec) -> Table:
    table = Table("partition", "kind", "offset", "size", title="flash", title_justify="left")
    for part in spec.partitions:
        table.add_row(
            part.name, f"{part.type} {part.subtype}", f"{part.offset:#x}", f"{part.size // KILOBYTE} KB"
        )
    return table
