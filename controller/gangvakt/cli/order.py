"""`gangvakt sign command` and `gangvakt sign config`: what is told to signs in the street."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from gangvakt.cli.office import AsJson, config_folder, show_facts, show_json, show_table
from gangvakt.cli.site import parse_values, read_config
from gangvakt.errors import NobodySigns
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.order_wire import AnswerOut, CommandIn, ConfigIn, ConfigOut
from gangvakt.provision.wire import checked

if TYPE_CHECKING:
    from gangvakt.registry.remote import ApiOffice

COMMAND_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign command drammen/storgata/30aea4120001 mute 30\n\n"
    "  gangvakt sign command drammen/storgata/30aea4120001 flash 10\n\n"
    "  gangvakt sign command drammen/storgata/30aea4120001 shadow true\n\n"
    "  gangvakt sign command drammen/storgata/30aea4120001 status"
)
CONFIG_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign config drammen/storgata/30aea4120001\n\n"
    "  gangvakt sign config drammen/storgata --set lead_ms=4500 --unset dim_pct\n\n"
    "  gangvakt sign config drammen/storgata/30aea4120001 --set lead_ms=4500 --if-version 3"
)
LEVELS_OF_SIGN = 3

Name = Annotated[
    str, typer.Argument(metavar="MUNICIPALITY/SITE[/SIGN]", help="A sign, or all of a crossing.")
]


def command(
    sign: Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE/SIGN", help="The sign.")],
    verb: Annotated[str, typer.Argument(help="As at its serial port: flash, mute, reboot, status ...")],
    args: Annotated[str | None, typer.Argument(help="What goes with it: JSON, or a text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Have a sign obey, and show its answer. A mute and a force-on end by themselves; 0 ends them at once."""
    wanted = checked(CommandIn, "options", {"verb": verb, "args": parse_args(args)})
    answer = controller_office().command(SignId.parse(sign), wanted)
    if as_json:
        show_json(answer)
    else:
        _show_answer(verb, answer)
    if not answer.ok:
        raise typer.Exit(1)


def config(
    name: Name,
    values: Annotated[list[str] | None, typer.Option("--set", help="One value, as NAME=VALUE.")] = None,
    unset: Annotated[list[str] | None, typer.Option(help="A value that goes back to its default.")] = None,
    file: Annotated[Path | None, typer.Option("--from", help="JSON file with values.")] = None,
    if_version: Annotated[
        int | None,
        typer.Option(
            min=0, help="Refused when one has another by now: the higher of those that --json tells."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change the configuration of signs, or show what became of it. A sign tries new values, and goes back
    when they cost it its sensors or its broker."""
    controller = controller_office()
    changes: dict[str, Any] = {**read_config(file), **parse_values(values), **dict.fromkeys(unset or ())}
    found = [_asked(controller, sign, changes, if_version) for sign in _signs(controller, name)]
    if as_json:
        show_json(found)
        return
    for one in found:
        show_config(one)


def controller_office() -> ApiOffice:
    """Only a running controller reaches signs."""
    from gangvakt.registry.opening import saved_login
    from gangvakt.registry.remote import ApiOffice

    login = saved_login(config_folder())
    if login is None:
        raise NobodySigns
    return ApiOffice(login.url, login.token)


def _signs(controller: ApiOffice, name: str) -> tuple[SignId, ...]:
    if name.count("/") + 1 == LEVELS_OF_SIGN:
        return (SignId.parse(name),)
    names = {one.sign for one in controller.registrations(SiteId.parse(name)) if one.state == "registered"}
    return tuple(SignId.parse(sign) for sign in sorted(names))


def _asked(controller: ApiOffice, sign: SignId, changes: Mapping[str, Any], version: int | None) -> ConfigOut:
    if not changes:
        return controller.config(sign)
    wanted = checked(ConfigIn, "options", {"values": dict(changes)})
    return controller.want_config(sign, wanted, version)


def parse_args(text: str | None) -> object:
    """JSON where it is some, else the text itself."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return text


def _show_answer(verb: str, answer: AnswerOut) -> None:
    if answer.ok:
        Console().print_json(json.dumps(answer.answer))
    else:
        show_refusal(verb, answer)


def show_refusal(verb: str, answer: AnswerOut) -> None:
    """One line of what the sign says no to."""
    text = f"{verb} refused: {answer.field} is {answer.value!r}; allowed: {answer.allowed}"
    Console(stderr=True).print(text, style="red", soft_wrap=True, markup=False, highlight=False)


def show_config(one: ConfigOut) -> None:
    console = Console()
    console.print(f"[bold]{one.sign}[/]  {one.state or 'as it was flashed'}")
    show_facts(
        [
            (
                "wanted",
                f"version {one.wanted_version}: {json.dumps(one.wanted)}" if one.wanted_version else "-",
            ),
            ("in force", f"version {one.reported_version}: {json.dumps(one.reported)}"),
        ]
    )
    if one.errors:
        rows = [(error.field or "-", error.value or "-", error.why or "-") for error in one.errors]
        show_table(("field", "value", "allowed, or why"), rows, "")
