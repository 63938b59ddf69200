"""`gangvakt site describe`: what staff know of a crossing."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, Data, office_of, show_facts, show_json
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SiteId
from gangvakt.provision.file_wire import SiteFileIn, SiteFileOut
from gangvakt.provision.wire import checked

DESCRIBE_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt site describe drammen/storgata --at 59.7441,10.2045 --width 7.5 --speed 50\n\n"
    "  gangvakt site describe drammen/storgata --pole a=north --pole b=south,59.7440,10.2046\n\n"
    "  gangvakt site describe drammen/storgata --decision 2026/123 --decided 2026-05-01 "
    "--approved-pattern alternating --dim-max 60\n\n"
    "  gangvakt site describe drammen/storgata --json"
)

SiteName = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE", help="The crossing.")]


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
