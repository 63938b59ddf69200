"""How a controller is put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import fields
from pathlib import Path

import pytest

from gangvakt.cli.assembly import Assembly, open_ground, open_wire, services_on
from gangvakt.cli.parts import PARTS
from gangvakt.provision.file_wire import SiteFileIn
from gangvakt.provision.passphrase import from_environment
from gangvakt.settings import Settings

from .office import OTHER_SITE, SITE, a_site


@pytest.fixture
async def assembly(tmp_path: Path) -> AsyncIterator[Assembly]:
    """Put together, but for what goes on until the end."""
    settings = Settings(data=tmp_path, http_port=0, mqtt_port=0)
    async with AsyncExitStack() as stack:
        ground = await open_ground(stack, settings, from_environment)
        wire = await open_wire(stack, ground)
        made = Assembly(ground, wire, services_on(ground, wire, "a-token-of-a-test"), "http://localhost")
        for start in PARTS:
            await start(made)
        yield made


async def test_api_and_pages_are_given_everything_that_there_is(assembly: Assembly) -> None:
    missing = {one.name for one in fields(assembly.services) if getattr(assembly.services, one.name) is None}
    assert missing == {"tiles", "staff_url"}  # these are there only where somebody names them


async def test_the_map_knows_where_a_crossing_is_as_soon_as_staff_have_said_it(assembly: Assembly) -> None:
    registry, where = assembly.ground.registry, assembly.services.positions
    for site in (SITE, OTHER_SITE):
        await registry.sites.add(a_site(site))
    await registry.site_files.put(SITE, SiteFileIn(lat_deg=59.7441, lon_deg=10.2045))
    assert (where(SITE), where(OTHER_SITE)) == ((10.2045, 59.7441), None)
    await registry.site_files.put(SITE, SiteFileIn())
    assert where(SITE) is None
