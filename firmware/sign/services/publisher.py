"""The sign's side of an MQTT session: configuration and status first, then events and telemetry."""

import asyncio
import time

from sign.compat import const, ticks_add, ticks_diff
from sign.services import log
from sign.services.pieces import pieces

_STEP_MS = const(100)


class Publisher:
    """`work` is what `MqttClient.run` runs during each session.

    `handlers`: by name of the topic that is subscribed to, what takes its payloads; it must not stall and not
    raise, and answers True for one that it can make nothing of. `refused` counts those by topic; `""` is
    what nobody subscribed to.
    `duties`: coroutine functions that are given the client in every step of a session, ten times a second.
    """

    def __init__(self, topics, status, sender, keyring):
        self.handlers = {"event/ack": self._on_ack, "renewal": keyring.take}
        self.duties = []
        self._keyring = keyring
        self._topics = topics
        self._status = status
        self._sender = sender
        self._mark = None
        self.refused = {}

    async def work(self, client):
        log.say("broker: session open")
        self._sender.restart()
        self._mark = None
        telemetry_ms = time.ticks_ms()
        await self._send(client, "config/reported", self._status.config_reported, 1, True)
        while not self._keyring.is_renewed():
            await self._send_status(client)
            await self._send_events(client)
            for duty in self.duties:
                await duty(client)
            if ticks_diff(time.ticks_ms(), telemetry_ms) >= 0:
                telemetry_ms = ticks_add(time.ticks_ms(), self._status.armed.telemetry_s * 1000)
                await self._send(client, "telemetry", self._status.telemetry, 0, False)
            await asyncio.sleep_ms(_STEP_MS)
        client.close("renewal")

    def on_message(self, topic, payload):
        """A message from the broker; only the topics subscribed to are of interest."""
        name = self._topics.name(topic)
        handler = self.handlers.get(name)
        if handler is None or handler(payload):
            name = name if handler else ""
            self.refused[name] = self.refused.get(name, 0) + 1

    def subscriptions(self):
        """((topic, qos), ...) of all that has a handler."""
        return tuple([(self._topics.of(name), 1) for name in self.handlers])

    def _on_ack(self, payload):
        return self._sender.on_ack(payload, time.ticks_ms())

    async def _send_status(self, client):
        mark = self._status.mark()
        if mark != self._mark:
            self._mark = mark
            await self._send(client, "status", self._status.document, 1, True)

    async def _send_events(self, client):
        now_ms = time.ticks_ms()
        if self._sender.due(now_ms):
            await self._send(client, "event", lambda: self._sender.batch(now_ms), 1, False)

    async def _send(self, client, name, make, qos, retain):
        """Publish what `make()` returns. Nobody holds the document while it is sent: it is several times the
        size of its text, and sending may take a while."""
        await client.publish(self._topics.of(name), pieces(make()), qos, retain)
