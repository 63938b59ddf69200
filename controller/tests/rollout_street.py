"""Light signs on a real broker that take updates as the firmware does: fetch, restart, prove, and say so."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiomqtt

from gangvakt.fleet import SignId
from gangvakt.provision.pack import SIGNATURE_BYTES, Manifest, sequence_of
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys

from .support import Keys
from .wire import as_bytes, status

BOARD, OLD, NEW = "virtual", "1.4.0", "1.5.0"
ASKED = 768  # bytes, as the firmware asks for
WORD = b"correct horse battery"
DOWN_S = 0.03  # of a restart


def an_update(keys: UpdateKeys, version: str, replaces: int = 0, **changes: Any) -> UpdateFile:
    """Signed, and small: what it holds does not matter to a light sign."""
    body = f"app {version}".encode() * 60
    told = {"board": BOARD, "replaces": replaces, "key": keys.marks()[0]} | changes
    manifest = Manifest(
        version=version, interpreter="1.26.1", size=len(body), sha256=hashlib.sha256(body).digest(), **told
    )
    return UpdateFile(manifest, keys.signature(manifest.packed(), lambda: WORD), body)


@dataclass
class Street:
    """All light signs; `wrong` is what was never to happen, `installed` how often each took which version."""

    signs: dict[SignId, LightSign] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    installed: dict[tuple[SignId, str], int] = field(default_factory=dict)

    def look(self) -> None:
        """After each change of a sign: of a crossing one at most is down or on trial."""
        at: dict[str, list[SignId]] = {}
        for sign, light in self.signs.items():
            if light.is_busy:
                at.setdefault(str(sign.site_id), []).append(sign)
        self.wrong += [f"{site}: {signs} are down together" for site, signs in at.items() if len(signs) > 1]

    def mixed(self) -> list[str]:
        """Crossings whose signs run different versions."""
        at: dict[str, set[str]] = {}
        for sign, light in self.signs.items():
            at.setdefault(str(sign.site_id), set()).add(light.version)
        return [f"{site}: {versions}" for site, versions in at.items() if len(versions) > 1]

    def versions(self) -> set[str]:
        return {light.version for light in self.signs.values()}

    def count(self, version: str) -> int:
        return sum(light.version == version for light in self.signs.values())


class LightSign:
    """One sign; where it is `bad`, whatever is new fails on its trial."""

    def __init__(self, sign: SignId, keys: Keys, port: int, street: Street, *, bad: bool) -> None:
        self.sign, self.version, self.is_busy = sign, OLD, False
        self._keys, self._port, self._street, self._bad = keys, port, street, bad
        self._failed: set[tuple[bytes, int]] = set()
        self._running: bytes | None = None  # the sum of what was taken last

    async def run(self, up: asyncio.Event) -> None:
        """Session after session, until cancelled."""
        word: dict[str, Any] | None = None
        while True:
            async with self._keys.client(str(self.sign), self._port) as client:
                await client.subscribe(self._topic("update"), qos=1)
                await client.subscribe(self._topic("piece"), qos=1)
                # Without faults: of one that the controller sees only after its offer it says that the update
                # brought it.
                told = status(fw=self.version, board=BOARD, faults=[])
                await client.publish(self._topic("status"), as_bytes(told), 1, True)
                if word is not None:
                    await self._say(client, word, word["state"])
                self._be_busy(busy=False)
                up.set()
                word = await self._session(client)
                await client.publish(self._topic("status"), b'{"v": 1, "online": false}', 1, True)
            await asyncio.sleep(DOWN_S)

    async def _session(self, client: aiomqtt.Client) -> dict[str, Any]:
        """Until it restarts with another version, or one that fails; what it will say then."""
        messages = client.messages.__aiter__()
        async for message in messages:
            payload = bytes(message.payload)  # type: ignore[arg-type]
            if str(message.topic) != self._topic("update") or len(payload) != 130:
                continue
            offer = {"id": payload[22:26].hex(), "attempt": payload[1]}
            manifest = Manifest.unpacked(payload[2:])
            state = self._known(manifest, payload[1])
            if state is not None:
                await self._say(client, offer, *state)
                continue
            await self._say(client, offer, "fetching")
            fetched = await self._fetch(client, messages, manifest)
            if hashlib.sha256(fetched[SIGNATURE_BYTES:]).digest() != manifest.sha256:
                continue
            await self._say(client, offer, "ready")
            self._be_busy(busy=True)
            return offer | {"state": self._try(manifest, payload[1])}
        raise AssertionError("the broker went away")

    def _known(self, manifest: Manifest, attempt: int) -> tuple[Any, ...] | None:
        """What it answers to an offer at once."""
        if self._running == manifest.sha256:
            return ("installed",)
        if (manifest.sha256, attempt) in self._failed:
            return ("failed",)
        held = sequence_of(self.version)
        if manifest.sequence <= held and held > manifest.replaces:
            return "refused", {
                "field": "version",
                "value": manifest.version,
                "allowed": f"above {self.version}",
            }
        return None

    def _try(self, manifest: Manifest, attempt: int) -> str:
        if self._bad and manifest.version != OLD:
            self._failed.add((manifest.sha256, attempt))
            return "failed"
        self.version, self._running = manifest.version, manifest.sha256
        key = self.sign, self.version
        self._street.installed[key] = self._street.installed.get(key, 0) + 1
        return "installed"

    async def _fetch(self, client: aiomqtt.Client, messages: Any, manifest: Manifest) -> bytes:
        """Signature and body; asks again where nothing comes."""
        whole, size = b"", SIGNATURE_BYTES + manifest.size
        while len(whole) < size:
            asked = {
                "v": 1,
                "id": manifest.sha256[:4].hex(),
                "at": len(whole),
                "n": min(ASKED, size - len(whole)),
            }
            await client.publish(self._topic("fetch"), as_bytes(asked), 1)
            until = len(whole) + int(asked["n"])  # type: ignore[call-overload]
            while len(whole) < until:
                try:
                    message = await asyncio.wait_for(anext(messages), 2)
                except TimeoutError:
                    break
                payload = bytes(message.payload)
                if str(message.topic) == self._topic("update") and payload == b"":
                    return b""  # taken back
                if str(message.topic).endswith("piece") and int.from_bytes(payload[5:9], "big") == len(whole):
                    whole += payload[9:]
        return whole

    async def _say(
        self, client: aiomqtt.Client, offer: dict[str, Any], state: str, why: dict[str, Any] | None = None
    ) -> None:
        told = {"v": 1, "id": offer["id"], "attempt": offer["attempt"], "state": state} | (why or {})
        await client.publish(self._topic("update/reported"), json.dumps(told).encode(), 1, True)

    def _be_busy(self, *, busy: bool) -> None:
        self.is_busy = busy
        self._street.look()

    def _topic(self, tail: str) -> str:
        return f"gangvakt/v1/{self.sign}/{tail}"


@asynccontextmanager
async def a_street(
    keys: Keys, port: int, signs: Iterable[SignId], bad: Iterable[SignId] = ()
) -> AsyncIterator[Street]:
    """All online."""
    street, failing = Street(), frozenset(bad)
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        working = []
        for sign in signs:
            up = asyncio.Event()
            street.signs[sign] = LightSign(sign, keys, port, street, bad=sign in failing)
            working.append(tasks.create_task(street.signs[sign].run(up)))
            await up.wait()
        yield street
        for one in working:
            one.cancel()
