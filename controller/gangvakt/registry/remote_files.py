"""The files of crossings and signs behind the API of a controller."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

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
    SiteRowsOut,
    StepIn,
)
from gangvakt.provision.pages import Page
from gangvakt.provision.sign_rows import SignRowOut, SignRowsIn, SignRowsOut
from gangvakt.registry.asking import Asking, listed, path_of

M = TypeVar("M", bound=BaseModel)


class ApiFiles:
    """Each question is one request of `asking`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def site(self, site: SiteId) -> SiteFileOut:
        return self._ask(SiteFileOut, "GET", path_of("sites", site, "file"))

    def sites(self) -> tuple[SiteFileOut, ...]:
        return self._all(Page[SiteFileOut], "/site-files")

    def take_in(self, told: SiteRowsIn) -> tuple[SiteFileOut, ...]:
        return self._ask(SiteRowsOut, "POST", "/site-files", told).items

    def municipalities(self) -> tuple[MunicipalityOut, ...]:
        return self._all(Page[MunicipalityOut], "/municipalities")

    def put_municipality(self, name: str, new: MunicipalityIn, version: int) -> MunicipalityOut:
        return self._ask(MunicipalityOut, "PUT", path_of("municipalities", name), new, version)

    def signs(self) -> tuple[SignRowOut, ...]:
        return self._all(Page[SignRowOut], "/sign-files")

    def take_in_signs(self, told: SignRowsIn) -> tuple[SignRowOut, ...]:
        return self._ask(SignRowsOut, "POST", "/sign-files", told).items

    def put_site(self, site: SiteId, new: SiteFileIn, version: int) -> SiteFileOut:
        return self._ask(SiteFileOut, "PUT", path_of("sites", site, "file"), new, version)

    def sign(self, sign: SignId) -> SignFileOut:
        return self._ask(SignFileOut, "GET", path_of("signs", sign, "file"))

    def put_sign(self, sign: SignId, new: SignFileIn, version: int) -> SignFileOut:
        return self._ask(SignFileOut, "PUT", path_of("signs", sign, "file"), new, version)

    def step(self, sign: SignId, step: StepIn) -> SignFileOut:
        return self._ask(SignFileOut, "POST", path_of("signs", sign, "state"), step)

    def fit(self, sign: SignId, part: PartIn) -> PartOut:
        return self._ask(PartOut, "POST", path_of("signs", sign, "parts"), part)

    def remove_part(self, sign: SignId, part: int) -> None:
        self._asking("DELETE", path_of("signs", sign, "parts", str(part)))

    def repair(self, sign: SignId, done: LogIn) -> RepairOut:
        return self._ask(RepairOut, "POST", path_of("signs", sign, "repairs"), done)

    def note(self, sign: SignId, note: NoteIn) -> NoteOut:
        return self._ask(NoteOut, "POST", path_of("signs", sign, "notes"), note)

    def photo(self, sign: SignId, data: bytes, text: str, keep_days: int) -> PhotoOut:
        query = urlencode({"text": text, "keep_days": keep_days})
        reply = self._asking("POST", f"{path_of('signs', sign, 'photos')}?{query}", data)
        return PhotoOut.model_validate_json(reply)

    def _all(self, page: type[Page[M]], path: str) -> tuple[M, ...]:
        return listed(lambda path: self._ask(page, "GET", path), path).items

    def _ask(
        self,
        answer: type[M],
        method: str,
        path: str,
        body: BaseModel | None = None,
        version: int | None = None,
    ) -> M:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return answer.model_validate_json(self._asking(method, path, body, headers))
