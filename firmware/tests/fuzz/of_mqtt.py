"""MQTT: the decoder by itself, and a whole session that a broker may treat as it likes."""

import asyncio

from fuzz import chip
from fuzz.parser import Parser
from sign.proto import mqtt
from sign.services import mqtt_client

MAX_BYTES = 300
SUBSCRIPTIONS = (("t/a", 1), ("t/b", 1))
CONNACK = b"\x20\x02\x00\x00"
SUBACK = b"\x90\x04\x00%c\x01\x01"
MESSAGE = mqtt.publish_head("town/site/sign/command", 2, 1, False, 7) + b"{}"
KINDS = (mqtt.CONNACK, mqtt.PUBLISH, mqtt.PUBACK, mqtt.SUBACK, mqtt.PINGRESP)


def packets():
    return [
        CONNACK,
        b"\x20\x02\x01\x00",
        b"\x20\x02\x00\x05",
        b"\x90\x04\x00\x01\x01\x01",
        MESSAGE,
        mqtt.publish_head("a", 0) + b"",
        mqtt.publish_head("a/b", 40, 0, True) + bytes(40),
        mqtt.publish_head("a/b", 200, 1, False, 65_535, True) + bytes(200),
        mqtt.publish_head("a/b", 700, 1, False, 3) + bytes(700),
        mqtt.puback(1),
        b"\xd0\x00",
        MESSAGE + mqtt.puback(2) + b"\xd0\x00" + MESSAGE,
        # found to be hard: four bytes of length, five of them, QoS 3, a topic that ends behind the packet
        b"\x33\xff\xff\x7f\x00\x01t\x00\x07" + bytes(60),
        b"\x30\xff\xff\xff\xff\x01",
        b"\x36\x04\x00\x01a\x00",
        b"\x32\x05\x00\x09a\x00\x01",
    ]


class Packets(Parser):
    """A packet comes whole or not at all, and never is more kept of it than the bound allows."""

    def seeds(self):
        return packets()

    def take(self, data):
        decoder, found = mqtt.Decoder(MAX_BYTES), []
        step = 1 + len(data) * 7 % 61
        try:
            for at in range(0, len(data), step):
                found += decoder.feed(data[at : at + step])
                assert decoder._body is None or len(decoder._body) <= MAX_BYTES
        except mqtt.MqttError as error:
            assert error.field and str(error.allowed), error
            return error.field
        for packet in found:
            self._check(packet)
        return None if found else "incomplete"

    def _check(self, packet):
        assert packet[0] in KINDS
        if packet[0] == mqtt.PUBLISH:
            _, topic, payload, qos, _, _, ident = packet
            assert topic and qos in (0, 1) and (0 < ident <= 65_535) == bool(qos)
            assert payload is None or len(topic.encode()) + len(payload) <= MAX_BYTES

    def goes_on(self):
        """With the next connection."""
        ((kind, topic, payload, _, _, _, ident),) = mqtt.Decoder(MAX_BYTES).feed(MESSAGE)
        assert (kind, topic, bytes(payload), ident) == (mqtt.PUBLISH, "town/site/sign/command", b"{}", 7)


class Broker:
    """The stream of one connection: what comes is known beforehand, what goes is dropped."""

    def __init__(self, data, step):
        self.data, self.step, self.is_closed = data, step, False

    async def readinto(self, buffer):
        n = min(self.step, len(buffer), len(self.data))
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n

    def write(self, data):
        pass

    async def drain(self):
        pass

    def close(self):
        self.is_closed = True

    async def wait_closed(self):
        assert self.is_closed


async def nap(ms):
    """A session here is over before any of its naps is."""
    await asyncio.sleep(ms / 1000)


mqtt_client.time = chip.Time
mqtt_client.loading = chip.Nothing
mqtt_client.loading.forget = lambda rooms: None
if not chip.IS_CHIP:
    asyncio.sleep_ms = nap
LOOP = None if chip.IS_CHIP else asyncio.new_event_loop()
REASONS_MAX = 40  # a counter for each: their number must not grow with what is sent


class Session(Parser):
    """Whatever a broker sends ends the session under a reason that is counted, or is heard."""

    def __init__(self):
        super().__init__()
        self.heard = []
        self.client = mqtt_client.MqttClient(
            "town/site/sign", ("t/w", b"", 1, True), self._hear, lambda: None
        )
        self.sessions = 0

    def seeds(self):
        opened = CONNACK + b"\x90\x04\x00\x01\x01\x01"
        return [opened + each for each in packets()] + [opened] + packets()

    def make(self, dice):
        """Where the opening is right the rest is what counts: so it mostly stays right."""
        data = super().make(dice)
        return self._opening() + data if dice.below(2) else data

    def take(self, data):
        self.heard = []
        reason = self._run(data)
        for topic, payload in self.heard:
            assert isinstance(topic, str) and len(payload) <= 1_160
        return None if reason == "closed_by_broker" else reason

    def goes_on(self):
        self.heard = []
        assert self._run(self._opening() + MESSAGE) == "closed_by_broker"
        assert [(topic, bytes(payload)) for topic, payload in self.heard] == [
            ("town/site/sign/command", b"{}")
        ]

    def _opening(self):
        """With the packet id that the client will ask under; a new session begins with none in flight."""
        self.client._in_flight.clear()
        self.client._last_id = 0
        return CONNACK + b"\x90\x04\x00\x01\x01\x01"

    def _run(self, data):
        if len(self.client._in_flight) > 1:
            self.client._in_flight.clear()
        counted = dict(self.client.closed_reasons)
        stream = Broker(data, 1 + len(data) % 97)
        reason = _wait(self.client.run(stream, SUBSCRIPTIONS, _work))
        counted[reason] = counted.get(reason, 0) + 1
        assert self.client.closed_reasons == counted, "not counted under " + reason
        assert len(counted) <= REASONS_MAX, counted
        assert stream.is_closed and not self.client.is_open and self.client.in_flight <= 2
        return reason

    def _hear(self, topic, payload):
        self.heard.append((topic, bytes(payload)))


async def _work(client):
    await client.publish("t/e", [b"1"], 1)


async def _settled(session):
    """Let what was cancelled end, too."""
    found = await session
    await asyncio.sleep(0)
    return found


def _wait(session):
    if chip.IS_CHIP:
        return asyncio.run(_settled(session))
    return LOOP.run_until_complete(_settled(session))
