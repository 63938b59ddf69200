"""Installed as vfs: the two file systems of the image; VfsPosix, VfsLfs1 and VfsRom are the simulator's."""

from vfs import VfsFat, VfsLfs2, mount, umount  # noqa: F401
from vfs import VfsPosix as _Posix  # noqa: F401

from _chk import no_name as __getattr__  # noqa: F401
