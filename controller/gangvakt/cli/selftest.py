"""`gangvakt selftest`: is everything of a sign at a serial port as it should be?"""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm
from rich.table import Table
from typer.exceptions import Exit

from gangvakt.cli.sign_line import open_line
from gangvakt.provision.board import load_board
from gangvakt.provision.selftest import SelftestReport, run_selftest
from gangvakt.provision.selftest_rows import Verdict

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt selftest\n\n"
    "  gangvakt selftest /dev/ttyUSB0 --board esp32-devkitc\n\n"
    "  gangvakt selftest COM7 --yes --json"
)
STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "bold red", Verdict.NOT_FITTED: "dim"}

Port = Annotated[
    str | None, typer.Argument(help="Serial port or URL; may be left out where one board is connected.")
]


def selftest(
    port: Port = None,
    board: Annotated[
        str | None, typer.Option(help="A board's id, or a path to its .toml; by the sign's word if left out.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: lamps without current sensing get a warning.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="The controller need not be reached yet.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Test sensors, lamps, supply, memory, network of a sign at a serial port; it goes on warning."""
    console = Console(stderr=as_json)
    with open_line(port, console) as line, console.status("self-test") as shown:

        def confirm(question: str) -> bool:
            shown.stop()
            try:
                return Confirm.ask(question, console=console)
            finally:
                shown.start()

        spec = load_board(board or str(line.wait_ready().get("board")))
        report = run_selftest(
            line,
            spec,
            confirm=None if yes or as_json else confirm,
            tell=lambda text: shown.update(escape(text)),
            online=not offline,
        )
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        print_report(report, console)
    if not report.ok:
        raise Exit(1)


def print_report(report: SelftestReport, console: Console) -> None:
    """The table, and the sum of it."""
    table = Table(title=escape(f"Self-test of {report.hello.get('sign') or report.hello.get('chip')}"))
    for heading in ("what", "found", "should be", ""):
        table.add_column(heading)
    for row in report.rows:
        style = STYLES[row.verdict]
        table.add_row(
            escape(row.what), escape(row.found), escape(row.limit), f"[{style}]{row.verdict.value}[/]"
        )
    console.print(table)
    console.print(last_line(report), highlight=False, soft_wrap=True)


def last_line(report: SelftestReport) -> str:
    """One line of markup: the sum of it, with the rows that failed by name."""
    failed = [escape(row.what) for row in report.rows if row.verdict is Verdict.FAIL]
    warnings = sum(row.verdict is Verdict.WARN for row in report.rows)
    also = f", {warnings} warning{'s' if warnings > 1 else ''}" if warnings else ""
    if failed:
        return f"[bold red]failed: {'; '.join(failed)} ({len(failed)} of {len(report.rows)})[/]{also}"
    return f"[green]passed[/]{also}"
