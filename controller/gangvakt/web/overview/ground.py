"""The plain map below the signs: the municipality's own GeoJSON, as it was imported."""

from __future__ import annotations

from pathlib import Path


class GroundMap:
    """Reads the file again when it is another one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._text: str | None = None
        self._stamp: tuple[int, int] | None = None

    def text(self) -> str | None:
        """GeoJSON; None where nobody imported any."""
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp = stamp
            self._text = self._path.read_text() if self._path and stamp else None
        return self._text

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except FileNotFoundError:
            return None
        return (found.st_mtime_ns, found.st_size) if found else None
