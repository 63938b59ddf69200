"""`gangvakt site`: crossings and what their signs are given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli import exchange, site_file
from gangvakt.cli.office import AsJson, Data, office_of, show_facts, show_json, show_table, when
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SiteId
from gangvakt.provision.identity import Wifi, parse_broker
from gangvakt.provision.wire import SiteChange, SiteIn, SiteOut, checked

app = typer.Typer(
    help="Crossings and what their signs are given.", no_args_is_help=True, rich_markup_mode="rich"
)

ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt site add drammen/storgata --title 'Storgata by the school' --broker signs.example.no:8883 "
    "--ssid Signs\n\n"
    "  gangvakt site add drammen/torget --title Torget --broker 10.0.0.5:8883 --config torget.json"
)
SET_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt site set drammen/storgata --set mode=shadow --set lead_ms=4500\n\n"
    "  gangvakt site set drammen/storgata --cable"
)
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt site show drammen/storgata --json"
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt site list"
app.command("describe", epilog=site_file.DESCRIBE_EXAMPLES)(site_file.describe)
app.command("export", epilog=exchange.SITE_EXPORT_EXAMPLES)(exchange.export_sites)
app.command("import", epilog=exchange.SITE_IMPORT_EXAMPLES)(exchange.import_sites)

LARGEST_CONFIG = 8192  # bytes: what the firmware reads

SiteName = Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE", help="The crossing.")]
Brokers = Annotated[
    list[str] | None, typer.Option("--broker", help="HOST:PORT of the broker; several are tried in turn.")
]
Ssid = Annotated[
    str | None, typer.Option(help="The Wi-Fi network the signs join; without --apn either, a cable.")
]
Psk = Annotated[
    str | None,
    typer.Option(envvar="GANGVAKT_PSK", help="Its key; better in the environment than typed here."),
]
Apn = Annotated[str | None, typer.Option(help="The access point's name of a cellular network.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="JSON file with configuration values for the signs.")
]
Values = Annotated[list[str] | None, typer.Option("--set", help="One configuration value, as NAME=VALUE.")]
Address = Annotated[str | None, typer.Option(help="Where the pages are; a label's QR code leads there.")]
NewAddress = Annotated[
    str | None,
    typer.Option(
        help="Where the pages are; a label's QR code leads there. Without: the URL of `gangvakt login`, "
        "or with --data the broker's host.",
    ),
]


@app.command("add", epilog=ADD_EXAMPLES)
def add(
    site: SiteName,
    title: Annotated[str, typer.Option(help="What people call it.")],
    broker: Brokers = None,
    ssid: Ssid = None,
    psk: Psk = None,
    apn: Apn = None,
    config: ConfigFile = None,
    values: Values = None,
    address: NewAddress = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add a crossing."""
    if not broker:
        raise SettingRefused("options", "--broker", None, "HOST:PORT, once or several times")
    wanted = {
        "site": site,
        "title": title,
        "brokers": [parse_broker(text) for text in broker],
        "wifi": _wifi(ssid, psk),
        "apn": apn,
        "config": read_config(config) | parse_values(values),
        "address": address,
    }
    _show(office_of(data).add_site(checked(SiteIn, "options", wanted)), as_json=as_json)


@app.command("set", epilog=SET_EXAMPLES)
def set_(
    site: SiteName,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    broker: Brokers = None,
    ssid: Ssid = None,
    psk: Psk = None,
    apn: Apn = None,
    cable: Annotated[bool, typer.Option("--cable", help="No Wi-Fi and no modem any more.")] = False,
    config: ConfigFile = None,
    values: Values = None,
    unset: Annotated[
        list[str] | None, typer.Option(help="A configuration value that goes back to its default.")
    ] = None,
    address: Address = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Change a crossing; boards flashed from now on get it."""
    office, name = office_of(data), SiteId.parse(site)
    change: dict[str, object] = {
        "title": title,
        "brokers": [parse_broker(text) for text in broker] if broker else None,
        "wifi": _wifi(ssid, psk),
        "apn": apn,
        "cable": cable,
        "address": address,
    }
    if config is not None or values or unset:
        held = read_config(config) if config else office.site(name).config
        change["config"] = _without(held | parse_values(values), unset or [])
    _show(office.change_site(name, checked(SiteChange, "options", change)), as_json=as_json)


@app.command("show", epilog=SHOW_EXAMPLES)
def show(site: SiteName, data: Data = None, as_json: AsJson = False) -> None:
    """Show a crossing, but not its secrets."""
    _show(office_of(data).site(SiteId.parse(site)), as_json=as_json)


@app.command("list", epilog=LIST_EXAMPLES)
def list_(data: Data = None, as_json: AsJson = False) -> None:
    """List all crossings."""
    sites = office_of(data).sites()
    if as_json:
        show_json(sites)
        return
    rows = [(one.site, one.title, _link(one), len(one.config)) for one in sites]
    show_table(("site", "title", "link", "values set"), rows, "No sites yet: `gangvakt site add` makes one.")


def _show(site: SiteOut, *, as_json: bool) -> None:
    if as_json:
        show_json(site)
        return
    Console().print(f"[bold]{escape(site.site)}[/]  {escape(site.title)}")
    brokers = ", ".join(f"{host}:{port}" for host, port in site.brokers)
    show_facts(
        [
            ("brokers", brokers),
            ("link", _link(site)),
            ("pages", site.address),
            ("group key", f"version {site.group_version}"),
            ("changed", when(site.changed_ms)),
            (f"config {site.config_version}", json.dumps(site.config)),
        ]
    )


def _link(site: SiteOut) -> str:
    if site.ssid is not None:
        return f"Wi-Fi {site.ssid}"
    return "cable" if site.apn is None else f"cellular, {site.apn}"


def _wifi(ssid: str | None, psk: str | None) -> Wifi | None:
    if ssid is None:
        return None
    if psk is None:
        raise SettingRefused("options", "--psk", None, "the key of the network in --ssid")
    return Wifi(ssid, psk)


def read_config(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_CONFIG + 1)
        values = json.loads(content) if len(content) <= LARGEST_CONFIG else None
    except (OSError, ValueError, RecursionError) as error:
        raise SettingRefused("options", "--config", str(file), "a readable JSON file") from error
    if not isinstance(values, dict):
        raise SettingRefused(
            "options", "--config", str(file), f"a JSON object of up to {LARGEST_CONFIG} bytes"
        )
    return values


def parse_values(texts: list[str] | None) -> dict[str, Any]:
    values = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise SettingRefused("options", "--set", text[:80], "NAME=VALUE")
        values[name] = _value(value)
    return values


def _value(text: str) -> object:
    """A number, true or false; anything else is a text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | float) else text


def _without(values: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    for name in names:
        if name not in values:
            raise SettingRefused("options", "--unset", name, ", ".join(values) or "nothing: none is set")
    return {name: value for name, value in values.items() if name not in names}
