"""Renews a sign's certificate on a LittleFS in memory: `micropython renewals.py FOLDER`.

FOLDER holds what is flashed, `renewal`, and `bad.*` that must be refused. Prints a line for every outcome;
power is cut at each write of each step in turn.
"""

import os
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0] + "/../..")

import fakes
import vfs

BLOCK, BLOCKS = 4096, 16
FLASHED = ("ca.der", "cert.der", "key.der")


class Chip:
    """Of the chip's modules what store and clock import."""

    class RTC:
        def datetime(self, when):
            pass

    NVS = Partition = None


sys.modules["machine"] = sys.modules["esp32"] = Chip

from sign.services import credentials, log
from sign.services.keyring import Keyring
from sign.services.renewal import Pieces

log.enable(False)


class Disk:
    """Flash in memory that fails for good at the write that `left` counts down to, having done half of it."""

    def __init__(self, data=None):
        self.data = bytearray(b"\xff" * (BLOCK * BLOCKS)) if data is None else bytearray(data)
        self.left = -1

    def readblocks(self, block, into, offset=0):
        at = block * BLOCK + offset
        into[:] = self.data[at : at + len(into)]

    def writeblocks(self, block, data, offset=0):
        at = block * BLOCK + offset
        if self.left == 0:
            half = len(data) // 2
            self.data[at : at + half] = data[:half]
            self.left = -2
        if self.left == -2:
            raise OSError(5)
        self.data[at : at + len(data)] = data
        self.left -= self.left > 0

    def ioctl(self, what, block):
        if what == 4:
            return BLOCKS
        if what == 5:
            return BLOCK
        if what == 6:
            if self.left == -2:
                raise OSError(5)
            self.data[block * BLOCK : (block + 1) * BLOCK] = b"\xff" * BLOCK
        return 0


def keyring(on_trial=False, is_spare=False):
    """After a session that the broker let in."""
    made = Keyring((None, "", on_trial))
    made.is_spare, made.let_in = is_spare, True
    return made


def read(name):
    with open(sys.argv[1] + "/" + name, "rb") as file:
        return file.read()


def used(disk):
    """What a sign with this flash connects with after its start."""
    disk.left = -1
    vfs.mount(vfs.VfsLfs2(disk), "/data")
    try:
        found = credentials.first(0)
        return found[1], found[2]
    except credentials.Unusable as error:
        return "unusable", error.why
    finally:
        vfs.umount("/data")


def attempt(disk, step):
    """Run a step on the mounted flash, as far as the power lasts; its error."""
    vfs.mount(vfs.VfsLfs2(disk), "/data")
    try:
        step()
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
    finally:
        vfs.umount("/data")


def cut_everywhere(name, before, step):
    """Print what is used after a power cut at each write of a step; the flash after the whole step."""
    for cut in range(1000):
        disk = Disk(before.data)
        disk.left = cut
        attempt(disk, step)
        whole = disk.left >= 0
        print("%s %d %s %s" % ((name, cut) + used(disk)))
        if whole:
            print(name, "whole")
            return disk


def flashed():
    disk = Disk()
    vfs.VfsLfs2.mkfs(disk)
    vfs.mount(vfs.VfsLfs2(disk), "/data")
    for name in FLASHED:
        with open("/data/" + name, "wb") as file:
            file.write(read(name))
    vfs.umount("/data")
    return disk


def refuse_bad(before):
    for name in sorted(os.listdir(sys.argv[1])):
        if name[:4] == "bad.":
            disk = Disk(before.data)
            error = attempt(disk, lambda name=name: credentials.take_over(keyring(), read(name)))
            print("refused %s|%s|%s" % (name[4:], error, used(disk)[0]))


def lose_files(before):
    """A sign whose newest file is damaged uses the one before."""
    disk = Disk(before.data)
    vfs.mount(vfs.VfsLfs2(disk), "/data")
    with open("/data/" + credentials.RENEWED, "r+b") as file:
        file.seek(100)
        file.write(b"\0\0\0\0")
    vfs.umount("/data")
    print("damaged %s %s" % used(disk))
    vfs.mount(vfs.VfsLfs2(disk), "/data")
    os.remove("/data/key.der")
    vfs.umount("/data")
    print("lost %s %s" % used(disk))


def collect():
    """Pieces in the wrong order, twice, of two transfers, and such as are none."""
    pieces = Pieces()
    for payload in (
        b"",
        b"\x01\x00\x01\x00\x01",
        b"\x02\x00\x01\x00\x01x",
        b"\x01\x00\x01\x02\x02x",
        b"\x01\x00\x01\x00\x00x",
        b"\x01\x00\x01\x00\xffx",
        b"\x01\x00\x01\x00\x01" + bytes(113),
    ):
        pieces.take(payload)
    print("collected nothing:", not pieces.are_whole())
    pieces.take(b"\x01\x00\x01\x00\x02old")
    pieces.take(b"\x01\x00\x02\x01\x02def")
    pieces.take(b"\x01\x00\x02\x01\x02def")
    print("collected half:", not pieces.are_whole())
    pieces.take(b"\x01\x00\x02\x00\x02abc")
    print("collected:", pieces.are_whole(), pieces.joined())


def interrupt():
    """A session that ends before all pieces are here."""
    made = keyring()
    made.take(b"\x01\x00\x01\x00\x02old")
    made.settle()
    print("interrupted:", made.error, made.pieces)


old = flashed()
new = read("renewal")
collect()
interrupt()
refuse_bad(old)
trial = cut_everywhere("take_over", old, lambda: credentials.take_over(keyring(), new))
settled = cut_everywhere("let_in", trial, lambda: credentials.judge(keyring(True)))
cut_everywhere("given_up", trial, lambda: credentials.judge(keyring(True, True)))
cut_everywhere("again", settled, lambda: credentials.take_over(keyring(), new))
lose_files(settled)
print("done")
