"""A TLS session in virtual time: its stall, its memory and its verdicts, without the cryptography."""

import io as _io
from errno import EAGAIN

import micropython

import _chip
import _idfheap
from _tlsmodel import ALLOC_FAILED, ERROR_NAMES, SESSION_BYTES

_OWN_BYTES = 2500  # what the interpreter's session takes itself where there is one
_CONN_EOF = -0x7280
_NEW, _HELLO, _DONE = 0, 1, 2
_POLLIN = 1


class _Session(_io.IOBase):
    @micropython.native
    def __init__(self, sock, handshake):
        self._sock, self._handshake = sock, handshake
        self._phase = _NEW
        self.ioctl = self._ioctl

    @micropython.native
    def _settled(self):
        """Whether the handshake is over; OSError when it failed."""
        if self._phase == _DONE:
            return True
        if self._phase == _NEW:
            self._phase = _HELLO
            self._sock.begin_handshake()
        if self._sock.waiting():
            self._judge(self._sock.take(1)[0])
            return True
        if self._sock._something():
            raise OSError(_CONN_EOF, ERROR_NAMES[_CONN_EOF])
        return False

    @micropython.native
    def _judge(self, word):
        """The server's first bytes have come: the chip computes."""
        own = self._handshake()
        verdict = -(word << 7) if word else own
        if verdict:
            raise OSError(verdict, ERROR_NAMES.get(verdict, str(verdict)))
        self._phase = _DONE

    @micropython.native
    def complete(self):
        while not self._settled():
            _chip.idle(10_000)

    @micropython.native
    def setblocking(self, flag):
        self._sock.setblocking(flag)

    @micropython.native
    def read(self, size=-1):
        return self._sock.read(size) if self._settled() else None

    @micropython.native
    def readinto(self, buf, size=-1):
        return self._sock.readinto(buf, size) if self._settled() else None

    @micropython.native
    def readline(self, limit=-1):
        return self._sock.readline(limit) if self._settled() else None

    @micropython.native
    def write(self, buf, *size):
        if not self._settled():
            return None
        try:
            return self._sock.send(buf)
        except OSError as error:
            if error.errno != EAGAIN:
                raise error
        return None

    @micropython.native
    def close(self):
        self._sock.close()

    @micropython.native
    def _ioctl(self, request, argument):
        if request == 3 and self._phase == _HELLO:
            # Both directions wait for the server's first bytes.
            return argument if self._sock._ioctl(3, _POLLIN) else 0
        return self._sock._ioctl(request, argument)


@micropython.native
def wrap(context, sock, handshake, *, do_handshake_on_connect=True, **options):
    """See the module of the same name of the other chip."""
    try:
        sock._begin_tls(None, _idfheap.take(SESSION_BYTES + _OWN_BYTES))
    except MemoryError:
        raise OSError(ALLOC_FAILED, ERROR_NAMES[ALLOC_FAILED])
    session = _Session(sock, handshake)
    if do_handshake_on_connect:
        session.complete()
    return session
