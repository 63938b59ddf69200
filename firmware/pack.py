"""A packed app as a read-only file system: only what `import` asks of one.

The slot's first sector is the header, which `slots` reads. Behind it lies the body: its head, a table of
12-byte entries (key, place, size; little-endian), contents, and a list of names. An entry stands where its
key says, or at the next free place. A folder has the place 0, a free entry nothing but zeros. Places count
from where the body begins.
"""

import io
import struct
from binascii import crc32

import micropython
from micropython import const

_BODY = const(4096)  # behind the header's sector
_HEAD = const(12)  # of the body: number of entries, a power of two; place and size of the list of names
_ENTRY = const(12)
_KEY_MASK = const(0x3FFFFFFF)  # of the path's CRC-32: what fits into a small integer
_PROBES_MAX = const(512)  # beyond any table of ours; one that came to harm may have no free entry
_GET_BUFFER_SIZE = const(11)  # asked of a stream by `import`
_BUFFER_BYTES = const(255)


class Pack:
    """To be given to `vfs.mount`; `part` reads as esp32.Partition does.

    `import` takes whatever a look-up raises for a missing file, Ctrl-C as well: machine code lets that wait
    until the look-up is over.
    """

    def __init__(self, part):
        self.part = part
        self.entry = bytearray(_ENTRY)
        part.readblocks(0, self.entry, _BODY)
        self.mask = struct.unpack_from("<I", self.entry)[0] - 1

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    @micropython.native
    def stat(self, path):
        """As os.stat: what kind and what size; OSError where there is no such file."""
        place, size = self.find(path)
        return (0x8000 if place else 0x4000, 0, 0, 0, 0, 0, size, 0, 0, 0)

    def open(self, path, mode):
        return _File(self.part, *self.find(path))

    @micropython.native
    def find(self, path):
        """(place, size) of a file or folder."""
        key = crc32(path) & _KEY_MASK
        at = key
        for _ in range(_PROBES_MAX):
            at &= self.mask
            self.part.readblocks(0, self.entry, _BODY + _HEAD + _ENTRY * at)
            found, place, size = struct.unpack("<III", self.entry)
            if found == key:
                return place, size
            if not found:
                break
            at += 1
        raise OSError(2)


class _File(io.IOBase):
    def __init__(self, part, place, size):
        self.part = part
        self.at = _BODY + place
        self.size = size

    def readinto(self, buffer):
        n = min(len(buffer), self.size)
        self.part.readblocks(0, memoryview(buffer)[:n], self.at)
        self.at += n
        self.size -= n
        return n

    def ioctl(self, request, argument):
        return _BUFFER_BYTES if request == _GET_BUFFER_SIZE else 0
