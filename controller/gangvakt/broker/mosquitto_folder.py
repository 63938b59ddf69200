"""The files of a Mosquitto, kept in step with who may come in."""

from __future__ import annotations

import os
from pathlib import Path

from gangvakt.broker import mosquitto_config as config
from gangvakt.broker.access import AccessList
from gangvakt.broker.anchors import lists_pem, own_trusted_pem, trusted_pem
from gangvakt.errors import FolderUnusable
from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.provision.pki import KeyFiles


class MosquittoFolder:
    """`owner` is the user and group that the broker runs as; when root writes, the files are given to it.

    Without, they belong to whom the folder belongs already.
    """

    def __init__(self, path: Path, owner: tuple[int, int] | None = None) -> None:
        self.path = make_folder(path, PRIVATE_FOLDER).resolve()
        held = self.path.stat()
        self._owner = owner or (held.st_uid, held.st_gid)
        self._access: AccessList | None = None
        make_folder(self.path / config.PERSISTENCE, PRIVATE_FOLDER)
        self._give(self.path)
        self._give(self.path / config.PERSISTENCE)

    @property
    def configuration(self) -> Path:
        return self.path / config.CONFIG

    def write_configuration(self, listeners: config.Listeners, user: str | None) -> None:
        """What only a new start of the broker takes over."""
        self._write(config.CONFIG, config.configuration(self.path, listeners, user).encode())
        self._write(config.CONTROLLER_RULES, config.controller_rules().encode())

    def write(self, access: AccessList, server: KeyFiles) -> bool:
        """What a running broker takes over when it is told to read anew; whether anything changed.

        FolderUnusable when it cannot be written; the next call tries again.
        """
        changed = [
            self._write(config.CERTIFICATE, server.certificate.read_bytes()),
            self._write(config.KEY, server.key.read_bytes()),
            self._write(config.SIGNS_RULES, config.signs_rules(access.signs).encode()),
        ]
        # Signatures are never the same twice: compared is what they sign.
        if _signed(access) != _signed(self._access):
            own = AccessList(access.authorities, revoked=access.revoked)
            changed += [
                self._write(config.TRUSTED, trusted_pem(access)),
                self._write(config.LISTS, lists_pem(access)),
                self._write(config.OWN_TRUSTED, own_trusted_pem(access)),
                self._write(config.OWN_LISTS, lists_pem(own)),
            ]
        self._access = access
        return any(changed)

    def _write(self, name: str, data: bytes) -> bool:
        path = self.path / name
        if path.exists() and path.read_bytes() == data:
            return False
        write_file(path, data, private=True)
        self._give(path)
        return True

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            try:
                os.chown(path, *self._owner)
            except OSError as error:
                raise FolderUnusable(self.path, error) from error


def _signed(access: AccessList | None) -> object:
    if access is None:
        return None
    return tuple(one.certificate for one in access.authorities), access.bundles, access.revoked
