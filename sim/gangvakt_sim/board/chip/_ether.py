"""The air between virtual boards of one machine: ESP-NOW frames as UDP datagrams on the loopback interface.

Every board listens on 127.x.y.z with x, y, z the last three bytes of its station address, so a send to a
board that does not run is refused by the kernel, which stands for the missing acknowledgement. A broadcast
goes to 127.255.255.255 and is never acknowledged, as on the radio.
"""

from errno import EAGAIN

import micropython
import usocket as _os_socket

_PORT = 47147
_RSSI_DBM = -50
_MAX_FRAME = 1500
_SO_BROADCAST = 6
_SOL_SOCKET = 1
_BROADCAST = b"\xff" * 6
# A refused datagram is reported on the next call, after the loopback has answered.
_OWN_HEADER = 6

_ear = None
_shout_ear = None
_own_mac = None


@micropython.native
def _address(host, port=_PORT):
    return _os_socket.getaddrinfo(host, port)[0][-1]


@micropython.native
def _host_of(mac):
    """Return the loopback address that stands for a station address; 127.0.0.1 itself is never used."""
    return "127.%d.%d.%d" % (mac[3] | 0x40, mac[4], mac[5])


@micropython.native
def _bound(host):
    sock = _os_socket.socket(_os_socket.AF_INET, _os_socket.SOCK_DGRAM)
    sock.setsockopt(_SOL_SOCKET, _os_socket.SO_REUSEADDR, 1)
    sock.bind(_address(host))
    sock.setblocking(False)
    return sock


@micropython.native
def open(mac):
    """Start to listen as the station `mac`."""
    global _ear, _shout_ear, _own_mac
    _own_mac = bytes(mac)
    _ear = _bound(_host_of(mac))
    _shout_ear = _bound("127.255.255.255")


@micropython.native
def close(_mac):
    """Stop to listen."""
    global _ear, _shout_ear
    for sock in (_ear, _shout_ear):
        sock.close()
    _ear = _shout_ear = None


@micropython.native
def send(mac, data):
    """Send one frame; return True when acknowledged (a broadcast always is)."""
    sock = _os_socket.socket(_os_socket.AF_INET, _os_socket.SOCK_DGRAM)
    try:
        if mac[0] & 1:
            sock.setsockopt(_SOL_SOCKET, _SO_BROADCAST, 1)
            sock.sendto(_own_mac + data, _address("127.255.255.255"))
            return True
        sock.connect(_address(_host_of(mac)))
        sock.send(_own_mac + data)
        return _was_delivered(sock)
    finally:
        sock.close()


@micropython.native
def _was_delivered(sock):
    """Return False when the kernel has reported that nobody listens there."""
    sock.setblocking(False)
    try:
        sock.recv(1)
    except OSError as error:
        return error.errno == EAGAIN
    return True


@micropython.native
def poll(receive):
    """Call receive(sender, message, rssi) for every datagram that waits."""
    for sock in (_ear, _shout_ear):
        _drain(sock, receive)


@micropython.native
def _drain(sock, receive):
    while True:
        try:
            frame = sock.recv(_MAX_FRAME)
        except OSError:
            return
        sender = frame[:_OWN_HEADER]
        if sender != _own_mac:
            receive(sender, frame[_OWN_HEADER:], _RSSI_DBM)
