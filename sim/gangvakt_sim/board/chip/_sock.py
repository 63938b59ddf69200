"""The chip's socket over a real socket of this machine (corpus: socket_facts).

Differences from a PC that firmware can trip over: waiting in steps of 100 ms in which no callback runs, ten
sockets at most, lwIP's error numbers, and a link that can be down (_blackhole).
"""

from errno import EAGAIN, EBADF, ECONNRESET, EHOSTUNREACH, EINPROGRESS, ENOTCONN, ETIMEDOUT

import micropython
import usocket

import _blackhole
import _chip
import _dns
import _link
import _sockstream as _stream
from _chk import as_buffer, as_float, as_int

_MAX_SOCKETS = 10
_ENFILE = 23
_STEP_MS = 100
_FOREVER = None
_POLL_IN = 1
_POLL_OUT = 4
_LINUX_EAGAIN = 11
_LINUX_EISCONN = 106
_STREAM = 1
_F_GETFD = 1

# Linux's number of an error: the chip's. A refused connection on localhost is a reset there.
_CHIP_ERRNO = {
    24: _ENFILE,
    32: ECONNRESET,
    98: 112,
    101: EHOSTUNREACH,
    103: 113,
    107: ENOTCONN,
    110: ETIMEDOUT,
    111: ECONNRESET,
    113: EHOSTUNREACH,
    114: 120,
    115: EINPROGRESS,
}
# The chip's option number: Linux's level and option.
_OPTIONS = {4: (1, 2), 32: (1, 6), 1: (6, 1)}
_IGNORED_OPTIONS = (3, 4107)

_open_fds = set()
_fcntl = _chip.libc.func("i", "fcntl", "iii")


@micropython.native
def _translated(error):
    return OSError(_CHIP_ERRNO.get(error.errno, error.errno))


@micropython.native
def _count_open():
    """Return how many sockets are open; one that was collected unclosed has lost its descriptor by now."""
    for fd in list(_open_fds):
        if _fcntl(fd, _F_GETFD, 0) < 0:
            _open_fds.discard(fd)
    return len(_open_fds)


class socket(_stream.Stream):
    """One TCP or UDP socket; waits for ever until told otherwise."""

    @micropython.native
    def __init__(self, family=2, kind=_STREAM, proto=0, *, _raw=None):
        as_int(family), as_int(proto)
        if _count_open() >= _MAX_SOCKETS:
            if _raw:
                _raw.close()
            raise OSError(_ENFILE)
        self._raw = _raw or usocket.socket(2, as_int(kind))
        self._is_stream = kind == _STREAM
        self._is_connected = _raw is not None or not self._is_stream
        self._retries = _FOREVER
        self._hole = None
        self._is_outside = False
        self._port = 0
        self._adopt()

    @micropython.native
    def _adopt(self):
        """Take the descriptor over; a file object closes it when this socket is collected, as on the chip."""
        self._raw.setblocking(False)
        self._fd = self._raw.fileno()
        self._owner = open(self._fd, "rb")  # noqa: SIM115
        _open_fds.add(self._fd)
        self._offer_ioctl()

    @micropython.native
    def __repr__(self):
        return "<socket>"

    # -- waiting and the link

    @micropython.native
    def _check(self):
        """Refuse a closed socket and let the link's state take effect."""
        if self._fd < 0:
            raise OSError(EBADF)
        if self._is_outside and _link.is_up() == (self._hole is not None):
            if self._hole:
                self._hole.release()
                self._hole = None
            else:
                self._hole = _blackhole.Blackhole(self._fd)

    @micropython.native
    def _attempt(self, events, call, *args):
        """Repeat `call` until it does not have to wait any more, or the time-out is over."""
        tries = 0
        while True:
            self._check()
            try:
                return call(*args)
            except OSError as error:
                if error.errno != _LINUX_EAGAIN:
                    raise _translated(error)
            if self._retries == 0 and not self._last_wait_ms:
                raise OSError(EAGAIN)
            _stream.ready(self._fd, events, _STEP_MS)
            _chip.pending()
            if self._retries is not _FOREVER:
                tries += 1
                if tries > self._retries:
                    return self._last_attempt(call, args)

    @micropython.native
    def _last_attempt(self, call, args):
        try:
            return call(*args)
        except OSError as error:
            if error.errno != _LINUX_EAGAIN:
                raise _translated(error)
        raise OSError(EAGAIN if self._retries == 0 else ETIMEDOUT)

    _last_wait_ms = 0

    @micropython.native
    def settimeout(self, value):
        """None waits for ever, 0 not at all; else in whole steps of 100 ms (0.05: one step, then EAGAIN)."""
        timeout_ms = None if value is None else int(as_float(value) * 1000)
        self._retries = _FOREVER if timeout_ms is None else max(0, timeout_ms) // _STEP_MS
        self._last_wait_ms = _STEP_MS if timeout_ms else 0

    @micropython.native
    def setblocking(self, flag):
        """True waits for ever, False not at all."""
        self.settimeout(None if flag else 0)

    # -- connections

    @micropython.native
    def bind(self, address):
        """Take a port of this machine's loopback interface."""
        self._check()
        pair = _dns.address_pair(address)
        try:
            self._raw.bind(_dns.bindable(pair))
        except OSError as error:
            raise _translated(error)
        self._port = pair[1]
        _dns.own_ports.append(self._port)

    @micropython.native
    def listen(self, backlog=1):
        """Accept connections from now on."""
        self._check()
        self._raw.listen(as_int(backlog))

    @micropython.native
    def accept(self):
        """Return (socket, (address, port)) of the next connection."""
        raw, peer = self._attempt(_POLL_IN, self._raw.accept)
        return socket(_raw=raw), _dns.shown(peer)

    @micropython.native
    def connect(self, address):
        """Connect to a port of this machine; without a link only the chip's own listeners are reachable."""
        self._check()
        pair = _dns.address_pair(address)
        where = _dns.reachable(pair)
        is_outside = self._is_stream and not _dns.is_own(pair)
        if is_outside and not _link.is_up() and _dns.is_served(where):
            raise OSError(EHOSTUNREACH)
        try:
            self._raw.connect(where)
        except OSError as error:
            self._finish_connect(error, where, is_outside)
        self._now_connected(is_outside)

    @micropython.native
    def _now_connected(self, is_outside):
        self._is_connected = True
        self._is_outside = is_outside

    @micropython.native
    def _finish_connect(self, error, where, is_outside):
        """Wait for a connection under way unless this socket does not wait."""
        if error.errno != 115:
            raise _translated(error)
        if self._retries == 0:
            self._now_connected(is_outside)
            raise OSError(EINPROGRESS)
        self._attempt(_POLL_OUT, self._connected, where)

    @micropython.native
    def _connected(self, where):
        """Raise EAGAIN while the connection is under way."""
        try:
            self._raw.connect(where)
        except OSError as error:
            if error.errno == 114:
                raise OSError(_LINUX_EAGAIN)
            if error.errno != _LINUX_EISCONN:
                raise error

    @micropython.native
    def close(self):
        """Close; a second time does nothing."""
        if self._fd < 0:
            return
        _open_fds.discard(self._fd)
        if self._port:
            _dns.own_ports.remove(self._port)
        self._fd = -1
        if self._hole:
            self._hole.drop()
        self._owner.close()
        self._hole = None
        self._end_tls()

    @micropython.native
    def fileno(self):
        """Return the descriptor."""
        return self._fd

    @micropython.native
    def makefile(self, *_mode):
        """A socket is its own stream."""
        return self

    @micropython.native
    def setsockopt(self, level, option, value):
        """Set what this machine has too; the rest is accepted or warned about, as on the chip."""
        self._check()
        option = as_int(option)
        if option in _OPTIONS:
            self._raw.setsockopt(_OPTIONS[option][0], _OPTIONS[option][1], as_int(value))
        elif option not in _IGNORED_OPTIONS:
            print("Warning: lwip.setsockopt() option not implemented")

    # -- data

    @micropython.native
    def _need_connection(self):
        if self._fd < 0:
            raise OSError(EBADF)
        if not self._is_connected:
            raise OSError(ENOTCONN)

    @micropython.native
    def recv(self, bufsize, *_flags):
        """Return up to `bufsize` bytes, none at the end; OSError on time-out."""
        self._need_connection()
        return self._attempt(_POLL_IN, self._raw.recv, as_int(bufsize))

    @micropython.native
    def recvfrom(self, bufsize, *_flags):
        """Return (bytes, (address, port)) of one datagram."""
        data, peer = self._attempt(_POLL_IN, self._raw.recvfrom, as_int(bufsize))
        return data, _dns.shown(peer)

    @micropython.native
    def send(self, data, *_flags):
        """Send; return how many bytes the time-out left room for."""
        self._need_connection()
        data = as_buffer(data)
        sent = self._attempt(_POLL_OUT, self._raw.send, data)
        while sent < len(data) and self._retries is _FOREVER:
            sent += self._attempt(_POLL_OUT, self._raw.send, data[sent:])
        return sent

    @micropython.native
    def sendall(self, data, *_flags):
        """Send everything or raise."""
        if self.send(data) < len(data):
            raise OSError(EAGAIN)

    @micropython.native
    def sendto(self, data, address):
        """Send one datagram."""
        self._check()
        pair = _dns.address_pair(address)
        where = _dns.reachable(pair)
        if not _dns.is_own(pair) and not _link.is_up():
            raise OSError(EHOSTUNREACH)
        return self._attempt(_POLL_OUT, self._raw.sendto, as_buffer(data), where)
