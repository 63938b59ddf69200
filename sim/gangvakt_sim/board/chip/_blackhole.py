"""A connection whose link is down: the peer hears nothing, and what was written is sent when the link is
back.

The descriptor's number stays, so poll() goes on working: a silent socket pair takes the connection's place
and the connection waits under another number. That is what TCP's retransmission looks like from both ends.
"""

import micropython

import _chip

_AF_UNIX = 1
_SOCK_STREAM_NONBLOCK = 1 | 0o4000
# The chip's lwIP takes this much unacknowledged data before write() waits.
_SEND_BUFFER = 5760
_SOL_SOCKET = 1
_SO_SNDBUF = 7

_dup = _chip.libc.func("i", "dup", "i")
_dup2 = _chip.libc.func("i", "dup2", "ii")
_close = _chip.libc.func("i", "close", "i")
_socketpair = _chip.libc.func("i", "socketpair", "iiip")
_setsockopt = _chip.libc.func("i", "setsockopt", "iiipi")
_read = _chip.libc.func("i", "read", "ipI")
_write = _chip.libc.func("i", "write", "ipI")


class Blackhole:
    """Takes the place of descriptor `fd` until release() or drop()."""

    @micropython.native
    def __init__(self, fd):
        self._fd = fd
        self._kept = _dup(fd)
        self._far = self._replace()

    @micropython.native
    def _replace(self):
        pair = bytearray(8)
        _socketpair(_AF_UNIX, _SOCK_STREAM_NONBLOCK, 0, pair)
        near, far = pair[0] | pair[1] << 8, pair[4] | pair[5] << 8
        _setsockopt(near, _SOL_SOCKET, _SO_SNDBUF, _SEND_BUFFER.to_bytes(4, "little"), 4)
        _dup2(near, self._fd)
        _close(near)
        return far

    @micropython.native
    def release(self):
        """Put the connection back and send what was written meanwhile."""
        _dup2(self._kept, self._fd)
        held = bytearray(_SEND_BUFFER)
        count = _read(self._far, held, len(held))
        while count > 0:
            _write(self._fd, held, count)
            count = _read(self._far, held, len(held))
        self.drop()

    @micropython.native
    def drop(self):
        """Close what was kept; the descriptor itself belongs to its socket."""
        _close(self._kept)
        _close(self._far)
