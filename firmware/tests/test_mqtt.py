from sign.proto import mqtt, mqtt_opening
from sign.proto.mqtt import Decoder, MqttError


def refused(call, *args, **kwargs):
    """The field a call is refused for, or None."""
    try:
        call(*args, **kwargs)
    except MqttError as error:
        return error.field
    return None


def test_connect_with_everything():
    packet = mqtt_opening.connect("c", 30, False, ("w", b"off", 1, True))
    assert packet == b"\x10\x15\x00\x04MQTT\x04\x2c\x00\x1e\x00\x01c\x00\x01w\x00\x03off"


def test_connect_with_nothing():
    assert mqtt_opening.connect("c", 0, True) == b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01c"


def test_publish():
    assert mqtt.publish_head("t/x", 2) == b"\x30\x07\x00\x03t/x"
    assert mqtt.publish_head("t", 2, 1, True, 258, True) == b"\x3b\x07\x00\x01t\x01\x02"
    assert mqtt.publish_head("t", 300) == b"\x30\xaf\x02\x00\x01t"


def test_subscribe_and_acknowledge():
    assert (
        mqtt_opening.subscribe(1, (("a/#", 1), ("b", 0))) == b"\x82\x0c\x00\x01\x00\x03a/#\x01\x00\x01b\x00"
    )
    assert mqtt.puback(258) == b"\x40\x02\x01\x02"


def test_arguments_out_of_bounds_are_refused_by_name():
    assert refused(mqtt_opening.connect, "c", 65_536) == "keepalive_s"
    assert refused(mqtt_opening.connect, "c" * 65_536) == "client_id length"
    assert refused(mqtt_opening.connect, "c", will=("w", b"", 2, False)) == "will qos"
    assert refused(mqtt.publish_head, "a/+", 0) == "topic"
    assert refused(mqtt.publish_head, "", 0) == "topic"
    assert refused(mqtt.publish_head, "t", 0, 2) == "qos"
    assert refused(mqtt.publish_head, "t", 0, 1) == "packet id"
    assert refused(mqtt.publish_head, "t", 268_435_455) == "remaining length"
    assert refused(mqtt_opening.subscribe, 1, ()) == "filters"
    assert refused(mqtt.puback, 0) == "packet id"


def test_every_packet_of_a_server_is_understood():
    data = (
        b"\x20\x02\x01\x00"
        b"\x90\x04\x00\x01\x01\x80"
        b"\x3b\x07\x00\x01t\x00\x07hi"
        b"\x30\x03\x00\x01t"
        b"\x40\x02\x01\x02"
        b"\xd0\x00"
    )
    packets = [
        (mqtt.CONNACK, b"\x01\x00"),
        (mqtt.SUBACK, b"\x00\x01\x01\x80"),
        (mqtt.PUBLISH, "t", b"hi", 1, True, True, 7),
        (mqtt.PUBLISH, "t", b"", 0, False, False, 0),
        (mqtt.PUBACK, 258),
        (mqtt.PINGRESP,),
    ]
    assert Decoder().feed(data) == packets
    decoder = Decoder()
    assert [p for i in range(len(data)) for p in decoder.feed(data[i : i + 1])] == packets


def test_only_the_first_n_bytes_count():
    decoder = Decoder()
    assert decoder.feed(b"\xd0\x00\xd0\x00", 3) == [(mqtt.PINGRESP,)]
    assert decoder.feed(b"\x00") == [(mqtt.PINGRESP,)]


def test_long_packets_are_collected_up_to_the_bound():
    packet = mqtt.publish_head("t", 400) + b"x" * 400
    assert Decoder(403).feed(packet)[0][2] == b"x" * 400
    assert Decoder(402).feed(packet)[0][2] is None


def test_what_is_too_large_is_passed_over_and_can_still_be_acknowledged():
    large = mqtt.publish_head("t", 5000, 1, True, 7) + b"x" * 5000
    decoder = Decoder(300)
    found = []
    for at in range(0, len(large), 128):
        found += decoder.feed(large[at : at + 128])
    found += decoder.feed(b"\xd0\x00")
    assert found == [(mqtt.PUBLISH, "t", None, 1, True, False, 7), (mqtt.PINGRESP,)]


def test_only_messages_may_be_too_large():
    assert refused(Decoder(300).feed, b"\x90\xff\x7f") == "remaining length"


def test_a_large_payload_is_not_copied():
    packet = mqtt.publish_head("t", 700) + b"x" * 700
    payload = Decoder().feed(packet)[0][2]
    assert (type(payload), bytes(payload)) == (memoryview, b"x" * 700)
    assert type(Decoder().feed(mqtt.publish_head("t", 600) + b"x" * 600)[0][2]) is bytes


def test_malformed_packets_are_refused_by_name():
    cases = {
        b"\x10\x00": "packet type",
        b"\x21": "packet type",
        b"\x34": "qos",
        b"\x36": "qos",
        b"\xf0": "packet type",
        b"\xb0": "packet type",
        b"\x20\x03": "remaining length",
        b"\x40\x02\x00\x00": "packet id",
        b"\xd0\x01\x00": "remaining length",
        b"\x30\x80\x80\x80\x80": "remaining length",
        b"\x30\x01\x00": "topic length",
        b"\x30\x04\x00\x03ab": "topic length",
        b"\x32\x04\x00\x01t\x00": "topic length",
        b"\x32\x05\x00\x01t\x00\x00": "packet id",
        b"\x30\x02\x00\x00": "topic",
        b"\x30\x03\x00\x01#": "topic",
        b"\x30\x03\x00\x01\xff": "topic",
    }
    for data, field in cases.items():
        assert refused(Decoder().feed, data + bytes(3)) == field, data


def test_the_answers_to_an_opening_are_understood():
    assert mqtt_opening.connack(b"\x01\x00") == (True, 0)
    assert mqtt_opening.connack(b"\x00\x05") == (False, 5)
    assert mqtt_opening.suback(b"\x00\x01\x01\x80") == (1, (1, mqtt_opening.SUBACK_REFUSED))


def test_malformed_answers_to_an_opening_are_refused_by_name():
    assert refused(mqtt_opening.connack, b"\x02\x00") == "session present"
    assert refused(mqtt_opening.connack, b"\x00\x06") == "connack code"
    assert refused(mqtt_opening.suback, b"\x00\x01") == "remaining length"
    assert refused(mqtt_opening.suback, b"\x00\x01\x03") == "suback code"
    assert refused(mqtt_opening.suback, b"\x00\x00\x01") == "packet id"
