"""What the stock image does before boot.py: find the file system, or make one in an empty flash."""

import time

import vfs

from _partition import Partition

_BOOT_PY = """\
# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
#import webrepl
#webrepl.start()
"""
_CORRUPTED = """\
The filesystem appears to be corrupted. If you had important data there, you
may want to make a flash snapshot to try to recover it. Otherwise, perform
factory reprogramming of MicroPython firmware (completely erase flash, followed
by firmware programming).
"""
_REMIND_S = 3


def mount_root():
    """Mount the vfs partition; in a damaged one the image loops for ever, before boot.py."""
    parts = Partition.find(Partition.TYPE_DATA, label="vfs")
    if parts:
        try:
            vfs.mount(parts[0], "/")
        except OSError:
            _make(parts[0])


def _make(bdev):
    buf = bytearray(bdev.ioctl(5, 0))
    bdev.readblocks(0, buf)
    while any(b != 0xFF for b in buf):
        print(_CORRUPTED)
        time.sleep(_REMIND_S)
    print("Performing initial setup")
    vfs.VfsLfs2.mkfs(bdev)
    vfs.mount(bdev, "/")
    with open("boot.py", "w") as f:
        f.write(_BOOT_PY)
