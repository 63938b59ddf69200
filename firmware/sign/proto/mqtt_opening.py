"""The first packets of an MQTT connection, each way: a client needs them only until it may subscribe."""

from sign.compat import const
from sign.proto.mqtt import MqttError, check, checked, checked_id, checked_topic, packet, read_id, string, u16

SUBACK_REFUSED = const(0x80)
_CLEAN = const(0x02)
_WILL = const(0x04)


def connect(client_id, keepalive_s=30, clean=False, will=None):
    """CONNECT; `will` is (topic, payload, qos, retain)."""
    check("keepalive_s", keepalive_s, 0, 65_535)
    flags = _CLEAN if clean else 0
    payload = string("client_id", client_id)
    if will:
        topic, message, qos, retain = will
        check("will qos", qos, 0, 1)
        flags |= _WILL | qos << 3 | (0x20 if retain else 0)
        payload += checked_topic(topic) + string("will payload", message)
    return packet(0x10, b"\x00\x04MQTT\x04" + bytes((flags,)) + u16(keepalive_s) + payload)


def subscribe(packet_id, filters):
    """SUBSCRIBE to ((topic filter, qos), ...)."""
    if not filters:
        raise MqttError("filters", 0, "at least 1")
    body = checked_id(packet_id)
    for topic, qos in filters:
        check("qos", qos, 0, 1)
        body += string("filter", topic) + bytes((qos,))
    return packet(0x82, body)


def connack(body):
    """(session present, code) of a CONNACK's body as the decoder returns it."""
    return checked("session present", body[0], 0, 1) == 1, checked("connack code", body[1], 0, 5)


def suback(body):
    """(packet id, codes) of a SUBACK's body as the decoder returns it."""
    if len(body) < 3:
        raise MqttError("remaining length", len(body), "3..")
    codes = tuple(body[2:])
    for code in codes:
        if code > 2 and code != SUBACK_REFUSED:
            raise MqttError("suback code", code, "0..2, 128")
    return read_id(body, 0), codes
