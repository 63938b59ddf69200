"""Two Norwegian municipalities with some forty signs: what is well, what is not, and what happened before."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from gangvakt.cli.assembly import Assembly
from gangvakt.clock import utc_ms
from gangvakt.fleet import EventKey, Fault, Lamps, LiveFleet, ReportedConfig, SignId, SignStatus, SiteId
from gangvakt.fleet.alarm import Condition, Step
from gangvakt.fleet.alarm_states import Kind
from gangvakt.fleet.look import Look, LookTrack, TrackKind
from gangvakt.fleet.signs import Telemetry
from gangvakt.provision.file_wire import MunicipalityIn, SiteFileIn
from gangvakt.provision.wire import SiteIn
from gangvakt.store import NewEvent, Work
from gangvakt.store.rollups import roll_up

SEED = 7
LAMPS = Lamps(on=False, pattern="alternating", dim_pct=80, current_proved=True)
STATUS = SignStatus(
    "9f3ac01b", 3, 86_400_000, "1.4.2", "0123abcd", "esp32-devkitc", "active", 4, LAMPS, 480, (), True
)
TELEMETRY = Telemetry(86_400_000, heap_free=61_000, supply_mv=12_600, reconnects=1, self_tests=3)
POLES = ("north", "south")
HOUR_MS = 3_600_000
DAYS = 21
BEAT_S = 4.0
LOOK_S = 0.3
WALK_STEPS, NEAR_MM = 24, -2_800
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
SIGNS = tuple(crossing.id.sign(pole) for crossing in TOWN for pole in POLES)
SILENT = SignId("drammen", "svelvikveien", "south")
DARK = SignId("lier", "lierstranda", "north")
BY_DAY_OFF = (SignId("lier", "tranby", "north"), SignId("lier", "tranby", "south"))
FAULTY = {
    SignId("drammen", "hamborgstrom", "north"): Fault("radar_silent"),
    SignId("lier", "reistad", "south"): Fault("light_stuck"),
}
WATCHED = SiteId("drammen", "engene")
KERB = {"kerb_b_x_mm": 4_000, "crossing_width_mm": 7_000}
SHADOW = (SignId("drammen", "oren", "north"), SignId("drammen", "oren", "south"))
RIVER = (
    *((10.10, 59.7475), (10.15, 59.7440), (10.17, 59.7418)),
    *((10.19, 59.7408), (10.21, 59.7412), (10.24, 59.7375)),
)
NAMES = {"Drammen": (10.2045, 59.7465), "Lier": (10.2441, 59.7895), "Drammenselva": (10.13, 59.7452)}


async def fill_town(made: Assembly) -> None:
    """Crossings, three weeks of people, a map, and alarms that somebody has begun to look at."""
    registry = made.ground.registry
    for name in ("drammen", "lier"):
        new = MunicipalityIn(title=f"{name.title()} kommune", contact="")
        await registry.site_files.put_municipality(name, new)
    for crossing in TOWN:
        site = {"site": str(crossing.id), "title": crossing.title, "brokers": [("127.0.0.1", 8883)]}
        await registry.sites.add(SiteIn.model_validate(site))
        place = {"lat_deg": crossing.lat_deg, "lon_deg": crossing.lon_deg, "road_width_m": 7}
        street = {"street": crossing.title.split(" ved ")[0], "speed_limit_kmh": crossing.limit_kmh}
        await registry.site_files.put(crossing.id, SiteFileIn.model_validate(place | street))
    made.ground.settings.ground_map.write_text(json.dumps(ground()))
    await _history(made)
    _speak(made.ground.fleet)
    await _alarms(made)


async def keep_town_alive(fleet: LiveFleet) -> None:
    """Until cancelled."""
    await asyncio.gather(_keep_speaking(fleet), _keep_watched(fleet))


async def _keep_speaking(fleet: LiveFleet) -> None:
    """Telemetry of all that are there, and now and then somebody who crosses."""
    dice = random.Random(SEED)
    while True:
        lit = dice.sample([sign for sign in SIGNS if sign.site_id.municipality == "drammen"], 3)
        for sign in SIGNS:
            if sign in (SILENT, *BY_DAY_OFF):
                continue
            fleet.put_telemetry(sign, TELEMETRY, utc_ms())
            fleet.put_status(sign, _status(sign, is_lit=sign in lit), utc_ms())
        await asyncio.sleep(BEAT_S)


async def _keep_watched(fleet: LiveFleet) -> None:
    """Somebody watches one crossing, where somebody walks to the kerb, again and again."""
    for step in count():
        for pole in POLES:
            fleet.put_look(WATCHED.sign(pole), _look(*divmod(step, WALK_STEPS), pole))
        await asyncio.sleep(LOOK_S)


def _look(walk: int, step: int, pole: str) -> Look:
    across_mm = min(200 * step - 5_500, -1_000)
    walker = LookTrack(2 * walk + 2, 1_700, across_mm, 60, 700, TrackKind.PERSON)
    passer = LookTrack(2 * walk + 1, 250 * step - 4_000, -3_400, 800, 0, TrackKind.PERSON)
    empty = Look(utc_ms(), 300 * step, 48, (), (), "none", 0, None, False, False, False, True, False)
    if pole != POLES[0]:
        return empty
    if across_mm < NEAR_MM:
        return replace(empty, tracks=(walker, passer))
    t_kerb_ms = -across_mm * 1000 // walker.across_mm_s
    warned = replace(
        empty, tracks=(walker, passer), reason="approach", track=walker.ident, t_kerb_ms=t_kerb_ms
    )
    return replace(warned, warns=True, lamps=True, pir=True)


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


def _speak(fleet: LiveFleet) -> None:
    now_ms = utc_ms()
    for sign in SIGNS:
        fleet.put_status(sign, _status(sign), now_ms)
        feed = "solar" if sign in BY_DAY_OFF else "mains"
        values: dict[str, object] = {"mode": "active", "power_profile": feed, **KERB}
        fleet.put_config(sign, ReportedConfig(4, "0123abcd", values, ()), now_ms)
    for sign in (SILENT, *BY_DAY_OFF):
        fleet.put_offline(sign, now_ms)


def _status(sign: SignId, *, is_lit: bool = False) -> SignStatus:
    faults = (FAULTY[sign],) if sign in FAULTY else ()
    lamps = replace(LAMPS, on=is_lit, current_proved=sign != DARK)
    return replace(STATUS, lamps=lamps, faults=faults, mode="shadow" if sign in SHADOW else "active")


async def _history(made: Assembly) -> None:
    store = made.ground.store
    events = tuple(_events())
    for start in range(0, len(events), 2000):
        made.ground.fleet.put_events(await store.journal.write(Work(events[start : start + 2000])))
    async with store.exclusive() as connection:
        while await roll_up(connection):
            pass


def _events() -> Iterator[NewEvent]:
    dice = random.Random(SEED)
    begin_ms = utc_ms() // HOUR_MS * HOUR_MS - DAYS * 24 * HOUR_MS
    numbers = dict.fromkeys(SIGNS, 0)
    for hour in range(DAYS * 24):
        for crossing in TOWN:
            share = PEOPLE[(hour + begin_ms // HOUR_MS) % 24] * crossing.busy / 4
            for _ in range(int(share + dice.random())):
                sign = crossing.id.sign(dice.choice(POLES))
                at_ms = begin_ms + hour * HOUR_MS + dice.randrange(HOUR_MS)
                lead: dict[str, object] = {
                    "reason": "approach",
                    "t_kerb_ms": dice.randrange(1800, 3600),
                    "track": 1,
                }
                off: dict[str, object] = {"on_ms": 9300, "cause": "hold"}
                pair = {"activation_on": lead, "activation_off": off}
                for kind, detail in pair.items():
                    numbers[sign] += 1
                    key = EventKey(sign, "9f3ac01b", 3, numbers[sign])
                    yield NewEvent(key, kind, at_ms, "utc", numbers[sign], at_ms, detail)


async def _alarms(made: Assembly) -> None:
    alarms = made.patrol.alarms
    codes = {SILENT: "offline", DARK: "lamp_dark", **{sign: fault.code for sign, fault in FAULTY.items()}}
    conditions = [Condition(code, str(sign), 2, code) for sign, code in codes.items()]
    await alarms.report("town", conditions)
    radar = next(one for one in alarms.open() if one.code == "radar_silent")
    await alarms.act(radar.id, Step(Kind.COMMENT, utc_ms(), "kari", "Montøren er på vei, kl. 10."))
    await alarms.act(radar.id, Step(Kind.ACKNOWLEDGE, utc_ms(), "kari"))
