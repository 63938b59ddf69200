"""`gangvakt backup`, `restore` and `migrate`: what keeps the controller's data alive."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.clock import day, utc_ms
from gangvakt.settings import DEFAULT_DATA, Settings

MEGABYTE = 1_000_000
BACKUP_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt backup gangvakt-monday.backup\n\n"
    "  gangvakt backup /mnt/safe/gangvakt.backup --data /var/lib/gangvakt/data --force"
)
RESTORE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt restore gangvakt-monday.backup --data /var/lib/gangvakt/data --yes\n\n"
    "  gangvakt restore gangvakt-monday.backup --data moved --store postgresql://gangvakt@db.example.no/gangvakt"
)
MIGRATE_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt migrate --dry-run\n\n  gangvakt migrate --data /var/lib/gangvakt/data"
)

Data = Annotated[Path, typer.Option(help="The controller's data folder.")]
StoreUrl = Annotated[
    str | None,
    typer.Option(
        envvar="GANGVAKT_STORE",
        help="Where the store is, as for `gangvakt serve`; without, where serve last had it.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    data: Data = DEFAULT_DATA,
    store: StoreUrl = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write all that a controller needs to live again into one file, while it runs.

    Inside: events, registry, staff and commands, and of the data folder the certificate authority's keys, the
    update keys, updates, recordings and the key of sessions. Keep it where you would keep keys.
    """
    # Here, because the store takes long to load, and other commands do without it.
    from gangvakt.upkeep.backup import back_up

    made = asyncio.run(back_up(Settings(data=data, store=store), file, utc_ms(), force=force))
    size = file.stat().st_size
    told = {"file": str(file), "bytes": size, "files": len(made.files), "store": made.store}
    large = f"{size / 1e6:.1f} MB" if size >= MEGABYTE else f"{max(size // 1000, 1)} KB"
    text = f"{escape(str(file))}: the {made.store} store and {len(made.files) - 1} files, {large}"
    _say(told, text, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="What `gangvakt backup` wrote.")],
    data: Data = DEFAULT_DATA,
    store: StoreUrl = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace what is there; the old data folder is kept beside it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make data folder and store what they were when the backup was made; stop the controller before.

    Everything is checked before anything is replaced. A backup of SQLite can go to PostgreSQL, and back.
    """
    from gangvakt.upkeep.restoring import restore as bring_back

    done = asyncio.run(bring_back(Settings(data=data, store=store), file, utc_ms(), replace=yes))
    before = str(done.before) if done.before else None
    told = {"data": str(data), "made_ms": done.manifest.made_ms, "before": before}
    text = f"{escape(str(data))} is as it was on {day(done.manifest.made_ms)}"
    if before:
        text += f"\nwhat was there is kept in {escape(before)}: delete it when all is well"
    _say(told, text, as_json=as_json)


def migrate(
    data: Data = DEFAULT_DATA,
    store: StoreUrl = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the database to this version; `gangvakt serve` does the same at its start."""
    from gangvakt.store.address import known_address
    from gangvakt.store.database import way_through

    address = known_address(Settings(data=data, store=store))
    way = asyncio.run(way_through(address, go=not dry_run))
    steps = [{"revision": step.revision, "brings": step.brings} for step in way.steps]
    told = {"store": str(address), "from": way.at, "to": way.to, "steps": steps, "done": not dry_run}
    lines = [f"{escape(str(address))}: revision {way.at or 'none'} -> {way.to}"]
    lines += [f"  {step.revision}  {escape(step.brings)}" for step in way.steps]
    if not way.steps:
        lines = [f"{escape(str(address))}: revision {way.to}, nothing to do"]
    elif dry_run:
        lines.append("nothing was changed (--dry-run)")
    _say(told, "\n".join(lines), as_json=as_json)


def _say(told: dict[str, Any], text: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told))
    else:
        Console().print(text, soft_wrap=True, highlight=False)
