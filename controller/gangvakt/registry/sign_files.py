"""The desk of signs' files: where each is mounted, its life, its parts, and what was done to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.errors import LifeRefused, Missing, SettingRefused, StoreError
from gangvakt.fleet import SignId
from gangvakt.fleet.life_cycle import LifeCycle, allowed_after, may_follow
from gangvakt.provision.file_wire import (
    LONGEST_WORD,
    LogIn,
    NoteIn,
    NoteOut,
    PartIn,
    PartOut,
    PhotoOut,
    Power,
    RepairOut,
    SignFileIn,
    SignFileOut,
    StepIn,
    StepOut,
)
from gangvakt.registry.ground import Ground
from gangvakt.registry.photos import PhotoFolder, redrawn
from gangvakt.registry.power import PowerBook
from gangvakt.registry.site_files import check_version
from gangvakt.registry.views import is_shadow, own_status
from gangvakt.store import registrations, sign_files, site_files
from gangvakt.store.audit import changed, record
from gangvakt.store.records import Registration
from gangvakt.store.tables_registry import NOTES, PARTS, PHOTOS, REPAIRS, SIGN_STEPS

LOG = logging.getLogger(__name__)

DAY_MS = 86_400_000
PURGE_S = 3600.0
ORPHAN_S = 3600.0  # a picture is written before the row that names it
NOT_FILED = {
    "pole": None,
    "feed": None,
    "feeder": None,
    "lit_from_min": None,
    "lit_until_min": None,
    "state": LifeCycle.ENROLLED.value,
    "version": 0,
}


class SignFiles:
    """`version` is that of what was read before; None takes whatever stands there."""

    def __init__(self, ground: Ground, power: PowerBook, photos: PhotoFolder | None = None) -> None:
        self._ground, self._power, self._photos = ground, power, photos

    async def one(self, sign: SignId) -> SignFileOut:
        """Missing when no board ever was that sign."""
        async with self._ground.store.reading() as connection:
            held = await _registration(connection, sign)
            row = await _row(connection, sign)
            logs = {
                table.name: await sign_files.logged(connection, table, str(sign))
                for table in (SIGN_STEPS, PARTS, REPAIRS, NOTES, PHOTOS)
            }
        text = await self._ground.store.signs.status(sign)
        return _told(row, held, own_status(held, text), logs)

    async def put(self, sign: SignId, new: SignFileIn, version: int | None = None) -> SignFileOut:
        """Where it is mounted and how it is fed; SettingRefused for a pole that is not its crossing's."""
        async with self._ground.store.exclusive() as connection:
            await _registration(connection, sign)
            if new.pole is not None:
                await _check_pole(connection, sign, new.pole)
            row = await _row(connection, sign)
            values = {"pole": new.pole, **fed(new.power)}
            await self._write(connection, sign, row, version, **values)
            before = {name: row.get(name) for name in values}
            await record(connection, "sign.file", str(sign), *changed(before, values))
        await self._power.load()
        return await self.one(sign)

    async def step(self, sign: SignId, step: StepIn, who: str, version: int | None = None) -> SignFileOut:
        """Into another state of its life, noted with who and when; LifeRefused where that may not follow."""
        then = LifeCycle(step.state)
        async with self._ground.store.exclusive() as connection:
            await _registration(connection, sign)
            row = await _row(connection, sign)
            now = LifeCycle(row["state"])
            if not may_follow(now, then):
                raise LifeRefused(str(sign), now.value, then.value, allowed_after(now))
            await self._write(connection, sign, row, version, state=then.value)
            await self._log(connection, SIGN_STEPS, sign, who, state=then.value, text=step.text)
            states = {"state": now.value}, {"state": then.value}
            await record(connection, "sign.state", str(sign), *states)
        await self._power.load()
        return await self.one(sign)

    async def fit(self, sign: SignId, part: PartIn, who: str) -> PartOut:
        """A part is in the sign from now on."""
        warranty = part.warranty_until.isoformat() if part.warranty_until else None
        row = {"sign": str(sign), **part.model_dump(), "warranty_until": warranty}
        row |= {"fitted_ms": self._ground.clock_ms(), "fitted_by": who}
        async with self._ground.store.exclusive() as connection:
            await _registration(connection, sign)
            number = await sign_files.log(connection, PARTS, row)
            fitted = {"part": number, **part.model_dump(mode="json")}
            await record(connection, "sign.part-fit", str(sign), None, fitted)
        return PartOut.model_validate({**row, "id": number, "removed_ms": None})

    async def remove_part(self, sign: SignId, part: int) -> None:
        """Missing when no such part is in the sign."""
        async with self._ground.store.exclusive() as connection:
            if not await sign_files.remove_part(connection, str(sign), part, self._ground.clock_ms()):
                raise Missing("part", f"{part} in {sign}", f"`gangvakt sign file {sign}` lists them")
            await record(connection, "sign.part-remove", str(sign), {"part": part}, None)

    async def repair(self, sign: SignId, done: LogIn, who: str) -> RepairOut:
        """Notes what was done."""
        async with self._ground.store.exclusive() as connection:
            await _registration(connection, sign)
            row = await self._log(connection, REPAIRS, sign, who, text=done.text)
            await record(connection, "sign.repair", str(sign), None, {"repair": row["id"]})
        return RepairOut.model_validate(row)

    async def note(self, sign: SignId, note: NoteIn, who: str) -> NoteOut:
        """For a time."""
        until_ms = self._ground.clock_ms() + note.keep_days * DAY_MS
        async with self._ground.store.exclusive() as connection:
            await _registration(connection, sign)
            row = await self._log(connection, NOTES, sign, who, text=note.text, delete_ms=until_ms)
            # Not its text, here and below: that is to be gone when its time is over.
            await record(connection, "sign.note", str(sign), None, {"note": row["id"], "delete_ms": until_ms})
        return NoteOut.model_validate(row)

    async def add_photo(self, sign: SignId, data: bytes, text: str, keep_days: int, who: str) -> PhotoOut:
        """Keeps the picture without what the camera wrote beside it; SettingRefused for what is none."""
        if len(text) > LONGEST_WORD:
            raise SettingRefused("photo", "text", text[:LONGEST_WORD], f"at most {LONGEST_WORD} characters")
        await self.one(sign)
        picture = await asyncio.to_thread(redrawn, data)
        file = await asyncio.to_thread(self._folder.keep, picture.jpeg)
        size = {"width_px": picture.width_px, "height_px": picture.height_px, "size": len(picture.jpeg)}
        until_ms = self._ground.clock_ms() + keep_days * DAY_MS
        async with self._ground.store.exclusive() as connection:
            row = await self._log(
                connection, PHOTOS, sign, who, text=text, file=file, delete_ms=until_ms, **size
            )
            added = {"photo": row["id"], "delete_ms": until_ms, **size}
            await record(connection, "sign.photo-add", str(sign), None, added)
        return PhotoOut.model_validate(row)

    async def photo(self, sign: SignId, number: int) -> bytes:
        """The JPEG; Missing when it is gone."""
        async with self._ground.store.reading() as connection:
            row = await sign_files.photo(connection, str(sign), number)
        data = await asyncio.to_thread(self._folder.read, row.file) if row is not None else None
        if data is None:
            raise Missing("photo", f"{number} of {sign}")
        return data

    async def delete_photo(self, sign: SignId, number: int) -> None:
        """Before its time; Missing when it is gone."""
        async with self._ground.store.exclusive() as connection:
            if await sign_files.photo(connection, str(sign), number) is None:
                raise Missing("photo", f"{number} of {sign}")
            await sign_files.delete_photo(connection, number)
            await record(connection, "sign.photo-delete", str(sign), {"photo": number}, None)
        await self._drop_pictures(0)

    async def purge(self) -> int:
        """Deletes what has been kept for its time; how many notes and photos."""
        async with self._ground.store.exclusive() as connection:
            gone = await sign_files.purge(connection, self._ground.clock_ms())
        await self._drop_pictures(ORPHAN_S)
        return gone

    async def _drop_pictures(self, age_s: float) -> None:
        if self._photos is not None:
            async with self._ground.store.reading() as connection:
                named = await sign_files.photo_files(connection)
            await asyncio.to_thread(self._photos.keep_only, named, time.time() - age_s)

    async def _write(
        self,
        connection: AsyncConnection,
        sign: SignId,
        row: dict[str, Any],
        version: int | None,
        **values: object,
    ) -> None:
        next_ = check_version(f"the file of {sign}", version, row["version"])
        stamp = {"sign": str(sign), "version": next_, "changed_ms": self._ground.clock_ms()}
        await sign_files.put_sign_file(connection, {**row, **values, **stamp})

    async def _log(
        self, connection: AsyncConnection, table: Any, sign: SignId, who: str, **values: object
    ) -> dict[str, object]:
        row = {"sign": str(sign), "at_ms": self._ground.clock_ms(), "who": who, **values}
        return {**row, "id": await sign_files.log(connection, table, row)}

    @property
    def _folder(self) -> PhotoFolder:
        if self._photos is None:
            raise Missing("folder", "for photos")
        return self._photos


async def _registration(connection: AsyncConnection, sign: SignId) -> Registration:
    held = await registrations.of_sign(connection, sign)
    if not held:
        raise Missing("sign", str(sign), "`gangvakt sign list` shows those that are known")
    return held[-1]


async def _row(connection: AsyncConnection, sign: SignId) -> dict[str, Any]:
    row = await sign_files.sign_file(connection, str(sign))
    return dict(row._mapping) if row is not None else dict(NOT_FILED)


def fed(power: Power | None) -> dict[str, Any]:
    """The columns of a sign's file that say what feeds it."""
    return power.model_dump() if power else dict.fromkeys(Power.model_fields)


async def _check_pole(connection: AsyncConnection, sign: SignId, pole: str) -> None:
    found = await site_files.site_files(connection, str(sign.site_id))
    names = [one.pole for one in found[0].poles] if found else []
    if pole not in names:
        allowed = ", ".join(names) or "a pole of the crossing, which has none described yet"
        raise SettingRefused("sign file", "pole", pole, allowed)


def _told(
    row: dict[str, Any], held: Registration, status: Mapping[str, Any], logs: dict[str, Any]
) -> SignFileOut:
    """Board, firmware, certificate and their dates are what the sign and its registration say."""
    newest = held.certificates[-1] if held.certificates else None
    return SignFileOut(
        sign=str(held.sign),
        state=row["state"],
        pole=row["pole"],
        power=Power(**{name: row[name] for name in Power.model_fields}) if row["feed"] else None,
        board=held.board,
        firmware=_firmware(held, status),
        certificate_ends_ms=newest.ends_ms if newest else None,
        registered_ms=held.registered_ms,
        is_shadow=is_shadow(status),
        steps=tuple(StepOut.model_validate(one) for one in logs["sign_steps"]),
        parts=tuple(PartOut.model_validate(one) for one in logs["parts"]),
        repairs=tuple(RepairOut.model_validate(one) for one in logs["repairs"]),
        notes=tuple(NoteOut.model_validate(one) for one in logs["notes"]),
        photos=tuple(PhotoOut.model_validate(one) for one in logs["photos"]),
        version=row["version"],
    )


def _firmware(held: Registration, status: Mapping[str, Any]) -> str | None:
    """What it said last; until it does, what was flashed."""
    told = status.get("fw") or held.versions.get("firmware")
    return None if told is None else str(told)


async def purging(files: SignFiles) -> None:
    """Purges every hour until cancelled."""
    task = asyncio.current_task()
    while task is None or not task.cancelling():
        try:
            await files.purge()
        except (StoreError, OSError) as error:
            LOG.warning("notes and photos whose time is over wait: %s", error)
        await asyncio.sleep(PURGE_S)
