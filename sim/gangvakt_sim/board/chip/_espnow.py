"""The C part of ESP-NOW: ESPNowBase with the image's checks, limits and error numbers (corpus: espnow_args).

Frames leave through _ether (other virtual boards on this machine, over the loopback interface).
"""

import _queue
import io as _io
from time import sleep_ms, ticks_add, ticks_diff, ticks_ms

import micropython

import _ether
import _radio
import _sources
from _chk import as_buffer, as_int, no_name
from _silicon import now

MAX_DATA_LEN = 250
ADDR_LEN = 6
KEY_LEN = 16
MAX_TOTAL_PEER_NUM = 20
MAX_ENCRYPT_PEER_NUM = 6

_NOT_INIT = (-12389, "ESP_ERR_ESPNOW_NOT_INIT")
_ARG = (-12390, "ESP_ERR_ESPNOW_ARG")
_FULL = (-12392, "ESP_ERR_ESPNOW_FULL")
_NOT_FOUND = (-12393, "ESP_ERR_ESPNOW_NOT_FOUND")
_EXIST = (-12395, "ESP_ERR_ESPNOW_EXIST")

# The radio library takes up to 1470 bytes and 7 encrypted peers, more than the module's constants say.
_SEND_MAX = 1470
_ENCRYPTED_MAX = 7
_NO_KEY = bytes(KEY_LEN)
_DEFAULT_RXBUF = 526
_DEFAULT_TIMEOUT_MS = 300000
# A stored frame costs its data, the address and a header of 7 bytes; the ring loses one more byte.
_FRAME_OVERHEAD = 13
_PEER_FIELDS = ("lmk", "channel", "ifidx", "encrypt")
_KEY, _CHANNEL, _IFIDX, _ENCRYPT = 0, 1, 2, 3


class _State:
    """What the C singleton holds; every ESPNowBase shows the same one."""

    active = False
    peers = []  # [address, key, channel, interface, encrypted]
    frames = []  # (sender, message, rssi, ms)
    ring = None  # what the driver's buffer takes of the heap
    stored_bytes = 0
    stats = [0, 0, 0, 0, 0]
    rxbuf = _DEFAULT_RXBUF
    timeout_ms = _DEFAULT_TIMEOUT_MS
    callback = None
    callback_arg = None
    table = {}


@micropython.native
def _esp_error(error):
    raise OSError(*error)


@micropython.native
def _need_active():
    if not _State.active:
        _esp_error(_NOT_INIT)


@micropython.native
def _peer(mac):
    """Return the record of `mac`; OSError when unknown."""
    for record in _State.peers:
        if record[0] == mac:
            return record
    _esp_error(_NOT_FOUND)


@micropython.native
def _update(record, args, named):
    """Apply lmk, channel, ifidx, encrypt (positional or named; None leaves a value) to a peer record."""
    values = list(args) + [None] * (4 - len(args))
    for key in named:
        if key not in _PEER_FIELDS:
            raise TypeError("extra keyword arguments given")
        values[_PEER_FIELDS.index(key)] = named[key]
    if values[_KEY] is not None:
        record[4] = bool(values[_KEY])
        if record[4]:
            record[1] = bytes(as_buffer(values[_KEY], KEY_LEN))
    if values[_CHANNEL] is not None:
        record[2] = as_int(values[_CHANNEL])
    if values[_IFIDX] is not None:
        record[3] = as_int(values[_IFIDX])
    if values[_ENCRYPT] is not None:
        record[4] = bool(values[_ENCRYPT])


@micropython.native
def _shown(record):
    mac, key, channel, interface, encrypted = record
    return (mac, key if encrypted else _NO_KEY, channel, interface, encrypted)


@micropython.native
def _encrypted_count():
    return sum(1 for record in _State.peers if record[4])


@micropython.native
def _receive(sender, message, rssi, us):
    """Store a frame that arrived at `us`; drop and count it when the buffer is full."""
    size = len(message) + _FRAME_OVERHEAD
    if _State.stored_bytes + size >= _State.rxbuf:
        _State.stats[4] += 1
        return
    _State.stored_bytes += size
    _State.stats[3] += 1
    ago_ms = ((now() - us) & 0x3FFFFFFF) // 1000
    _State.frames.append((sender, message, rssi, ticks_add(ticks_ms(), -ago_ms)))
    if _State.callback is not None:
        _queue.enqueue(_State.callback, _State.callback_arg)  # a full queue drops it silently


@micropython.native
def _poll_ether():
    _ether.poll(_receive)


@micropython.native
def _targets(mac):
    """Return the addresses a send goes to: one known peer, or every unicast peer when mac is None."""
    if mac is not None:
        return [_peer(mac)[0]]
    everyone = [record[0] for record in _State.peers if not record[0][0] & 1]
    if not everyone:
        _esp_error(_NOT_FOUND)
    return everyone


class ESPNowBase(_io.IOBase):
    """The methods of the C class; espnow.ESPNow adds recv(), irecv() and iteration."""

    def __getattr__(self, name):
        if name == "peers_table":
            return _State.table
        raise AttributeError("'ESPNow' object has no attribute '%s'" % name)

    @micropython.native
    def __init__(self):
        # poll() looks for the name ioctl, which the class of the chip does not have: so it is the instance's.
        self.ioctl = self._ioctl

    @micropython.native
    def active(self, *is_active):
        """Get or set whether ESP-NOW is started; stopping forgets peers and frames."""
        if is_active and bool(is_active[0]) != _State.active:
            _State.active = bool(is_active[0])
            _State.peers.clear()
            _State.frames.clear()
            _State.stored_bytes = 0
            _State.ring = bytearray(_State.rxbuf) if _State.active else None
            _sources.radio_handler[0] = _poll_ether if _State.active else None
            (_ether.open if _State.active else _ether.close)(_radio.mac(0))
        return _State.active

    @micropython.native
    def config(self, *query, **values):
        """Get rxbuf or timeout_ms, or set them, rate and pm."""
        for key, value in values.items():
            if key not in ("rxbuf", "timeout_ms", "rate", "pm"):
                raise TypeError("extra keyword arguments given")
            if key in ("rxbuf", "timeout_ms"):
                setattr(_State, key, as_int(value))
        if not query:
            return None
        if query[0] in ("rxbuf", "timeout_ms"):
            return getattr(_State, query[0])
        raise ValueError("unknown config param")

    @micropython.native
    def irq(self, callback, arg=None):
        """Have `callback(arg)` scheduled when a frame has arrived."""
        if callback is not None and not callable(callback):
            raise ValueError("invalid handler")
        _State.callback, _State.callback_arg = callback, arg

    @micropython.native
    def stats(self):
        """Return (sent, responses, failures, received, dropped)."""
        return tuple(_State.stats)

    @micropython.native
    def set_pmk(self, key):
        """Set the primary key, 16 bytes; frames between virtual boards are not encrypted."""
        as_buffer(key, KEY_LEN)
        _need_active()

    @micropython.native
    def any(self):
        """Return True when a frame waits."""
        _need_active()
        _poll_ether()
        return bool(_State.frames)

    @micropython.native
    def recvinto(self, buffers, timeout_ms=None):
        """Wait for a frame and put sender and message into `buffers`; return its length, 0 on time-out."""
        _need_active()
        wait_ms = _State.timeout_ms if timeout_ms is None else as_int(timeout_ms)
        if not isinstance(buffers, list) or len(buffers) < 2:
            raise ValueError("ESPNow.recvinto(): Invalid argument")
        begin_ms = ticks_ms()
        _poll_ether()
        while not _State.frames:
            if 0 <= wait_ms <= ticks_diff(ticks_ms(), begin_ms):
                return 0
            sleep_ms(1)
            _poll_ether()
        return self._take(buffers)

    @micropython.native
    def _take(self, buffers):
        sender, message, rssi, at_ms = _State.frames.pop(0)
        _State.stored_bytes -= len(message) + _FRAME_OVERHEAD
        _State.table[sender] = [rssi, at_ms]
        buffers[0] = sender
        buffers[1][:] = message
        if len(buffers) >= 4:
            buffers[2], buffers[3] = rssi, at_ms
        return len(message)

    @micropython.native
    def send(self, *args):
        """send(mac, message[, sync]) or send(message): True unless a peer did not acknowledge."""
        _need_active()
        mac = bytes(as_buffer(args[0], ADDR_LEN)) if len(args) > 1 and args[0] else None
        message = args[1] if len(args) > 1 else args[0]
        sync = len(args) < 3 or args[2] is None or bool(args[2])
        data = bytes(as_buffer(message))
        targets = _targets(mac)
        if not 0 < len(data) <= _SEND_MAX:
            _esp_error(_ARG)
        lost = sum(1 for target in targets if not _ether.send(target, data))
        _State.stats[0] += len(targets)
        _State.stats[1] += len(targets)
        _State.stats[2] += lost
        return not (sync and lost)

    @micropython.native
    def add_peer(self, mac, *args, **named):
        """Register a peer; lmk, channel, ifidx and encrypt may follow."""
        mac = bytes(as_buffer(mac, ADDR_LEN))
        record = [mac, _NO_KEY, 0, 0, False]
        _update(record, args, named)
        if not _State.active:
            _radio.need_wifi_driver()
            _esp_error(_NOT_INIT)
        if any(known[0] == mac for known in _State.peers):
            _esp_error(_EXIST)
        if len(_State.peers) >= MAX_TOTAL_PEER_NUM or (record[4] and _encrypted_count() >= _ENCRYPTED_MAX):
            _esp_error(_FULL)
        _State.peers.append(record)

    @micropython.native
    def mod_peer(self, mac, *args, **named):
        """Change values of a registered peer."""
        _need_active()
        _update(_peer(bytes(as_buffer(mac, ADDR_LEN))), args, named)

    @micropython.native
    def get_peer(self, mac):
        """Return (mac, lmk, channel, ifidx, encrypt) of a registered peer."""
        _need_active()
        return _shown(_peer(bytes(as_buffer(mac, ADDR_LEN))))

    @micropython.native
    def del_peer(self, mac):
        """Forget a registered peer."""
        _need_active()
        _State.peers.remove(_peer(bytes(as_buffer(mac, ADDR_LEN))))

    @micropython.native
    def get_peers(self):
        """Return the records of all unicast peers."""
        _need_active()
        return tuple(_shown(record) for record in _State.peers if not record[0][0] & 1)

    @micropython.native
    def peer_count(self):
        """Return (all peers, encrypted peers)."""
        _need_active()
        return (len(_State.peers), _encrypted_count())

    @micropython.native
    def _ioctl(self, request, flags):
        """Stream protocol for poll(): readable when a frame waits, always writable."""
        if request != 3:
            return -22
        return (flags & 4) | (flags & 1 if self.any() else 0)


__getattr__ = no_name
