"""The chip's socket in virtual time: what is sent goes to the host, what comes waits in the shared memory."""

from errno import EAGAIN, EBADF, EHOSTUNREACH, EINPROGRESS, ENOTCONN, ETIMEDOUT

import micropython

import _chip
import _dns
import _link
import _regs as R
import _sockstream as _stream
from _chk import as_buffer, as_float, as_int
from _wait import call_host

_ENFILE = 23
_STEP_MS = 100
_STREAM = 1
_FOREVER = None
_PIECE = R.NET_TX_SIZE
POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16


@micropython.native
def dotted(address):
    """A dotted address as one small number; the first byte says only whether it leads anywhere."""
    a, b, c, d = [int(part) for part in address.split(".")]
    return ((a == 127) << 24) | b << 16 | c << 8 | d


@micropython.native
def ask(what, *arguments):
    """Let the host do something; the last argument it gets is whether the link is up."""
    at = R.V_ARG
    for argument in arguments:
        _chip.put(at, argument)
        at += 1
    _chip.put(at, 1 if _link.is_up() else 0)
    call_host(what)


class socket(_stream.Stream):
    """One TCP or UDP socket; waits for ever until told otherwise."""

    @micropython.native
    def __init__(self, family=2, kind=_STREAM, proto=0):
        as_int(family), as_int(proto)
        self._is_stream = kind == _STREAM
        self._fd = self._free_place()
        self._word = R.N_SOCKET + R.N_WORDS * self._fd
        self._ring = R.NET_RX_BYTE + R.NET_RX_SIZE * self._fd
        self._retries = _FOREVER
        for field in (R.N_HEAD, R.N_TAIL, R.N_ERROR):
            _chip.put(self._word + field, 0)
        _chip.put(self._word + R.N_STATE, R.N_ENDED if self._is_stream else R.N_OPEN)
        self._is_connected = not self._is_stream
        self._offer_ioctl()

    @micropython.native
    def _free_place(self):
        for place in range(R.N_SOCKETS):
            if _chip.get(R.N_SOCKET + R.N_WORDS * place + R.N_STATE) == R.N_FREE:
                return place
        raise OSError(_ENFILE)

    @micropython.native
    def __repr__(self):
        return "<socket>"

    @micropython.native
    def _check(self):
        if self._fd < 0:
            raise OSError(EBADF)

    @micropython.native
    def _state(self):
        return _chip.get(self._word + R.N_STATE)

    @micropython.native
    def waiting(self):
        """Bytes that came and can be read; none while the link is down."""
        count = (_chip.get(self._word + R.N_HEAD) - _chip.get(self._word + R.N_TAIL)) & 0x3FFFFFFF
        return count if count and _link.is_up() else 0

    @micropython.native
    def settimeout(self, value):
        timeout_ms = None if value is None else int(as_float(value) * 1000)
        self._retries = _FOREVER if timeout_ms is None else max(0, timeout_ms) // _STEP_MS

    @micropython.native
    def setblocking(self, flag):
        self.settimeout(None if flag else 0)

    @micropython.native
    def _await(self, done):
        """Wait until `done()`, as long as this socket waits."""
        tries = 0
        while not done():
            if self._retries is not _FOREVER and tries >= self._retries:
                raise OSError(EAGAIN if self._retries == 0 else ETIMEDOUT)
            tries += 1
            _chip.idle(_STEP_MS * 1000)

    # -- connections

    @micropython.native
    def connect(self, address):
        self._check()
        host, port = _dns.address_pair(address)
        where = dotted(host)
        if not where >> 24:
            raise OSError(EHOSTUNREACH)
        self._is_connected = True
        _chip.put(self._word + R.N_STATE, R.N_CONNECTING)
        ask(R.V_CALL_CONNECT, self._fd, where, port)
        if self._retries == 0:
            raise OSError(EINPROGRESS)
        self._await(lambda: self._state() != R.N_CONNECTING)
        if self._state() == R.N_FAILED:
            raise OSError(_chip.get(self._word + R.N_ERROR))

    @micropython.native
    def bind(self, address):
        self._check()

    @micropython.native
    def close(self):
        if self._fd >= 0:
            ask(R.V_CALL_CLOSE, self._fd)
            _chip.put(self._word + R.N_STATE, R.N_FREE)
            self._fd = -1
            self._end_tls()

    @micropython.native
    def fileno(self):
        return self._fd

    @micropython.native
    def makefile(self, *_mode):
        return self

    @micropython.native
    def setsockopt(self, level, option, value):
        self._check()

    # -- data

    @micropython.native
    def _need_connection(self):
        self._check()
        if not self._is_connected:
            raise OSError(ENOTCONN)

    @micropython.native
    def take(self, count):
        """`count` bytes of those that wait."""
        tail = _chip.get(self._word + R.N_TAIL)
        at = tail % R.NET_RX_SIZE
        first = min(count, R.NET_RX_SIZE - at)
        data = bytes(_chip.ram[self._ring + at : self._ring + at + first])
        if first < count:
            data += bytes(_chip.ram[self._ring : self._ring + count - first])
        _chip.put(self._word + R.N_TAIL, (tail + count) & 0x3FFFFFFF)
        return data

    @micropython.native
    def _something(self):
        return self.waiting() or self._state() in (R.N_ENDED, R.N_FAILED)

    @micropython.native
    def recv(self, bufsize, *_flags):
        self._need_connection()
        self._await(self._something)
        if not self._is_stream:
            return self._datagram()[0]
        count = min(self.waiting(), as_int(bufsize))
        if not count and self._state() == R.N_FAILED:
            raise OSError(_chip.get(self._word + R.N_ERROR))
        return self.take(count)

    @micropython.native
    def recvfrom(self, bufsize, *_flags):
        self._check()
        self._await(self._something)
        return self._datagram()

    @micropython.native
    def _datagram(self):
        head = self.take(4)
        return self.take(head[0] | head[1] << 8), ("127.0.0.1", head[2] | head[3] << 8)

    @micropython.native
    def send(self, data, *_flags):
        self._need_connection()
        state = self._state()
        if state == R.N_CONNECTING:
            raise OSError(EAGAIN)
        if state != R.N_OPEN:
            raise OSError(_chip.get(self._word + R.N_ERROR) or 104)
        data = memoryview(as_buffer(data))[:_PIECE]
        _chip.ram[R.NET_TX_BYTE : R.NET_TX_BYTE + len(data)] = data
        ask(R.V_CALL_SEND, self._fd, len(data))
        return len(data)

    @micropython.native
    def begin_handshake(self):
        """The client's first words of TLS are on their way."""
        ask(R.V_CALL_HELLO, self._fd)

    @micropython.native
    def sendall(self, data, *_flags):
        data = memoryview(as_buffer(data))
        while data:
            data = data[self.send(data) :]

    @micropython.native
    def sendto(self, data, address):
        self._check()
        host, port = _dns.address_pair(address)
        if not _link.is_up():
            raise OSError(EHOSTUNREACH)
        data = as_buffer(data)
        _chip.ram[R.NET_TX_BYTE : R.NET_TX_BYTE + len(data)] = data
        ask(R.V_CALL_DATAGRAM, self._fd, dotted(host), port, len(data))
        return len(data)

    @micropython.native
    def _ioctl(self, request, argument):
        if request == 4:
            self.close()
            return 0
        if request != 3:
            return -22  # it has no descriptor that the interpreter could poll
        self._check()
        state = self._state()
        found = 0
        if state == R.N_OPEN:
            found = POLLOUT
        elif state == R.N_FAILED:
            found = POLLIN | POLLOUT | POLLERR | POLLHUP
        elif state == R.N_ENDED:
            found = POLLIN | POLLHUP
        if self.waiting():
            found |= POLLIN
        return found & (argument | POLLERR | POLLHUP)
