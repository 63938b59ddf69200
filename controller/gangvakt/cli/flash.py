"""`gangvakt flash` and `gangvakt replace`: the options."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gangvakt.cli.flash_options import Job, Port, with_job
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId, SiteId

FLASH_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt flash --board esp32-devkitc --site drammen/storgata\n\n"
    "  gangvakt flash --board esp32-devkitc --site drammen/storgata --batch --count 10 --yes\n\n"
    "  gangvakt flash --board esp32-s3-devkitc --site drammen/storgata --bundle storgata.bundle --port COM7"
)
REPLACE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt replace drammen/storgata/30aea4120001 --board esp32-devkitc\n\n"
    "  gangvakt replace drammen/storgata/30aea4120001 --board esp32-devkitc --port COM7 --yes"
)


@with_job
def flash(
    job: Job,
    site: Annotated[str, typer.Option(help="The crossing: MUNICIPALITY/SITE.")],
    port: Annotated[
        list[str] | None,
        typer.Option(help="Serial port or rfc2217:// URL; several with --batch, none where one board is in."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="The board is a sign already: make it a new one, revoke the old.")
    ] = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Several boards side by side, and each that is plugged in later.")
    ] = False,
    count: Annotated[int | None, typer.Option(help="End a batch after so many good boards.")] = None,
) -> None:
    """Make a sign of a board: write, verify, self-test, register, print the label.

    Whatever fails or is interrupted leaves no registered sign; run the same command again.
    """
    # Here, because store and pictures take long to load, and the other commands do without them.
    from gangvakt.cli.flash_job import Run, Wanted

    SiteId.parse(site)
    ports = port or []
    if not batch and (len(ports) > 1 or count is not None):
        field, value = ("--count", count) if count is not None else ("--port", ", ".join(ports))
        raise SettingRefused("options", field, value, "with --batch; without it one board is flashed")
    if batch and not job.yes and not sys.stdin.isatty():
        raise SettingRefused("options", "--batch", "without --yes", "--yes, or a terminal to ask at")
    run = Run(job, Wanted(site, again=again))
    if batch:
        raise typer.Exit(run.several(ports, count))
    run.one(ports[0] if ports else None)


@with_job
def replace(
    job: Job,
    old: Annotated[str, typer.Argument(help="The dead sign: MUNICIPALITY/SITE/SIGN.")],
    port: Port = None,
) -> None:
    """Give a dead sign's place, site and configuration to a new board under a new identity.

    The old one is revoked, and the group key of the crossing renewed, when the new one is registered.
    """
    from gangvakt.cli.flash_job import Run, Wanted

    dead = SignId.parse(old)
    Run(job, Wanted(str(dead.site_id), replaces=dead)).one(port)
