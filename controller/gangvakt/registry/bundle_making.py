"""Making a bundle: its key is made here, and only its certificate goes to the controller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from gangvakt.errors import GangvaktError
from gangvakt.files import make_folder, write_file
from gangvakt.provision.bundle import COST, Bundle, Header, check_passphrase, seal
from gangvakt.provision.bundle_authority import make_bundle_authority
from gangvakt.provision.wire import BundleIn, checked, encode
from gangvakt.registry.office import Office


def make_bundle(
    office: Office, wanted: Mapping[str, object], passphrase: str, out: Path, cost: int = COST
) -> Header:
    """A new bundle in the file `out`; `wanted`: sites, limit, days, label. The passphrase is told nobody."""
    check_passphrase(passphrase)
    asked = checked(BundleIn, "options", {**wanted, "certificate": "-"})  # before a key is made
    authority = make_bundle_authority(timedelta(days=asked.days))
    make_folder(out.parent)
    kit = office.make_bundle(asked.model_copy(update={"certificate": encode(authority.certificate)}))
    header = Header(
        id=kit.id, label=asked.label, sites=asked.sites, limit=asked.limit, expires_ms=kit.expires_ms
    )
    try:
        content = seal(Bundle.of(header, authority, kit.authorities, kit.sites), passphrase, cost)
        write_file(out, content, private=True)
    except GangvaktError:
        office.revoke_bundle(kit.id)  # what nobody holds shall open nothing
        raise
    return header
