"""A partition in memory, quick to make and to damage. Bits are only cleared, but by erasing."""

SECTOR = 4_096
_BLANK = b"\xff" * SECTOR


class Flash:
    """Of esp32.Partition what the sign asks."""

    def __init__(self, sectors):
        self.sectors = [bytearray(_BLANK) for _ in range(sectors)]

    def readblocks(self, block, into, offset=0):
        block += offset // SECTOR
        offset %= SECTOR
        n = len(into)
        if not 0 <= block < len(self.sectors) or block * SECTOR + offset + n > len(self.sectors) * SECTOR:
            raise OSError(22)
        first = min(n, SECTOR - offset)
        into[:first] = self.sectors[block][offset : offset + first]
        if first < n:
            self.readblocks(block + 1, memoryview(into)[first:], 0)

    def writeblocks(self, block, data, offset=0):
        block += offset // SECTOR
        offset %= SECTOR
        sector = self.sectors[block]
        assert offset + len(data) <= SECTOR
        for i in range(len(data)):
            sector[offset + i] &= data[i]

    def ioctl(self, what, block):
        if what == 4:
            return len(self.sectors)
        assert what == 6, what
        self.sectors[block][:] = _BLANK
        return 0

    def info(self):
        return 1, 2, 0, len(self.sectors) * SECTOR, "flash", False
