"""`gangvakt enroll` and `gangvakt enroll-simulator`: new identities, written into a folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.passphrase import ask_for
from gangvakt.errors import SettingRefused
from gangvakt.files import make_folder, refuse_overwrite, write_file
from gangvakt.fleet import SignId
from gangvakt.provision.identity import SECRET_FILES, Wifi, make_identity, parse_broker
from gangvakt.provision.pki import SIMULATOR_NAME, Pki
from gangvakt.settings import DEFAULT_DATA, DEFAULT_MQTT_PORT, LOOPBACK, Settings

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt enroll drammen storgata north --out north --broker 192.168.1.10:8883 --ssid Signs\n\n"
    "  gangvakt enroll drammen storgata south --out south --json"
)
SIMULATOR_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt enroll-simulator --out sim-keys"
SIMULATOR_FILES = ("ca.pem", "cert.pem", "key.pem")

Out = Annotated[Path, typer.Option(help="Folder for the files; made where missing.")]
Data = Annotated[Path, typer.Option(help="The controller's data folder; its authority signs.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]
AsJson = Annotated[bool, typer.Option("--json", help="Say what was made as JSON.")]


def enroll(
    municipality: Annotated[str, typer.Argument(help="1 to 32 of a-z, 0-9 and -.")],
    site: Annotated[str, typer.Argument(help="The crossing; as MUNICIPALITY.")],
    sign: Annotated[str, typer.Argument(help="The sign at the crossing; as MUNICIPALITY.")],
    out: Out,
    data: Data = DEFAULT_DATA,
    broker: Annotated[
        list[str] | None,
        typer.Option(help="HOST:PORT where the sign finds the broker; several are tried in turn."),
    ] = None,
    ssid: Annotated[
        str | None, typer.Option(help="The Wi-Fi network the sign joins; without, a cable.")
    ] = None,
    psk: Annotated[
        str | None,
        typer.Option(envvar="GANGVAKT_PSK", help="Its key; better in the environment than typed here."),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make a new identity for a sign: identity.json, ca.der, cert.der, key.der."""
    identity = SignId(municipality, site, sign)
    brokers = [parse_broker(text) for text in broker or [f"{LOOPBACK}:{DEFAULT_MQTT_PORT}"]]
    wifi = _wifi(ssid, psk)
    pki = Pki.open(Settings(data=data).pki_dir, passphrase=ask_for(None))
    files = make_identity(pki, identity, brokers, wifi)
    _write(out, files, SECRET_FILES, force=force)
    _report(str(identity), out, files, as_json=as_json)


def enroll_simulator(
    out: Out, data: Data = DEFAULT_DATA, force: Force = False, as_json: AsJson = False
) -> None:
    """Make a new certificate for the simulator: ca.pem, cert.pem, key.pem."""
    pki = Pki.open(Settings(data=data).pki_dir, passphrase=ask_for(None))
    credentials = pki.issue_simulator()
    contents = (pki.authority_pem, credentials.certificate_pem, credentials.key_pem)
    files = dict(zip(SIMULATOR_FILES, contents, strict=True))
    _write(out, files, {"key.pem"}, force=force)
    _report(SIMULATOR_NAME, out, files, as_json=as_json)


def _wifi(ssid: str | None, psk: str | None) -> Wifi | None:
    if ssid is None:
        return None
    if psk is None:
        raise SettingRefused("options", "--psk", None, "the key of the network in --ssid")
    return Wifi(ssid, psk)


def _write(out: Path, files: Mapping[str, bytes], secret: Collection[str], *, force: bool) -> None:
    make_folder(out)
    if not force:
        refuse_overwrite(out, tuple(files))
    for name, content in files.items():
        write_file(out / name, content, private=name in secret)


def _report(identity: str, out: Path, files: Mapping[str, bytes], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"identity": identity, "folder": str(out), "files": list(files)}))
        return
    console = Console()
    console.print(
        f"[bold]{escape(identity)}[/] enrolled: {', '.join(files)} in {escape(str(out))}", soft_wrap=True
    )
