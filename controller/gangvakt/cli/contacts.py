"""`gangvakt relay contact`, `channel` and `notice`: who is told, by which way, and of what they were told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gangvakt.cli.office import AsJson, Yes, say_if_more, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import SettingRefused
from gangvakt.provision.pages import Page
from gangvakt.provision.wire import checked

if TYPE_CHECKING:
    from gangvakt.provision.relay_wire import ContactOut

contact_app = typer.Typer(help="Those who can be told.", no_args_is_help=True, rich_markup_mode="rich")
channel_app = typer.Typer(
    help="How e-mail, SMS and ntfy leave here.", no_args_is_help=True, rich_markup_mode="rich"
)
notice_app = typer.Typer(help="What people were told of.", no_args_is_help=True, rich_markup_mode="rich")

SECRET_VARIABLE = "GANGVAKT_CHANNEL_SECRET"  # the name of a variable
CONTACT_ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt relay contact add 'Ola Nordmann' --email ola@example.no --phone +4791234567"
)
CONTACT_LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay contact list"
CONTACT_REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay contact remove 3 --yes"
CHANNEL_SET_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt relay channel set email --set host=smtp.example.no --set sender=signs@example.no "
    "--set user=signs --secret-file smtp.txt\n\n"
    "  gangvakt relay channel set sms --set url=https://gateway.example.no/send "
    '--set \'body={"to":"{to}","text":"{text}"}\' --set \'headers={"Authorization":"Bearer {secret}"}\'\n\n'
    "  gangvakt relay channel set ntfy --set url=https://ntfy.example.no"
)
CHANNEL_LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay channel list"
CHANNEL_REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay channel remove sms --yes"
NOTICE_LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay notice list --limit 20"
NOTICE_REVOKE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt relay notice revoke 9f3ac01b77d0e1aa"

Way = Annotated[str, typer.Argument(metavar="email|sms|ntfy", help="The way.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The contact's number.", min=1)]


@contact_app.command("add", epilog=CONTACT_ADD_EXAMPLES)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As colleagues know them.")],
    municipality: Annotated[str | None, typer.Option(help="Whose they are.")] = None,
    email: Annotated[str | None, typer.Option(help="For mails.")] = None,
    phone: Annotated[str | None, typer.Option(help="For SMS, as +4791234567.")] = None,
    ntfy: Annotated[str | None, typer.Option(help="A topic of ntfy; whoever knows it can read it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add somebody who can be told; relays to people name them by their number."""
    from gangvakt.provision.relay_wire import ContactIn, ContactOut

    wanted = {"name": name, "municipality": municipality, "email": email, "phone": phone, "ntfy": ntfy}
    body = checked(ContactIn, "options", wanted)
    _show_contacts([controller_office().ask(ContactOut, "POST", "contacts", body=body)], as_json=as_json)


@contact_app.command("list", epilog=CONTACT_LIST_EXAMPLES)
def list_contacts(as_json: AsJson = False) -> None:
    """List all contacts."""
    from gangvakt.provision.relay_wire import ContactOut

    _show_contacts(controller_office().listed(Page[ContactOut], "contacts").items, as_json=as_json)


@contact_app.command("remove", epilog=CONTACT_REMOVE_EXAMPLES)
def remove(number: Number, yes: Yes = False) -> None:
    """Remove a contact whom no relay names."""
    from gangvakt.registry.remote import Nothing

    if not yes:
        typer.confirm(f"Remove contact {number}?", abort=True)
    controller_office().ask(Nothing, "DELETE", "contacts", str(number))


@channel_app.command("set", epilog=CHANNEL_SET_EXAMPLES)
def set_(
    way: Way,
    values: Annotated[list[str] | None, typer.Option("--set", help="One option, as NAME=JSON.")] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(help=f"File with password or token; else {SECRET_VARIABLE}, else it stays."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set up a way; its options are replaced, its secret stays unless one is given."""
    from gangvakt.cli.relay import parse_json_values
    from gangvakt.provision.relay_wire import ChannelIn, ChannelOut

    body = checked(
        ChannelIn, "options", {"options": parse_json_values(values), "secret": _secret(secret_file)}
    )
    made = controller_office().ask(ChannelOut, "PUT", "channels", way, body=body)
    _show_channels([made], as_json=as_json)


@channel_app.command("list", epilog=CHANNEL_LIST_EXAMPLES)
def list_channels(as_json: AsJson = False) -> None:
    """List the ways that are set up, without their secrets."""
    from gangvakt.provision.relay_wire import ChannelOut

    _show_channels(controller_office().listed(Page[ChannelOut], "channels").items, as_json=as_json)


@channel_app.command("remove", epilog=CHANNEL_REMOVE_EXAMPLES)
def remove_channel(way: Way, yes: Yes = False) -> None:
    """Forget a way with its secret."""
    from gangvakt.registry.remote import Nothing

    if not yes:
        typer.confirm(f"Forget {way} with its secret?", abort=True)
    controller_office().ask(Nothing, "DELETE", "channels", way)


@notice_app.command("list", epilog=NOTICE_LIST_EXAMPLES)
def list_notices(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what people were told of, the newest first."""
    from gangvakt.provision.relay_wire import NoticeOut

    page = controller_office().listed(Page[NoticeOut], "notices", most=limit)
    if as_json:
        show_json(page.items)
        return
    rows = [
        (
            one.id,
            when(one.opened_ms),
            one.state,
            ", ".join(one.alarms),
            "; ".join(f"{send.channel} to {send.contact} {send.state}" for send in one.sends) or "-",
            one.acknowledged_by or "-",
        )
        for one in page.items
    ]
    show_table(("notice", "since", "state", "alarms", "sent", "taken by"), rows, "None yet.")
    say_if_more(page, limit)


@notice_app.command("revoke", epilog=NOTICE_REVOKE_EXAMPLES)
def revoke(
    notice: Annotated[str, typer.Argument(metavar="NOTICE", help="Its id.")], as_json: AsJson = False
) -> None:
    """Call the links of a notice back: nobody acknowledges by them any more."""
    from gangvakt.provision.relay_wire import NoticeOut

    ended = controller_office().ask(NoticeOut, "POST", "notices", notice, "revoke")
    if as_json:
        show_json(ended)
    else:
        typer.echo(f"{ended.id}: {ended.state}")


def _secret(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get(SECRET_VARIABLE)
    try:
        text = sys.stdin.readline(1024) if str(file) == "-" else file.read_text(encoding="utf-8")[:1024]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefused("options", "--secret-file", str(file), "a readable text file") from error
    return text.splitlines()[0] if text.strip() else ""


def _show_contacts(found: Sequence[ContactOut], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    rows = [
        (one.id, one.name, one.municipality or "all", one.email or "-", one.phone or "-", one.ntfy or "-")
        for one in found
    ]
    columns = ("number", "name", "of", "e-mail", "phone", "ntfy")
    show_table(columns, rows, "No contacts yet: `gangvakt relay contact add` makes one.")


def _show_channels(found: Sequence[Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    rows = [(one.name, json.dumps(one.options), "kept" if one.has_secret else "none") for one in found]
    show_table(("way", "options", "secret"), rows, "None is set up yet: `gangvakt relay channel set`.")
