"""The files of crossings and signs in the data folder of a controller on this computer."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.file_wire import (
    LogIn,
    MunicipalityIn,
    MunicipalityOut,
    NoteIn,
    NoteOut,
    PartIn,
    PartOut,
    PhotoOut,
    RepairOut,
    SignFileIn,
    SignFileOut,
    SiteFileIn,
    SiteFileOut,
    SiteRowsIn,
    StepIn,
)
from gangvakt.provision.sign_rows import SignRowOut, SignRowsIn
from gangvakt.registry.service import Registry

T = TypeVar("T")


class Ask(Protocol):
    """Puts a question to the registry in its own transaction."""

    def __call__(self, question: Callable[[Registry], Awaitable[T]]) -> T: ...


class LocalFiles:
    """Who did something is the user of this computer."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def site(self, site: SiteId) -> SiteFileOut:
        return self._ask(lambda registry: registry.site_files.one(site))

    def sites(self) -> tuple[SiteFileOut, ...]:
        return self._ask(lambda registry: registry.site_files.all())

    def take_in(self, told: SiteRowsIn) -> tuple[SiteFileOut, ...]:
        return self._ask(lambda registry: registry.site_files.take_in(told))

    def municipalities(self) -> tuple[MunicipalityOut, ...]:
        return self._ask(lambda registry: registry.site_files.municipalities())

    def put_municipality(self, name: str, new: MunicipalityIn, version: int) -> MunicipalityOut:
        return self._ask(lambda registry: registry.site_files.put_municipality(name, new, version))

    def signs(self) -> tuple[SignRowOut, ...]:
        return self._ask(lambda registry: registry.sign_lists.all())

    def take_in_signs(self, told: SignRowsIn) -> tuple[SignRowOut, ...]:
        return self._ask(lambda registry: registry.sign_lists.take_in(told, _who()))

    def put_site(self, site: SiteId, new: SiteFileIn, version: int) -> SiteFileOut:
        return self._ask(lambda registry: registry.site_files.put(site, new, version))

    def sign(self, sign: SignId) -> SignFileOut:
        return self._ask(lambda registry: registry.sign_files.one(sign))

    def put_sign(self, sign: SignId, new: SignFileIn, version: int) -> SignFileOut:
        return self._ask(lambda registry: registry.sign_files.put(sign, new, version))

    def step(self, sign: SignId, step: StepIn) -> SignFileOut:
        return self._ask(lambda registry: registry.sign_files.step(sign, step, _who()))

    def fit(self, sign: SignId, part: PartIn) -> PartOut:
        return self._ask(lambda registry: registry.sign_files.fit(sign, part, _who()))

    def remove_part(self, sign: SignId, part: int) -> None:
        self._ask(lambda registry: registry.sign_files.remove_part(sign, part))

    def repair(self, sign: SignId, done: LogIn) -> RepairOut:
        return self._ask(lambda registry: registry.sign_files.repair(sign, done, _who()))

    def note(self, sign: SignId, note: NoteIn) -> NoteOut:
        return self._ask(lambda registry: registry.sign_files.note(sign, note, _who()))

    def photo(self, sign: SignId, data: bytes, text: str, keep_days: int) -> PhotoOut:
        return self._ask(lambda registry: registry.sign_files.add_photo(sign, data, text, keep_days, _who()))


def _who() -> str:
    return f"{getpass.getuser()[:32]} (console)"
