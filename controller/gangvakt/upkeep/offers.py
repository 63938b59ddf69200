"""Which update each sign is offered, and what it last said of it: files, so that an offer outlives all.

`<folder>/<municipality>/<site>/<sign>/` holds `offer.gvu`, `attempt`, `reported.json`, `progress`, the place
up to which the sign has asked, and `last_attempt` of an offer that was taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gangvakt.errors import NameRefused, UpdateRefused
from gangvakt.files import make_folder, write_file
from gangvakt.fleet import SignId
from gangvakt.provision.update_file import UpdateFile

VERSION = 1
OFFER, ATTEMPT, REPORTED, PROGRESS = "offer.gvu", "attempt", "reported.json", "progress"
LAST_ATTEMPT = "last_attempt"  # a sign that failed at it would not look at the same number again
MOST_ATTEMPTS = 255


@dataclass(frozen=True)
class Offer:
    """An update for a sign; what it has refused or what has failed there it takes as a further `attempt`."""

    update: UpdateFile
    attempt: int

    @property
    def id(self) -> str:
        """By which a sign asks for its pieces."""
        return self.update.manifest.sha256[:4].hex()

    def message(self) -> bytes:
        """`update` of the wire contract."""
        return bytes((VERSION, self.attempt)) + self.update.manifest.packed()


class OfferFolder:
    """All offers of a controller; used by the one that runs and by the command line at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, sign: SignId, update: UpdateFile) -> Offer:
        """Offer it, in the place of what was offered before."""
        folder = make_folder(self._of(sign))
        attempt = self._last_attempt(folder) % MOST_ATTEMPTS + 1
        for name in (REPORTED, PROGRESS):
            (folder / name).unlink(missing_ok=True)
        write_file(folder / OFFER, update.content)
        write_file(folder / ATTEMPT, str(attempt).encode())  # the last: it is what a controller looks at
        return Offer(update, attempt)

    def withdraw(self, sign: SignId) -> bool:
        """Whether there was one."""
        with suppress(FileNotFoundError):
            folder = self._of(sign)
            (folder / ATTEMPT).replace(folder / LAST_ATTEMPT)
            return True
        return False

    def get(self, sign: SignId) -> Offer | None:
        """None where nothing is offered, or what is cannot be read any more."""
        folder = self._of(sign)
        try:
            return Offer(UpdateFile.read(folder / OFFER), int((folder / ATTEMPT).read_text()))
        except (OSError, ValueError, UpdateRefused):
            return None

    def stamps(self) -> dict[SignId, int]:
        """When each offer was made, in ns: another number is another offer."""
        return {sign: path.stat().st_mtime_ns for sign, path in self._attempts()}

    def report(self, sign: SignId, message: dict[str, Any]) -> None:
        """Keep what a sign says of its offer."""
        write_file(make_folder(self._of(sign)) / REPORTED, json.dumps(message).encode())

    def reported(self, sign: SignId) -> dict[str, Any] | None:
        """What it said last; None where it has said nothing yet."""
        try:
            found = json.loads((self._of(sign) / REPORTED).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def note_progress(self, sign: SignId, at: int) -> None:
        """The sign has what comes before this place."""
        with suppress(OSError):
            (self._of(sign) / PROGRESS).write_text(str(at))

    def progress(self, sign: SignId) -> int:
        """How far the sign has come, in bytes."""
        with suppress(OSError, ValueError):
            return int((self._of(sign) / PROGRESS).read_text())
        return 0

    def _last_attempt(self, folder: Path) -> int:
        for name in (ATTEMPT, LAST_ATTEMPT):
            with suppress(OSError, ValueError):
                return int((folder / name).read_text())
        return 0

    def _of(self, sign: SignId) -> Path:
        return self._folder / sign.municipality / sign.site / sign.sign

    def _attempts(self) -> Iterator[tuple[SignId, Path]]:
        for path in self._folder.glob(f"*/*/*/{ATTEMPT}"):
            with suppress(NameRefused, OSError):
                yield SignId(*path.parts[-4:-1]), path
