"""A flash partition in memory, for tests on both interpreters."""

SECTOR = 4096


class Flash:
    """A partition in memory that counts what is done to it."""

    def __init__(self, sectors=4):
        self.bytes = bytearray(b"\xff" * (sectors * SECTOR))
        self.reads = self.programs = 0
        self.erased = [0] * sectors

    def readblocks(self, block, into, offset):
        self.reads += 1
        at = block * SECTOR + offset
        into[:] = self.bytes[at : at + len(into)]

    def writeblocks(self, block, data, offset):
        self.programs += 1
        at = block * SECTOR + offset
        assert offset + len(data) <= SECTOR
        for i in range(len(data)):
            self.bytes[at + i] &= data[i]

    def ioctl(self, what, block):
        if what == 4:
            return len(self.erased)
        assert what == 6
        self.erased[block] += 1
        self.bytes[block * SECTOR : (block + 1) * SECTOR] = b"\xff" * SECTOR
        return 0
