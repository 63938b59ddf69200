"""`gangvakt doctor`: why does the sign at the serial port not do what it should?"""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from typer.exceptions import Exit

from gangvakt.cli.selftest import STYLES, Port
from gangvakt.cli.sign_line import notes_on
from gangvakt.provision.diagnosis import examine
from gangvakt.provision.selftest_rows import Verdict

EXAMPLES = "[bold]Examples[/]\n\n  gangvakt doctor\n\n  gangvakt doctor /dev/ttyUSB0 --json"


def doctor(
    port: Port = None, as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON lines.")] = False
) -> None:
    """Check port, permission, driver, chip, app and faults, and say what to do about each."""
    console = Console()
    failed = False
    for finding in examine(port, notes_on(Console(stderr=True))):
        failed = failed or finding.verdict is Verdict.FAIL
        if as_json:
            told = {"what": finding.what, "found": finding.found, "verdict": finding.verdict.value}
            typer.echo(json.dumps({**told, "advice": finding.advice or None}))
            continue
        style = STYLES[finding.verdict]
        what = f"[{style}]{finding.verdict.value:>4}[/]  [bold]{escape(finding.what)}[/]"
        console.print(f"{what}  {escape(finding.found)}", soft_wrap=True, highlight=False)
        if finding.advice:
            console.print(f"      {escape(finding.advice)}", soft_wrap=True, highlight=False)
    if failed:
        raise Exit(1)
