"""What a sign says of a failure, in the names of the sources: on the sign functions have others."""

from __future__ import annotations

import logging
import re
import threading
from functools import cache
from pathlib import Path

from gangvakt.provision.compiling import names_on_sign
from gangvakt.provision.image import FIRMWARE_DIR, VERSION_LINE
from gangvakt.provision.naming import Names

LOG = logging.getLogger(__name__)

CALL = re.compile(r"\b(\w+)\.(\w+)(?=: | > )")


def in_plain_words(text: str, firmware: str | None, folder: Path = FIRMWARE_DIR) -> str:
    """`text` of a crash, such as `app.run > starting.is_set: OSError: 5`, told by a sign with that version of
    the firmware. Unchanged where that is not the version at hand, whose names are known.
    """
    return _plain(text, names_on_sign(folder, "sign")) if _is_at_hand(firmware, folder) else text


class PlainWords:
    """As `in_plain_words`, for whoever must not wait: unchanged until the names are known, which are found in
    the background once they are asked for.
    """

    def __init__(self, folder: Path = FIRMWARE_DIR) -> None:
        self._folder = folder
        self._names: Names | None = None
        self._finding: threading.Thread | None = None

    def __call__(self, text: str, firmware: str | None) -> str:
        if not _is_at_hand(firmware, self._folder):
            return text
        if self._finding is None:
            self._finding = threading.Thread(target=self._find, daemon=True)
            self._finding.start()
        return text if self._names is None else _plain(text, self._names)

    def _find(self) -> None:
        try:
            self._names = names_on_sign(self._folder, "sign")
        except Exception:  # sources that are not whole: the sign's own names are better than no page
            LOG.exception("names of the firmware")


@cache
def _version(folder: Path) -> str | None:
    """None where there are no sources."""
    try:
        found = VERSION_LINE.search((folder / "sign" / "version.py").read_text())
    except OSError:
        return None
    return found[1] if found else None


def _is_at_hand(firmware: str | None, folder: Path) -> bool:
    return firmware is not None and firmware == _version(folder)


def _plain(text: str, names: Names) -> str:
    before = {new: name for name, new in names.public.items()}
    private = {
        module.rsplit(".", 1)[-1]: {new: name for name, new in own.items()}
        for module, own in names.private.items()
    }

    def plain(call: re.Match[str]) -> str:
        room, function = call[1], call[2]
        return f"{room}.{private.get(room, {}).get(function) or before.get(function, function)}"

    return CALL.sub(plain, text)
