"""Signs that keep each configuration at once, all through one connection: `python -m ... PORT PKI SIGNS`.

As in `fleet_load` they come in at the controller's own listener of Mosquitto. Says `ready` when every sign
has told status and configuration; then, for each configuration that comes, a line `SIGN VERSION TIME` with
the monotonic time in s at which it came, which all programs of this computer share. Ends with its stdin.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import aiomqtt

from gangvakt.provision.pki import Pki, client_context
from gangvakt.provision.site_config import schema_hash
from gangvakt_sim.bench.fleet_load import MOST_PENDING, PROMPT, ROOT
from gangvakt_sim.bench.fleet_made import STATUS, sign_names

DESIRED = "/config/desired"


def report(version: int, values: dict[str, Any]) -> str:
    """What a sign says that it runs with."""
    return json.dumps({"v": 1, "version": version, "schema": schema_hash(), "values": values, "errors": []})


async def keep(client: aiomqtt.Client) -> None:
    """Each configuration is in force as soon as it is there."""
    async for message in client.messages:
        came_s = time.monotonic()
        sign = message.topic.value.removeprefix(ROOT).removesuffix(DESIRED)
        told = json.loads(bytes(message.payload))
        text = report(told["version"], told["values"])
        await client.publish(f"{ROOT}{sign}/config/reported", text, qos=1, retain=True)
        print(sign, told["version"], came_s, flush=True)


async def main(port: int, pki: Path, signs: int) -> None:
    async with aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier="bench-steering",
        tls_context=client_context(Pki.load(pki).controller_files()),
        socket_options=PROMPT,
        max_inflight_messages=MOST_PENDING,
    ) as client:
        client.pending_calls_threshold = MOST_PENDING
        await client.subscribe(f"{ROOT}+/+/+{DESIRED}", qos=1)
        status = json.dumps(STATUS | {"schema": schema_hash()})
        for name in sign_names(signs):
            await client.publish(f"{ROOT}{name}/status", status, qos=1, retain=True)
            await client.publish(f"{ROOT}{name}/config/reported", report(1, {}), qos=1, retain=True)
        keeping = asyncio.create_task(keep(client))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        keeping.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
