"""`gangvakt serve`: the options."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt import __version__
from gangvakt.cli.logging_set_up import LogForm, start_log
from gangvakt.cli.metrics_token import read_token
from gangvakt.cli.passphrase import ask_at_start
from gangvakt.errors import SettingRefused
from gangvakt.settings import (
    DEFAULT_DATA,
    DEFAULT_HOST,
    DEFAULT_HTTP_PORT,
    DEFAULT_MQTT_PORT,
    EMBEDDED,
    MOSQUITTO,
    Keep,
    Settings,
    Tiles,
    is_loopback,
    parse_address,
)

if TYPE_CHECKING:
    from gangvakt.cli.controller import Started

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt serve\n\n"
    "  gangvakt serve --data /var/lib/gangvakt/data --host 10.0.0.5 --name signs.example.no"
    " --broker mosquitto\n\n"
    "  gangvakt serve --broker mqtts://127.0.0.1:8884 --broker-files /etc/mosquitto/gangvakt\n\n"
    "  gangvakt serve --store postgresql://gangvakt@db.example.no/gangvakt --keep events=200\n\n"
    "  gangvakt serve --host 10.0.0.5 --http 127.0.0.1:8080 --public-url https://signs.example.no"
    " --log json\n\n"
    "  gangvakt serve --http 127.0.0.1:8080 --public 127.0.0.1:8081 --staff-url https://staff.example.no\n\n"
    "  gangvakt serve --tiles 'https://tiles.example.no/{z}/{x}/{y}.png' --tiles-credit '© Kartverket'"
)


def serve(
    data: Annotated[
        Path, typer.Option(help="Folder for database and keys; made where missing.")
    ] = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="Address to listen on, for signs and pages.")] = DEFAULT_HOST,
    http: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="HOST:PORT, or a PORT of this computer, where pages and API are alone.",
        ),
    ] = None,
    public: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="HOST:PORT where only what is open to everybody is: the pages behind signed links, and "
            "/healthz. Without, these are where the pages are.",
        ),
    ] = None,
    http_port: Annotated[
        int | None,
        typer.Option(help="For pages and API; 0 takes a free one.", show_default=str(DEFAULT_HTTP_PORT)),
    ] = None,
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
    public_url: Annotated[
        str | None,
        typer.Option(
            envvar="GANGVAKT_PUBLIC_URL",
            metavar="URL",
            help="Where people reach the pages, as https://signs.example.no: links in messages to them begin"
            " so. Without, the links lead to this computer only.",
        ),
    ] = None,
    staff_url: Annotated[
        str | None,
        typer.Option(
            envvar="GANGVAKT_STAFF_URL",
            metavar="URL",
            help="Where staff reach the pages, as https://staff.example.no: with --public, public pages "
            "lead technicians there who have scanned a sign's label. Without, they lead nobody there.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=DAYS: how long events, dead-letters, commands and hours (hourly sums) are kept; "
            "0 is for ever. By default 400, 30, 730 and 1100."
        ),
    ] = None,
    metrics_token_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the token that opens /metrics, 16 characters and more; without, it is open to "
            "this computer. Needed behind a proxy, where everybody comes from this computer."
        ),
    ] = None,
    tiles: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Server of map tiles below the signs, https://HOST/{z}/{x}/{y}.png: the readers' browsers "
            "ask it. Without, the map is what `gangvakt map import` took in.",
        ),
    ] = None,
    tiles_credit: Annotated[
        str, typer.Option(help="What the tiles' owner wants to be said on the map.")
    ] = "",
    log: Annotated[LogForm, typer.Option(help="How a line of the log looks.")] = LogForm.TEXT,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Tell more in the log, also every request.")
    ] = False,
) -> None:
    """Run the controller: broker, store, API and pages in one process, until Ctrl-C or SIGTERM."""
    from gangvakt.cli.garbage import no_searches_while_starting

    no_searches_while_starting()
    # Here, because the pages take a second to load, and the other commands do without them.
    from gangvakt.broker.external import parse_url
    from gangvakt.cli.controller import Controller

    start_log(log, verbose=verbose)
    if broker not in (EMBEDDED, MOSQUITTO):
        parse_url("--broker", broker)
    http_host, port = _pages(http, http_port)
    open_at = parse_address("--public", public) if public else None
    names, kept = tuple(name or ()), Keep.parse(keep or ())
    places = (data, host, port, mqtt_port, names, kept, store, broker, broker_files, http_host)
    below = Tiles(tiles, tiles_credit) if tiles else None
    links, staff = _checked_url("--public-url", public_url), _checked_url("--staff-url", staff_url)
    settings = Settings(*places, links, open_at, below, staff)
    token = read_token(metrics_token_file) if metrics_token_file else None
    passphrase = ask_at_start(passphrase_file, settings.pki_dir)
    asyncio.run(Controller(settings, _announce, passphrase, token).run())


def _pages(http: str | None, http_port: int | None) -> tuple[str | None, int]:
    """Where pages and API are: host, None for that of the signs, and port."""
    if http is None:
        return None, DEFAULT_HTTP_PORT if http_port is None else http_port
    if http_port is not None:
        raise SettingRefused("options", "--http-port", http_port, "one of --http and --http-port")
    return parse_address("--http", http)


def _checked_url(option: str, text: str | None) -> str | None:
    from gangvakt.provision.site_address import ALLOWED, check_address

    try:
        return None if text is None else check_address(text)
    except SettingRefused:
        raise SettingRefused("options", option, (text or "")[:80], ALLOWED) from None


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _public(started: Started) -> list[str]:
    if started.settings.public is None:
        return []
    return [f"  public http://{_in_url(started.settings.public[0])}:{started.public_port}/"]


def _announce(started: Started) -> None:
    from gangvakt.broker.mended import MOST_SIGNS

    console = Console()
    settings = started.settings
    public = [f"  people {escape(settings.public_url)}"] if settings.public_url else []
    lines = [
        f"[bold]Gangvakt {__version__}[/]",
        f"  pages  http://{_in_url(settings.pages_host)}:{started.http_port}/",
        *public,
        *_public(started),
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
    if not is_loopback(settings.pages_host):
        lines.append(
            "  [yellow]pages are not encrypted: let others reach them through a proxy with TLS only[/]"
        )
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
