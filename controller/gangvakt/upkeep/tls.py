"""The TLS contexts of a running controller, which follow the files they were made from."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from gangvakt.errors import GangvaktError, KeyLocked
from gangvakt.provision.pki import KeyFiles, Pki, client_context, load_into, server_context

LOG = logging.getLogger(__name__)


class LiveTls:
    """`server` for the broker, `client` for the controller's own link; `refresh` renews both in place."""

    def __init__(self, pki: Pki, names: Sequence[str]) -> None:
        self._pki, self._names = pki, tuple(names)
        server, client = self._files()
        self._loaded = tuple(map(_contents, (server, client)))
        self._is_locked_out = False  # and has said so
        self.server, self.client = server_context(server), client_context(client)

    def refresh(self) -> bool:
        """Renews what is due and takes over what changed on disk; whether anything did. Never raises.

        Connections that stand go on: whoever connects next sees the new certificate.
        """
        try:
            if self._pki.reload():
                LOG.warning("a new authority signs from now on; the signs are renewed one after the other")
            self._is_locked_out = False
            files = self._files()
            contents = tuple(map(_contents, files))
            if contents == self._loaded:
                return False
            for context, found in zip((self.server, self.client), files, strict=True):
                load_into(context, found)
            self._loaded = contents
        except KeyLocked:
            self._tell_locked_out()
            return False
        except (GangvaktError, OSError) as error:
            LOG.error("certificates stay as they are: %s", error)
            return False
        return True

    def _tell_locked_out(self) -> None:
        """Once: a person has to act, and the signs go on with the old authority meanwhile."""
        if not self._is_locked_out:
            self._is_locked_out = True
            LOG.error("the authority's key has another passphrase now: restart the controller")

    def _files(self) -> tuple[KeyFiles, KeyFiles]:
        return self._pki.server_files(self._names), self._pki.controller_files()


def _contents(files: KeyFiles) -> tuple[bytes, bytes]:
    """The key belongs to the certificate."""
    return files.authority.read_bytes(), files.certificate.read_bytes()
