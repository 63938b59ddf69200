"""`gangvakt sign`: which boards are signs, which no longer, and what those in the street are told."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli import exchange, order, recordings, sign_file, sign_log
from gangvakt.cli.office import AsJson, Data, Yes, office_of, show_facts, show_json, show_table, when
from gangvakt.clock import utc_ms
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.tracing import in_plain_words
from gangvakt.provision.wire import RegistrationOut

app = typer.Typer(help="Registered signs.", no_args_is_help=True, rich_markup_mode="rich")

LIST_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign list --site drammen/storgata\n\n  gangvakt sign list --all --json"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt sign show drammen/storgata/30aea4120001"
REVOKE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt sign revoke drammen/storgata/30aea4120001 --yes"

app.command("command", epilog=order.COMMAND_EXAMPLES)(order.command)
app.command("recording", epilog=recordings.SIGN_EXAMPLES)(recordings.sign_recording)
app.command("config", epilog=order.CONFIG_EXAMPLES)(order.config)
app.command("file", epilog=sign_file.FILE_EXAMPLES)(sign_file.file)
app.command("state", epilog=sign_file.STATE_EXAMPLES)(sign_file.state)
app.command("repair", epilog=sign_log.REPAIR_EXAMPLES)(sign_log.repair)
app.command("part", epilog=sign_file.PART_EXAMPLES)(sign_file.part)
app.command("note", epilog=sign_log.NOTE_EXAMPLES)(sign_log.note)
app.command("photo", epilog=sign_log.PHOTO_EXAMPLES)(sign_log.photo)
app.command("export", epilog=exchange.SIGN_EXPORT_EXAMPLES)(exchange.export_signs)
app.command("import", epilog=exchange.SIGN_IMPORT_EXAMPLES)(exchange.import_signs)
COUNTS = ("crashes", "hangs", "brown_outs")

SignName = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE/SIGN", help="The sign.")]


@app.command("list", epilog=LIST_EXAMPLES)
def list_(
    site: Annotated[str | None, typer.Option(help="Of this crossing only.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also what signs and boards were before.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List signs with their registration."""
    found = office_of(data).registrations(SiteId.parse(site) if site else None)
    if not all_:
        newest = {one.sign: one for one in found}
        found = tuple(newest[sign] for sign in sorted(newest))
    if as_json:
        show_json(found)
        return
    rows = [(one.sign, _state(one), one.board or "-", _since(one), when(one.ends_ms)) for one in found]
    show_table(("sign", "state", "board", "since", "certificate ends"), rows, "No signs yet.")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(sign: SignName, data: Data = None, as_json: AsJson = False) -> None:
    """Show one sign's registration, and what made it fail last."""
    one = office_of(data).registration(SignId.parse(sign))
    if as_json:
        show_json(one)
    else:
        _show(one)


@app.command("revoke", epilog=REVOKE_EXAMPLES)
def revoke(sign: SignName, yes: Yes = False, data: Data = None, as_json: AsJson = False) -> None:
    """End a sign's certificates: the broker cuts it off within a minute, and it must be flashed anew."""
    name, office = SignId.parse(sign), office_of(data)
    if not yes:
        office.registration(name)  # one that is not there is refused before a question about it
        typer.confirm(f"Revoke {name}? It will warn on, but nobody will see it.", abort=True)
    one = office.revoke(name)
    if as_json:
        show_json(one)
    else:
        Console().print(f"[bold]{escape(one.sign)}[/] is {one.state} since {_since(one)}")


def _show(one: RegistrationOut) -> None:
    online = {None: "not known", True: "yes", False: "no"}[one.online]
    Console().print(f"[bold]{escape(one.sign)}[/]  {_state(one)}  {escape(one.why or '')}")
    show_facts(
        [
            ("board", f"{one.board or 'not known'}, {one.mac or 'not known'}"),
            ("signed by", one.issued_by),
            ("begun", when(one.created_ms)),
            ("registered", when(one.registered_ms)),
            ("certificate", f"{one.serial or '-'}, ends {when(one.ends_ms)}"),
            ("online", online),
            ("versions", json.dumps(one.versions)),
            ("last failure", _failure(one.crash)),
        ]
    )


def _failure(crash: dict[str, Any] | None) -> str:
    if not crash:
        return "none told"
    boot = "" if crash.get("boot") is None else f" of boot {crash['boot']}"
    counts = ", ".join(f"{crash.get(name, 0)} {name.replace('_', '-')}" for name in COUNTS)
    text = in_plain_words(crash["text"], crash.get("firmware"))
    return f"{crash['cause']}{boot} on rung {crash['rung']} ({counts}): {text}"


def _state(one: RegistrationOut) -> str:
    return f"{_registered(one)}{', SHADOW MODE: dark lamps' if one.is_shadow else ''}"


def _registered(one: RegistrationOut) -> str:
    if one.state == "pending" and one.expires_ms is not None and utc_ms() >= one.expires_ms:
        return "not confirmed in time"
    if one.state == "registered" and one.board is None:  # came in by itself: it may have failed
        return "unconfirmed"
    return one.state


def _since(one: RegistrationOut) -> str:
    return when(one.changed_ms)
