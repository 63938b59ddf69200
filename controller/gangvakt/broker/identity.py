"""Who a client is: decided by the common name of its certificate and by nothing else."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import Enum

from cryptography import x509

from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME


class Role(Enum):
    """What a client may be."""

    SIGN = "sign"
    CONTROLLER = "controller"
    SIMULATOR = "simulator"


@dataclass(frozen=True)
class Identity:
    """A client with a certificate of ours; `sign` for signs only."""

    role: Role
    name: str
    sign: SignId | None = None

    def owns_client_id(self, client_id: str) -> bool:
        """A client may only call itself what its certificate calls it, or that with a suffix `:...`."""
        if self.role is Role.SIGN:
            return client_id == self.name
        return client_id == self.name or client_id.startswith(f"{self.name}:")


def identify(name: str | None) -> Identity | None:
    """From a common name; None when it is nobody's."""
    if name == CONTROLLER_NAME:
        return Identity(Role.CONTROLLER, name)
    if name == SIMULATOR_NAME:
        return Identity(Role.SIMULATOR, name)
    try:
        return Identity(Role.SIGN, name, SignId.parse(name)) if name else None
    except NameRefused:
        return None


def peer_certificate(tls: ssl.SSLObject | None) -> x509.Certificate | None:
    """Of a TLS connection, whose handshake has verified it; None when there is none that can be read."""
    der = tls.getpeercert(binary_form=True) if tls else None
    try:
        return x509.load_der_x509_certificate(der) if der else None
    except ValueError:  # OpenSSL is more lenient than we are
        return None
