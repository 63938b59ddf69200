"""How many people: today beside yesterday and the same weekday a year ago, and the last weeks by weekday."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from nicegui import ui

from gangvakt.api.services import RollupReader, Services
from gangvakt.fleet import SiteId
from gangvakt.fleet.speeds import VEHICLES, periods_of, speeds_by_sign, speeds_of
from gangvakt.store.rollups import HOUR
from gangvakt.web.figures import bars
from gangvakt.web.planning.crossings import Crossing
from gangvakt.web.planning.month import ZONE, hour_names, said_bars, weekday_names
from gangvakt.web.planning.speeds import show_speeds
from gangvakt.web.texts import Texts

HOUR_MS = 3_600_000
WEEKS = 4
YEAR_DAYS = 364  # the same weekday
DAYS = {"cross_day_0": 0, "cross_day_1": 1, "cross_day_year": YEAR_DAYS}


async def day_chart(rollups: RollupReader, site: SiteId, texts: Texts) -> None:
    """Activations by hour, of three days below each other."""
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for key, days in DAYS.items():
        counted = await _by_hour(rollups, site, midnight - timedelta(days=days))
        name = texts.say(key)
        with ui.element("h3"):
            ui.label(f"{name}: {sum(counted):.0f}")
        if sum(counted):
            bars(counted, hour_names(), said_bars(counted, hour_names(), texts), name)
        else:
            ui.label(texts.say("cross_nothing")).classes("hint")


async def _by_hour(rollups: RollupReader, site: SiteId, midnight: datetime) -> tuple[float, ...]:
    from_ms = int(midnight.timestamp() * 1000)
    found = await rollups.read(site, HOUR, from_ms, from_ms + 25 * HOUR_MS)  # a day may have 25 hours
    counted: dict[int, float] = defaultdict(float)
    for one in found:
        local = _local(one.start_ms)
        if local.date() == midnight.date():
            counted[local.hour] += one.activations
    return tuple(counted[hour] for hour in range(24))


async def week_chart(rollups: RollupReader, site: SiteId, texts: Texts) -> None:
    """Activations a weekday, the mean of the last weeks."""
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    until_ms = int(midnight.timestamp() * 1000)
    from_ms = int((midnight - timedelta(weeks=WEEKS)).timestamp() * 1000)
    sums: dict[int, float] = defaultdict(float)
    for one in await rollups.read(site, HOUR, from_ms, until_ms):
        sums[_local(one.start_ms).weekday()] += one.activations
    _show_week({day: count / WEEKS for day, count in sums.items()}, texts)


def _show_week(means: Mapping[int, float], texts: Texts) -> None:
    values, names = tuple(means.get(day, 0.0) for day in range(7)), weekday_names(texts)
    if any(values):
        bars(values, names, said_bars(values, names, texts), texts.say("cross_weeks"))
    else:
        ui.label(texts.say("cross_nothing")).classes("hint")


async def speed_chart(services: Services, crossing: Crossing, texts: Texts) -> None:
    """How fast vehicles came in the last weeks, beside the limit."""
    until_ms = int(datetime.now(ZONE).timestamp() * 1000)
    from_ms = until_ms - WEEKS * 7 * 24 * HOUR_MS
    periods = periods_of(await services.events.of_site(crossing.site, from_ms, until_ms, (VEHICLES,)))
    limit_kmh = crossing.file.speed_limit_kmh
    show_speeds(speeds_by_sign(periods), speeds_of(periods), limit_kmh, texts)
    if periods:
        ui.label(texts.say("speed_method")).classes("hint")


def _local(start_ms: int) -> datetime:
    return datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(ZONE)
