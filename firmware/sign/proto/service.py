"""The technician's line protocol: framed lines beside whatever else the console prints.

`@<id> <verb>[ <json>]~<crc>\\n`: id 1..65535, verb of small letters, digits, `_` and `-`, crc four hex digits
of CRC-16/CCITT-FALSE over the bytes between @ and ~. An answer repeats the id with the verb `ok` or `err`;
what a request has begun goes on under its id and its own verb. JSON keeps to one line, UTF-8. Lines that do
not begin with @ are console noise.
"""

import json

from sign.compat import const
from sign.proto.crc import crc16

MAX_LINE = const(512)
MAX_VERB = const(16)
_VERB_CHARS = b"abcdefghijklmnopqrstuvwxyz0123456789_-"
_TAIL = const(5)  # ~ and four digits


class ServiceError(ValueError):
    """What cannot be sent, or is not obeyed: `field`, `value` and what is `allowed`."""

    def __init__(self, field, value, allowed):
        super().__init__("service %s %s: allowed %s" % (field, value, allowed))
        self.field = field
        self.value = value
        self.allowed = allowed


def encode(request_id, verb, obj=None):
    """One line as bytes; `obj` is anything JSON can say, None for nothing."""
    if not 1 <= request_id <= 65_535:
        raise ServiceError("id", request_id, "1..65535")
    if not _is_verb(verb.encode()):
        raise ServiceError("verb", verb, "1..%d of a-z 0-9 _ -" % MAX_VERB)
    text = "%d %s" % (request_id, verb)
    if obj is not None:
        text += " " + json.dumps(obj)
    data = text.encode()
    return b"@" + data + b"~%04x\n" % crc16(data, 0, len(data))


class Decoder:
    """Takes bytes as they come and returns the whole lines in them as (id, verb, obj or None).

    Counters: `ignored` lines of others, `bad` lines of this protocol (cut, garbled, too long, not JSON).
    """

    def __init__(self, max_line=MAX_LINE):
        self._line = bytearray(max_line)
        self._held = 0
        self._too_long = False
        self.ignored = 0
        self.bad = 0

    def feed(self, data, n=None):
        """Lines completed by `data[:n]`."""
        lines = []
        for i in range(len(data) if n is None else n):
            byte = data[i]
            if byte == 10:
                self._end(lines)
            elif self._held < len(self._line):
                self._line[self._held] = byte
                self._held += 1
            else:
                self._too_long = True
        return lines

    def _end(self, lines):
        line = bytes(self._line[: self._held])
        too_long = self._too_long
        self._held, self._too_long = 0, False
        if line.endswith(b"\r"):
            line = line[:-1]
        parsed = None if too_long else find(line)
        if parsed:
            lines.append(parsed)
        elif line.startswith(b"@"):
            self.bad += 1
        elif line:
            self.ignored += 1


def find(line):
    """(id, verb, obj or None) of a line without its end, None where there is none in it.

    It begins at the line's start, or at the last @ when noise without a line end came before.
    """
    last = line.rfind(b"@")
    if last < 0:
        return None
    return (_parse(line[1:]) if line[0] == 64 else None) or _parse(line[last + 1 :])


def _parse(line):
    """(id, verb, obj) of a line without @ and line end, or None."""
    end = len(line) - _TAIL
    if end < 3 or line[end] != 0x7E or line[end + 1 :] != b"%04x" % crc16(line, 0, end):
        return None
    parts = line[:end].split(b" ", 2)
    if len(parts) < 2 or not _is_id(parts[0]) or not _is_verb(parts[1]):
        return None
    if len(parts) == 2:
        return int(parts[0]), parts[1].decode(), None
    try:
        return int(parts[0]), parts[1].decode(), json.loads(parts[2])
    except (ValueError, RuntimeError):
        return None


def _is_id(digits):
    if not 1 <= len(digits) <= 5 or not all(48 <= d <= 57 for d in digits):
        return False
    return 1 <= int(digits) <= 65_535


def _is_verb(verb):
    return 1 <= len(verb) <= MAX_VERB and all(c in _VERB_CHARS for c in verb)
