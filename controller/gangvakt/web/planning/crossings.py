"""Which crossings somebody may plan and report on, and what their files say."""

from __future__ import annotations

from dataclasses import dataclass

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.errors import Missing, NameRefused
from gangvakt.fleet import SiteId
from gangvakt.provision.file_wire import SiteFileOut


@dataclass(frozen=True)
class Crossing:
    """A crossing with its file; `municipality` as people write it."""

    site: SiteId
    file: SiteFileOut
    municipality: str


async def crossings_of(services: Services, login: Login) -> tuple[Crossing, ...]:
    """All that are his business, by their names."""
    titles = await _titles(services)
    files = sorted(await services.registry.site_files.all(), key=lambda file: file.site)
    mine = [(SiteId.parse(file.site), file) for file in files]
    return tuple(
        Crossing(site, file, titles.get(site.municipality, site.municipality))
        for site, file in mine
        if login.granted.role_in(site.municipality) is not None
    )


async def crossing_of(services: Services, login: Login, municipality: str, site: str) -> Crossing | None:
    """None where there is none, and where it is not his business."""
    try:
        place = SiteId(municipality, site)
        if login.granted.role_in(place.municipality) is None:
            return None
        file = await services.registry.site_files.one(place)
    except (NameRefused, Missing):
        return None
    return Crossing(place, file, (await _titles(services)).get(place.municipality, place.municipality))


async def _titles(services: Services) -> dict[str, str]:
    return {one.municipality: one.title for one in await services.registry.site_files.municipalities()}
