"""`gangvakt audit`: what people did, for whoever keeps the data folder."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gangvakt.cli.office import AsJson, show_facts, show_table, when
from gangvakt.errors import WouldOverwrite
from gangvakt.files import write_file
from gangvakt.settings import DEFAULT_DATA, Settings

if TYPE_CHECKING:
    from gangvakt.store.audit_table import AuditFilter, AuditRow

app = typer.Typer(
    help="What people did: a chain that only grows.", no_args_is_help=True, rich_markup_mode="rich"
)

LIST_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt audit list\n\n"
    "  gangvakt audit list --who kari --subject 'drammen/*' --limit 20 --json"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt audit show 1207"
EXPORT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt audit export audit.jsonl"
VERIFY_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt audit verify\n\n"
    "  gangvakt audit verify --heads /mnt/elsewhere/gangvakt-heads --json"
)
LONGEST_CELL = 60

DataFolder = Annotated[Path, typer.Option(help="The controller's data folder.")]


@app.callback()
def common() -> None:
    pass


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    who: Annotated[str | None, typer.Option(help="By this user; 'person 7' once he is forgotten.")] = None,
    subject: Annotated[str | None, typer.Option(help="To this; with * at the end what begins so.")] = None,
    action: Annotated[str | None, typer.Option(help="This action; with * at the end what begins so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")] = 50,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """List what was done, the newest first."""
    from gangvakt.store.audit_table import AuditFilter

    found = asyncio.run(_page(data, AuditFilter(who, subject, action), limit))
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in found]))
        return
    rows = [(row.number, when(row.at_ms), row.who, row.action, row.subject, _cut(row.after)) for row in found]
    show_table(("row", "when", "who", "what", "to", "now"), rows, "Nothing was done.")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(
    number: Annotated[int, typer.Argument(metavar="ROW", min=1, help="The row's number.")],
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Show one row: what was before, and what is after it."""
    row = asyncio.run(_one(data, number))
    if as_json:
        typer.echo(json.dumps(asdict(row)))
        return
    told = asdict(row) | {"at_ms": when(row.at_ms)}
    show_facts((name, json.dumps(held) if isinstance(held, dict) else held) for name, held in told.items())


@app.command("export", epilog=EXPORT_EXAMPLES)
def export(
    file: Annotated[Path, typer.Argument(help="The file to write: a row as JSON a line, the oldest first.")],
    data: DataFolder = DEFAULT_DATA,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole audit into a file, for others to keep."""
    if file.exists() and not force:
        raise WouldOverwrite(file)
    lines = asyncio.run(_lines(data))
    write_file(file, "".join(f"{line}\n" for line in lines).encode(), private=True)
    typer.echo(json.dumps({"file": str(file), "rows": len(lines)}) if as_json else f"{len(lines)} rows")


@app.command("verify", epilog=VERIFY_EXAMPLES)
def verify(
    heads: Annotated[
        Path | None,
        typer.Option(help="Folder with a copy of the sealed heads; else the data folder."),
    ] = None,
    data: DataFolder = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Check the chain; the first row that does not fit is named, and the command fails.

    What was cut off at the end shows by the heads that the controller seals every day: keep copies of them,
    or of its log, on another computer.
    """
    number, ending, sealed = asyncio.run(_verify(data, heads))
    if as_json:
        typer.echo(json.dumps({"rows": number, "hash": ending, "sealed": sealed}))
    else:
        typer.echo(f"whole: {number} rows, {sealed} sealed heads among them; it ends with {ending}")


async def _verify(data: Path, heads: Path | None) -> tuple[int, str, int]:
    from gangvakt.cli.stores import a_store
    from gangvakt.upkeep.audit_seals import certificates_in, read_heads

    settings = Settings(data=data)
    known = read_heads(heads or settings.audit_dir, certificates_in(settings.pki_dir))
    async with a_store(settings) as store:
        head = await store.audit.verify(known)
    return head.number, head.hash, len(known)


async def _page(data: Path, wanted: AuditFilter, limit: int) -> tuple[AuditRow, ...]:
    from gangvakt.cli.stores import a_store

    async with a_store(Settings(data=data)) as store:
        return await store.audit.page(wanted, None, limit)


async def _one(data: Path, number: int) -> AuditRow:
    from gangvakt.cli.stores import a_store

    async with a_store(Settings(data=data)) as store:
        return await store.audit.get(number)


async def _lines(data: Path) -> list[str]:
    from gangvakt.cli.stores import a_store

    lines: list[str] = []
    async with a_store(Settings(data=data)) as store:
        while rows := await store.audit.after(len(lines)):
            lines += [json.dumps(asdict(row)) for row in rows]
    return lines


def _cut(state: Any) -> str:
    text = json.dumps(state, ensure_ascii=False) if state else ""
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
