"""`gangvakt serve`: the options."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt import __version__
from gangvakt.cli.passphrase import ask_at_start
from gangvakt.settings import (
    DEFAULT_DATA,
    DEFAULT_HOST,
    DEFAULT_HTTP_PORT,
    DEFAULT_MQTT_PORT,
    EMBEDDED,
    MOSQUITTO,
    Keep,
    Settings,
    is_loopback,
)

if TYPE_CHECKING:
    from gangvakt.cli.controller import Started

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt serve\n\n"
    "  gangvakt serve --data /var/lib/gangvakt --host 10.0.0.5 --name signs.example.no --broker mosquitto\n\n"
    "  gangvakt serve --broker mqtts://127.0.0.1:8884 --broker-files /etc/mosquitto/gangvakt\n\n"
    "  gangvakt serve --store postgresql://gangvakt@db.example.no/gangvakt --keep events=200"
)
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(
    data: Annotated[
        Path, typer.Option(help="Folder for database and keys; made where missing.")
    ] = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="Address to listen on, for signs and pages.")] = DEFAULT_HOST,
    http_port: Annotated[
        int, typer.Option(help="For pages and API; 0 takes a free one.")
    ] = DEFAULT_HTTP_PORT,
    mqtt_port: Annotated[int, typer.Option(help="For signs; 0 takes a free one.")] = DEFAULT_MQTT_PORT,
    name: Annotated[
        list[str] | None, typer.Option(help="Further name or address by which signs reach this computer.")
    ] = None,
    broker: Annotated[
        str,
        typer.Option(
            help="embedded (for trying out), mosquitto (started and watched by us), or mqtts://HOST:PORT"
            " of one that runs already."
        ),
    ] = EMBEDDED,
    broker_files: Annotated[
        Path | None,
        typer.Option(help="Folder for the files of a Mosquitto; `mosquitto` in the data folder otherwise."),
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="File with the passphrase of the authority's key, if it is encrypted.")
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="GANGVAKT_STORE",
            help="Where the database is: sqlite:///PATH or postgresql://USER@HOST/DATABASE. It is noted in "
            "the data folder; without, it is where it was last, at first in a file there. A password is "
            "safer in the environment than typed here.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=DAYS: how long events, dead-letters, commands and hours (hourly sums) are kept; "
            "0 is for ever. By default 400, 30, 730 and 1100."
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell more in the log.")] = False,
) -> None:
    """Run the controller: broker, store, API and pages in one process, until Ctrl-C or SIGTERM."""
    # Here, because the pages take a second to load, and the other commands do without them.
    from gangvakt.broker.external import parse_url
    from gangvakt.cli.controller import Controller

    _start_log(verbose=verbose)
    if broker not in (EMBEDDED, MOSQUITTO):
        parse_url("--broker", broker)
    names, kept = tuple(name or ()), Keep.parse(keep or ())
    settings = Settings(data, host, http_port, mqtt_port, names, kept, store, broker, broker_files)
    passphrase = ask_at_start(passphrase_file, settings.pki_dir)
    asyncio.run(Controller(settings, _announce, passphrase).run())


def _start_log(*, verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format=LOG_FORMAT)
    # Libraries tell what a peer did to its connection as warnings; that is not the operator's concern.
    for library in ("amqtt", "transitions", "mqtt"):
        logging.getLogger(library).setLevel(logging.INFO if verbose else logging.ERROR)


def _announce(started: Started) -> None:
    from gangvakt.broker.mended import MOST_SIGNS

    console = Console()
    settings = started.settings
    lines = [
        f"[bold]Gangvakt {__version__}[/]",
        f"  pages  http://{settings.host}:{started.http_port}/",
        f"  signs  mqtts://{settings.host}:{started.mqtt_port}",
        f"  data   {escape(str(settings.data.resolve()))}",
    ]
    if started.first_password:
        lines.append(
            f"  log in as [bold]admin[/] with the one-time password [bold]{started.first_password}[/]"
        )
    elif started.password_missing:
        lines.append(
            "  nobody has chosen a password yet: `gangvakt user reset-password` prints one to log in"
        )
    if settings.broker == EMBEDDED:
        lines.append(
            f"  the broker is the embedded one: for trying out, at most {MOST_SIGNS} signs; for service start"
            " with --broker mosquitto"
        )
    if started.authority_unprotected:
        lines.append(
            "  [yellow]the new authority's key is not encrypted: enough for trying out; before signs are made"
            " for a street give it a passphrase with `gangvakt ca passphrase`[/]"
        )
    if not is_loopback(settings.host):
        lines.append(
            "  [yellow]pages are not encrypted: let others reach them through a proxy with TLS only[/]"
        )
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
