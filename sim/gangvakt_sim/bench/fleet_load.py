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
from pathlib import Path
from typing import Any

import aiomqtt

from gangvakt.provision.pki import Pki, client_context
from gangvakt_sim.bench.fleet_made import INCARNATION, STATUS, sign_names

STEP_S = 0.02
STATUS_RATE = 2000  # a second, before the figures are taken
ACKS = "gangvakt/v1/+/+/+/event/ack"
LAST_ACKS_S = 10.0
PROMPT = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


async def main(port: int, pki: Path, signs: int, rate: int, for_s: float) -> None:
    tls = client_context(Pki.load(pki).controller_files())
    names = sign_names(signs)
    async with aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier="bench-fleet",
        tls_context=tls,
        socket_options=PROMPT,
        max_inflight_messages=1000,
    ) as client:
        await client.subscribe(ACKS, qos=0)
        acked = [0]
        counting = asyncio.create_task(_count(client, acked))
        await _pace(
            client, [(f"gangvakt/v1/{name}/status", json.dumps(STATUS)) for name in names], STATUS_RATE
        )
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        sent = [_event(names, number) for number in range(int(rate * for_s))]
        took_s = await _pace(client, sent, rate)
        deadline = time.monotonic() + LAST_ACKS_S
        while acked[0] < len(sent) and time.monotonic() < deadline:
            await asyncio.sleep(STEP_S)
        counting.cancel()
        print(json.dumps({"sent": len(sent), "acked": acked[0], "took_s": took_s}), flush=True)


async def _count(client: aiomqtt.Client, acked: list[int]) -> None:
    async for _ in client.messages:
        acked[0] += 1


async def _pace(client: aiomqtt.Client, messages: list[tuple[str, str]], rate: int) -> float:
    """Sends them, `rate` a second and a few at a time; how long it took in s."""
    begin, sent = time.monotonic(), 0
    while sent < len(messages):
        due = min(len(messages), int((time.monotonic() - begin) * rate) + 1)
        await asyncio.gather(
            *(client.publish(topic, payload, qos=1) for topic, payload in messages[sent:due])
        )
        sent = max(sent, due)
        await asyncio.sleep(STEP_S)
    return time.monotonic() - begin


def _event(names: list[str], number: int) -> tuple[str, str]:
    """The signs speak in turn, one event a batch."""
    turn, place = divmod(number, len(names))
    event: dict[str, Any] = {
        "seq": turn + 1,
        "kind": "activation_on",
        "up": 1000 + turn,
        "reason": "approach",
    }
    batch = {
        "v": 1,
        "incarnation": INCARNATION,
        "boot": 3,
        "uptime_ms": 5000 + turn,
        "t": None,
        "events": [event],
    }
    return f"gangvakt/v1/{names[place]}/event", json.dumps(batch)


if __name__ == "__main__":
    asyncio.run(
        main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
    )
