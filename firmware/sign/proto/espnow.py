"""What the poles of one crossing tell each other, in frames of at most 63 bytes: by radio, or over the
group's topic.

| bytes | what                                                                                     |
|-------|------------------------------------------------------------------------------------------|
| 1     | version 1 in the upper half, kind in the lower                                           |
| 4     | the crossing: how the SHA-256 of "municipality/site" begins                              |
| 4     | the sender: the same of its whole name                                                   |
| 4, 4  | the sender's boot, and the number of the frame in that boot: never repeated              |
| 4     | HELLO: a question. STATE: the question that it answers, or 0                             |
| 1..32 | HELLO: the sign's name                                                                   |
| 6     | STATE: three times two bytes in ms: for how long the sender still warns by its own       |
|       | decision (0: it does not), where its pattern is in its pass, and how long a pass is      |
| 10    | HMAC-SHA-256 of all that with the crossing's key, cut                                    |

A STATE says all there is to say, so any one makes up for those that were lost.
"""

import hashlib
import struct

from sign.compat import const

_HELLO = const(0x11)
_STATE = const(0x12)
BODY = ">HHH"

_LONGEST = const(63)
_HEAD = ">B4sIIII"
_HEAD_BYTES = const(21)
_STATE_BYTES = const(37)
_MAC_BYTES = const(10)
_SHORTEST = const(32)
_BLOCK = const(64)

# Why a frame is refused: places in the list that the telemetry has, where those of core.poles follow (4, 5),
# and those of services.poles (6, 7). The last is no reason to count.
_SIZE = const(0)
_VERSION = const(1)
_FOREIGN = const(2)
_FORGED = const(3)
_OWN = const(8)


class Group:
    """Makes and checks the frames of one sign: `key` are the crossing's 32 bytes, `site` and `name` texts."""

    def __init__(self, key, site, name):
        self._crossing = hashlib.sha256(site.encode()).digest()[:4]
        self.sender = struct.unpack(">I", hashlib.sha256((site + "/" + name).encode()).digest()[:4])[0]
        # The two halves of HMAC, as bytes: a hash that has begun cannot be copied on the chip.
        self._inner, self._outer = [
            bytes([byte ^ pad for byte in key] + [pad] * (_BLOCK - len(key))) for pad in (0x36, 0x5C)
        ]

    def seal(self, hello, boot, number, question, body):
        """A whole frame: a HELLO or a STATE."""
        kind = _HELLO if hello else _STATE
        data = struct.pack(_HEAD, kind, self._crossing, self.sender, boot, number, question) + body
        return data + self._mac(data)

    def open(self, frame):
        """(whether it is a HELLO, sender, boot, number, question, body) of a genuine frame of another pole of
        this crossing; else the reason for refusing it. Cheap checks come before costly ones."""
        data = frame[:-_MAC_BYTES]
        if not _SHORTEST <= len(frame) <= _LONGEST:
            return _SIZE
        kind, crossing, sender, boot, number, question = struct.unpack_from(_HEAD, data)
        if kind not in (_HELLO, _STATE):
            return _VERSION
        if crossing != self._crossing:
            return _FOREIGN
        if kind == _STATE and len(frame) != _STATE_BYTES:
            return _SIZE
        # How long the comparison takes tells nothing through a radio, which is some ms late now and then.
        if self._mac(data) != frame[-_MAC_BYTES:]:
            return _FORGED
        if sender == self.sender:
            return _OWN
        return kind == _HELLO, sender, boot, number, question, data[_HEAD_BYTES:]

    def _mac(self, data):
        inner = hashlib.sha256(self._inner + data).digest()
        return hashlib.sha256(self._outer + inner).digest()[:_MAC_BYTES]
