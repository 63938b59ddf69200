"""`gangvakt site export|import` and `gangvakt sign export|import`: lists out and in again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gangvakt.cli.office import AsJson, Data, office_of, show_json
from gangvakt.errors import ControllerFailed, ImportRefused, RowRefusal, SettingRefused
from gangvakt.files import write_file

if TYPE_CHECKING:
    from pydantic import BaseModel

    from gangvakt.provision.exchange import Reader

SITE_EXPORT_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt site export crossings.csv\n\n  gangvakt site export all.geojson --json"
)
SITE_IMPORT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt site import crossings.csv --dry-run"
SIGN_EXPORT_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign export signs.csv\n\n  gangvakt sign export map.geojson --json"
)
SIGN_IMPORT_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign import signs.csv --dry-run\n\n  gangvakt sign import signs.csv"
)
MOST_SAID = 20  # refused rows, one a line

ToWrite = Annotated[Path, typer.Argument(metavar="FILE", help="NAME.csv or NAME.geojson; it is replaced.")]
ToRead = Annotated[
    Path, typer.Argument(metavar="FILE", help="NAME.csv or NAME.geojson, as export writes it.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
T = TypeVar("T")


def export_sites(file: ToWrite, data: Data = None, as_json: AsJson = False) -> None:
    """Write what is known of all crossings as CSV or GeoJSON."""
    from gangvakt.provision.site_exchange import to_csv, to_geojson

    write = to_geojson if _is_geojson(file) else to_csv
    sites = office_of(data).files.sites()
    write_file(file, write(sites).encode())
    _say_written(file, len(sites), "crossings", as_json=as_json)


def import_sites(file: ToRead, dry_run: DryRun = False, data: Data = None, as_json: AsJson = False) -> None:
    """Describe crossings anew from a file: all of it, or nothing when a row is refused."""
    from gangvakt.provision.file_wire import SiteRowsIn
    from gangvakt.provision.site_exchange import from_csv, from_geojson

    rows = _read(file, from_geojson if _is_geojson(file) else from_csv)
    changed = office_of(data).files.take_in(SiteRowsIn(rows=rows, dry_run=dry_run))
    names = [one.site for one in changed]
    _say(f"{len(rows)} crossings read", changed, names, dry_run=dry_run, as_json=as_json)


def export_signs(file: ToWrite, data: Data = None, as_json: AsJson = False) -> None:
    """Write where every sign is mounted, what feeds it and where its life stands as CSV or GeoJSON."""
    from gangvakt.provision.sign_exchange import to_csv, to_geojson

    write = to_geojson if _is_geojson(file) else to_csv
    signs = office_of(data).files.signs()
    write_file(file, write(signs).encode())
    _say_written(file, len(signs), "signs", as_json=as_json)


def import_signs(file: ToRead, dry_run: DryRun = False, data: Data = None, as_json: AsJson = False) -> None:
    """File poles, power and states of signs from a file: all of it, or nothing when a row is refused.

    What a sign says itself (board, firmware, dates, shadow) is passed over. An empty state stays as it is.
    """
    from gangvakt.provision.sign_exchange import from_csv, from_geojson
    from gangvakt.provision.sign_rows import SignRowsIn

    rows = _read(file, from_geojson if _is_geojson(file) else from_csv)
    told = SignRowsIn(rows=rows, dry_run=dry_run)
    changed = _or_each_row(file, lambda: office_of(data).files.take_in_signs(told))
    names = [one.sign for one in changed]
    _say(f"{len(rows)} signs read", changed, names, dry_run=dry_run, as_json=as_json)


def _say_written(file: Path, count: int, what: str, *, as_json: bool) -> None:
    typer.echo(json.dumps({"file": str(file), what: count}) if as_json else f"{file}: {count} {what}")


def _read(file: Path, read: Reader[T]) -> tuple[T, ...]:
    from gangvakt.provision.exchange import LARGEST_FILE

    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SettingRefused("options", "file", str(file), f"a readable file ({error.strerror})") from error
    return _or_each_row(file, lambda: read(content, str(file)))


def _or_each_row(file: Path, take: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """Whoever corrects a file wants to know of every row at once; the error's own line is the first."""
    try:
        return take()
    except (ImportRefused, ControllerFailed) as refused:
        if not refused.rows:
            raise
        _say_rows(file, refused.rows[1:])
        raise ImportRefused(str(file), refused.rows) from refused


def _say_rows(file: Path, rows: Sequence[RowRefusal]) -> None:
    for one in rows[:MOST_SAID]:
        typer.echo(f"{file} {one}", err=True)
    if len(rows) > MOST_SAID:
        typer.echo(f"{file}: and {len(rows) - MOST_SAID} more", err=True)


def _say(
    read: str, changed: Sequence[BaseModel], names: Sequence[str], *, dry_run: bool, as_json: bool
) -> None:
    if as_json:
        show_json(changed)
        return
    would = "would change" if dry_run else "changed"
    typer.echo(f"{read}, {len(changed)} {would}: {', '.join(names) or '-'}")


def _is_geojson(file: Path) -> bool:
    if file.suffix not in (".csv", ".geojson"):
        raise SettingRefused("options", "file", str(file), "NAME.csv or NAME.geojson")
    return file.suffix == ".geojson"
