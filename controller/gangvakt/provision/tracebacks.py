"""Tracebacks of a sign in the words of the firmware's sources."""

from __future__ import annotations

import re
from functools import cache

from gangvakt.provision.compiling import names_on_sign
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.linking import BETWEEN
from gangvakt.provision.naming import Names

FRAME = re.compile(r'(?P<file>File "(?P<module>sign[\w.]*)"(?:, line \d+)?, in )(?P<name>\w+)')


def readable(text: str, names: Names | None = None) -> str:
    """The text with the functions of its tracebacks as the sources call them, by default this firmware's.
    Where a name may stand for several, all are told; one that is not known stays.
    """
    if FRAME.search(text) is None:
        return text
    known = names or _of_this_firmware()
    return FRAME.sub(lambda found: found["file"] + _long(known, found["module"], found["name"]), text)


@cache
def _of_this_firmware() -> Names:
    return names_on_sign(FIRMWARE_DIR, "sign")


def _long(names: Names, module: str, short: str) -> str:
    rooms = names.parts.get(module, [module])
    found = {old for room in rooms for old, new in names.of(room).items() if new == short}
    return "|".join(_with_room(name) for name in sorted(found)) or short


def _with_room(name: str) -> str:
    """`light__core_lamp` is `light` of core.lamp."""
    plain, _, room = name.partition(BETWEEN)
    return f"{plain} ({room})" if plain and room else name
