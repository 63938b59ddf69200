"""A crossing's month in words: what page, paper and CSV say alike."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.fleet import SiteId
from gangvakt.fleet.alarm import Step
from gangvakt.fleet.alarm_classes import OFFLINE, SILENT
from gangvakt.fleet.alarm_states import Kind
from gangvakt.fleet.reports import KINDS, Month, MonthReport, Outage, Vehicles, report_of, uptime_of
from gangvakt.fleet.speeds import KMH_PER_CLASS
from gangvakt.store.alarms import AlarmFilter
from gangvakt.web.figures import Cell
from gangvakt.web.planning.speeds import UNKNOWN, speed_tiles
from gangvakt.web.texts import Texts

ZONE = ZoneInfo("Europe/Oslo")  # the clock on the wall of the municipalities that this is made for
MOST_ALARMS = 500  # of one crossing that are looked through for absences
MOST_FAULTS_SHOWN = 40
BEGINS, ENDS = (Kind.RAISE, Kind.FLAP), (Kind.CLEAR,)


async def month_of(services: Services, site: SiteId, month: Month) -> MonthReport:
    """From the stored events; uptime from the alarms of silence."""
    from_ms, until_ms = month.span_ms(ZONE)
    events = await services.events.of_site(site, from_ms, until_ms, KINDS)
    until_ms = min(until_ms, utc_ms())
    signs = len(services.fleet.signs_of(site))
    absences = await _absences(services, site)
    return report_of(site, month, ZONE, events, uptime_of(absences, signs, from_ms, until_ms))


async def _absences(services: Services, site: SiteId) -> list[tuple[int, int]]:
    """When one of the signs was not heard: (begin, end) in UTC ms, one that goes on until now."""
    if services.patrol is None:
        return []
    table = services.patrol.alarms.table
    wanted = AlarmFilter(municipality=site.municipality, site=site.site)
    alarms = await table.page(wanted, None, MOST_ALARMS)
    found: list[tuple[int, int]] = []
    for alarm in alarms:
        if alarm.code in (OFFLINE, SILENT):
            found += spans_of(await table.history(alarm.id), utc_ms())
    return found


def spans_of(history: tuple[Step, ...], now_ms: int) -> list[tuple[int, int]]:
    """From each raising to its clearing; the last one until now where it was not cleared."""
    spans: list[tuple[int, int]] = []
    begin_ms: int | None = None
    for step in history:
        if step.kind in BEGINS and begin_ms is None:
            begin_ms = step.at_ms
        elif step.kind in ENDS and begin_ms is not None:
            spans.append((begin_ms, step.at_ms))
            begin_ms = None
    return spans if begin_ms is None else [*spans, (begin_ms, now_ms)]


def figures_of(report: MonthReport, texts: Texts) -> list[tuple[str, str, str]]:
    """All tiles, those of vehicles too: what two months are compared by."""
    return [*tiles_of(report, texts), *speed_tiles(report, texts)]


def tiles_of(report: MonthReport, texts: Texts) -> list[tuple[str, str, str]]:
    """Name, figure and what it means, of the figures that matter."""
    return [
        (texts.say("rep_people"), str(report.people), texts.say("rep_people_hint")),
        (texts.say("rep_peak"), *_peak(report, texts)),
        (texts.say("rep_lead_share"), _share(report.lead_share, texts), texts.say("rep_lead_hint")),
        (texts.say("rep_median_lead"), _seconds(report.median_lead_ms, texts), ""),
        (texts.say("rep_uptime"), _share(report.uptime, texts, 1), texts.say("rep_uptime_hint")),
        (texts.say("rep_activations"), str(report.activations), texts.say("rep_activations_hint")),
        (texts.say("rep_lit"), f"{texts.number(report.lit_ms / 3_600_000)} h", ""),
        (texts.say("rep_starts"), str(report.starts), ""),
    ]


def _peak(report: MonthReport, texts: Texts) -> tuple[str, str]:
    if report.peak is None:
        return UNKNOWN, ""
    at, people = report.peak
    when = f"{at.day.day}.{at.day.month}. {at.hour:02}–{at.hour + 1:02}"
    return str(people), texts.say("rep_peak_when", when=when)


def lead_share_text(report: MonthReport, texts: Texts) -> str:
    return _share(report.lead_share, texts)


def uptime_text(report: MonthReport, texts: Texts) -> str:
    return _share(report.uptime, texts, 1)


def _share(value: float | None, texts: Texts, decimals: int = 0) -> str:
    return UNKNOWN if value is None else f"{texts.number(100 * value, decimals)} %"


def _seconds(value_ms: float | None, texts: Texts) -> str:
    return UNKNOWN if value_ms is None else f"{texts.number(value_ms / 1000)} s"


def month_name(month: Month, texts: Texts) -> str:
    return texts.say(f"rep_month_{month.month}", year=month.year)


def hour_names() -> list[str]:
    return [f"{hour:02}" for hour in range(24)]


def weekday_names(texts: Texts) -> list[str]:
    return [texts.say(f"rep_day_{day}") for day in range(7)]


def said_bars(values: tuple[float, ...], names: list[str], texts: Texts) -> list[str]:
    """Each bar in words."""
    return [f"{name}: {texts.number(value)}" for name, value in zip(names, values, strict=True)]


FAULT_COLUMNS = ("rep_fault", "rep_sign", "rep_from", "rep_until")


def fault_rows(report: MonthReport, texts: Texts) -> list[list[Cell]]:
    """The newest first, not more than are read."""
    newest = sorted(report.faults, key=lambda one: -one.from_ms)[:MOST_FAULTS_SHOWN]
    return [[Cell(one) for one in _fault(outage, texts)] for outage in newest]


def _fault(outage: Outage, texts: Texts) -> tuple[str, str, str, str]:
    until = texts.say("rep_goes_on") if outage.until_ms is None else local(outage.until_ms)
    name = texts.say_or(f"fault_{outage.code}", outage.code)
    return name, outage.sign.sign, local(outage.from_ms), until


def local(at_ms: int) -> str:
    """By the clock on the wall."""
    return datetime.fromtimestamp(at_ms / 1000, ZONE).strftime("%d.%m. %H:%M")


def csv_of(report: MonthReport, limit_kmh: int | None = None) -> bytes:
    """One figure a row: of the month, of each hour of the day, of each weekday; then those of vehicles, by
    sign and by speed, where one counts them. UTF-8 with a mark for spreadsheets."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["crossing", "month", "figure", "value"])
    row = [str(report.site), str(report.month)]
    peak = report.peak
    figures: dict[str, object] = {
        "people": report.people,
        "activations": report.activations,
        "peak_hour": "" if peak is None else f"{peak[0].day}T{peak[0].hour:02}",
        "peak_hour_people": "" if peak is None else peak[1],
        "leads_known": len(report.leads_ms),
        "lead_share_2_5_s": _plain(report.lead_share),
        "median_lead_ms": _plain(report.median_lead_ms),
        "uptime": _plain(report.uptime),
        "lit_ms": report.lit_ms,
        "starts": report.starts,
        "faults": len(report.faults),
        **{f"people_at_{hour:02}": _plain(value) for hour, value in enumerate(report.by_hour)},
        **{f"people_on_weekday_{day + 1}": _plain(value) for day, value in enumerate(report.by_weekday)},
        **_vehicle_figures(report.vehicles, limit_kmh),
    }
    write.writerows([*row, name, value] for name, value in figures.items())
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _vehicle_figures(vehicles: Vehicles, limit_kmh: int | None) -> dict[str, object]:
    speeds, peak = vehicles.speeds, vehicles.peak
    above = None if limit_kmh is None else speeds.share_above(limit_kmh)
    found: dict[str, object] = {
        "vehicles": speeds.vehicles if vehicles.by_sign else "",
        "vehicles_a_day": _plain(vehicles.a_day),
        "vehicles_peak_hour": "" if peak is None else f"{peak[0].day}T{peak[0].hour:02}",
        "vehicles_in_peak_hour": "" if peak is None else peak[1],
        "mean_speed_kmh": _plain(speeds.mean_kmh),
        "p85_speed_kmh": _plain(speeds.p85_kmh),
        "speed_limit_kmh": limit_kmh or "",
        "share_above_limit": _plain(above),
    }
    if not vehicles.by_sign:
        return found
    found |= {f"vehicles_at_{hour:02}": _plain(value) for hour, value in enumerate(vehicles.by_hour)}
    for sign, mine in vehicles.by_sign.items():
        found[f"vehicles_{sign.sign}"] = mine.vehicles
        found[f"p85_speed_kmh_{sign.sign}"] = _plain(mine.p85_kmh)
    return found | {
        f"vehicles_from_{KMH_PER_CLASS * at}_kmh": count for at, count in enumerate(speeds.counts)
    }


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
