"""The air between virtual boards of one machine: ESP-NOW frames as UDP datagrams on the loopback interface.

Boards hear each other when the host has given them the same `air` (`espnow` in its settings); without one
a board is alone. A frame carries its channel and is heard on that channel only. What the radio does to frames
on their way is named in the host's settings, too, and decided by the receiver, from a seed of its own:

    {"air": "crossing", "loss": 0.1, "delay_ms": [2, 8], "duplicates": 0.05, "seed": 3}

Every board listens on 127.x.y.z with x, y, z the last three bytes of its station address, so a send to a
board that does not run is refused by the kernel, which stands for the missing acknowledgement. A broadcast
goes to 127.255.255.255 and is never acknowledged, as on the radio.
"""

from errno import EAGAIN

import micropython
import usocket as _os_socket

import _air
import _radio
import _ticker
from _silicon import libc, now
from _wlan import channel_now

_FIRST_PORT = 20_000  # below those that the kernel gives away
_PORTS = 8_000
_RSSI_DBM = -50
_HEADER = 11  # air (4), channel (1), address of the sender (6)
_SO_REUSEADDR = 2
_SO_BROADCAST = 6
_SOL_SOCKET = 1
_AF_INET = 2
_DGRAM_NONBLOCK = 0o4002
_EVERYONE = "127.255.255.255"

_socket = libc.func("i", "socket", "iii")
_bind = libc.func("i", "bind", "ipI")
_setsockopt = libc.func("i", "setsockopt", "iiipI")
_sendto = libc.func("i", "sendto", "ipIipI")
_close = libc.func("i", "close", "i")
_ONE = bytearray(b"\x01\0\0\0")

_ears = []  # file descriptors: own address, everyone's
_header = bytearray(_HEADER)
_everyone = bytearray(16)
_dice = bytearray(4)
_delayed = []  # (due us, sender, message, time of arrival), in the order of arrival


@micropython.native
def _settings():
    return _radio.espnow()


@micropython.viper
def _hash(text, n: int) -> int:
    """A number of 30 bits for a name of `n` bytes (FNV)."""
    data = ptr8(text)
    found = 0x011C9DC5
    i = 0
    while i < n:
        found = (found ^ data[i]) * 0x01000193
        i += 1
    return found & 0x3FFFFFFF


@micropython.viper
def _roll() -> int:
    """The next of the dice's numbers, 0..9999."""
    p = ptr32(_dice)
    p[0] = p[0] * 1664525 + 1013904223
    return ((p[0] >> 8) & 0x7FFFFF) % 10000


@micropython.viper
def _seed(number: int):
    p = ptr32(_dice)
    p[0] = number * 7919 + 12345


@micropython.native
def _sockaddr(host, port):
    parts = [int(part) for part in host.split(".")]
    return bytearray([_AF_INET, 0, port >> 8, port & 255] + parts + [0] * 8)


@micropython.native
def _port(air):
    return _FIRST_PORT + air % _PORTS


@micropython.native
def _host_of(mac):
    """Return the loopback address that stands for a station address; 127.0.0.1 itself is never used."""
    return "127.%d.%d.%d" % (mac[3] | 0x40, mac[4], mac[5])


@micropython.native
def _bound(host, port):
    fd = _socket(_AF_INET, _DGRAM_NONBLOCK, 0)
    _setsockopt(fd, _SOL_SOCKET, _SO_REUSEADDR, _ONE, 4)
    _setsockopt(fd, _SOL_SOCKET, _SO_BROADCAST, _ONE, 4)
    if _bind(fd, _sockaddr(host, port), 16):
        raise OSError("the air's port %d is taken" % port)
    return fd


@micropython.native
def open(mac):
    """Start to listen as the station `mac`, where the host has given the board an air."""
    settings = _settings()
    if "air" not in settings:
        return
    name = settings["air"].encode()
    air = _hash(name, len(name))
    for i in range(4):
        _header[i] = air >> 8 * i & 255
    _header[5:] = mac
    _seed(settings.get("seed", 0) * 1000 + mac[5])
    _everyone[:] = _sockaddr(_EVERYONE, _port(air))
    _ears[:] = [_bound(_host_of(mac), _port(air)), _bound(_EVERYONE, _port(air))]
    _ticker.hear(_ears[0], _ears[1])


@micropython.native
def close(_mac):
    """Stop to listen."""
    if _ears:
        _ticker.hear(-1, -1)
    for fd in _ears:
        _close(fd)
    _ears.clear()
    _delayed.clear()
    _air.set_due(0, 0)


@micropython.native
def send(mac, data):
    """Send one frame; return True when acknowledged (a broadcast always is)."""
    channel = channel_now()
    if not _ears or not channel:
        return mac[0] & 1 == 1
    _header[4] = channel
    if mac[0] & 1:
        _sendto(_ears[0], _header + data, _HEADER + len(data), 0, _everyone, 16)
        return True
    return _send_to_one(_host_of(mac), data)


@micropython.native
def _send_to_one(host, data):
    """False when the kernel reports that nobody listens there: after the loopback has answered."""
    sock = _os_socket.socket(_os_socket.AF_INET, _os_socket.SOCK_DGRAM)
    try:
        port = _everyone[2] << 8 | _everyone[3]
        sock.connect(_os_socket.getaddrinfo(host, port)[0][-1])
        sock.send(_header + data)
        sock.setblocking(False)
        sock.recv(1)
    except OSError as error:
        return error.errno == EAGAIN
    finally:
        sock.close()
    return True


@micropython.native
def poll(receive):
    """Call receive(sender, message, rssi, us of arrival) for every frame that has come through the air."""
    if not _ears:
        return
    while True:
        slot = _air.taken()
        if slot < 0:
            break
        _come(slot, receive)
        _air.free()
    if _delayed:
        _let_through(receive)


@micropython.native
def _come(slot, receive):
    frame, size = _air.slots[slot], _air.word(_air.sizes, slot)
    if size <= _HEADER or frame[:4] != _header[:4] or frame[4] != channel_now():
        return
    sender = bytes(frame[5:_HEADER])
    if sender == _header[5:]:
        return
    settings = _settings()
    if _roll() < settings.get("loss", 0) * 10_000:
        return
    message, us = bytes(frame[_HEADER:size]), _air.word(_air.times, slot)
    times = 2 if _roll() < settings.get("duplicates", 0) * 10_000 else 1
    for _ in range(times):
        if "delay_ms" in settings:
            least, most = settings["delay_ms"]
            late_us = 1000 * least + (most - least) * _roll() // 10
            _delayed.append(((us + late_us) & 0x3FFFFFFF, sender, message))
        else:
            receive(sender, message, _RSSI_DBM, us)


@micropython.native
def _let_through(receive):
    """Those whose delay is over; note when the next one's will be."""
    later, next_us = [], 0
    at_us = now()
    for entry in _delayed:
        left = ((entry[0] - at_us + 0x20000000) & 0x3FFFFFFF) - 0x20000000
        if left <= 0:
            receive(entry[1], entry[2], _RSSI_DBM, entry[0])
        else:
            if not later or left < next_us:
                next_us = left
            later.append(entry)
    _delayed[:] = later
    _air.set_due(1 if later else 0, (at_us + next_us) & 0x3FFFFFFF)
