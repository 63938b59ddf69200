"""`gangvakt broker`: files for a Mosquitto that somebody else runs, and whether it does what it must."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from gangvakt.cli.office import AsJson, show_table
from gangvakt.cli.passphrase import ask_for
from gangvakt.errors import SettingRefused
from gangvakt.settings import DEFAULT_DATA, DEFAULT_MQTT_PORT, HIGHEST_PORT, Settings, check_host

if TYPE_CHECKING:
    from gangvakt.broker.mosquitto_folder import MosquittoFolder
    from gangvakt.provision.passphrase import Passphrase
    from gangvakt.store.address import StoreAddress

app = typer.Typer(help="The MQTT broker.", no_args_is_help=True, rich_markup_mode="rich")

CONFIG_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt broker mosquitto-config /etc/mosquitto/gangvakt --data /var/lib/gangvakt/data"
    " --name signs.example.no --owner mosquitto\n\n"
    "  gangvakt broker mosquitto-config files --signs 0.0.0.0:8883 --controller 10.0.0.5:8884"
)
CHECK_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt broker check mqtts://127.0.0.1:8884 --data /var/lib/gangvakt/data --signs 10.0.0.5:8883\n\n"
    "  gangvakt broker check mqtts://127.0.0.1:8884 --signs 127.0.0.1:8883 --json"
)
DEFAULT_SIGNS = f"0.0.0.0:{DEFAULT_MQTT_PORT}"
DEFAULT_CONTROLLER = f"127.0.0.1:{DEFAULT_MQTT_PORT + 1}"

Data = Annotated[Path, typer.Option(help="The controller's data folder.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help="File with the passphrase of the authority's key; else GANGVAKT_CA_PASSPHRASE."),
]
README = "README.md"


def parse_place(field: str, text: str) -> tuple[str, int]:
    """HOST:PORT. SettingRefused."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= HIGHEST_PORT:
        raise SettingRefused("options", field, text, f"HOST:PORT, the port 1..{HIGHEST_PORT}")
    return check_host(field, host.strip("[]")), int(port)


@app.command("mosquitto-config", epilog=CONFIG_EXAMPLES)
def mosquitto_config(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; made where missing.")],
    data: Data = DEFAULT_DATA,
    signs: Annotated[str, typer.Option(help="Where signs come in: HOST:PORT.")] = DEFAULT_SIGNS,
    controller: Annotated[
        str, typer.Option(help="Where the controller comes in: HOST:PORT.")
    ] = DEFAULT_CONTROLLER,
    name: Annotated[
        list[str] | None, typer.Option(help="Further name or address by which signs reach the broker.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="User the broker runs as, whom the files are given to (as root).")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write what a Mosquitto needs: configuration, rules, certificates, revocation lists, units, what to do.

    `gangvakt serve --broker mqtts://HOST:PORT --broker-files DIR` keeps them in step with the registry.
    """
    from gangvakt.broker.mosquitto_config import CONFIG, Listeners
    from gangvakt.broker.mosquitto_folder import MosquittoFolder
    from gangvakt.broker.mosquitto_readme import readme
    from gangvakt.broker.mosquitto_units import units
    from gangvakt.store.address import known_address

    settings = Settings(data, names=tuple(name or ()))
    where = known_address(settings)
    (host, port), (inner_host, inner_port) = (
        parse_place("--signs", signs),
        parse_place("--controller", controller),
    )
    if port == inner_port:
        raise SettingRefused("options", "--controller", controller, "another port than --signs")
    made = MosquittoFolder(folder, _ids(owner))
    listeners = Listeners(host, port, inner_host, inner_port)
    made.write_configuration(listeners, None)
    names = dict.fromkeys((*settings.server_names, *_names(host), *_names(inner_host)))
    asyncio.run(_write(settings, where, made, tuple(names), ask_for(passphrase_file)))
    (made.path / README).write_text(readme(made.path, listeners, data))
    for unit, text in units(made.path, CONFIG).items():
        (made.path / unit).write_text(text)
    Console().print(
        f"written: {made.path}; how to use it: {made.path / README}", soft_wrap=True, markup=False
    )


@app.command("check", epilog=CHECK_EXAMPLES)
def check(
    url: Annotated[str, typer.Argument(metavar="URL", help="The controller's listener: mqtts://HOST:PORT.")],
    signs: Annotated[str, typer.Option(help="Where signs come in: HOST:PORT.")],
    data: Data = DEFAULT_DATA,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Try a broker: TLS, log-in, and the rules both ways; exit code 1 when one of them is not as it must be.

    Two signs of a municipality `gangvakt-check` come in for a moment; nothing of theirs is kept.
    """
    from gangvakt.broker.checking import check_broker
    from gangvakt.broker.external import parse_url
    from gangvakt.broker.port import Endpoint
    from gangvakt.provision.pki import Pki

    inner, outer = parse_url("URL", url), Endpoint(*parse_place("--signs", signs))
    pki = Pki.load(Settings(data).pki_dir, passphrase=ask_for(passphrase_file))
    rows = asyncio.run(check_broker(inner, outer, pki))
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in rows]))
    else:
        cells = [(row.what, "ok" if row.ok else "WRONG", row.found) for row in rows]
        show_table(("Check", "Result", "Found"), cells, "nothing was checked")
    if not all(row.ok for row in rows):
        raise typer.Exit(1)


async def _write(
    settings: Settings,
    where: StoreAddress,
    made: MosquittoFolder,
    names: tuple[str, ...],
    passphrase: Passphrase,
) -> None:
    from gangvakt.provision.pki import Pki
    from gangvakt.registry import Registry
    from gangvakt.registry.access import Accesses
    from gangvakt.store import Store

    pki = Pki.load(settings.pki_dir, passphrase=passphrase)
    async with Store.open(where) as store:
        access = await Accesses(Registry(store, lambda: pki)).read()
    made.write(access, pki.server_files(names))


def _ids(owner: str | None) -> tuple[int, int] | None:
    if owner is None:
        return None
    try:
        held = pwd.getpwnam(owner)
    except KeyError:
        raise SettingRefused("options", "--owner", owner, "a user of this computer") from None
    if os.geteuid() not in (0, held.pw_uid):
        raise SettingRefused("options", "--owner", owner, "yourself, unless root gives the command")
    return held.pw_uid, held.pw_gid


def _names(host: str) -> tuple[str, ...]:
    return () if host in ("0.0.0.0", "::") else (host,)
