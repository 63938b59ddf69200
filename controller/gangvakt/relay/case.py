"""The sealed export of one activation or accident: all that is known of a sign around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt import __version__
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import ExportRefused, RecordingRefused
from gangvakt.fleet import SignId
from gangvakt.provision.pki import Pki
from gangvakt.provision.seal_key import open_seal_key
from gangvakt.provision.sealed_file import as_json, seal
from gangvakt.recordings.flight_file import LARGEST, SUFFIX, read_head
from gangvakt.store import Store
from gangvakt.store.audit import note
from gangvakt.store.exports import commands_between, events_between, knowledge_of, time_of_event

AROUND_MS = 600_000  # before and after an event: people and cars that had to do with it
LONGEST_MS = 31 * 24 * 3600 * 1000
MOST_RECORDINGS = 500


@dataclass(frozen=True)
class Wanted:
    """Which time of a sign: around an event, or from and to (UTC ms)."""

    sign: SignId
    event: int | None = None
    from_ms: int | None = None
    to_ms: int | None = None


class Cases:
    """Makes sealed exports; the seal's key lies in `folder`. Missing, ExportRefused."""

    def __init__(
        self,
        store: Store,
        recordings: Path,
        folder: Path,
        pki: Callable[[], Pki],
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self._store, self._recordings, self._folder = store, recordings, folder
        self._pki, self._clock_ms = pki, clock_ms

    async def export(self, wanted: Wanted, user: str) -> bytes:
        """The ZIP file; `user` is who asked for it."""
        async with self._store.reading() as connection:
            from_ms, to_ms = await self._time(connection, wanted)
            events = await events_between(connection, wanted.sign, from_ms, to_ms)
            commands = await commands_between(connection, wanted.sign, from_ms, to_ms)
            known = await knowledge_of(connection, wanted.sign)
        await self._noted(wanted, user, from_ms, to_ms)
        files = {
            "events.json": as_json(events),
            "commands.json": as_json(commands),
            "sign.json": as_json(known),
            "versions.json": as_json({"controller": __version__, "sign": _versions(known)}),
        }
        files |= self._recordings_of(wanted.sign, events)
        now_ms, pki = self._clock_ms(), self._pki()
        key = open_seal_key(self._folder, pki.authority, datetime.fromtimestamp(now_ms / 1000, UTC))
        about = {
            "sign": str(wanted.sign),
            "event": wanted.event,
            "from_ms": from_ms,
            "to_ms": to_ms,
            "sealed_ms": now_ms,
            "sealed_for": user,
            "controller": __version__,
        }
        return seal(files, about, key, pki.authority_pem)

    async def _noted(self, wanted: Wanted, user: str, from_ms: int, to_ms: int) -> None:
        told = {"event": wanted.event, "from_ms": from_ms, "to_ms": to_ms}
        async with self._store.exclusive() as connection:
            await note(connection, user, "export.make", str(wanted.sign), None, told)

    async def _time(self, connection: AsyncConnection, wanted: Wanted) -> tuple[int, int]:
        if wanted.event is not None:
            at_ms = await time_of_event(connection, wanted.sign, wanted.event)
            return at_ms - AROUND_MS, at_ms + AROUND_MS
        if wanted.from_ms is None or wanted.to_ms is None:
            raise ExportRefused("export", "from_ms", wanted.from_ms, "an event, or from_ms with to_ms")
        if not 0 <= wanted.to_ms - wanted.from_ms <= LONGEST_MS:
            raise ExportRefused(
                "export", "to_ms", wanted.to_ms, f"from_ms up to {LONGEST_MS // 86_400_000} days after it"
            )
        return wanted.from_ms, wanted.to_ms

    def _recordings_of(self, sign: SignId, events: list[dict[str, Any]]) -> dict[str, bytes]:
        """Those that were kept for any of these events; what is damaged is left out."""
        keys = {(event["boot"], event["seq"]) for event in events}
        folder = self._recordings / sign.municipality / sign.site / sign.sign
        found: dict[str, bytes] = {}
        for path in sorted(folder.glob(f"*{SUFFIX}"))[:MOST_RECORDINGS]:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
            try:
                head = read_head(data, path.name)
            except RecordingRefused:
                continue
            if (head.boot, head.seq) in keys:
                found[f"recordings/{path.name}"] = data
        return found


def _versions(known: dict[str, Any]) -> dict[str, Any]:
    status = (known["seen"] or {}).get("status") or {}
    names = ("firmware", "schema", "board", "config_version", "certificate")
    return {name: status.get(name) for name in names if isinstance(status, dict)}
