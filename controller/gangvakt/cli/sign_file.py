"""`gangvakt sign file|state|part`: where a sign is, what feeds it, where its life stands, what is in it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, Data, office_of, show_facts, show_json, show_table, when
from gangvakt.fleet import SignId
from gangvakt.provision.day_minutes import clock_of, minute_of
from gangvakt.provision.file_wire import PartIn, SignFileIn, SignFileOut, StepIn
from gangvakt.provision.wire import checked

FILE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign file drammen/storgata/30aea4120001\n\n"
    "  gangvakt sign file drammen/storgata/30aea4120001 --pole a --feed lighting --feeder K17 "
    "--lit 15:30-06:45"
)
STATE_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign state drammen/storgata/30aea4120001 in_repair --text 'lamp dark'"
)
PART_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign part drammen/storgata/30aea4120001 --kind radar --serial LD-1 --warranty 2030-01-31\n\n"
    "  gangvakt sign part drammen/storgata/30aea4120001 --remove 3"
)
LIT = "HH:MM-HH:MM in UTC, like 15:30-06:45"

SignName = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE/SIGN", help="The sign.")]


def file(
    sign: SignName,
    pole: Annotated[str | None, typer.Option(help="Where it is mounted.")] = None,
    feed: Annotated[str | None, typer.Option(help="mains, lighting, lighting_battery or solar.")] = None,
    feeder: Annotated[str | None, typer.Option(help="The circuit of the street lighting.")] = None,
    lit: Annotated[str | None, typer.Option(help="When it is lit, HH:MM-HH:MM in UTC.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a sign, or say where it is mounted and what feeds it."""
    files, name = office_of(data).files, SignId.parse(sign)
    held = files.sign(name)
    power = held.power.model_dump(mode="json") if held.power else {}
    given = {"feed": feed, "feeder": feeder, **(_hours(lit) if lit else {})}
    changes = {key: value for key, value in given.items() if value is not None}
    if pole is not None or changes:
        new = {"pole": pole or held.pole, "power": (power | changes) if changes else power or None}
        held = files.put_sign(name, checked(SignFileIn, "options", new), held.version)
    _show(held, as_json=as_json)


def state(
    sign: SignName,
    state: Annotated[str, typer.Argument(help="commissioned, in_service, in_repair or retired.")],
    text: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Take a step in a sign's life; its file says who did, and when."""
    step = checked(StepIn, "options", {"state": state, "text": text})
    _show(office_of(data).files.step(SignId.parse(sign), step), as_json=as_json)


def part(
    sign: SignName,
    kind: Annotated[str | None, typer.Option(help="radar, lamp, battery ...")] = None,
    serial: Annotated[str | None, typer.Option(help="Its serial number.")] = None,
    warranty: Annotated[str | None, typer.Option(help="Until when, YYYY-MM-DD.")] = None,
    remove: Annotated[int | None, typer.Option(help="The number of a part that was taken out.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Note a part that was fitted, or taken out."""
    files, name = office_of(data).files, SignId.parse(sign)
    if remove is not None:
        files.remove_part(name, remove)
        _show(files.sign(name), as_json=as_json)
        return
    fitted = {"kind": kind, "serial": serial, "warranty_until": warranty}
    told = files.fit(name, checked(PartIn, "options", fitted))
    say(told, f"part {told.id} of {sign}: {told.kind} {told.serial}", as_json=as_json)


def say(told: Any, line: str, *, as_json: bool) -> None:
    if as_json:
        show_json(told)
    else:
        typer.echo(line)


def _show(told: SignFileOut, *, as_json: bool) -> None:
    if as_json:
        show_json(told)
        return
    shadow = "  [bold]SHADOW MODE: dark lamps[/]" if told.is_shadow else ""
    Console().print(f"[bold]{escape(told.sign)}[/]  {told.state}{shadow}")
    certificate = "-" if told.certificate_ends_ms is None else f"ends {when(told.certificate_ends_ms)}"
    show_facts(
        [
            ("pole", told.pole or "-"),
            ("power", _power(told)),
            ("board", told.board or "not known"),
            ("firmware", told.firmware or "not known"),
            ("registered", when(told.registered_ms)),
            ("certificate", certificate),
        ]
    )
    rows = [(when(one.at_ms), "state", one.who, f"{one.state} {one.text}") for one in told.steps]
    rows += [(when(one.fitted_ms), f"part {one.id}", one.fitted_by, _part(one)) for one in told.parts]
    rows += [(when(one.at_ms), f"repair {one.id}", one.who, one.text) for one in told.repairs]
    rows += [(when(one.at_ms), f"note {one.id}", one.who, one.text) for one in told.notes]
    rows += [(when(one.at_ms), f"photo {one.id}", one.who, one.text) for one in told.photos]
    show_table(("when", "what", "who", "text"), sorted(rows), "Nothing is noted yet.")


def _power(told: SignFileOut) -> str:
    power = told.power
    if power is None:
        return "as the sign says"
    hours = ""
    if power.lit_from_min is not None and power.lit_until_min is not None:
        hours = f", lit {clock_of(power.lit_from_min)}-{clock_of(power.lit_until_min)} UTC"
    return f"{power.feed}{f', feeder {power.feeder}' if power.feeder else ''}{hours}"


def _part(one: Any) -> str:
    warranty = f", warranty until {one.warranty_until}" if one.warranty_until else ""
    removed = f", removed {when(one.removed_ms)}" if one.removed_ms is not None else ""
    return f"{one.kind} {one.serial}{warranty}{removed}"


def _hours(text: str) -> dict[str, int]:
    first, _, last = text.partition("-")
    return {
        "lit_from_min": minute_of(first, "--lit", LIT),
        "lit_until_min": minute_of(last, "--lit", LIT),
    }
