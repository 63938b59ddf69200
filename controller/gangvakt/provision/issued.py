"""The certificates that were issued, by fingerprint: brokers do not all tell what clients show."""

from __future__ import annotations

import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.provision.certificates import fingerprint

FOLDER = "issued"
_PREFIX = re.compile(r"[0-9a-f]{16,64}")  # a sign tells the first 16 digits


class IssuedFolder:
    """A file a certificate."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, x509.Certificate] = {}

    def keep(self, certificate: x509.Certificate) -> None:
        """FolderUnusable when it cannot be written."""
        make_folder(self._folder, PRIVATE_FOLDER)
        write_file(self._folder / f"{fingerprint(certificate)}.der", certificate.public_bytes(Encoding.DER))

    def find(self, prefix: str) -> x509.Certificate | None:
        """The certificate whose fingerprint begins so; None when none, or more than one, does."""
        if prefix in self._known:
            return self._known[prefix]
        found = list(self._folder.glob(f"{prefix}*.der")) if _PREFIX.fullmatch(prefix) else []
        if len(found) != 1:
            return None
        try:
            certificate = x509.load_der_x509_certificate(found[0].read_bytes())
        except (OSError, ValueError):
            return None
        self._known[prefix] = certificate
        return certificate
