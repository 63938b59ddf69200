"""`gangvakt shell`: the interpreter's own prompt, by mpremote. It stops the app."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.prompt import Confirm
from typer.exceptions import Exit

from gangvakt.cli.selftest import Port
from gangvakt.errors import SettingRefused, ToolFailed
from gangvakt.provision.esptool_words import last_word
from gangvakt.provision.ports import find_port, is_url
from gangvakt.provision.service_line import ServiceLine

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt shell\n\n"
    "  gangvakt shell /dev/ttyUSB0 --yes --command 'import os; print(os.listdir())'"
)
MPREMOTE = "mpremote"
ADVICE = "run the command again; press EN (reset) before it where that does not help"
WARNING = "This stops the sign's app: its lamps stay dark, and nobody is warned, until you leave."
# Ctrl-C stops a program, Ctrl-B leaves mpremote's raw prompt; after the reset the app runs again.
RESTART = "\x03\x03\x02\r\nimport machine; machine.reset()\r\n"


def shell(
    port: Port = None,
    command: Annotated[str | None, typer.Option(help="Run this and leave, without a prompt.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the app is stopped.")] = False,
) -> None:
    """Open the interpreter's prompt of a board; on leaving, the sign is restarted."""
    console = Console(stderr=True)
    name = find_port(port)
    if command is None and is_url(name):
        raise SettingRefused("options", "the port", name, "a local one for a prompt; a URL with --command")
    ServiceLine(name).close()  # PortUnusable before anybody is asked
    console.print(WARNING, style="bold yellow")
    if not yes and not Confirm.ask("Stop it?", console=console):
        raise Exit(1)
    action = ["repl"] if command is None else ["exec", command]
    try:
        ended = subprocess.run(
            [sys.executable, "-m", MPREMOTE, "connect", name, *action],
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
    finally:
        restart(name)
        console.print("The sign runs again.")
    complaint = [line for line in ended.stderr.splitlines() if line.strip()]
    if ended.returncode and complaint:  # mpremote's own: a command's exception is printed on its stdout
        raise ToolFailed(name, f"mpremote failed ({last_word(complaint)})", ADVICE)
    if ended.returncode:
        raise Exit(ended.returncode)


def restart(port: str) -> None:
    """Reset a board that stands at a prompt, and wait until its app answers. SignSilent when it does not."""
    with ServiceLine(port) as line:
        line.type(RESTART)
        line.wait_ready()
