"""`gangvakt site describe` and `gangvakt sign file|state|repair|part|note|photo`: what staff know of both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, Data, office_of, show_facts, show_json, show_table, when
from gangvakt.errors import ImportRefused, SettingRefused
from gangvakt.files import write_file
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.file_wire import (
    LogIn,
    NoteIn,
    PartIn,
    SignFileIn,
    SignFileOut,
    SiteFileIn,
    SiteFileOut,
    SiteRowsIn,
    StepIn,
)
from gangvakt.provision.site_exchange import LARGEST_FILE, from_csv, from_geojson, to_csv, to_geojson
from gangvakt.provision.wire import checked

LARGEST_PHOTO = 8 * 1024 * 1024
CLOCK_PARTS = 2

DESCRIBE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt site describe drammen/storgata --at 59.7441,10.2045 --width 7.5 --speed 50\n\n"
    "  gangvakt site describe drammen/storgata --pole a=north --pole b=south,59.7440,10.2046\n\n"
    "  gangvakt site describe drammen/storgata --decision 2026/123 --decided 2026-05-01 "
    "--approved-pattern alternating --dim-max 60\n\n"
    "  gangvakt site describe drammen/storgata --json"
)
EXPORT_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt site export crossings.csv\n\n  gangvakt site export all.geojson"
)
IMPORT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt site import crossings.csv --dry-run"
FILE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign file drammen/storgata/30aea4120001\n\n"
    "  gangvakt sign file drammen/storgata/30aea4120001 --pole a --feed lighting --feeder K17 "
    "--lit 15:30-06:45"
)
STATE_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign state drammen/storgata/30aea4120001 in_repair --text 'lamp dark'"
)
REPAIR_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign repair drammen/storgata/30aea4120001 'left lamp changed'"
)
PART_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign part drammen/storgata/30aea4120001 --kind radar --serial LD-1 --warranty 2030-01-31\n\n"
    "  gangvakt sign part drammen/storgata/30aea4120001 --remove 3"
)
NOTE_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign note drammen/storgata/30aea4120001 'ask for Kari' --keep-days 30"
)
PHOTO_EXAMPLES = (
    "[bold]Examples[/]\n\n  gangvakt sign photo drammen/storgata/30aea4120001 pole.jpg --text mounted"
)

SiteName = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE", help="The crossing.")]
SignName = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE/SIGN", help="The sign.")]
KeepDays = Annotated[int, typer.Option(help="It is deleted after so many days.")]


def describe(
    site: SiteName,
    at: Annotated[str | None, typer.Option(help="LATITUDE,LONGITUDE in degrees (WGS84).")] = None,
    street: Annotated[str | None, typer.Option(help="Which street it crosses.")] = None,
    width: Annotated[float | None, typer.Option(help="Of the road, in metres.")] = None,
    speed: Annotated[int | None, typer.Option(help="Its limit, in km/h.")] = None,
    pole: Annotated[
        list[str] | None,
        typer.Option(help="NAME=SIDE or NAME=SIDE,LATITUDE,LONGITUDE; repeat it: all poles are replaced."),
    ] = None,
    decision: Annotated[str | None, typer.Option(help="Number of the road authority's approval.")] = None,
    decided: Annotated[str | None, typer.Option(help="Its date, YYYY-MM-DD.")] = None,
    approved_pattern: Annotated[list[str] | None, typer.Option(help="Approved; repeat it.")] = None,
    dim_max: Annotated[int | None, typer.Option(help="Approved brightness, in percent.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known of a crossing, or change what is given."""
    files, name = office_of(data).files, SiteId.parse(site)
    held = files.site(name)
    given: dict[str, Any] = {"street": street, "road_width_m": width, "speed_limit_kmh": speed}
    if at is not None:
        given |= _position("--at", at.split(","))
    if pole:
        given["poles"] = [_pole(text) for text in pole]
    if decision is not None or decided is not None or approved_pattern or dim_max is not None:
        approval = {"decision": decision, "decided_on": decided, "patterns": approved_pattern or ()}
        given["approval"] = approval | {"dim_max_pct": dim_max}
    changes = {key: value for key, value in given.items() if value is not None}
    if changes:
        before = held.model_dump(mode="json", include=set(SiteFileIn.model_fields))
        held = files.put_site(name, checked(SiteFileIn, "options", before | changes), held.version)
    if as_json:
        show_json(held)
    else:
        _show_site(held)


def export(
    file: Annotated[Path, typer.Argument(help="NAME.csv or NAME.geojson; it is replaced.")],
    data: Data = None,
) -> None:
    """Write what is known of all crossings as CSV or GeoJSON."""
    write = to_geojson if _is_geojson(file) else to_csv
    sites = office_of(data).files.sites()
    write_file(file, write(sites).encode())
    typer.echo(f"{file}: {len(sites)} crossings")


def import_(
    file: Annotated[Path, typer.Argument(help="NAME.csv or NAME.geojson, as `site export` writes it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Describe crossings anew from a file: all of it, or nothing when a row is refused."""
    read = from_geojson if _is_geojson(file) else from_csv
    try:
        with file.open("rb") as opened:
            rows = read(opened.read(LARGEST_FILE + 1), str(file))
    except OSError as error:
        raise SettingRefused("options", "file", str(file), f"a readable file ({error.strerror})") from error
    except ImportRefused as refused:
        for one in refused.rows[1:]:
            typer.echo(f"{file} {one}", err=True)
        raise
    changed = office_of(data).files.take_in(SiteRowsIn(rows=rows, dry_run=dry_run))
    if as_json:
        show_json(changed)
        return
    would = "would change" if dry_run else "changed"
    typer.echo(
        f"{len(rows)} crossings read, {len(changed)} {would}: {', '.join(one.site for one in changed) or '-'}"
    )


def _is_geojson(file: Path) -> bool:
    if file.suffix not in (".csv", ".geojson"):
        raise SettingRefused("options", "file", str(file), "NAME.csv or NAME.geojson")
    return file.suffix == ".geojson"


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


def repair(
    sign: SignName,
    text: Annotated[str, typer.Argument(help="What was done.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Note a repair."""
    done = office_of(data).files.repair(SignId.parse(sign), checked(LogIn, "options", {"text": text}))
    _say(done, f"repair {done.id} of {sign} is noted", as_json=as_json)


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
    _say(told, f"part {told.id} of {sign}: {told.kind} {told.serial}", as_json=as_json)


def note(
    sign: SignName,
    text: Annotated[str, typer.Argument(help="The note.")],
    keep_days: KeepDays = 365,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Note something for a time."""
    wanted = checked(NoteIn, "options", {"text": text, "keep_days": keep_days})
    told = office_of(data).files.note(SignId.parse(sign), wanted)
    _say(told, f"note {told.id} of {sign} is deleted {when(told.delete_ms)}", as_json=as_json)


def photo(
    sign: SignName,
    picture: Annotated[Path, typer.Argument(help="A JPEG or PNG.")],
    text: Annotated[str, typer.Option(help="What it shows.")] = "",
    keep_days: KeepDays = 365,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Keep a photo for a time, without what the camera wrote beside it."""
    checked(NoteIn, "options", {"text": text or "-", "keep_days": keep_days})
    try:
        with picture.open("rb") as opened:
            content = opened.read(LARGEST_PHOTO + 1)
    except OSError as error:
        raise SettingRefused(
            "options", "photo", str(picture), f"a readable file ({error.strerror})"
        ) from error
    told = office_of(data).files.photo(SignId.parse(sign), content, text, keep_days)
    size = f"{told.width_px} x {told.height_px}, {told.size} bytes"
    _say(told, f"photo {told.id} of {sign} ({size}) is deleted {when(told.delete_ms)}", as_json=as_json)


def _say(told: Any, line: str, *, as_json: bool) -> None:
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
        hours = f", lit {_clock(power.lit_from_min)}-{_clock(power.lit_until_min)} UTC"
    return f"{power.feed}{f', feeder {power.feeder}' if power.feeder else ''}{hours}"


def _part(one: Any) -> str:
    warranty = f", warranty until {one.warranty_until}" if one.warranty_until else ""
    removed = f", removed {when(one.removed_ms)}" if one.removed_ms is not None else ""
    return f"{one.kind} {one.serial}{warranty}{removed}"


def _show_site(told: SiteFileOut) -> None:
    Console().print(f"[bold]{escape(told.site)}[/]  {escape(told.title)}")
    approval = told.approval
    approved = "none"
    if approval is not None:
        patterns = ", ".join(approval.patterns)
        approved = (
            f"{approval.decision} of {approval.decided_on}: {patterns}, at most {approval.dim_max_pct} %"
        )
    poles = ", ".join(f"{one.pole} ({one.side})" for one in told.poles)
    show_facts(
        [
            ("position", "-" if told.lat_deg is None else f"{told.lat_deg}, {told.lon_deg}"),
            ("street", told.street or "-"),
            ("road width", "-" if told.road_width_m is None else f"{told.road_width_m} m"),
            ("speed limit", "-" if told.speed_limit_kmh is None else f"{told.speed_limit_kmh} km/h"),
            ("poles", poles or "-"),
            ("approval", approved),
        ]
    )


def _position(option: str, parts: list[str]) -> dict[str, float]:
    try:
        lat_deg, lon_deg = (float(part) for part in parts)
    except ValueError:
        raise SettingRefused("options", option, ",".join(parts)[:80], "LATITUDE,LONGITUDE") from None
    return {"lat_deg": lat_deg, "lon_deg": lon_deg}


def _pole(text: str) -> dict[str, object]:
    name, equals, rest = text.partition("=")
    side, *position = rest.split(",")
    if not equals:
        raise SettingRefused("options", "--pole", text[:80], "NAME=SIDE or NAME=SIDE,LATITUDE,LONGITUDE")
    return {"pole": name, "side": side, **(_position("--pole", position) if position else {})}


def _hours(text: str) -> dict[str, int]:
    first, _, last = text.partition("-")
    return {"lit_from_min": _minute(text, first), "lit_until_min": _minute(text, last)}


def _minute(text: str, clock: str) -> int:
    parts = clock.split(":")
    if len(parts) == CLOCK_PARTS and all(part.isascii() and part.isdigit() for part in parts):
        hour, minute = int(parts[0]), int(parts[1])
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    raise SettingRefused("options", "--lit", text[:80], "HH:MM-HH:MM in UTC, like 15:30-06:45")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
