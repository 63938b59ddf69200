"""Signs without firmware that keep to its outbox's rule: only what is acknowledged is let go."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections import deque
from dataclasses import dataclass, field

import aiomqtt

from gangvakt.fleet import SignId

from .support import Keys
from .wire import as_bytes, batch, event

A_BATCH = 8  # events, as the firmware sends them
RESEND_S = 1.0  # the firmware waits 20 s; whoever kills something every few seconds has not that long
RECONNECT_S = 0.1
MOST_HELD = 64
PAUSE_S = 0.1  # at most, between two batches
NO_CONNECTION = (aiomqtt.MqttError, OSError, ssl.SSLError, TimeoutError)


@dataclass
class LightSign:
    """One sign in its first boot. Event number n tells `track` n: what is stored twice under another number
    would show."""

    keys: Keys
    id: SignId
    port: int
    chance: random.Random
    made: int = 0
    acknowledged: int = 0
    resent: int = 0
    connections: int = 0
    is_ending: bool = False
    _held: deque[dict[str, object]] = field(default_factory=deque)

    async def live(self) -> None:
        """Until it is ending and everything is acknowledged."""
        while not self._is_done():
            try:
                await self._session()
            except NO_CONNECTION:
                await asyncio.sleep(RECONNECT_S)

    def _is_done(self) -> bool:
        return self.is_ending and not self._held

    async def _session(self) -> None:
        async with self.keys.client(str(self.id), self.port, timeout=2 * RESEND_S) as client:
            self.connections += 1
            await client.subscribe(f"gangvakt/v1/{self.id}/event/ack", qos=1)
            while not self._is_done():
                self._happen()
                await self._deliver(client)
                await asyncio.sleep(self.chance.uniform(0, PAUSE_S))

    def _happen(self) -> None:
        for _ in range(0 if self.is_ending else self.chance.randint(1, A_BATCH)):
            if len(self._held) < MOST_HELD:
                self.made += 1
                self._held.append(event(self.made, up_ms=self.made * 10, track=self.made))

    async def _deliver(self, client: aiomqtt.Client) -> None:
        sent = list(self._held)[:A_BATCH]
        if not sent:
            return
        message = batch(*sent, boot=1, uptime_ms=self.made * 10 + 5)
        await client.publish(f"gangvakt/v1/{self.id}/event", as_bytes(message), qos=1)
        try:
            async with asyncio.timeout(RESEND_S):
                await self._until_acknowledged(client, str(sent[-1]["seq"]))
        except TimeoutError:
            self.resent += 1

    async def _until_acknowledged(self, client: aiomqtt.Client, seq: str) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            told = json.loads(message.payload)["seq"]
            while self._held and int(str(self._held[0]["seq"])) <= told:
                self._held.popleft()
                self.acknowledged += 1
            if told >= int(seq):
                return


@dataclass
class Crowd:
    """Several of them."""

    signs: list[LightSign]

    @classmethod
    def of(cls, keys: Keys, port: int, count: int, seed: int) -> Crowd:
        names = (SignId("drammen", "storgata", f"s{number}") for number in range(count))
        return cls([LightSign(keys, name, port, random.Random(f"{seed}{name}")) for name in names])

    @property
    def acknowledged(self) -> int:
        return sum(sign.acknowledged for sign in self.signs)

    @property
    def made(self) -> set[tuple[str, int]]:
        """(sign, number) of every event that happened."""
        return {(str(sign.id), number) for sign in self.signs for number in range(1, sign.made + 1)}

    async def live(self) -> None:
        """Until `end`, and until everything is acknowledged after it."""
        async with asyncio.TaskGroup() as tasks:
            for sign in self.signs:
                tasks.create_task(sign.live())

    def end(self) -> None:
        for sign in self.signs:
            sign.is_ending = True
