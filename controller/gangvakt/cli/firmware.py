"""`gangvakt firmware`: keys that sign updates, update files, and whom they are offered to."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from gangvakt.cli.office import show_json
from gangvakt.cli.order import controller_office
from gangvakt.cli.passphrase import ask_for, choose
from gangvakt.cli.two_people import WAITS, Approval, check_admitted, two_people
from gangvakt.errors import UpdateRefused, WouldOverwrite
from gangvakt.files import write_file
from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.pack import Kind, Manifest, files_of_body
from gangvakt.provision.passphrase import UPDATE_VARIABLE
from gangvakt.provision.update_file import ENDING, UpdateFile, build_interpreter_update, build_update
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.settings import DEFAULT_DATA, Settings
from gangvakt.upkeep.offers import OfferFolder

app = typer.Typer(
    help="Updates of app and interpreter on the signs.", no_args_is_help=True, rich_markup_mode="rich"
)
keys_app = typer.Typer(help="The keys that sign updates.", no_args_is_help=True, rich_markup_mode="rich")
app.add_typer(keys_app, name="keys")

KEYS_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt firmware keys init\n\n"
    "  gangvakt firmware keys init --data /var/lib/gangvakt --passphrase-file /run/secrets/gangvakt-update"
)
RENEW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt firmware keys renew"
BUILD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt firmware build --board esp32-devkitc\n\n"
    "  gangvakt firmware build --board esp32-devkitc --replaces 1.5.0 --out back-to-1.4.gvu\n\n"
    "  gangvakt firmware build --board esp32-s3-devkitc --interpreter ESP32_GENERIC_S3-20260301-v1.27.0.bin"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt firmware show esp32-devkitc-1.4.0.gvu"
ADMIT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt firmware admit esp32-devkitc-1.4.0.gvu"
OFFER_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt firmware offer drammen/storgata/30aea4120001 esp32-devkitc-1.4.0.gvu\n\n"
    "  gangvakt firmware offer drammen/storgata/30aea4120001 esp32-devkitc-1.4.0.gvu --watch"
)
STATUS_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt firmware status drammen/storgata/30aea4120001"
WITHDRAW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt firmware withdraw drammen/storgata/30aea4120001"

WHOSE = "the keys that sign updates"
ENDED = frozenset({"installed", "refused", "failed"})
POLL_S = 0.5

Data = Annotated[Path, typer.Option(help="The controller's data folder.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help=f"File with the passphrase in its first line; else {UPDATE_VARIABLE}, or asked for."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
File = Annotated[Path, typer.Argument(help=f"Update file ({ENDING}).")]
Sign = Annotated[str, typer.Argument(help="MUNICIPALITY/SITE/SIGN.")]


@keys_app.command("init", epilog=KEYS_EXAMPLES)
def init(data: Data = DEFAULT_DATA, passphrase_file: PassphraseFile = None) -> None:
    """Make the key that signs and the one that will follow it. Whatever is flashed afterwards trusts both."""
    keys = UpdateKeys(Settings(data=data).update_keys_dir)
    if keys.exist:
        raise WouldOverwrite(keys.folder)
    keys.create(choose(passphrase_file, whose=WHOSE, variable=UPDATE_VARIABLE))
    folder = escape(str(keys.folder))
    text = f"Keep a copy of {folder} off this computer, and the passphrase apart from it."
    Console().print(text, soft_wrap=True)


@keys_app.command("renew", epilog=RENEW_EXAMPLES)
def renew(
    data: Data = DEFAULT_DATA, passphrase_file: PassphraseFile = None, approval: Approval = None
) -> None:
    """Let the follower sign from now on, and make a new follower.

    Every sign trusts the follower already; the new one is known to a sign from its next update on. So renew
    no second time before all signs have got one.
    """
    keys = UpdateKeys(Settings(data=data).update_keys_dir)
    before = hashlib.sha256(keys.trusted()).hexdigest()
    with two_people(data, "update.keys", before, approval, {"before": before}):
        keys.renew(ask_for(passphrase_file, WHOSE, UPDATE_VARIABLE))
    Console().print("The follower signs from now on: build and offer an update, so that signs know the next.")


@app.command("build", epilog=BUILD_EXAMPLES)
def build(
    board: Annotated[str, typer.Option(help="A board's id (gangvakt boards), or a path ending in .toml.")],
    out: Annotated[Path | None, typer.Option(help=f"Where to; else BOARD-VERSION{ENDING}.")] = None,
    minimum: Annotated[
        str | None, typer.Option(help="Least version that may take it over, such as 1.3.0.")
    ] = None,
    replaces: Annotated[
        str | None, typer.Option(help="Versions up to this one may go back to it; else it goes forward only.")
    ] = None,
    interpreter: Annotated[
        Path | None,
        typer.Option(help="MicroPython image to sign instead of the app, for boards with two slots for it."),
    ] = None,
    data: Data = DEFAULT_DATA,
    passphrase_file: PassphraseFile = None,
    approval: Approval = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Compile the firmware for a kind of board, pack it and sign it; or sign an interpreter."""
    keys, spec = UpdateKeys(Settings(data=data).update_keys_dir), load_board(board)
    passphrase = ask_for(passphrase_file, WHOSE, UPDATE_VARIABLE)
    with ExitStack() as approved:

        def hold_back(found: Manifest) -> None:
            """Until another administrator has approved just this. A file in the way is told before: an
            approval would be used up."""
            from gangvakt.orders.admission import SIGN_UPDATE, facts_of, subject_of

            _check_free(_path(found, out), force=force)
            held = two_people(data, SIGN_UPDATE, subject_of(found), approval, facts_of(found))
            approved.enter_context(held)

        if interpreter is None:
            update = build_update(
                spec, keys, passphrase, minimum=minimum, replaces=replaces, before_signing=hold_back
            )
        else:
            update = build_interpreter_update(
                spec,
                interpreter,
                keys,
                passphrase,
                minimum=minimum,
                replaces=replaces,
                before_signing=hold_back,
            )
        path = _path(update.manifest, out)
        write_file(path, update.content)
    _print_facts(path, update, signed=True)


def _path(found: Manifest, out: Path | None) -> Path:
    kind = "" if found.kind is Kind.APP else f"-{found.kind.name.lower()}"
    return out or Path(f"{found.board}{kind}-{found.version}{ENDING}")


def _check_free(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise WouldOverwrite(path)


@app.command("show", epilog=SHOW_EXAMPLES)
def show(file: File, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """What is in an update file, and whether this controller's signs trust who signed it."""
    update = UpdateFile.read(file)
    signed = update.is_signed_by(UpdateKeys(Settings(data=data).update_keys_dir).trusted())
    if as_json:
        files = len(files_of_body(update.body)) if update.manifest.kind is Kind.APP else 1
        typer.echo(json.dumps({**_facts(update), "trusted": signed, "files": files}))
    else:
        _print_facts(file, update, signed=signed)


@app.command("admit", epilog=ADMIT_EXAMPLES)
def admit(file: File, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Ask a second person for an update that was signed without one; then it can be offered and rolled out.

    What two people approved at `firmware build` needs no more. Exit code 3 while it waits.
    """
    from gangvakt.orders.admission import ADMIT_UPDATE, facts_of, subject_of

    manifest = _trusted(file, data).manifest
    asked = controller_office().approvals.ask(ADMIT_UPDATE, subject_of(manifest), facts_of(manifest))
    if as_json:
        show_json(asked)
    elif asked.state == "asked":
        approve = f"`gangvakt approval approve {asked.id}`"
        typer.echo(f"approval {asked.id} is asked for: another administrator approves it with {approve}")
    else:
        typer.echo(f"{manifest.version} for {manifest.board} may be offered: one person is enough here")
    if asked.state == "asked":
        raise typer.Exit(WAITS)


@app.command("offer", epilog=OFFER_EXAMPLES)
def offer(
    sign: Sign,
    file: File,
    data: Data = DEFAULT_DATA,
    watch: Annotated[bool, typer.Option("--watch", help="Wait until it is installed, or is not.")] = False,
) -> None:
    """Offer an update to a sign, through the controller that runs on this data folder.

    The sign fetches it while it warns, tries it, and returns by itself to what it has when it is not well.
    """
    wanted, update = SignId.parse(sign), _trusted(file, data)
    check_admitted(data, update.manifest)
    offers = OfferFolder(Settings(data=data).updates_dir)
    made = offers.put(wanted, update)
    what = f"{update.manifest.version} ({made.id}) is offered to {wanted}, attempt {made.attempt}"
    Console().print(what, soft_wrap=True, highlight=False)
    if watch:
        raise typer.Exit(_watch(offers, wanted, len(update.content)))


@app.command("status", epilog=STATUS_EXAMPLES)
def status(sign: Sign, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """What a sign is offered, and what it last said of it."""
    wanted, offers = SignId.parse(sign), OfferFolder(Settings(data=data).updates_dir)
    held, reported = offers.get(wanted), offers.reported(wanted)
    if as_json:
        offered = None if held is None else {**_facts(held.update), "attempt": held.attempt, "id": held.id}
        typer.echo(json.dumps({"offered": offered, "reported": reported, "fetched": offers.progress(wanted)}))
        return
    console = Console()
    if held is None:
        console.print(f"nothing is offered to {wanted}", highlight=False)
    else:
        console.print(f"offered: {held.update.manifest.version} ({held.id}), attempt {held.attempt}")
    console.print("the sign has said nothing yet" if reported is None else _said(reported), highlight=False)


@app.command("withdraw", epilog=WITHDRAW_EXAMPLES)
def withdraw(sign: Sign, data: Data = DEFAULT_DATA) -> None:
    """Take an offer back. What the sign has made ready already it tries all the same."""
    wanted = SignId.parse(sign)
    taken_back = OfferFolder(Settings(data=data).updates_dir).withdraw(wanted)
    Console().print("taken back" if taken_back else f"nothing was offered to {wanted}", highlight=False)


def _trusted(file: Path, data: Path) -> UpdateFile:
    """UpdateRefused where no key of the data folder signed it."""
    update = UpdateFile.read(file)
    if not update.is_signed_by(UpdateKeys(Settings(data=data).update_keys_dir).trusted()):
        raise UpdateRefused(str(file), "signature", "of another", "one by the keys of this data folder")
    return update


def _watch(offers: OfferFolder, sign: SignId, size: int) -> int:
    """The exit code: 0 where it was installed."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("waiting for the sign", total=size)
        reported = _wait(offers, sign, lambda word, at: bar.update(task, description=word, completed=at))
    Console().print(_said(reported), soft_wrap=True, highlight=False)
    return 0 if reported["state"] == "installed" else 1


def _wait(offers: OfferFolder, sign: SignId, tell: Callable[[str, int], None]) -> dict[str, Any]:
    while True:
        reported = offers.reported(sign)
        if reported is not None and reported["state"] in ENDED:
            return reported
        tell(reported["state"] if reported else "waiting for the sign", offers.progress(sign))
        time.sleep(POLL_S)


def _facts(update: UpdateFile) -> dict[str, Any]:
    found = update.manifest
    return {
        "kind": found.kind.name.lower(),
        "board": found.board,
        "version": found.version,
        "interpreter": found.interpreter,
        "minimum": found.minimum,
        "replaces": found.replaces,
        "size": found.size,
        "sha256": found.sha256.hex(),
    }


def _print_facts(path: Path, update: UpdateFile, *, signed: bool) -> None:
    found = update.manifest
    console = Console()
    name = f"[bold]{escape(str(path))}[/]: {found.kind.name.lower()} {found.version} for {found.board}"
    console.print(
        f"{name}, {found.size} bytes, MicroPython {found.interpreter}", highlight=False, soft_wrap=True
    )
    if found.replaces:
        console.print("goes back from later versions as well", highlight=False)
    if not signed:
        console.print("[yellow]not signed by a key of this data folder: its signs will refuse it[/]")


def _said(reported: dict[str, Any]) -> str:
    text = f"the sign says of {reported['id']}: {reported['state']}"
    if "field" in reported:
        text += f", {reported['field']} is {reported.get('value')!r}; allowed: {reported.get('allowed')}"
    return text
