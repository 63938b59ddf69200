"""What the poles of one crossing tell each other, in frames of at most 63 bytes: by radio, or over the group's
topic.

| bytes   | what                                                                        |
|---------|-----------------------------------------------------------------------------|
| 1       | version 1 in the upper half, kind in the lower                              |
| 4       | the crossing: how the SHA-256 of "municipality/site" begins                 |
| 4       | the sender: the same of its whole name                                      |
| 4, 4    | the sender's boot, and the number of the frame in that boot: never repeated |
| body    | HELLO: a question (4), the sign's name (1..32)                              |
|         | STATE: the question that it answers (4), `left_ms`, `phase_ms`, `pass_ms`   |
| 10      | HMAC-SHA-256 of all that with the crossing's key, cut                       |

A STATE says all there is to say, so any one makes up for those that were lost: `left_ms` is for how long the
sender still warns by its own decision (0: it does not), the others where its pattern is in its pass.
"""

import hashlib
import struct

from sign.compat import const

HELLO = const(1)
STATE = const(2)

HEAD = ">BIIII"
BODY = ">IHHH"
_VERSION = const(1)
_HEAD_BYTES = const(17)
_STATE_BYTES = const(37)
_MAC_BYTES = const(10)
_QUESTION_BYTES = const(4)
_SHORTEST = const(32)  # a HELLO with a name of one letter
LONGEST = 63
_LEFT_MAX_MS = const(0xFFFF)
_BLOCK = const(64)

# Why a frame is refused, by number; one text takes a fraction of a tuple's memory.
REASONS = "none own size version foreign forged replayed unproven flood crowded"
OWN = const(1)
SIZE = const(2)
VERSION = const(3)
FOREIGN = const(4)
FORGED = const(5)
REPLAYED = const(6)
UNPROVEN = const(7)
FLOOD = const(8)
CROWDED = const(9)


class Group:
    """Makes and checks the frames of one sign: `key` are the crossing's 32 bytes, `site` and `name` texts."""

    def __init__(self, key, site, name):
        self.crossing = _number(site)
        self.sender = _number(site + "/" + name)
        self._name = name
        # The two halves of HMAC; a hash that has begun cannot be copied on the chip, so they are kept as bytes.
        self._inner = bytes([byte ^ 0x36 for byte in key] + [0x36] * (_BLOCK - len(key)))
        self._outer = bytes([byte ^ 0x5C for byte in key] + [0x5C] * (_BLOCK - len(key)))

    def hello(self, boot, number, question):
        """A frame that asks whoever hears it to prove that he speaks now."""
        return self._signed(HELLO, boot, number, struct.pack(">I", question) + self._name.encode())

    def state(self, boot, number, answer, left_ms, phase_ms, pass_ms):
        """A frame of how the sign is; `answer` repeats the question of a HELLO, 0 none."""
        left_ms = min(left_ms, _LEFT_MAX_MS)
        return self._signed(STATE, boot, number, struct.pack(BODY, answer, left_ms, phase_ms, pass_ms))

    def refusal(self, frame):
        """0 for a genuine frame of another pole of this crossing, else why not. Cheap before costly checks."""
        size = len(frame)
        if not _SHORTEST <= size <= LONGEST:
            return SIZE
        kind = frame[0] & 0xF
        if frame[0] >> 4 != _VERSION or kind not in (HELLO, STATE):
            return VERSION
        _, crossing, sender, _, _ = struct.unpack_from(HEAD, frame)
        if crossing != self.crossing:
            return FOREIGN
        if kind == STATE and size != _STATE_BYTES:
            return SIZE
        if not _same(self._mac(frame[: size - _MAC_BYTES]), frame, size - _MAC_BYTES):
            return FORGED
        return OWN if sender == self.sender else 0

    def _signed(self, kind, boot, number, body):
        data = struct.pack(HEAD, _VERSION << 4 | kind, self.crossing, self.sender, boot, number) + body
        return data + self._mac(data)

    def _mac(self, data):
        inner = hashlib.sha256(self._inner)
        inner.update(data)
        outer = hashlib.sha256(self._outer)
        outer.update(inner.digest())
        return outer.digest()[:_MAC_BYTES]


def head(frame):
    """(kind, sender, boot, number) of a frame that was checked."""
    first, _, sender, boot, number = struct.unpack_from(HEAD, frame)
    return first & 0xF, sender, boot, number


def asked(frame):
    """(question, name) of a HELLO."""
    data = frame[_HEAD_BYTES + _QUESTION_BYTES : len(frame) - _MAC_BYTES]
    name = "".join([chr(byte) for byte in data if 0x20 < byte < 0x7F])
    return struct.unpack_from(">I", frame, _HEAD_BYTES)[0], name


def told(frame):
    """(answer, left_ms, phase_ms, pass_ms) of a STATE."""
    return struct.unpack_from(BODY, frame, _HEAD_BYTES)


def _number(text):
    return struct.unpack(">I", hashlib.sha256(text.encode()).digest()[:4])[0]


def _same(mac, frame, at):
    """Looks at every byte, however many are right: the time it takes must not tell."""
    wrong = 0
    for i in range(_MAC_BYTES):
        wrong |= mac[i] ^ frame[at + i]
    return not wrong
