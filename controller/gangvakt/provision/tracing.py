"""What a sign says of a failure, in the names of the sources: on the sign functions have others."""

from __future__ import annotations

import re
from pathlib import Path

from gangvakt.provision.compiling import names_on_sign
from gangvakt.provision.image import FIRMWARE_DIR, VERSION_LINE

CALL = re.compile(r"\b(\w+)\.(\w+)(?=: | > )")


def in_plain_words(text: str, firmware: str | None, folder: Path = FIRMWARE_DIR) -> str:
    """`text` of a crash, such as `app.run > starting.is_set: OSError: 5`, told by a sign with that version of
    the firmware. Unchanged where that is not the version at hand, whose names are known.
    """
    version = VERSION_LINE.search((folder / "sign" / "version.py").read_text())
    if version is None or firmware != version[1]:
        return text
    names = names_on_sign(folder, "sign")
    before = {new: name for name, new in names.public.items()}
    private = {
        module.rsplit(".", 1)[-1]: {new: name for name, new in own.items()}
        for module, own in names.private.items()
    }

    def plain(call: re.Match[str]) -> str:
        room, function = call[1], call[2]
        return f"{room}.{private.get(room, {}).get(function) or before.get(function, function)}"

    return CALL.sub(plain, text)
