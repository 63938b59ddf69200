"""What the poles of one crossing tell each other, in frames of 42 to 63 bytes: by radio, or over the group's
topic.

| bytes | what                                                                                      |
|-------|-------------------------------------------------------------------------------------------|
| 1     | version 1                                                                                 |
| 4     | the crossing: how the SHA-256 of "municipality/site" begins                               |
| 4     | the sender: the same of its whole name                                                    |
| 4, 4  | the sender's boot, and the number of the frame in that boot: never repeated               |
| 4, 4  | a question of its own, and the question of another that it answers; 0 is none             |
| 2     | for how many ms it still warns by its own decision; 0: it does not                        |
| 2, 2  | where its pattern is in its pass, and how long a pass is, in ms                           |
| 1..22 | how its name begins                                                                       |
| 10    | HMAC-SHA-256 of all that with the crossing's key, cut                                     |

A frame says all there is to say, so any one makes up for those that were lost.
"""

import hashlib
import struct

from sign.compat import const

_HEAD = ">B4sIIIIIHHH"
_HEAD_BYTES = const(31)
_NAME_BYTES = const(22)
_MAC_BYTES = const(10)
_SHORTEST = const(42)
_LONGEST = const(63)
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
        self._name = name.encode()[:_NAME_BYTES]
        # The two halves of HMAC, as bytes: a hash that has begun cannot be copied on the chip.
        self._inner, self._outer = [
            bytes([byte ^ pad for byte in key] + [pad] * (_BLOCK - len(key))) for pad in (0x36, 0x5C)
        ]

    def seal(self, *told):
        """A whole frame; `told` is (boot, number, question, answer, left_ms, phase_ms, pass_ms)."""
        data = struct.pack(_HEAD, 1, self._crossing, self.sender, *told) + self._name
        return data + self._mac(data)

    def open(self, frame):
        """(sender, boot, number, question, answer, left_ms, phase_ms, pass_ms, name) of a genuine frame of
        another pole of this crossing; else the reason for refusing it. What is cheap is checked first."""
        data = frame[:-_MAC_BYTES]
        if not _SHORTEST <= len(frame) <= _LONGEST:
            return _SIZE
        found = struct.unpack(_HEAD, data[:_HEAD_BYTES])
        if found[0] != 1:
            return _VERSION
        if found[1] != self._crossing:
            return _FOREIGN
        # How long the comparison takes tells nothing through a radio, which is some ms late now and then.
        if self._mac(data) != frame[-_MAC_BYTES:]:
            return _FORGED
        if found[2] == self.sender:
            return _OWN
        name = data[_HEAD_BYTES:]
        if not all([0x20 < byte < 0x7F for byte in name]):
            return _VERSION  # genuine, but no name as this version has it
        return found[2:] + (name.decode(),)

    def _mac(self, data):
        inner = hashlib.sha256(self._inner + data).digest()
        return hashlib.sha256(self._outer + inner).digest()[:_MAC_BYTES]
