"""`gangvakt logs`: what a sign has said and what happened to it, while it runs on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console

from gangvakt.cli.selftest import Port
from gangvakt.cli.sign_line import open_line
from gangvakt.provision.service_line import ServiceLine
from gangvakt.provision.tracebacks import readable

EXAMPLES = "[bold]Examples[/]\n\n  gangvakt logs\n\n  gangvakt logs /dev/ttyUSB0 --follow --json"
POLL_S = 1.0


def logs(
    port: Port = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each line and event.")] = False,
) -> None:
    """Print a sign's newest log lines, and the events that its controller has not confirmed yet."""
    with open_line(port, Console(stderr=True)) as line:
        line.wait_ready()
        for text in log_lines(line, follow=False):
            typer.echo(json.dumps({"log": text}) if as_json else text)
        for event in events(line):
            typer.echo(json.dumps({"event": event}) if as_json else _event_text(event))
        if follow:
            for text in log_lines(line, follow=True):
                typer.echo(json.dumps({"log": text}) if as_json else text)


def log_lines(line: ServiceLine, *, follow: bool) -> Iterator[str]:
    """What is kept, oldest first, or what comes from now on; without an end if it shall `follow`."""
    at: int | None = None
    rest = ""
    skip = follow  # what is there already
    while True:
        told = line.ask("log", at)
        at, text = int(told["next"]), str(told["text"])
        if not text:
            skip = False
            if not follow:
                return
            time.sleep(POLL_S)
            continue
        if told["lost"]:
            text = text.partition("\n")[2]  # its beginning is gone
            rest = ""
        *lines, rest = (rest + text).split("\n")
        if not skip:
            yield from map(readable, lines)


def events(line: ServiceLine) -> Iterator[dict[str, Any]]:
    """All that the sign holds, oldest first."""
    first = 0
    while True:
        told = line.ask("events", first)
        yield from told["events"]
        if not told["left"]:
            return
        first = told["next"]


def _event_text(event: dict[str, Any]) -> str:
    rest = " ".join(f"{key}={value}" for key, value in event.items() if key not in ("seq", "kind", "up"))
    return f"({event['up'] / 1000:.1f} s) event {event['seq']}: {event['kind']} {rest}"
