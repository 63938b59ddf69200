"""Two Norwegian municipalities with some forty signs: what is well, what is not, and what happened before."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gangvakt.api import Services
from gangvakt.clock import utc_ms
from gangvakt.fleet import EventKey, Fault, Lamps, LiveFleet, ReportedConfig, SignId, SignStatus, SiteId
from gangvakt.fleet.alarm import Condition, Step
from gangvakt.fleet.alarm_classes import OFFLINE
from gangvakt.fleet.alarm_states import Kind
from gangvakt.fleet.signs import Telemetry
from gangvakt.fleet.speeds import VEHICLES
from gangvakt.provision.file_wire import MunicipalityIn, SiteFileIn
from gangvakt.provision.site_config import schema_hash
from gangvakt.provision.wire import SiteIn
from gangvakt.store import NewEvent, Store, Work
from gangvakt.store.rollups import roll_up
from gangvakt_sim.pages.town_street import scene, world
from gangvakt_sim.pages.town_vehicles import COUNTS, QUIET_HOUR, vehicles_told
from gangvakt_sim.pages.town_watched import KERB, POLES, keep_watched

SEED = 7
LAMPS = Lamps(on=False, pattern="alternating", dim_pct=80, current_proved=True)
STATUS = SignStatus(
    "9f3ac01b", 3, 86_400_000, "1.4.2", "0123abcd", "esp32-devkitc", "active", 4, LAMPS, 480, (), True
)
SENSED = Telemetry(86_400_000, light_mv=1_240, daylight=True, supply_mv=12_600, link="wifi", rssi_dbm=-61)
TELEMETRY = replace(SENSED, heap_free=61_000, reconnects=1, self_tests=3)
HOUR_MS = 3_600_000
DAYS = 21
LIT_MS = 9300
SILENT_FOR_MS = 3 * HOUR_MS
BEAT_S, STREET_S = 4.0, 0.1
# People an hour, from midnight: to school and work, home again.
PEOPLE = (0, 0, 0, 0, 0, 1, 3, 9, 7, 3, 3, 4, 5, 4, 6, 9, 8, 6, 4, 3, 2, 2, 1, 0)


@dataclass(frozen=True)
class Crossing:
    """One of the town; `busy` scales how many people come."""

    municipality: str
    site: str
    title: str
    lat_deg: float
    lon_deg: float
    limit_kmh: int = 40
    busy: float = 1.0

    @property
    def id(self) -> SiteId:
        return SiteId(self.municipality, self.site)


TOWN = (
    Crossing("drammen", "storgata", "Storgata ved skolen", 59.7441, 10.2045, 30, 1.6),
    Crossing("drammen", "bragernes-torg", "Bragernes torg", 59.7449, 10.2031, 30, 1.8),
    Crossing("drammen", "engene", "Engene ved biblioteket", 59.7432, 10.1985, 40),
    Crossing("drammen", "rosenkrantzgata", "Rosenkrantzgata", 59.7421, 10.1862, 50, 0.7),
    Crossing("drammen", "konnerudgata", "Konnerudgata", 59.7372, 10.1968, 50),
    Crossing("drammen", "tollbugata", "Tollbugata ved stasjonen", 59.7402, 10.2033, 40, 1.4),
    Crossing("drammen", "bjornstjerne", "Bjørnstjerne Bjørnsons gate", 59.7394, 10.2125, 50, 0.8),
    Crossing("drammen", "hamborgstrom", "Hamborgstrøm skole", 59.7478, 10.1881, 30, 1.2),
    Crossing("drammen", "brandengen", "Brandengen skole", 59.7346, 10.2115, 30, 1.1),
    Crossing("drammen", "gulskogen", "Gulskogen senter", 59.7437, 10.1602, 40, 0.9),
    Crossing("drammen", "fjell", "Fjell skole", 59.7281, 10.2237, 30),
    Crossing("drammen", "svelvikveien", "Svelvikveien", 59.7306, 10.2329, 60, 0.4),
    Crossing("drammen", "asen", "Åssiden ved kirken", 59.7497, 10.1571, 50, 0.6),
    Crossing("drammen", "oren", "Øren skole", 59.7459, 10.1745, 30),
    Crossing("lier", "lierbyen", "Lierbyen sentrum", 59.7869, 10.2441, 40, 1.1),
    Crossing("lier", "tranby", "Tranby skole", 59.8091, 10.2620, 30),
    Crossing("lier", "hegg", "Hegg skole", 59.7912, 10.2534, 30, 0.9),
    Crossing("lier", "lierstranda", "Lierstranda", 59.7511, 10.2480, 60, 0.4),
    Crossing("lier", "hoevik", "Høvik skole", 59.7722, 10.2421, 40, 0.8),
    Crossing("lier", "reistad", "Reistad bussterminal", 59.7801, 10.2499, 50, 0.7),
)


@dataclass(frozen=True)
class Office:
    """A controller that a town is put into, where its files lie, and which crossings the town has."""

    services: Services
    store: Store
    recordings: Path
    update_keys: Path
    town: tuple[Crossing, ...] = TOWN

    @property
    def signs(self) -> tuple[SignId, ...]:
        return tuple(crossing.id.sign(pole) for crossing in self.town for pole in POLES)


SIGNS = tuple(crossing.id.sign(pole) for crossing in TOWN for pole in POLES)
SILENT = SignId("drammen", "svelvikveien", "south")
DARK = SignId("lier", "lierstranda", "north")
BY_DAY_OFF = (SignId("lier", "tranby", "north"), SignId("lier", "tranby", "south"))
FAULTY = {
    DARK: Fault("lamp_left_dead"),
    SignId("drammen", "hamborgstrom", "north"): Fault("radar_silent"),
    SignId("lier", "reistad", "south"): Fault("light_stuck"),
}
SHADOW = (SignId("drammen", "oren", "north"), SignId("drammen", "oren", "south"))
RIVER = (
    *((10.10, 59.7475), (10.15, 59.7440), (10.17, 59.7418)),
    *((10.19, 59.7408), (10.21, 59.7412), (10.24, 59.7375)),
)
NAMES = {"Drammen": (10.2045, 59.7465), "Lier": (10.2441, 59.7895), "Drammenselva": (10.13, 59.7452)}


async def fill_town(office: Office, days: int = DAYS) -> None:
    """Crossings, so many days of people, a map, and alarms that somebody has begun to look at."""
    services = office.services
    registry = services.registry
    for name in ("drammen", "lier"):
        new = MunicipalityIn(title=f"{name.title()} kommune", contact="")
        await registry.site_files.put_municipality(name, new)
    for crossing in office.town:
        site = {"site": str(crossing.id), "title": crossing.title, "brokers": [("127.0.0.1", 8883)]}
        await registry.sites.add(SiteIn.model_validate(site))
        place = {"lat_deg": crossing.lat_deg, "lon_deg": crossing.lon_deg, "road_width_m": 7}
        street = {"street": crossing.title.split(" ved ")[0], "speed_limit_kmh": crossing.limit_kmh}
        await registry.site_files.put(crossing.id, SiteFileIn.model_validate(place | street))
    if services.ground_map is not None:
        services.ground_map.write_text(json.dumps(ground()))
    await _history(office, days)
    _speak(services.fleet, office.signs)
    await _alarms(services, office.signs)


async def keep_town_alive(fleet: LiveFleet, *, with_street: bool = False) -> None:
    """Telemetry of all that are there, now and then somebody who crosses, and a simulated street."""
    await asyncio.gather(_beat(fleet), keep_watched(fleet), *((_street(fleet),) if with_street else ()))


async def _street(fleet: LiveFleet) -> None:
    began_s = time.monotonic()
    fleet.put_scene(scene(TOWN[0].id))
    while True:
        fleet.put_world(world(TOWN[0].id, time.monotonic() - began_s))
        await asyncio.sleep(STREET_S)


async def _beat(fleet: LiveFleet) -> None:
    dice = random.Random(SEED)
    while True:
        lit = dice.sample([sign for sign in SIGNS if sign.site_id.municipality == "drammen"], 3)
        for sign in SIGNS:
            if sign in (SILENT, *BY_DAY_OFF):
                continue
            fleet.put_telemetry(sign, TELEMETRY, utc_ms())
            fleet.put_status(sign, _status(sign, is_lit=sign in lit), utc_ms())
        await asyncio.sleep(BEAT_S)


def ground() -> dict[str, object]:
    """A plain map: the river, a road through the crossings of each municipality, and names."""
    north = [(lon, lat + 0.0018) for lon, lat in RIVER]
    south = [(lon, lat - 0.0018) for lon, lat in reversed(RIVER)]
    area = {"type": "Polygon", "coordinates": [[*north, *south, north[0]]]}
    features = [_feature(area, "Drammenselva")]
    for municipality in ("drammen", "lier"):
        at = sorted((one.lon_deg, one.lat_deg) for one in TOWN if one.municipality == municipality)
        if municipality == "lier":
            at.sort(key=lambda place: place[1])
        features.append(_feature({"type": "LineString", "coordinates": at}, municipality))
    for name, place in NAMES.items():
        features.append(_feature({"type": "Point", "coordinates": place}, name))
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: Mapping[str, object], name: str) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": {"name": name}}


def _speak(fleet: LiveFleet, signs: Sequence[SignId]) -> None:
    now_ms = utc_ms()
    silent_ms = now_ms - SILENT_FOR_MS
    for sign in signs:
        at_ms = silent_ms if sign in (SILENT, *BY_DAY_OFF) else now_ms
        fleet.put_status(sign, _status(sign), at_ms)
        feed = "solar" if sign in BY_DAY_OFF else "mains"
        values: dict[str, object] = {"mode": "active", "power_profile": feed, **KERB}
        fleet.put_config(sign, ReportedConfig(4, schema_hash(), values, ()), at_ms)
    for sign in {SILENT, *BY_DAY_OFF}.intersection(signs):
        fleet.put_offline(sign, silent_ms)


def _status(sign: SignId, *, is_lit: bool = False) -> SignStatus:
    faults = (FAULTY[sign],) if sign in FAULTY else ()
    lamps = replace(LAMPS, on=is_lit, current_proved=sign != DARK)
    return replace(STATUS, lamps=lamps, faults=faults, mode="shadow" if sign in SHADOW else "active")


async def _history(office: Office, days: int) -> None:
    store = office.store
    events = tuple(_events(office, days))
    for start in range(0, len(events), 2000):
        office.services.fleet.put_events(await store.journal.write(Work(events[start : start + 2000])))
    async with store.exclusive() as connection:
        while await roll_up(connection):
            pass


def _events(office: Office, days: int) -> Iterator[NewEvent]:
    dice = random.Random(SEED)
    begin_ms = utc_ms() // HOUR_MS * HOUR_MS - days * 24 * HOUR_MS
    numbers = dict.fromkeys(office.signs, 0)

    def event(sign: SignId, kind: str, at_ms: int, detail: Mapping[str, object]) -> NewEvent:
        numbers[sign] += 1
        key = EventKey(sign, "9f3ac01b", 3, numbers[sign])
        return NewEvent(key, kind, at_ms, "utc", numbers[sign], at_ms, dict(detail))

    for hour in range(days * 24):
        for at_ms, sign in sorted(_people(dice, office.town, begin_ms + hour * HOUR_MS)):
            lead: dict[str, object] = {
                "reason": "approach",
                "t_kerb_ms": dice.randrange(1800, 3600),
                "track": 1,
            }
            off: dict[str, object] = {"on_ms": LIT_MS, "cause": "hold"}
            yield event(sign, "activation_on", at_ms, lead)
            yield event(sign, "activation_off", at_ms + LIT_MS, off)
        hour_ms = begin_ms + hour * HOUR_MS
        for crossing in (one for one in office.town if one.site in QUIET_HOUR):
            people = PEOPLE[(hour_ms // HOUR_MS) % 24]
            for told in vehicles_told(dice, crossing.site, crossing.limit_kmh, people):
                yield event(crossing.id.sign(COUNTS), VEHICLES, hour_ms + HOUR_MS, told)


def _people(dice: random.Random, town: Sequence[Crossing], hour_ms: int) -> Iterator[tuple[int, SignId]]:
    """When somebody came in an hour, and which sign saw him first."""
    for crossing in town:
        share = PEOPLE[(hour_ms // HOUR_MS) % 24] * crossing.busy / 4
        for _ in range(int(share + dice.random())):
            yield hour_ms + dice.randrange(HOUR_MS - LIT_MS), crossing.id.sign(dice.choice(POLES))


async def _alarms(services: Services, signs: Sequence[SignId]) -> None:
    assert services.patrol is not None
    await services.patrol.restore()
    alarms = services.patrol.alarms
    told = {SILENT: OFFLINE, **{sign: fault.code for sign, fault in FAULTY.items()}}
    # By the name that the watch has for a sign, so that it finds them raised.
    await alarms.report_all(
        {f"sign:{sign}": [Condition(code, str(sign))] for sign, code in told.items() if sign in signs}
    )
    radar = next(one for one in alarms.open() if one.code == "radar_silent")
    await alarms.act(radar.id, Step(Kind.COMMENT, utc_ms(), "kari", "Montøren er på vei, kl. 10."))
    await alarms.act(radar.id, Step(Kind.ACKNOWLEDGE, utc_ms(), "kari"))
