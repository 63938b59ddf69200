"""`gangvakt erase`: keys and data of a board."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gangvakt.cli.flash_options import Baud, Board, Port, Yes, check_baud, runs_stub
from gangvakt.cli.office import AsJson
from gangvakt.provision.board import load_board
from gangvakt.provision.erasing import erase as erase_board
from gangvakt.provision.esptool_run import Esptool, refuse_other_chip
from gangvakt.provision.ports import find_port

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt erase --board esp32-devkitc\n\n"
    "  gangvakt erase --board esp32-devkitc --port COM7 --all --yes"
)
COLUMNS = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())


def erase(
    board: Board,
    port: Port = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole flash, MicroPython as well.")] = False,
    baud: Baud = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Wipe a board's keys, data and code, and verify that they read back as erased.

    A sign that is still registered stays so: revoke it with `gangvakt sign revoke`.
    """
    spec, console = load_board(board), Console(stderr=True)
    tool = Esptool(find_port(port), baud=check_baud(baud), stub=runs_stub(spec))
    with console.status("asking the chip"):
        facts = tool.identify()
    refuse_other_chip(tool.port, spec, facts)
    what = "its whole flash" if everything else "its keys, data and code"
    if not yes:
        typer.confirm(f"{tool.port}: {facts.model}, MAC {facts.mac}: erase {what}?", abort=True, err=True)
    with Progress(*COLUMNS, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("erase", total=1.0)
        erase_board(
            tool,
            spec,
            everything=everything,
            on_progress=lambda share: progress.update(task, completed=share),
        )
    if as_json:
        typer.echo(
            json.dumps({"port": tool.port, "mac": facts.mac, "erased": "all" if everything else "data"})
        )
    else:
        console.print(f"[green]{escape(tool.port)}[/]: MAC {facts.mac} reads back as erased", highlight=False)
