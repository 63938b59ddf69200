"""Who, of those with a good certificate, may be connected: asked at each connection and while it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cryptography import x509


class Gatekeeper(Protocol):
    """Answers at once and from memory: it is asked within the broker's loop."""

    def admits(self, certificate: x509.Certificate) -> bool:
        """Whether its holder may be connected now; its signature has been verified."""
        ...

    def authorities(self) -> Sequence[x509.Certificate]:
        """Who may have signed certificates beside the authority itself; new ones are trusted at once."""
        ...


class AdmitsAll:
    """Admits whoever has a certificate that verifies."""

    def admits(self, certificate: x509.Certificate) -> bool:
        return True

    def authorities(self) -> Sequence[x509.Certificate]:
        return ()
