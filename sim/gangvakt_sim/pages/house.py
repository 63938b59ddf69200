"""A controller whose signs are made up: `python -m gangvakt_sim.pages.house DATA PORT SIGNS RATE`.

Everything of it is real but for the signs, which speak straight into the live model: `SIGNS` 0 is the town
of the pictures, with a simulated street where `RATE` is not 0. Prints one line of JSON when it runs: the
`tokens` of log-ins, and the town's `numbers`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from gangvakt.api.auth import AuthService
from gangvakt.cli.assembly import Assembly
from gangvakt.cli.controller import Controller, Started
from gangvakt.clock import utc_ms
from gangvakt.fleet import Lamps, LiveFleet, SignId, SignStatus, SiteId
from gangvakt.provision.file_wire import SiteFileIn
from gangvakt.provision.wire import SiteIn
from gangvakt.settings import Settings
from gangvakt_sim.pages.places import Who
from gangvakt_sim.pages.town import Office, fill_town, keep_town_alive
from gangvakt_sim.pages.town_work import fill_work, newcomers

PASSWORD = "made up for pictures"  # of a controller that lives for minutes
MUNICIPALITIES, SIGNS_A_SITE = 20, 2
LAMPS = Lamps(on=False, pattern="alternating", dim_pct=100, current_proved=True)
STATUS = SignStatus("9f3ac01b", 3, 1, "0.1.0", "0123abcd", "esp32-devkitc", "active", 1, LAMPS, 480, (), True)
BEAT_S = 0.1
DESCRIBED = 200  # sites with a title and a place; a full description of each would take minutes to write


class House(Controller):
    """`fill` is called before the pages are served, `live` runs beside them."""

    def __init__(
        self,
        settings: Settings,
        on_started: Callable[[Started], None],
        fill: Callable[[Assembly], Awaitable[None]],
        live: Callable[[LiveFleet], Awaitable[None]],
    ) -> None:
        super().__init__(settings, on_started)
        self._fill, self._live = fill, live

    async def _assemble(self, stack: AsyncExitStack, http_port: int) -> Assembly:
        made = await super()._assemble(stack, http_port)
        await self._fill(made)

        async def live() -> None:
            await self._live(made.ground.fleet)

        made.runs.append(live)
        return made


def crowd(count: int) -> list[SignId]:
    """Names of so many signs, two a crossing."""
    sites = (
        SiteId(f"kommune{number % MUNICIPALITIES}", f"crossing{number}")
        for number in range(count // SIGNS_A_SITE)
    )
    return [site.sign(f"pole{pole}") for site in sites for pole in range(SIGNS_A_SITE)]


async def fill_crowd(count: int, made: Assembly) -> None:
    """Signs that are all well, the first sites with a place."""
    signs = crowd(count)
    for number, site in enumerate(dict.fromkeys(sign.site_id for sign in signs)):
        if number >= DESCRIBED:
            break
        place = {"lat_deg": 59 + number % 20 / 40, "lon_deg": 10 + number // 20 / 20}
        registry = made.ground.registry
        new = {"site": str(site), "title": f"Crossing {number}", "brokers": [("127.0.0.1", 8883)]}
        await registry.sites.add(SiteIn.model_validate(new))
        await registry.site_files.put(site, SiteFileIn.model_validate(place))
    for sign in signs:
        made.ground.fleet.put_status(sign, STATUS, utc_ms())


async def change_crowd(count: int, rate: int, fleet: LiveFleet) -> None:
    """So many changes a second, each sign in its turn."""
    signs, turn = crowd(count), 0
    while True:
        for _ in range(round(rate * BEAT_S)):
            sign = signs[turn % count]
            lamps = replace(LAMPS, on=turn // count % 2 == 0)
            fleet.put_status(sign, replace(STATUS, lamps=lamps), utc_ms())
            turn += 1
        await asyncio.sleep(BEAT_S)


async def _log_in(auth: AuthService) -> str:
    login = await auth.login("admin", await auth.first_password() or "", "pictures")
    return (await auth.change_password(login, PASSWORD)).token


def _office(made: Assembly) -> Office:
    settings = made.ground.settings
    return Office(made.services, made.ground.store, settings.recordings_dir, settings.update_keys_dir)


def main(data: Path, port: int, count: int, rate: int) -> None:
    """Until it is told to stop."""
    tokens: dict[str, str] = {}
    numbers: dict[str, int] = {}
    street = partial(keep_town_alive, with_street=rate > 0)
    live = partial(change_crowd, count, rate) if count else street

    async def fill_and_log_in(made: Assembly) -> None:
        tokens[Who.STAFF.value] = await _log_in(made.services.auth)  # as long as there is nobody else
        if count:
            await fill_crowd(count, made)
        else:
            office = _office(made)
            await fill_town(office)
            numbers.update(await fill_work(office))
            tokens.update(
                {who.value: token for who, token in (await newcomers(office.services.auth)).items()}
            )

    def announce(started: Started) -> None:
        print(json.dumps({"tokens": tokens, "numbers": numbers}), flush=True)

    settings = Settings(data, http_port=port, mqtt_port=0)
    asyncio.run(House(settings, announce, fill_and_log_in, live).run())


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
