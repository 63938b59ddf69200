"""Signs that take updates, all through one connection: `python -m ... PORT PKI SIGNS`.

As in `fleet_load` they come in at the controller's own listener of Mosquitto. Each fetches what it is offered
piece by piece, is down for a second, and says that it is installed; on every tenth whatever is new fails.
Says `ready` when every sign has told its status, and `wrong SITE` whenever both signs of a crossing are down
or on trial. When its stdin ends it says `mixed COUNT`: crossings with two versions.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from gangvakt.fleet import SignId
from gangvakt.provision.pack import SIGNATURE_BYTES, Manifest
from gangvakt.provision.pki import Pki, client_context
from gangvakt_sim.bench.fleet_load import MOST_PENDING, PROMPT, ROOT
from gangvakt_sim.bench.fleet_made import STATUS, sign_names

OFFER_BYTES = 130
ASKED = 768  # bytes, as the firmware asks for
DOWN_S = 1.0  # a restart; the firmware's proof of a minute is left out
EVERY = 10  # one of so many is bad
OLD = str(STATUS["fw"])


@dataclass
class Sign:
    """One of them; `got` is what it has fetched of `offer`."""

    name: str
    bad: bool
    version: str = OLD
    busy: bool = False
    offer: bytes = b""
    got: bytearray = field(default_factory=bytearray)

    @property
    def site(self) -> str:
        return self.name.rpartition("/")[0]

    @property
    def manifest(self) -> Manifest:
        return Manifest.unpacked(self.offer[2:])

    @property
    def size(self) -> int:
        """Of signature and body."""
        return SIGNATURE_BYTES + self.manifest.size


class Street:
    """All of them on one connection."""

    def __init__(self, client: aiomqtt.Client, count: int) -> None:
        self._client = client
        self._tasks = set[asyncio.Task[None]]()
        self.signs = {name: Sign(name, number % EVERY == 0) for number, name in enumerate(sign_names(count))}

    async def tell(self, sign: Sign, tail: str, message: dict[str, object]) -> None:
        topic = f"{ROOT}{sign.name}/{tail}"
        await self._client.publish(topic, json.dumps(message), qos=1, retain=tail != "fetch")

    async def status(self, sign: Sign) -> None:
        await self.tell(sign, "status", STATUS | {"fw": sign.version})

    async def run(self) -> None:
        """Until cancelled."""
        async for message in self._client.messages:
            name, _, tail = message.topic.value.removeprefix(ROOT).rpartition("/")
            payload = bytes(message.payload)
            if tail == "update":
                await self._offered(self.signs[name], payload)
            else:
                await self._came(self.signs[name], payload)

    async def _offered(self, sign: Sign, payload: bytes) -> None:
        sign.got.clear()
        sign.offer = payload if len(payload) == OFFER_BYTES else b""
        if sign.offer:
            await self._say(sign, "fetching")
            await self._ask(sign)

    async def _ask(self, sign: Sign) -> None:
        at = len(sign.got)
        count = min(ASKED, sign.size - at)
        await self.tell(sign, "fetch", {"v": 1, "id": sign.offer[22:26].hex(), "at": at, "n": count})

    async def _came(self, sign: Sign, payload: bytes) -> None:
        if not sign.offer or sign.busy or int.from_bytes(payload[5:9], "big") != len(sign.got):
            return
        sign.got += payload[9:]
        if len(sign.got) >= sign.size:
            sign.busy = True
            self._look(sign)
            task = asyncio.create_task(self._restart(sign))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif (len(sign.got)) % ASKED == 0:
            await self._ask(sign)

    async def _restart(self, sign: Sign) -> None:
        version, fails = sign.manifest.version, sign.bad and sign.manifest.version != OLD
        await self._say(sign, "ready")
        await self.tell(sign, "status", {"v": 1, "online": False})
        await asyncio.sleep(DOWN_S)
        sign.version = sign.version if fails else version
        await self.status(sign)
        await self._say(sign, "failed" if fails else "installed")
        sign.busy = False

    async def _say(self, sign: Sign, state: str) -> None:
        told = {"v": 1, "id": sign.offer[22:26].hex(), "attempt": sign.offer[1], "state": state}
        await self.tell(sign, "update/reported", told)

    def _look(self, sign: Sign) -> None:
        others = [one for one in self.signs.values() if one.site == sign.site and one is not sign]
        if any(one.busy for one in others):
            print("wrong", sign.site, flush=True)

    def mixed(self) -> int:
        """Crossings whose signs run different versions."""
        versions: dict[str, set[str]] = {}
        for sign in self.signs.values():
            versions.setdefault(str(SignId.parse(sign.name).site_id), set()).add(sign.version)
        return sum(len(found) > 1 for found in versions.values())


async def main(port: int, pki: Path, signs: int) -> None:
    async with aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier="bench-rollout",
        tls_context=client_context(Pki.load(pki).controller_files()),
        socket_options=PROMPT,
        max_inflight_messages=MOST_PENDING,
    ) as client:
        client.pending_calls_threshold = MOST_PENDING
        street = Street(client, signs)
        for tail in ("update", "piece"):
            await client.subscribe(f"{ROOT}+/+/+/{tail}", qos=1)
        for sign in street.signs.values():
            await street.status(sign)
        running = asyncio.create_task(street.run())
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        running.cancel()
        print("mixed", street.mixed(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
