"""Errors around boards' files, images, certificates, keys and labels."""

from __future__ import annotations

from pathlib import Path

from gangvakt.errors.base import GangvaktError, Refusal


class BoardError(Refusal):
    """A board file that does not fit."""


class ImageError(Refusal):
    """Contents that are damaged, not the pinned ones, or do not fit into a board's flash."""


class MapRefused(Refusal):
    """A map that is no GeoJSON, too large, or somewhere outside of the world."""


class ImageMissing(GangvaktError):
    """The official image `file` is neither given nor cached nor fetched from `url`; `why` not."""

    def __init__(self, file: str, url: str | None, why: str) -> None:
        source = f"download {url} on a computer with a network and give" if url else "give"
        super().__init__(f"{file} is not here ({why}): {source} it with --image FILE")
        self.file, self.url, self.why = file, url, why


class AuthorityRefused(Refusal):
    """An authority's key or certificate that cannot serve here."""


class RequestRefused(Refusal):
    """A certificate signing request, or a certificate, that is not signed for or taken in."""


class UpdateRefused(Refusal):
    """An update that is damaged, not signed as it must be, or not for the sign it is offered to."""


class UpdateKeysMissing(GangvaktError):
    """`folder` has no keys that sign updates."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: no keys sign updates yet: make them with `gangvakt firmware keys init`")
        self.folder = folder


class KeysDamaged(GangvaktError):
    """A key or certificate in `path` cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is no readable key or certificate ({why}): restore it from a backup")
        self.path = path


class AuthorityExists(GangvaktError):
    """`folder` holds an authority, which signs what is known of the fleet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds a certificate authority already: `gangvakt ca renew` makes its successor"
        )
        self.folder = folder


class OverlapRunning(GangvaktError):
    """The authority before the present one is trusted until `ends`, a day; signs may still depend on it."""

    def __init__(self, ends: str) -> None:
        super().__init__(
            f"the authority before this one is trusted until {ends}, and signs that were away since the last "
            "renewal know no other: wait, or give them up with --force"
        )
        self.ends = ends


class AuthorityMissing(GangvaktError):
    """`folder` holds no authority."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds no certificate authority: make one with `gangvakt ca init`; "
            "to try it out, `gangvakt serve` makes one without a passphrase"
        )
        self.folder = folder


class KeyLocked(GangvaktError):
    """The key in `path` is encrypted; `given`: a passphrase was tried, and it was not the right one."""

    def __init__(self, path: Path, *, given: bool) -> None:
        what = "does not open with the passphrase given" if given else "is encrypted"
        super().__init__(
            f"{path} {what}: give its passphrase in GANGVAKT_CA_PASSPHRASE or by --passphrase-file"
        )
        self.path, self.given = path, given


class BundleRefused(Refusal):
    """A bundle file that is damaged, of another kind, or locked with another passphrase."""


class LabelMissing(GangvaktError):
    """`path` holds no facts of a label."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} does not tell what stood on the label: name the folder with --label-dir")
        self.path = path
