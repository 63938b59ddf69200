"""Updates that were uploaded once, to be offered by rollouts: looked at before anything of them is kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import ImageError, RolloutRefused, UpdateRefused
from gangvakt.fleet.rollouts import Artifact
from gangvakt.provision.pack import Kind, Manifest
from gangvakt.provision.update_file import UpdateFile
from gangvakt.store.audit import note
from gangvakt.store.rollouts import RolloutTable, Upload, add_artifact

HELD = 8  # in memory: more than one rollout has boards
SOURCE = "artifact"


Check = Callable[[Manifest], Awaitable[None]]
"""Raises where an update may not go to signs."""


async def _anything(update: Manifest) -> None:
    return


class Artifacts:
    """`trusted` gives the public parts of the keys whose updates signs take; `check` is asked besides."""

    def __init__(
        self,
        table: RolloutTable,
        trusted: Callable[[], bytes],
        clock_ms: ClockMs = utc_ms,
        check: Check = _anything,
    ) -> None:
        self._table, self._trusted, self._clock_ms, self._check = table, trusted, clock_ms, check
        self._held: OrderedDict[int, UpdateFile] = OrderedDict()

    async def upload(self, data: bytes, who: str) -> Upload:
        """Kept, or the one that is there already. UpdateRefused where it is damaged, or signed by another;
        whatever `check` raises."""
        update = await asyncio.to_thread(self._checked, data)
        await self._check(update.manifest)
        facts = _facts(update, hashlib.sha256(data).hexdigest(), len(data))
        async with self._table.exclusive() as connection:
            kept = await add_artifact(connection, Upload(facts, self._clock_ms(), who), data)
            told = {"sha256": facts.sha256, "board": facts.board, "version": facts.version}
            await note(connection, who, "artifact.upload", f"artifact:{kept.artifact.id}", None, told)
        return kept

    async def all(self) -> tuple[Upload, ...]:
        return await self._table.artifacts()

    async def get(self, number: int) -> Artifact:
        """RolloutRefused where there is none."""
        found = await self._table.artifact(number)
        if found is None:
            raise RolloutRefused("rollout", "artifact", number, "one of `gangvakt rollout artifacts`")
        return found.artifact

    async def file(self, number: int) -> UpdateFile:
        """Whole, and still trusted. UpdateRefused, RolloutRefused."""
        if number not in self._held:
            data = await self._table.content(number)
            if data is None:
                raise RolloutRefused("rollout", "artifact", number, "one of `gangvakt rollout artifacts`")
            self._held[number] = await asyncio.to_thread(self._checked, data)
        self._held.move_to_end(number)
        if len(self._held) > HELD:
            self._held.popitem(last=False)
        return self._held[number]

    def _checked(self, data: bytes) -> UpdateFile:
        update = UpdateFile.parse(data, SOURCE)
        if not update.is_signed_by(self._trusted()):
            allowed = "one by the keys of this controller (`gangvakt firmware keys`)"
            raise UpdateRefused(SOURCE, "signature", "of another", allowed)
        return update


def _facts(update: UpdateFile, sha256: str, size: int) -> Artifact:
    found = update.manifest
    try:
        sequence = found.sequence
    except ImageError as error:
        raise UpdateRefused(SOURCE, "version", found.version, error.allowed) from error
    return Artifact(
        id=0,
        board=found.board,
        version=found.version,
        sequence=sequence,
        sha256=sha256,
        size=size,
        is_app=found.kind is Kind.APP,
        replaces=found.replaces,
        minimum=found.minimum,
    )
