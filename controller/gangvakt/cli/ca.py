"""`gangvakt ca`: the municipality's certificate authority, for whoever keeps the data folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from gangvakt.cli.passphrase import ask_for, choose
from gangvakt.cli.two_people import Approval, note_done, two_people
from gangvakt.errors import AuthorityExists, OverlapRunning, SettingRefused
from gangvakt.provision import authority as files_of
from gangvakt.provision.authority import Pair
from gangvakt.provision.certificates import Credentials, fingerprint
from gangvakt.provision.lifetimes import Kind, Lifetime, State
from gangvakt.provision.pki import Pki, lifetimes_in, new_authority
from gangvakt.settings import DEFAULT_DATA, Settings

app = typer.Typer(
    help="The certificate authority that signs every sign.", no_args_is_help=True, rich_markup_mode="rich"
)

INIT_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt ca init --data /var/lib/gangvakt/data\n\n"
    "  gangvakt ca init --passphrase-file /run/secrets/gangvakt-ca\n\n"
    "  gangvakt ca init --certificate municipality.crt --key municipality.key"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt ca show\n\n  gangvakt ca show --json"
RENEW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt ca renew --data /var/lib/gangvakt/data"
PASSPHRASE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt ca passphrase\n\n"
    "  gangvakt ca passphrase --passphrase-file old.txt --new-passphrase-file new.txt"
)

TRUST = {
    Kind.AUTHORITY: "signs everything; trusted by every sign enrolled or renewed since it began",
    Kind.OLD_AUTHORITY: "trusted until it ends; signs the server's certificate, for signs that know no other",
    Kind.SERVER: "signs",
    Kind.CONTROLLER: "the broker",
}
MARK_WIDTH = 32  # digits of a fingerprint in one line
TRUST_WIDTH = 24  # cells: the fingerprint shall stand beside it on a wide screen
COLOURS = {State.GOOD: "green", State.ENDS_SOON: "yellow", State.ENDED: "red"}

Data = Annotated[Path, typer.Option(help="The controller's data folder.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        help="File with the passphrase in its first line; else GANGVAKT_CA_PASSPHRASE, or asked for."
    ),
]
CertificateFile = Annotated[
    Path | None, typer.Option("--certificate", help="An authority made elsewhere: its certificate, PEM.")
]
KeyFile = Annotated[Path | None, typer.Option("--key", help="... and its key, PEM, EC P-256.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@app.callback()
def common() -> None:
    pass


@app.command("init", epilog=INIT_EXAMPLES)
def init(
    data: Data = DEFAULT_DATA,
    certificate: CertificateFile = None,
    key: KeyFile = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the authority, or take in one that the municipality has already; its key is encrypted."""
    folder = Settings(data=data).pki_dir
    if files_of.exists(folder):
        raise AuthorityExists(folder)
    word = choose(passphrase_file)
    made = _given(certificate, key, word) or new_authority(datetime.now(UTC))
    files_of.create(folder, made, word)
    note_done(data, "ca.init", fingerprint(made.certificate), {})
    _report(folder, as_json=as_json)
    _advise(folder, as_json=as_json)


@app.command("show", epilog=SHOW_EXAMPLES)
def show(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Fingerprints, ends and days left of the authority and of the controller's own certificates."""
    _report(Settings(data=data).pki_dir, as_json=as_json)


@app.command("renew", epilog=RENEW_EXAMPLES)
def renew(
    data: Data = DEFAULT_DATA,
    certificate: CertificateFile = None,
    key: KeyFile = None,
    passphrase_file: PassphraseFile = None,
    approval: Approval = None,
    force: Annotated[bool, typer.Option("--force", help="Although the one before is still trusted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the authority's successor. A running controller then renews all its signs, a few at a time.

    The old authority stays trusted until it ends; signs that were not online by then must be flashed anew.
    """
    folder = Settings(data=data).pki_dir
    passphrase = ask_for(passphrase_file)
    pki = Pki.load(folder, passphrase=passphrase)
    now = datetime.now(UTC)
    if len(pki.trusted) > 1 and not force:
        raise OverlapRunning(f"{pki.trusted[1].not_valid_after_utc:%Y-%m-%d}")
    if not yes:
        typer.confirm("Every sign gets a new certificate and is offline for some seconds. Go on?", abort=True)
    before = fingerprint(pki.authority.certificate)
    with two_people(data, "ca.renew", before, approval, {"before": before}):
        word = passphrase() if pki.is_encrypted else None
        successor = _given(certificate, key, word) or new_authority(now, pki.authority.certificate)
        files_of.succeed(folder, successor, word)
    _report(folder, as_json=as_json)


@app.command("passphrase", epilog=PASSPHRASE_EXAMPLES)
def change_passphrase(
    data: Data = DEFAULT_DATA,
    passphrase_file: PassphraseFile = None,
    new_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line is the new passphrase; else asked for.")
    ] = None,
    approval: Approval = None,
) -> None:
    """Encrypt the authority's key, or change its passphrase."""
    folder = Settings(data=data).pki_dir
    pki = Pki.load(folder, passphrase=ask_for(passphrase_file))
    mark = fingerprint(pki.authority.certificate)
    with two_people(data, "ca.passphrase", mark, approval, {"was_encrypted": pki.is_encrypted}):
        pki.encrypt(choose(new_passphrase_file, environment=not pki.is_encrypted))
    _advise(folder, as_json=False)


def _given(certificate: Path | None, key: Path | None, word: bytes | None) -> Credentials | None:
    """The authority in two files; its key may have the same passphrase, or none."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        missing = "--certificate" if certificate is None else "--key"
        raise SettingRefused("options", missing, None, "both --certificate and --key, or neither")
    return files_of.take_in(Pair(key, certificate), lambda: word)


def _report(folder: Path, *, as_json: bool) -> None:
    now = datetime.now(UTC)
    found = lifetimes_in(folder)
    encrypted = files_of.is_encrypted(folder)
    if as_json:
        rows = [_as_json(lifetime, now) for lifetime in found]
        typer.echo(json.dumps({"folder": str(folder), "key_encrypted": encrypted, "certificates": rows}))
        return
    mark_column = Column("fingerprint (SHA-256)", overflow="fold")  # a part of one proves nothing
    table = Table(
        "certificate", "ends", "days left", mark_column, Column("trusted by", max_width=TRUST_WIDTH)
    )
    for lifetime in found:
        state = lifetime.state(now)
        days = f"[{COLOURS[state]}]{lifetime.days_left(now)}[/]"
        name = f"{lifetime.kind.value}\n[dim]{escape(lifetime.name)}[/]"
        end, mark = f"{lifetime.ends:%Y-%m-%d}", _grouped(lifetime.fingerprint)
        table.add_row(name, end, days, mark, TRUST[lifetime.kind])
    console = Console()
    console.print(table)
    for lifetime in found:
        if warning := lifetime.warning(now):
            console.print(f"[yellow]{escape(warning)}[/]", soft_wrap=True)
    if not encrypted:
        text = "the authority's key is not encrypted: `gangvakt ca passphrase`"
        console.print(f"[yellow]{text}[/]", soft_wrap=True)


def _as_json(lifetime: Lifetime, now: datetime) -> dict[str, str | int]:
    return {
        "kind": lifetime.kind.value,
        "name": lifetime.name,
        "ends": lifetime.ends.isoformat(),
        "days_left": lifetime.days_left(now),
        "state": lifetime.state(now).value,
        "fingerprint": lifetime.fingerprint,
    }


def _grouped(fingerprint: str) -> str:
    """In two lines, as people compare them."""
    return f"{fingerprint[:MARK_WIDTH]}\n{fingerprint[MARK_WIDTH:]}"


def _advise(folder: Path, *, as_json: bool) -> None:
    if not as_json:
        text = f"Keep a copy of {escape(str(folder))} off this computer, and the passphrase apart from it."
        Console().print(text, soft_wrap=True)
