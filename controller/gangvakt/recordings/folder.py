"""Where recordings lie: a folder for each sign, a file for each recording."""

from __future__ import annotations

import zlib
from pathlib import Path

from gangvakt.files import make_folder, write_file
from gangvakt.fleet import SignId
from gangvakt.recordings.flight_file import HEADER_BYTES, SUFFIX, Head

# Of one sign, 4 MB: whoever has a sign's key shall not fill the disk. The oldest go.
MOST_FILES = 500


class RecordingFolder:
    """Below `root`; it is made with the first recording."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, sign: SignId, head: Head, data: bytes) -> Path:
        """Write it, and never over another one; FolderUnusable where that fails."""
        folder = make_folder(self._root / sign.municipality / sign.site / sign.sign)
        path = folder / f"{head.stem}{SUFFIX}"
        if path.exists() and not _is_same(path, data):  # of the board before, or from before it was erased
            path = folder / f"{head.stem}-{zlib.crc32(data[:HEADER_BYTES]):08x}{SUFFIX}"
        write_file(path, data, private=True)
        _thin_out(folder)
        return path


def _is_same(path: Path, data: bytes) -> bool:
    """The header has the sum of all that does not change; marks of being held do."""
    with path.open("rb") as file:
        return file.read(HEADER_BYTES) == data[:HEADER_BYTES]


def _thin_out(folder: Path) -> None:
    files = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns)
    for path in files[:-MOST_FILES]:
        path.unlink(missing_ok=True)
