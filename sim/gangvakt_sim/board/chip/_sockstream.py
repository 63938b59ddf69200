"""The stream side of a socket: what files, poll() and tls see, built on recv() and send().

None stands for "would have to wait", as in the chip's C code.
"""

import io as _io
from errno import EAGAIN

import micropython

import _chip

_IOCTL_POLL = 3
_IOCTL_CLOSE = 4
_IOCTL_FILENO = 10
_EINVAL = 22
_READ_ALL_CHUNK = 256
_READ_INTO_CHUNK = 32  # the chip's code copies straight into the buffer: no heap for what comes in

_poll = _chip.libc.func("i", "poll", "pIi")
_pollfd = bytearray(8)


@micropython.native
def ready(fd, events, wait_ms):
    """Wait in C for events on a descriptor; return those that came, error and hang-up included."""
    _pollfd[0], _pollfd[1] = fd & 255, fd >> 8
    _pollfd[4], _pollfd[6] = events, 0
    return _pollfd[6] if _poll(_pollfd, 1, wait_ms) > 0 else 0


class Stream(_io.IOBase):
    """Needs recv(), send(), close(), _check() and the descriptor `_fd` of its subclass."""

    _on_first_data = None
    _ballast = None

    @micropython.native
    def _offer_ioctl(self):
        # poll() and tls look for the name ioctl; the chip's class does not have it, so each object does.
        self.ioctl = self._ioctl

    @micropython.native
    def _some(self, size):
        """recv() that returns None where a stream method does not raise."""
        try:
            return self.recv(size)
        except OSError as error:
            if error.errno != EAGAIN:
                raise error
        return None

    @micropython.native
    def read(self, size=-1):
        """Return `size` bytes (negative: all), fewer at the end or when it would have to wait."""
        data = b""
        while size < 0 or len(data) < size:
            piece = self._some(_READ_ALL_CHUNK if size < 0 else size - len(data))
            if piece is None:
                return data or None
            if not piece:
                break
            data += piece
        return data

    @micropython.native
    def readline(self, limit=-1):
        """Return bytes up to and including a newline."""
        line = b""
        while limit < 0 or len(line) < limit:
            char = self._some(1)
            if char is None:
                return line or None
            line += char
            if not char or char == b"\n":
                break
        return line

    @micropython.native
    def readinto(self, buf, size=-1):
        """Fill `buf`; a session's handshake spends its time here, when the peer's first bytes have come."""
        wanted = len(buf) if size < 0 else size
        if self._on_first_data:
            return self._first_data(buf, wanted)
        count = 0
        while count < wanted:
            piece = self._some(min(_READ_INTO_CHUNK, wanted - count))
            if piece is None:
                return count or None
            if not piece:
                break
            buf[count : count + len(piece)] = piece
            count += len(piece)
        return count

    @micropython.native
    def _first_data(self, buf, wanted):
        data = self._some(wanted)
        if not data:
            return None if data is None else 0
        compute, self._on_first_data = self._on_first_data, None
        verdict = compute()
        buf[: len(data)] = data
        return verdict or len(data)

    @micropython.native
    def write(self, buf, *_size):
        """Write; return the count, None when it would have to wait."""
        try:
            return self.send(buf)
        except OSError as error:
            if error.errno != EAGAIN:
                raise error
        return None

    @micropython.native
    def _begin_tls(self, compute, ballast):
        """Carry a session: `compute` at the peer's first bytes, its memory until close()."""
        self._on_first_data = compute
        self._ballast = ballast

    @micropython.native
    def _end_tls(self):
        self._on_first_data = self._ballast = None

    @micropython.native
    def _ioctl(self, request, argument):
        """Stream protocol of poll() and tls."""
        if request == _IOCTL_FILENO:
            return self._fd
        if request == _IOCTL_POLL:
            self._check()
            return ready(self._fd, argument, 0)
        if request == _IOCTL_CLOSE:
            self.close()
            return 0
        return -_EINVAL
