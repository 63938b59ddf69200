"""MQTT 3.1.1 for a client: packets to bytes and bytes to packets, bounded; no socket here.

What a server may send this client: CONNACK, PUBLISH (QoS 0 or 1), PUBACK, SUBACK, PINGRESP. Anything else is
malformed (QoS 2 is never asked for, nothing is unsubscribed). What opens a connection stands in
`mqtt_opening`.
"""

from sign.compat import const

CONNACK = const(2)
PUBLISH = const(3)
PUBACK = const(4)
SUBACK = const(9)
PINGRESP = const(13)

PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"

MAX_REMAINING = const(268_435_455)  # four bytes of seven bits
MAX_STRING = const(65_535)
_HEAD_BYTES = const(192)  # kept of a packet that is passed over: topic and packet id, to acknowledge it
_COPIED_BYTES = const(640)


class MqttError(ValueError):
    """Bytes or arguments outside MQTT 3.1.1: `field`, `value` and what is `allowed`."""

    def __init__(self, field, value, allowed):
        super().__init__("mqtt %s %s: allowed %s" % (field, value, allowed))
        self.field = field
        self.value = value
        self.allowed = allowed


def publish_head(topic, payload_len, qos=0, retain=False, packet_id=0, dup=False):
    """PUBLISH without its payload, for a payload that is sent from where it lies."""
    check("qos", qos, 0, 1)
    head = checked_topic(topic)
    if qos:
        head += checked_id(packet_id)
    first = 0x30 | qos << 1 | (1 if retain else 0) | (8 if dup and qos else 0)
    return bytes((first,)) + _remaining(len(head) + payload_len) + head


def puback(packet_id):
    """PUBACK for a PUBLISH of QoS 1."""
    return packet(0x40, checked_id(packet_id))


class Decoder:
    """Takes bytes as they come and returns whole packets as tuples.

    (PUBLISH, topic, payload, qos, retain, dup, packet_id), (PUBACK, packet_id), (PINGRESP,), and as they are,
    for `mqtt_opening`, (CONNACK, body), (SUBACK, body). A large payload is a memoryview, since there may be
    no room for its copy. A PUBLISH beyond the bound, or for which there is no memory, is passed over, for a
    retained one would come again with each session: its payload is None. After an MqttError the connection is
    useless: drop it, and this decoder with it.
    """

    def __init__(self, max_packet=4096):
        """`max_packet` bounds what is kept of what follows the fixed header, in bytes."""
        self._max = max_packet
        self._start()

    def feed(self, data, n=None):
        """Packets completed by `data[:n]`; MqttError on anything malformed."""
        packets = []
        at, end = 0, len(data) if n is None else n
        while at < end:
            if self._need < 0:
                self._head(data[at])
                at += 1
            else:
                take = min(end - at, self._need - self._held)
                self._keep(data, at, take)
                self._held += take
                at += take
            if self._need == self._held:
                packets.append(_parse(self._first, memoryview(self._body), self._need))
                self._start()
        return packets

    def _start(self):
        self._body = None
        self._first = -1
        self._need = -1
        self._held = self._length = self._shift = 0

    def _head(self, byte):
        if self._first < 0:
            _check_first(byte)
            self._first = byte
            return
        self._length |= (byte & 0x7F) << self._shift
        if not byte & 0x80:
            self._begin_body()
        elif self._shift == 21:
            raise MqttError("remaining length", "5 bytes", "1..4 bytes")
        self._shift += 7

    def _begin_body(self):
        """Room for this packet alone: a buffer for the largest would stand beside every session."""
        length = self._length
        if length > self._max and self._first >> 4 != PUBLISH:
            raise MqttError("remaining length", length, "..%d" % self._max)
        try:
            self._body = bytearray(length if length <= self._max else min(length, _HEAD_BYTES))
        except MemoryError:
            self._body = bytearray(min(length, _HEAD_BYTES))
        self._need = length

    def _keep(self, data, at, take):
        room = min(take, len(self._body) - self._held)
        if room > 0:
            self._body[self._held : self._held + room] = memoryview(data)[at : at + room]


_FIXED = {0x20: 2, 0x40: 2, 0xD0: 0}  # first byte -> exact length of the rest


def _check_first(byte):
    if byte >> 4 == PUBLISH:
        if byte & 0x06 > 0x02:
            raise MqttError("qos", byte >> 1 & 3, "0..1")
    elif byte not in _FIXED and byte != 0x90:
        raise MqttError("packet type", "0x%02x" % byte, "a packet that servers send")


def _parse(first, body, length):
    if first >> 4 == PUBLISH:
        return _parse_publish(first, body, length)
    kind = first >> 4
    if first in _FIXED and len(body) != _FIXED[first]:
        raise MqttError("remaining length", len(body), _FIXED[first])
    if kind == PINGRESP:
        return (PINGRESP,)
    if kind == PUBACK:
        return PUBACK, read_id(body, 0)
    return kind, bytes(body)


def _parse_publish(first, body, length):
    if len(body) < 2:
        raise MqttError("topic length", "missing", "2 bytes")
    at = 2 + (body[0] << 8 | body[1])
    qos = first >> 1 & 3
    if at + 2 * qos > len(body):
        raise MqttError("topic length", at - 2, "..%d" % (len(body) - 2 - 2 * qos))
    topic = _text("topic", body[2:at])
    if not topic or "+" in topic or "#" in topic or "\0" in topic:
        raise MqttError("topic", topic[:40], "a name without wildcards")
    packet_id = read_id(body, at) if qos else 0
    payload = _payload(body[at + 2 * qos :]) if length == len(body) else None
    return PUBLISH, topic, payload, qos, bool(first & 1), bool(first & 8), packet_id


def _payload(rest):
    """What handlers get; None where there is no room for a copy."""
    if len(rest) > _COPIED_BYTES:
        return rest
    try:
        return bytes(rest)
    except MemoryError:
        return None


def read_id(body, at):
    """The packet id at a place of a packet's body."""
    return checked("packet id", body[at] << 8 | body[at + 1], 1, 65_535)


def _text(field, data):
    try:
        return str(data, "utf-8")
    except (UnicodeError, ValueError):
        raise MqttError(field, bytes(data[:20]), "UTF-8") from None


def packet(first, body):
    """A packet of that first byte."""
    return bytes((first,)) + _remaining(len(body)) + body


def _remaining(length):
    check("remaining length", length, 0, MAX_REMAINING)
    out = b""
    while length > 0x7F:
        out += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return out + bytes((length,))


def checked_topic(topic):
    """A topic's name as a packet holds it."""
    if not topic or "+" in topic or "#" in topic or "\0" in topic:
        raise MqttError("topic", topic, "a name without wildcards")
    return string("topic", topic)


def string(field, value):
    """Text or bytes after their length; `field` is what a refusal calls it."""
    data = _utf8(value)
    check(field + " length", len(data), 0, MAX_STRING)
    return u16(len(data)) + data


def _utf8(value):
    return value.encode() if isinstance(value, str) else value


def checked_id(packet_id):
    """A packet id as a packet holds it."""
    return u16(checked("packet id", packet_id, 1, 65_535))


def u16(value):
    """Two bytes, the high one first."""
    return bytes((value >> 8, value & 0xFF))


def checked(field, value, low, high):
    """`value`, if it is within the bounds."""
    check(field, value, low, high)
    return value


def check(field, value, low, high):
    """MqttError when `value` is out of bounds."""
    if not low <= value <= high:
        raise MqttError(field, value, "%d..%d" % (low, high))
