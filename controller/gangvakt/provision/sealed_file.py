"""A sealed export: a ZIP whose manifest has the SHA-256 of each file and is signed.

    manifest.json   what it is, of which sign and time, and each file with its size and SHA-256
    manifest.sig    Ed25519 over PURPOSE and the manifest's bytes, 64 bytes
    seal.crt        the certificate of the key that signed, issued by the authority
    authority.crt   the authority as it says it is: whoever checks takes it from elsewhere

The same contents sealed at the same time give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gangvakt.errors import ExportRefused
from gangvakt.provision.certificates import common_name, is_issued_by
from gangvakt.provision.seal_key import SEAL_NAME, SealKey

FORMAT = "gangvakt-export/1"
PURPOSE = b"gangvakt sealed export v1\n"
MANIFEST, SIGNATURE, CERTIFICATE, AUTHORITY = "manifest.json", "manifest.sig", "seal.crt", "authority.crt"
OWN = (MANIFEST, SIGNATURE, CERTIFICATE, AUTHORITY)
LARGEST_FILE = 64 * 1024 * 1024  # bytes of the whole, packed and unpacked
MOST_FILES = 1000
LONGEST_NAME = 200
UNIX = 3  # or the bytes would tell on which system it was made
DOS_EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every entry: it says nothing, the manifest does


@dataclass(frozen=True)
class Sealed:
    """What was checked: the manifest, and each file."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    sealed_by: str  # the authority's own name
    is_trusted: bool  # the authority was given by whoever checks


def seal(files: Mapping[str, bytes], about: Mapping[str, Any], key: SealKey, authority_pem: bytes) -> bytes:
    """The ZIP. `about` goes into the manifest; it has `sealed_ms` (UTC ms). ExportRefused when too large."""
    for name in files:
        _check_name(name)
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST_FILE // 2:
        raise ExportRefused("export", "files", len(files), f"{MOST_FILES} files of {LARGEST_FILE // 2} bytes")
    listed = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(files.items())
    ]
    manifest = as_json({"format": FORMAT, **about, "files": listed})
    own = {
        MANIFEST: manifest,
        SIGNATURE: key.key.sign(PURPOSE + manifest),
        CERTIFICATE: key.certificate_pem,
        AUTHORITY: authority_pem,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in [*own.items(), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, DOS_EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o644 << 16,
                3,
            )
            archive.writestr(entry, data)
    return buffer.getvalue()


def as_json(value: object) -> bytes:
    """One way of writing for one value."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def check(data: bytes, source: str, trusted: Sequence[x509.Certificate] = ()) -> Sealed:
    """The whole export, if nothing of it was changed. ExportRefused says what was.

    Without `trusted` only that it is whole is certain, and not who sealed it.
    """
    entries = _entries(data, source)
    manifest_bytes = entries[MANIFEST]
    certificate, authority = _certificates(entries, source, trusted)
    key = certificate.public_key()
    if common_name(certificate) != SEAL_NAME or not isinstance(key, Ed25519PublicKey):
        raise ExportRefused(source, CERTIFICATE, common_name(certificate), f"a certificate of {SEAL_NAME}")
    try:
        key.verify(entries[SIGNATURE], PURPOSE + manifest_bytes)
    except InvalidSignature:
        raise ExportRefused(source, SIGNATURE, "wrong", "the seal's signature of this manifest") from None
    manifest = _manifest(manifest_bytes, source)
    _check_time(manifest, certificate, source)
    files = {name: content for name, content in entries.items() if name not in OWN}
    _check_files(manifest, files, source)
    name = common_name(authority) or authority.subject.rfc4514_string()
    return Sealed(manifest, files, name, bool(trusted))


def _entries(data: bytes, source: str) -> dict[str, bytes]:
    if len(data) > LARGEST_FILE:
        raise ExportRefused(source, "size", len(data), f"up to {LARGEST_FILE} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            names = [entry.filename for entry in listed]
            if len(names) > MOST_FILES + len(OWN) or len(set(names)) != len(names):
                raise ExportRefused(source, "files", len(names), f"up to {MOST_FILES}, each once")
            if sum(entry.file_size for entry in listed) > LARGEST_FILE:
                raise ExportRefused(source, "size", "larger", f"up to {LARGEST_FILE} bytes unpacked")
            for name in names:
                _check_name(name, source)
            found = {entry.filename: _read(archive, entry) for entry in listed}
    except ExportRefused:
        raise
    except Exception as error:  # zipfile lets errors of zlib, struct and others through
        raise ExportRefused(source, "contents", str(error)[:80], "a whole ZIP file") from error
    for name in OWN:
        if name not in found:
            raise ExportRefused(source, "files", ", ".join(found)[:80], f"with {name}")
    return found


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more than it says it is, whatever it unpacks to."""
    with archive.open(entry) as file:
        return file.read(entry.file_size)


def _check_name(name: str, source: str = "export") -> None:
    parts = name.split("/")
    clean = (
        name.isascii() and name.isprintable() and "\\" not in name and ":" not in name and len(name) <= 200
    )
    if not clean or any(part in ("", ".", "..") for part in parts):
        raise ExportRefused(source, "name", name[:80], "a relative path")


def _certificates(
    entries: Mapping[str, bytes], source: str, trusted: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, x509.Certificate]:
    try:
        certificate = x509.load_pem_x509_certificate(entries[CERTIFICATE])
        told = x509.load_pem_x509_certificates(entries[AUTHORITY])
    except (ValueError, TypeError) as error:
        raise ExportRefused(source, CERTIFICATE, str(error)[:80], "certificates in PEM") from error
    for authority in trusted or told:
        if is_issued_by(certificate, authority):
            return certificate, authority
    names = ", ".join(common_name(one) or "?" for one in trusted or told)
    raise ExportRefused(source, CERTIFICATE, certificate.issuer.rfc4514_string()[:80], f"issued by {names}")


def _manifest(data: bytes, source: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ExportRefused(source, MANIFEST, str(error)[:80], "JSON") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ExportRefused(source, "format", str(found)[:80], FORMAT)
    return found


def _check_time(manifest: Mapping[str, Any], certificate: x509.Certificate, source: str) -> None:
    sealed_ms = manifest.get("sealed_ms")
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    allowed = f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}, when its certificate is good"
    if not isinstance(sealed_ms, int) or not 0 <= sealed_ms < 2**43:
        raise ExportRefused(source, "sealed_ms", str(sealed_ms)[:40], allowed)
    if not begin <= datetime.fromtimestamp(sealed_ms / 1000, UTC) <= end:
        raise ExportRefused(source, "sealed_ms", sealed_ms, allowed)


def _check_files(manifest: Mapping[str, Any], files: Mapping[str, bytes], source: str) -> None:
    listed = manifest.get("files")
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    sums = {str(one.get("name")): one.get("sha256") for one in rows}
    for name, data in files.items():
        if name not in sums:
            raise ExportRefused(source, "files", name, "files that the manifest lists")
        if hashlib.sha256(data).hexdigest() != sums[name]:
            raise ExportRefused(source, name, "changed", "as the manifest's SHA-256 says")
    for missing in sums.keys() - files.keys():
        raise ExportRefused(source, "files", "left out", f"with {missing}")
