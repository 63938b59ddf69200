"""`gangvakt export`: all that is known of one activation or accident, sealed; and checking such a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from pydantic import BaseModel

from gangvakt.cli.office import AsJson, show_facts, show_json, when
from gangvakt.cli.order import controller_office
from gangvakt.errors import SettingRefused, WouldOverwrite
from gangvakt.files import write_file
from gangvakt.fleet import SignId
from gangvakt.provision.sealed_file import LARGEST_FILE, Sealed, check

VERIFY = "verify"  # no sign is called that: a sign's name has slashes
LARGEST_PEM = 65_536
EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt export drammen/storgata/30aea4120001 accident.zip --event 4711\n\n"
    "  gangvakt export drammen/storgata/30aea4120001 week.zip --from 2026-03-01 --to 2026-03-07T12:00\n\n"
    "  gangvakt export verify accident.zip --authority ca.crt"
)


class ExportOut(BaseModel):
    """What was written or checked."""

    file: str
    sign: str
    event: int | None
    from_ms: int
    to_ms: int
    sealed_ms: int
    sealed_for: str
    sealed_by: str
    trusted: bool
    files: tuple[str, ...]


def export(
    sign: Annotated[str, typer.Argument(metavar="SIGN|verify", help="MUNICIPALITY/SITE/SIGN, or verify.")],
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="What to write, or to check.")],
    event: Annotated[int | None, typer.Option(min=1, help="Ten minutes around this event.")] = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="UTC, as 2026-03-01 or 2026-03-01T07:30.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="UTC; a day means its end.")] = None,
    authority: Annotated[
        Path | None, typer.Option(help="To verify: the authority's certificate, from a source you trust.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Export events, recordings, configuration and versions of a sign, sealed by a signature; or check one.

    `verify` needs no controller. It fails when anything was changed, and when --authority did not issue the
    seal's certificate.
    """
    if sign == VERIFY:
        _verify(file, authority, as_json=as_json)
        return
    name = SignId.parse(sign)
    query = _query(event, begin, end)
    if file.exists() and not force:
        raise WouldOverwrite(file)
    data = controller_office().export(name, query)
    sealed = check(data, str(file))
    write_file(file, data, private=True)  # who asked for it decides who else reads it
    _show(file, sealed, as_json=as_json)


def _verify(file: Path, authority: Path | None, *, as_json: bool) -> None:
    data = _bytes(file, LARGEST_FILE, "FILE")
    trusted = _certificates(authority) if authority else []
    _show(file, check(data, str(file), trusted), as_json=as_json)
    if not trusted:
        typer.echo(
            "Whole, but by whom is not certain: give the authority's certificate with --authority.", err=True
        )


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_bytes(file, LARGEST_PEM, "--authority"))
    except ValueError as error:
        raise SettingRefused("options", "--authority", str(file), "certificates in PEM") from error


def _bytes(file: Path, largest: int, field: str) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(largest + 1)
    except OSError as error:
        raise SettingRefused("options", field, str(file), f"a readable file ({error.strerror})") from error
    if len(data) > largest:
        raise SettingRefused("options", field, str(file), f"a file of up to {largest} bytes")
    return data


def _query(event: int | None, begin: str | None, end: str | None) -> str:
    if (event is None) == (begin is None) or (begin is None) != (end is None):
        raise SettingRefused("options", "--event", event, "an event, or --from with --to; one of both")
    if event is not None:
        return f"event={event}"
    from_ms, to_ms = _ms("--from", begin or ""), _ms("--to", end or "", is_end=True)
    if to_ms < from_ms:
        raise SettingRefused("options", "--to", end, "a time after --from")
    return f"from_ms={from_ms}&to_ms={to_ms}"


def _ms(field: str, text: str, *, is_end: bool = False) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingRefused("options", field, text[:40], "UTC, as 2026-03-01 or 2026-03-01T07:30") from None
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    is_day = len(text) <= len("2026-03-01")
    return int(utc.timestamp() * 1000) + (86_399_999 if is_end and is_day else 0)


def _show(file: Path, sealed: Sealed, *, as_json: bool) -> None:
    manifest = sealed.manifest
    out = ExportOut(
        file=str(file),
        sign=str(manifest.get("sign")),
        event=manifest.get("event"),
        from_ms=int(manifest.get("from_ms", 0)),
        to_ms=int(manifest.get("to_ms", 0)),
        sealed_ms=int(manifest["sealed_ms"]),
        sealed_for=str(manifest.get("sealed_for")),
        sealed_by=sealed.sealed_by,
        trusted=sealed.is_trusted,
        files=tuple(sorted(sealed.files)),
    )
    if as_json:
        show_json(out)
        return
    show_facts(
        [
            ("file", out.file),
            ("sign", out.sign),
            ("time", f"{when(out.from_ms)} to {when(out.to_ms)}"),
            ("sealed", f"{when(out.sealed_ms)} for {out.sealed_for}"),
            ("by", f"{out.sealed_by}, {'which you trust' if out.trusted else 'as it says itself'}"),
            ("files", ", ".join(out.files)),
        ]
    )
