"""Errors of what a controller runs on: ports, folders, the database, the broker."""

from __future__ import annotations

from pathlib import Path

from gangvakt.errors.base import GangvaktError, Refusal


class BackupRefused(Refusal):
    """A backup that is damaged, or of another format."""


class PortTaken(GangvaktError):
    """Another program listens on `port`; `option` is the command line option that chooses another."""

    def __init__(self, port: int, option: str) -> None:
        super().__init__(
            f"port {port} is taken: choose another with {option} or stop the program that uses it"
        )
        self.port, self.option = port, option


class FolderUnusable(GangvaktError):
    """`folder` cannot be made or written, because of `cause`."""

    def __init__(self, folder: Path, cause: OSError) -> None:
        reason = cause.strerror or type(cause).__name__
        super().__init__(f"cannot write to {folder}: {reason}; choose another folder or change its rights")
        self.folder = folder


class NoDatabase(GangvaktError):
    """No controller has ever worked in `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder}: there is no database yet: name another folder, or start `gangvakt serve` on it"
        )
        self.folder = folder


class WouldOverwrite(GangvaktError):
    """`path` is there already and nobody asked to replace it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: use --force to replace it")
        self.path = path


class WouldReplace(GangvaktError):
    """The folder `data` or the database `store` holds a controller, and nobody asked to replace it."""

    def __init__(self, data: Path, store: str) -> None:
        super().__init__(
            f"{data} or {store} is not empty: --yes replaces both, and keeps the folder beside; "
            "`gangvakt backup` saves both before"
        )
        self.data, self.store = data, store


class StoreError(GangvaktError):
    """The database refused; nothing of the transaction was stored."""


class StoreTooNew(StoreError):
    """The database carries `revision`, which this version does not know."""

    def __init__(self, store: str, revision: str) -> None:
        super().__init__(
            f"{store} was written by a newer version of Gangvakt (revision {revision}): install that version"
        )
        self.store, self.revision = store, revision


class StoreOutdated(StoreError):
    """The database is at revision `at`, where `to` is needed."""

    def __init__(self, store: str, at: str | None, to: str) -> None:
        super().__init__(f"{store} is at revision {at}, not {to}: run `gangvakt migrate` first")
        self.store, self.at, self.to = store, at, to


class StoreBusy(StoreError):
    """A controller works on the database."""

    def __init__(self, store: str) -> None:
        super().__init__(f"{store} is in use: stop the controller first")
        self.store = store


class BrokerFailed(GangvaktError):
    """The MQTT broker did not start."""


class MosquittoMissing(BrokerFailed):
    """There is no program `mosquitto`."""

    def __init__(self) -> None:
        super().__init__(
            "mosquitto is not installed: `sudo apt install mosquitto` (Debian, Ubuntu; version 2 or later),"
            " or try with --broker embedded"
        )
