"""os with the chip's names (corpus: os_vfs); the file system itself is the interpreter's, over the board's
flash.
"""

from _random import urandom  # noqa: F401
from collections import namedtuple as _namedtuple

from uos import (  # noqa: F401
    VfsFat,
    VfsLfs2,
    chdir,
    getcwd,
    ilistdir,
    listdir,
    mkdir,
    mount,
    remove,
    rename,
    rmdir,
    sep,
    stat,
    statvfs,
    umount,
    unlink,
)

from _chk import no_name as __getattr__  # noqa: F401

_uname = _namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))(
    "esp32", "esp32", "1.26.1", "v1.26.1 on 2025-09-11", "Generic ESP32 module with ESP32"
)


def uname():
    """Return the image's own description."""
    return _uname


def sync():
    """Nothing is held back: every write goes to the flash at once."""


def dupterm(stream=None, index=0):
    """A second terminal is not modelled: only switching it off is accepted."""
    if stream is not None:
        raise OSError("dupterm is not modelled by the virtual board")


def dupterm_notify(_):
    """Called by stream drivers; without a second terminal there is nothing to do."""
