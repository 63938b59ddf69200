"""Keeps what a listener trusts in step with the gatekeeper, from one handshake to the next."""

from __future__ import annotations

import logging
import ssl

from cryptography.hazmat.primitives.serialization import Encoding

from gangvakt.broker.gatekeeper import Gatekeeper
from gangvakt.provision.certificates import fingerprint

LOG = logging.getLogger(__name__)


class GrowingTrust:
    """Adds the gatekeeper's new authorities to `context` before a handshake looks at certificates.

    OpenSSL can only add: who is no longer an authority is turned away by `Gatekeeper.admits`.
    """

    def __init__(self, context: ssl.SSLContext, gatekeeper: Gatekeeper) -> None:
        self._context, self._gatekeeper = context, gatekeeper
        self._known: set[str] = set()
        # OpenSSL asks for a context by the server's name with every client's first message, name or none.
        context.sni_callback = self._at_hello

    def refresh(self) -> None:
        """Trusts whoever is an authority by now."""
        for certificate in self._gatekeeper.authorities():
            mark = fingerprint(certificate)
            if mark not in self._known:
                self._context.load_verify_locations(cadata=certificate.public_bytes(Encoding.DER))
                self._known.add(mark)

    def _at_hello(
        self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext
    ) -> None:
        try:
            self.refresh()
        except Exception:  # raised here it would end every handshake, those of all others too
            LOG.exception("the gatekeeper's authorities")
