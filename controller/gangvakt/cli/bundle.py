"""`gangvakt bundle` and `gangvakt sync`: signing where there is no network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import (
    AsJson,
    Data,
    PassphraseFile,
    Yes,
    office_of,
    passphrase_of,
    show_facts,
    show_json,
    show_table,
    when,
)
from gangvakt.clock import utc_ms
from gangvakt.errors import SettingRefused
from gangvakt.files import refuse_overwrite
from gangvakt.provision.wire import BundleOut
from gangvakt.provision.wire_values import ID_PATTERN

app = typer.Typer(
    help="Enrolment bundles: signing where there is no network.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

MAKE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt bundle make --site drammen/storgata --site drammen/torget --limit 10 --days 14 "
    "--out week-48.bundle"
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt bundle list"
REVOKE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt bundle revoke 1f00c3a9 --yes"
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt bundle show week-48.bundle"
SYNC_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt sync week-48.bundle"

File = Annotated[Path, typer.Argument(metavar="FILE", help="The bundle.")]


@app.command("make", epilog=MAKE_EXAMPLES)
def make(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    site: Annotated[list[str], typer.Option(help="MUNICIPALITY/SITE whose signs it may sign; repeat it.")],
    limit: Annotated[
        int, typer.Option(help="How many boards at most; one that connected counts, even if it failed then.")
    ] = 10,
    days: Annotated[int, typer.Option(help="How many days from now.")] = 14,
    label: Annotated[str, typer.Option(help="For whom or what it is.")] = "bundle",
    passphrase_file: PassphraseFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a bundle: who has the file and its passphrase can sign without a network, within its bounds."""
    from gangvakt.registry.bundle_making import make_bundle

    office = office_of(data)
    if not force:
        refuse_overwrite(out.parent, (out.name,))
    wanted = {"sites": site, "limit": limit, "days": days, "label": label}
    header = make_bundle(office, wanted, passphrase_of(passphrase_file, is_new=True), out)
    if as_json:
        show_json(header)
        return
    what = f"{header.limit} signs of {', '.join(header.sites)} until {when(header.expires_ms)}"
    Console().print(f"Bundle [bold]{header.id}[/] in {escape(str(out))}: {escape(what)}", soft_wrap=True)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(data: Data = None, as_json: AsJson = False) -> None:
    """List all bundles."""
    found = office_of(data).bundles()
    if as_json:
        show_json(found)
        return
    rows = [
        (one.id, one.label, f"{one.used} of {one.limit}", _state(one), ", ".join(one.sites)) for one in found
    ]
    show_table(("bundle", "label", "signs", "state", "sites"), rows, "No bundles yet.")


@app.command("revoke", epilog=REVOKE_EXAMPLES)
def revoke(
    bundle: Annotated[str, typer.Argument(metavar="ID", help="From `gangvakt bundle list`.")],
    yes: Yes = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """End a bundle: signs of it that the controller does not know yet stay out; the others stay in."""
    if not re.fullmatch(ID_PATTERN, bundle):
        raise SettingRefused("options", "ID", bundle[:16], "8 hex digits, as in `gangvakt bundle list`")
    office = office_of(data)
    if not yes:
        typer.confirm(f"Revoke bundle {bundle}? Signs not synchronised yet must be flashed anew.", abort=True)
    one = office.revoke_bundle(bundle)
    if as_json:
        show_json(one)
    else:
        Console().print(f"Bundle [bold]{one.id}[/] is {_state(one)}; the signs of it that came in stay in")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(file: File, as_json: AsJson = False) -> None:
    """Show what a bundle is for, and what it has signed; that needs no passphrase."""
    from gangvakt.provision.bundle import read_header
    from gangvakt.provision.bundle_issuer import read_bundle_file
    from gangvakt.provision.bundle_journal import BundleJournal

    header = read_header(read_bundle_file(file))
    if as_json:
        show_json(header)
        return
    journal = BundleJournal(file)
    used, waiting = journal.count(utc_ms()) if journal.path.exists() else (0, 0)
    Console().print(f"[bold]{header.id}[/]  {escape(header.label)}")
    show_facts(
        [
            ("sites", ", ".join(header.sites)),
            ("ends", when(header.expires_ms)),
            ("signs", f"{used} of {header.limit}"),
            ("to synchronise", waiting),
        ]
    )


def sync(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Bundles that were used.")],
    data: Data = None,
    as_json: AsJson = False,
) -> int:
    """Tell the controller which signs a bundle has made; again does no harm. Exit code 1 for conflicts."""
    from gangvakt.registry.syncing import sync_bundle

    office = office_of(data)
    with Console(stderr=True).status("synchronising"):
        results = [result for file in files for result in sync_bundle(office, file)]
    if as_json:
        show_json(results)
    else:
        rows = [(one.sign, one.result, one.why or "") for one in results]
        show_table(("sign", "result", ""), rows, "Nothing to synchronise.")
    return 1 if any(one.result == "conflict" for one in results) else 0


def _state(one: BundleOut) -> str:
    if one.revoked_ms is not None:
        return f"revoked since {when(one.revoked_ms)}"
    if utc_ms() >= one.expires_ms:
        return f"over since {when(one.expires_ms)}"
    return f"open until {when(one.expires_ms)}"
