"""An MQTT 3.1.1 client for one connection at a time and one persistent session across them."""

import asyncio
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.proto import mqtt

_READ_BYTES = const(128)
_MAX_PACKET_BYTES = const(1_160)  # a configuration of 1024 bytes, with its topic
_IN_FLIGHT_MAX = const(2)  # QoS 1 messages that wait; at 1 KB each they must fit the heap
OPEN_TIMEOUT_MS = 20_000  # TLS handshake on both ends, CONNECT and CONNACK
ACK_TIMEOUT_MS = 15_000
PING_TIMEOUT_MS = 10_000
_WRITE_TIMEOUT_MS = const(10_000)
_WATCH_MS = const(250)
_PACKET_IDS = const(0xFFFF)

_OPENING = const(0)
_OPEN = const(1)
_CLOSED = const(2)


class MqttClosed(Exception):
    """The connection is gone; `reason` is the word it is counted under."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class MqttClient:
    """`will` is (topic, payload, qos, retain); `on_message(topic, payload)` gets every PUBLISH; `alive()` is
    called several times a second while a connection is served. `passed_over` messages were too large.

    Nothing that the other side sends can raise out of `run`: whatever is malformed, late or out of place
    closes the connection under a reason counted in `closed_reasons`.
    """

    def __init__(self, client_id, will, on_message, alive, keepalive_s=30):
        self._client_id = client_id
        self._will = will
        self._on_message = on_message
        self._alive = alive
        self._keepalive_s = keepalive_s
        # Packet id -> [topic, pieces of the payload, retain, sent_ms], kept from one connection to the next.
        self._in_flight = {}
        self._last_id = 0
        self._state = _CLOSED
        self._handlers = {
            mqtt.CONNACK: self._on_connack,
            mqtt.PUBLISH: self._on_publish,
            mqtt.PUBACK: self._on_puback,
            mqtt.SUBACK: self._on_suback,
            mqtt.PINGRESP: self._on_pingresp,
        }
        self.closed_reasons = {}
        self.connects = self.passed_over = 0

    @property
    def is_open(self):
        return self._state == _OPEN

    @property
    def in_flight(self):
        """Number of QoS 1 messages that wait for their PUBACK."""
        return len(self._in_flight)

    async def run(self, stream, subscriptions, work):
        """Serve one connection, from CONNECT to its end; returns the reason it ended for.

        `subscriptions` is ((topic, qos), ...), asked for at each connection. Once they are granted
        `work(self)` runs as a task until the connection ends. The asyncio stream is closed here.
        """
        self._reason, self._tasks = None, []
        try:
            self._begin(stream, subscriptions, work)
            for part in (self._read, self._ping, self._watch):
                self._spawn(part())
            await self._ended.wait()
        except MemoryError:
            self._reason = "memory"
        finally:
            self._state = _CLOSED
            for task in self._tasks:
                task.cancel()
            self._stream = self._tasks = None  # a session's 37 KB must not outlive it
            self._forget_opening()
            stream.close()
            await stream.wait_closed()
        self.count(self._reason)
        return self._reason

    def count(self, reason):
        """One more connection that ended, or never began, for `reason`."""
        self.closed_reasons[reason] = self.closed_reasons.get(reason, 0) + 1

    async def publish(self, topic, pieces, qos=0, retain=False):
        """Send one message, its payload from a list of bytes; QoS 1 first waits for a place among those in
        flight. MqttClosed when not open."""
        while self._state == _OPEN and qos and len(self._in_flight) >= _IN_FLIGHT_MAX:
            await asyncio.sleep_ms(50)
        if self._state != _OPEN:
            raise MqttClosed("not_open")
        packet_id = self._new_id() if qos else 0
        if qos:
            self._in_flight[packet_id] = [topic, pieces, retain, time.ticks_ms()]
        await self._send(mqtt.publish_head(topic, _length(pieces), qos, retain, packet_id), pieces)

    def close(self, reason):
        """End the connection, if there is one; the first reason counts."""
        if self._state != _CLOSED and self._reason is None:
            self._reason = reason
            self._state = _CLOSED
            self._ended.set()

    def _begin(self, stream, subscriptions, work):
        now_ms = time.ticks_ms()
        self._stream = stream
        self._subscriptions = subscriptions
        self._work = work
        self._lock = asyncio.Lock()
        self._ended = asyncio.Event()
        self._state = _OPENING
        self._opening_ms = self._sent_ms = self._received_ms = now_ms
        self._ping_ms = None
        self._writing_ms = None
        self._subscribe_id = 0

    def _spawn(self, part):
        self._tasks.append(asyncio.create_task(self._guard(part)))

    async def _guard(self, part):
        """Whatever ends a part of the connection ends the connection."""
        try:
            await part
        except MqttClosed as error:
            self.close(error.reason)
        except mqtt.MqttError as error:
            self.close("malformed_" + error.field)
        except MemoryError:
            self.close("memory")
        except OSError:
            self.close("io")
        except Exception as error:
            self.close(type(error).__name__)

    async def _read(self):
        from sign.proto import mqtt_opening

        self._opening = mqtt_opening
        await self._send(mqtt_opening.connect(self._client_id, self._keepalive_s, False, self._will))
        mqtt_opening = None
        decoder = mqtt.Decoder(_MAX_PACKET_BYTES)
        buffer = bytearray(_READ_BYTES)
        while True:
            count = await self._stream.readinto(buffer)
            if count is None:
                continue
            if count == 0:
                raise MqttClosed("closed_by_broker")
            self._received_ms = time.ticks_ms()
            for packet in decoder.feed(buffer, count):
                await self._handle(packet)

    async def _handle(self, packet):
        kind = packet[0]
        if kind not in self._handlers or (self._state == _OPENING) != (kind == mqtt.CONNACK):
            raise MqttClosed("unexpected_packet")
        await self._handlers[kind](packet)

    async def _on_connack(self, packet):
        session_present, code = self._opening.connack(packet[1])
        if code:
            raise MqttClosed("refused_%d" % code)
        self._state = _OPEN
        self.connects += 1
        if not session_present:
            self._in_flight.clear()
        await self._resend()
        self._subscribe_id = self._new_id()
        await self._send(self._opening.subscribe(self._subscribe_id, self._subscriptions))

    async def _resend(self):
        """A persistent session goes on where it was: first what the broker has not acknowledged yet."""
        for packet_id in sorted(self._in_flight):
            held = self._in_flight[packet_id]
            topic, pieces, retain, _ = held
            held[3] = time.ticks_ms()
            await self._send(mqtt.publish_head(topic, _length(pieces), 1, retain, packet_id, True), pieces)

    async def _on_suback(self, packet):
        if self._opening is None:
            raise MqttClosed("unexpected_packet")
        packet_id, codes = self._opening.suback(packet[1])
        if packet_id != self._subscribe_id or len(codes) != len(self._subscriptions):
            raise MqttClosed("unexpected_packet")
        if self._opening.SUBACK_REFUSED in codes:
            raise MqttClosed("subscription_refused")
        self._forget_opening()
        self._spawn(self._work(self))

    def _forget_opening(self):
        self._opening = self._subscriptions = None
        loading.forget("proto.mqtt_opening")

    async def _on_publish(self, packet):
        _, topic, payload, qos, _, _, packet_id = packet
        try:
            if payload is None:
                self.passed_over += 1
            else:
                self._on_message(topic, payload)
        except MemoryError:  # what it made is garbage now, and the session goes on
            self.passed_over += 1
        if qos:
            await self._send(mqtt.puback(packet_id))

    async def _on_puback(self, packet):
        # One that is not known belongs to a packet sent twice.
        self._in_flight.pop(packet[1], None)

    async def _on_pingresp(self, packet):
        self._ping_ms = None

    async def _ping(self):
        """Ask when one direction was silent for two thirds of the keepalive: QoS 0 alone proves nothing."""
        quiet_ms = self._keepalive_s * 1000 * 2 // 3
        while True:
            await asyncio.sleep_ms(_WATCH_MS)
            now_ms = time.ticks_ms()
            silent = max(ticks_diff(now_ms, self._sent_ms), ticks_diff(now_ms, self._received_ms)) >= quiet_ms
            if silent and self._ping_ms is None and self._state == _OPEN:
                self._ping_ms = now_ms
                await self._send(mqtt.PINGREQ)

    async def _watch(self):
        while True:
            await asyncio.sleep_ms(_WATCH_MS)
            self._alive()
            reason = self._overdue(time.ticks_ms())
            if reason:
                raise MqttClosed(reason)

    def _overdue(self, now_ms):
        if self._state == _OPENING and ticks_diff(now_ms, self._opening_ms) > OPEN_TIMEOUT_MS:
            return "connack_timeout"
        if self._ping_ms is not None and ticks_diff(now_ms, self._ping_ms) > PING_TIMEOUT_MS:
            return "pingresp_timeout"
        if self._state != _OPEN:
            return None
        if self._writing_ms is not None and ticks_diff(now_ms, self._writing_ms) > _WRITE_TIMEOUT_MS:
            return "write_timeout"
        for held in self._in_flight.values():
            if ticks_diff(now_ms, held[3]) > ACK_TIMEOUT_MS:
                return "puback_timeout"
        return None

    async def _send(self, head, pieces=()):
        """One packet. What the stream cannot take at once it copies: never more than a piece."""
        async with self._lock:
            self._writing_ms = time.ticks_ms()
            self._stream.write(head)
            for piece in pieces:
                await self._stream.drain()
                self._stream.write(piece)
            await self._stream.drain()
            self._writing_ms = None
            self._sent_ms = time.ticks_ms()

    def _new_id(self):
        while True:
            self._last_id = self._last_id % _PACKET_IDS + 1
            if self._last_id not in self._in_flight:
                return self._last_id


def _length(pieces):
    return sum(len(piece) for piece in pieces)
