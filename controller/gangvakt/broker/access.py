"""Who may come in, as a list: for a broker that cannot ask the gatekeeper at each handshake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509

from gangvakt.provision.certificates import Credentials


@dataclass(frozen=True)
class BundleAccess:
    """A bundle's authority may have signed for `names` and for nobody else; `revoked` are serial numbers."""

    authority: x509.Certificate
    names: frozenset[str]
    revoked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class AccessList:
    """`authorities` sign now or signed before; `revoked` are serial numbers of theirs.

    `signs` are the names that take part in their sites' groups. `shut_out` has, by fingerprint, the names of
    the certificates that may not be used any more: their standing connections are cut.
    """

    authorities: tuple[Credentials, ...]
    bundles: tuple[BundleAccess, ...] = ()
    signs: frozenset[str] = frozenset()
    revoked: frozenset[int] = frozenset()
    shut_out: Mapping[str, str] = field(default_factory=dict)
