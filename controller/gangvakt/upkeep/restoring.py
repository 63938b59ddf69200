"""A controller out of its backup: everything is unpacked and checked aside before anything is replaced."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from gangvakt.errors import BackupRefused, FolderUnusable, WouldReplace
from gangvakt.files import PRIVATE_FILE, PRIVATE_FOLDER, write_file
from gangvakt.settings import Settings
from gangvakt.store.address import StoreAddress, address_of
from gangvakt.store.copying import bring_here, copy_in, ids_of, refuse_busy
from gangvakt.upkeep.backup import CHUNK, FOLDER, FORMAT, MANIFEST, STORE, Entry, Manifest

LARGEST_MANIFEST = 16 << 20  # bytes: a hundred thousand files
MOST_FILES = 100_000


@dataclass(frozen=True)
class Restored:
    """`before` is where the data folder went that was there."""

    manifest: Manifest
    before: Path | None


async def restore(settings: Settings, file: Path, now_ms: int, *, replace: bool) -> Restored:
    """Makes the data folder and the store what they were; what was there is kept beside.

    WouldReplace unless `replace`, when a controller has worked there; StoreBusy when one works there now.
    """
    address = address_of(settings)
    held = await ids_of(address)
    is_used = held is not None or (settings.data.exists() and any(settings.data.iterdir()))
    if is_used and not replace:
        raise WouldReplace(settings.data, str(address))
    await refuse_busy(address)
    data = settings.data.absolute()
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".gangvakt-restore-", dir=data.parent) as folder:
            staged = Path(folder) / "staged"
            manifest = unpack(file, staged)
            copy = staged / STORE
            await bring_here(copy, held or {})
            await _place_store(settings, address, copy, staged, now_ms)
            return Restored(manifest, _swap(staged, data, now_ms))
    except OSError as error:  # the new folder is made beside the old one
        raise FolderUnusable(data.parent, error) from error


def unpack(file: Path, staged: Path) -> Manifest:
    """Unpacks into the new folder `staged`; BackupRefused when anything is not as the manifest says."""
    try:
        with tarfile.open(file, mode="r:gz") as tar:
            manifest = _manifest(file, tar)
            _refuse_no_room(file, manifest, staged)
            staged.mkdir(mode=PRIVATE_FOLDER)
            for entry in manifest.files:
                _unpack(file, tar, entry, staged)
            if tar.next() is not None:
                raise BackupRefused(file.name, "content", "more files", "those that the manifest names")
    except FileNotFoundError:
        raise BackupRefused(str(file), "file", "not there", "a backup made by `gangvakt backup`") from None
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        allowed = "a whole backup made by `gangvakt backup`"
        raise BackupRefused(file.name, "content", str(error)[:80], allowed) from error
    return manifest


async def _place_store(
    settings: Settings, address: StoreAddress, copy: Path, staged: Path, now_ms: int
) -> None:
    if address.path is None:
        write_file(staged / settings.store_url.name, address.plain.encode(), private=True)
        await copy_in(copy, address)
        copy.unlink()
    elif address.path.absolute() != settings.database.absolute():
        write_file(staged / settings.store_url.name, address.plain.encode(), private=True)
        if address.path.exists():
            address.path.replace(kept_beside(address.path, now_ms))
        copy.replace(address.path)


def _swap(staged: Path, data: Path, now_ms: int) -> Path | None:
    """Two renames; when the second fails, what was there is put back."""
    before = None
    if data.exists():
        before = kept_beside(data, now_ms)
        data.rename(before)
    try:
        staged.rename(data)
    except OSError:
        if before is not None:
            before.rename(data)
        raise
    return before


def kept_beside(path: Path, now_ms: int) -> Path:
    """Where that goes which a restore replaces."""
    stamp = f"{datetime.fromtimestamp(now_ms / 1000, UTC):%Y%m%dT%H%M%SZ}"
    return path.with_name(f"{path.name}.before-restore-{stamp}")


def _manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    member = tar.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > LARGEST_MANIFEST:
        raise BackupRefused(file.name, "first file", member and member.name[:80], MANIFEST)
    opened = tar.extractfile(member)
    try:
        told = json.loads(opened.read() if opened else b"")
        return _checked(file, told)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        told_as = type(error).__name__
        raise BackupRefused(file.name, MANIFEST, told_as, "what `gangvakt backup` writes") from error


def _checked(file: Path, told: dict[str, Any]) -> Manifest:
    if told["format"] != FORMAT:
        allowed = f"{FORMAT}: install a newer version"
        raise BackupRefused(file.name, "format", str(told["format"])[:20], allowed)
    files = told["files"]
    if not isinstance(files, list) or not 1 <= len(files) <= MOST_FILES:
        raise BackupRefused(file.name, "files", len(files), f"1..{MOST_FILES}")
    entries = tuple(Entry(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in files)
    for entry in entries:
        _check_name(file, entry)
    if entries[0].name != STORE or len({entry.name for entry in entries}) != len(entries):
        raise BackupRefused(file.name, "files", entries[0].name[:80], f"{STORE} first, and each name once")
    return Manifest(FORMAT, str(told["program"]), int(told["made_ms"]), str(told["store"]), entries)


def _check_name(file: Path, entry: Entry) -> None:
    path = PurePosixPath(entry.name)
    plain = str(path) == entry.name and ".." not in path.parts and "\\" not in entry.name
    is_ours = entry.name == STORE or (entry.name.startswith(FOLDER) and len(path.parts) > 1)
    # A file of the folder that lands on the store's place would not be the store that was checked.
    if not plain or not is_ours or entry.size < 0 or entry.name.startswith(FOLDER + STORE):
        raise BackupRefused(file.name, "files.name", entry.name[:80], f"{STORE}, or a file below {FOLDER}")


def _refuse_no_room(file: Path, manifest: Manifest, staged: Path) -> None:
    free = shutil.disk_usage(staged.parent).free
    if manifest.size > free:
        raise BackupRefused(file.name, "size", manifest.size, f"at most the {free} bytes that are free")


def _unpack(file: Path, tar: tarfile.TarFile, entry: Entry, staged: Path) -> None:
    member = tar.next()
    if member is None or not member.isreg() or (member.name, member.size) != (entry.name, entry.size):
        found = member and f"{member.name[:80]} of {member.size} bytes"
        raise BackupRefused(file.name, entry.name, found, f"a file of {entry.size} bytes, as in the manifest")
    target = staged / entry.name.removeprefix(FOLDER)
    target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    content = tar.extractfile(member)
    assert content is not None, entry.name  # a regular file
    target.touch(mode=PRIVATE_FILE, exist_ok=False)
    with target.open("wb") as written:
        told = _copied(content, written)
    if told != entry.sha256:
        raise BackupRefused(file.name, entry.name, f"sha256 {told[:16]}", f"sha256 {entry.sha256[:16]}")
    if entry.name != STORE:
        target.chmod(member.mode & 0o755 | PRIVATE_FILE)


def _copied(content: IO[bytes], written: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(CHUNK):
        digest.update(piece)
        written.write(piece)
    return digest.hexdigest()
