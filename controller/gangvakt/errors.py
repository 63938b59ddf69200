"""What can go wrong in the controller.

GangvaktError
+-- Refusal               a value that is out of bounds: source, field, value, allowed
|   +-- BoardError        ... in a board file
|   +-- ImageError        ... in what shall go into a board's flash
|   +-- NameRefused       ... in a municipality, site or sign name
|   +-- SettingRefused    ... in a setting or an option
|   +-- PasswordRefused   ... in a new password
|   +-- Unreadable        ... in a message from a sign
+-- ImageMissing          the official MicroPython image is not here and cannot be fetched
+-- PortTaken             another program listens on the port
+-- FolderUnusable        the data folder cannot be made or written
+-- WouldOverwrite        a file is there already
+-- KeysDamaged           a key or certificate file cannot be read
+-- StoreError            the database refuses
|   +-- StoreTooNew       it was written by a newer version of this program
+-- BrokerFailed          the broker does not start
+-- LoginRefused          wrong user or password
|   +-- LoginLocked       too many wrong ones: wait
+-- UnknownUser           no such member of staff
"""

from __future__ import annotations

from pathlib import Path


class GangvaktError(Exception):
    """Base of all; the text is one line that says what to do."""


class Refusal(GangvaktError):
    """A value was refused: `source` (a file, form or message), `field`, `value`, and what is `allowed`."""

    def __init__(self, source: str, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{source}: {field} is {value!r}; allowed: {allowed}")
        self.source, self.field, self.value, self.allowed = source, field, value, allowed


class BoardError(Refusal):
    """A board file that does not fit."""


class ImageError(Refusal):
    """Contents that are damaged, not the pinned ones, or do not fit into a board's flash."""


class ImageMissing(GangvaktError):
    """The official image `file` is neither given nor cached nor fetched from `url`; `why` not."""

    def __init__(self, file: str, url: str | None, why: str) -> None:
        source = f"download {url} on a computer with a network and give" if url else "give"
        super().__init__(f"{file} is not here ({why}): {source} it with --image FILE")
        self.file, self.url, self.why = file, url, why


class NameRefused(Refusal):
    """A name that cannot stand in a topic, a certificate and a path alike."""


class SettingRefused(Refusal):
    """A setting or command line option out of bounds."""


class PasswordRefused(Refusal):
    """A new password that is too weak; the value is never carried."""


class Unreadable(Refusal):
    """A message that does not follow the wire contract."""


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


class WouldOverwrite(GangvaktError):
    """`path` is there already and nobody asked to replace it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: use --force to replace it")
        self.path = path


class KeysDamaged(GangvaktError):
    """A key or certificate in `path` cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is no readable key or certificate ({why}): restore it from a backup")
        self.path = path


class StoreError(GangvaktError):
    """The database refused; nothing of the transaction was stored."""


class StoreTooNew(StoreError):
    """The database carries `revision`, which this version does not know."""

    def __init__(self, path: Path, revision: str) -> None:
        super().__init__(
            f"{path} was written by a newer version of Gangvakt (revision {revision}): install that version"
        )
        self.path, self.revision = path, revision


class BrokerFailed(GangvaktError):
    """The MQTT broker did not start."""


class LoginRefused(GangvaktError):
    """User or password is wrong; which of them is not told."""

    def __init__(self, text: str = "user or password is wrong") -> None:
        super().__init__(text)


class LoginLocked(LoginRefused):
    """Too many failed log-ins; the next one counts after `retry_after_s`."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many failed log-ins: wait {retry_after_s} s")
        self.retry_after_s = retry_after_s


class UnknownUser(GangvaktError):
    """There is no member of staff called `user`."""

    def __init__(self, user: str) -> None:
        super().__init__(f"there is no user {user!r}")
        self.user = user
