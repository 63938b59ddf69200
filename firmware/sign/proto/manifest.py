"""What is signed of an update, and why a sign does not take one. Pure."""

import struct

from sign.compat import const

BYTES = const(128)
MAGIC = b"GVP\x01"
TRUSTED = "trusted"  # file of the app: moduli of the keys that it trusts, one after the other
APP = const(0)
INTERPRETER = const(1)
KINDS = ("app", "interpreter")
SUM_BYTES = const(32)
# magic, kind, key, 0, sequence, replaces, size, SHA-256, board, version, interpreter, minimum, 0
_FORMAT = "<4sBBHIII32s32s12s12sI16s"


class Manifest:
    """`sequence` is the version as a number, `key` the first byte of the signing key's SHA-256.

    `minimum` is the least sequence that may take this over, `replaces` the highest that may go back to it.
    `is_sound`: it is a manifest at all.
    """

    def __init__(self, data):
        self.is_sound = len(data) == BYTES and data[: len(MAGIC)] == MAGIC and data[4] < len(KINDS)
        if self.is_sound:
            found = struct.unpack(_FORMAT, data)
            _, self.kind, self.key, _, self.sequence, self.replaces, self.size, self.sum = found[:8]
            self.board, self.version, self.interpreter = [_text(field) for field in found[8:11]]
            self.minimum = found[11]
            self.is_sound = None not in (self.board, self.version, self.interpreter)


def sequence_of(version):
    """A version such as 1.26.0 as a number that grows with it; 0 for another text."""
    parts = version.split(".")
    if len(parts) != 3 or not all([part.isdigit() and len(part) < 4 for part in parts]):
        return 0
    return (int(parts[0]) * 1000 + int(parts[1])) * 1000 + int(parts[2])


def refusal(found, board, interpreter, installed, room):
    """(field, value, allowed) of the first thing for which an update is not taken, None when all is well.

    `board` and `interpreter` are what the sign has, `installed` is the sequence of what the update replaces,
    `room` the bytes there are for it.
    """
    if not found.is_sound:
        return "manifest", "unreadable", "format 1"
    if found.board != board:
        return "board", found.board, board
    if found.kind == APP and _line(found.interpreter) != _line(interpreter):
        return "interpreter", found.interpreter, _line(interpreter)
    if not 0 < found.size <= room:
        return "size", found.size, "1..%d" % room
    if installed < found.minimum:
        return "minimum", found.minimum, "at most %d, which is installed" % installed
    if found.sequence == installed or (found.sequence < installed and found.replaces < installed):
        return "version", found.version, "newer, or signed to replace what is installed"
    return None


def _line(version):
    """Of the interpreter: bytecode is the same within it."""
    return version.rsplit(".", 1)[0]


def _text(field):
    field = field.rstrip(b"\0")
    for byte in field:
        if not 0x20 < byte < 0x7F:
            return None
    return field.decode()
