"""The signs of a large fleet, all through one connection: `python -m ... PORT PKI SIGNS RATE SECONDS`.

They come in at the controller's own listener of Mosquitto, where a client may publish everywhere: 10,000 TLS
connections would measure this computer, and not the controller. Says `ready` when every sign has told its
status, and at the end how many events it sent and how many were acknowledged.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiomqtt

from gangvakt.provision.pki import Pki, client_context
from gangvakt_sim.bench.fleet_made import INCARNATION, STATUS, sign_names

STEP_S = 0.02
STATUS_RATE = 2000  # a second, before the figures are taken
ROOT, ACK = "gangvakt/v1/", "/event/ack"
MOST_PENDING = 2000
LAST_ACKS_S, AGAIN_S = 60.0, 1.0
PROMPT = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


class Signs:
    """What each of them has not been told to be stored yet; it stays in its batches until it is."""

    def __init__(self, client: aiomqtt.Client, names: list[str]) -> None:
        self._client, self._names = client, names
        self._held: dict[str, list[dict[str, Any]]] = {name: [] for name in names}

    @property
    def unacknowledged(self) -> int:
        return sum(map(len, self._held.values()))

    async def take_acks(self) -> None:
        """Until cancelled."""
        async for message in self._client.messages:
            name = message.topic.value.removeprefix(ROOT).removesuffix(ACK)
            stored = int(json.loads(bytes(message.payload))["seq"])
            self._held[name] = [event for event in self._held[name] if event["seq"] > stored]

    async def tell_status(self) -> None:
        text = json.dumps(STATUS)
        await self._pace(
            len(self._names), STATUS_RATE, lambda number: (f"{self._names[number]}/status", text)
        )

    async def happen(self, count: int, rate: int) -> float:
        """So many events, `rate` a second, the signs in turn; how long it took in s."""
        return await self._pace(count, rate, self._event)

    async def tell_again(self) -> None:
        """What is not acknowledged, once."""
        late = [name for name, events in self._held.items() if events]
        await self._pace(len(late), STATUS_RATE, lambda number: self._batch(late[number]))

    def _event(self, number: int) -> tuple[str, str]:
        turn, place = divmod(number, len(self._names))
        event = {"seq": turn + 1, "kind": "activation_on", "up": 1000 + turn, "reason": "approach"}
        self._held[self._names[place]].append(event)
        return self._batch(self._names[place])

    def _batch(self, name: str) -> tuple[str, str]:
        head = {"v": 1, "incarnation": INCARNATION, "boot": 3, "uptime_ms": 5000, "t": None}
        return f"{name}/event", json.dumps(head | {"events": self._held[name]})

    async def _pace(self, count: int, rate: int, message: Callable[[int], tuple[str, str]]) -> float:
        begin, sent = time.monotonic(), 0
        while sent < count:
            due = min(count, int((time.monotonic() - begin) * rate) + 1)
            told = [message(number) for number in range(sent, due)]
            await asyncio.gather(
                *(self._client.publish(ROOT + topic, payload, qos=1) for topic, payload in told)
            )
            sent = due
            await asyncio.sleep(STEP_S)
        return time.monotonic() - begin


async def main(port: int, pki: Path, signs: int, rate: int, for_s: float) -> None:
    async with aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier="bench-fleet",
        tls_context=client_context(Pki.load(pki).controller_files()),
        socket_options=PROMPT,
        max_inflight_messages=MOST_PENDING,
    ) as client:
        client.pending_calls_threshold = MOST_PENDING
        await client.subscribe(f"{ROOT}+/+/+{ACK}", qos=0)
        fleet = Signs(client, sign_names(signs))
        taking = asyncio.create_task(fleet.take_acks())
        await fleet.tell_status()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        count = int(rate * for_s)
        took_s = await fleet.happen(count, rate)
        deadline = time.monotonic() + LAST_ACKS_S
        while fleet.unacknowledged and time.monotonic() < deadline:
            await asyncio.sleep(AGAIN_S)
            await fleet.tell_again()
        taking.cancel()
        told = {"sent": count, "acked": count - fleet.unacknowledged, "took_s": took_s}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(
        main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
    )
