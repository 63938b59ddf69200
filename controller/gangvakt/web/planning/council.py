"""Two months of a crossing side by side, and one page for the council: in words, for page and paper alike."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.fleet.reports import MonthReport
from gangvakt.web.figures import Cell
from gangvakt.web.planning.crossings import Crossing
from gangvakt.web.planning.month import figures_of, lead_share_text, uptime_text
from gangvakt.web.planning.speeds import UNKNOWN, said_kmh
from gangvakt.web.texts import Texts

COUNCIL_COLUMNS = (
    *("rep_crossing", "rep_people", "rep_peak", "rep_lead_share", "speed_p85", "rep_uptime", "faults"),
)
GOOD_UPTIME = 0.98  # below it a crossing is marked: half a day of the month dark


def compared(before: MonthReport, after: MonthReport, texts: Texts) -> list[list[Cell]]:
    """A row for each figure: its name, before, after."""
    pairs = zip(figures_of(before, texts), figures_of(after, texts), strict=True)
    return [[Cell(one[0]), Cell(_whole(one)), Cell(_whole(other))] for one, other in pairs]


def _whole(tile: tuple[str, str, str]) -> str:
    _, value, hint = tile
    return f"{value} ({hint})" if hint and value != UNKNOWN else value


def council_rows(reports: Sequence[tuple[Crossing, MonthReport]], texts: Texts) -> list[list[Cell]]:
    """A row for each crossing, and the sum of people and faults."""
    rows = [_row(crossing, report, texts) for crossing, report in reports]
    people = sum(report.people for _, report in reports)
    faults = sum(len(report.faults) for _, report in reports)
    total = [texts.say("rep_total"), str(people), "", "", "", "", str(faults)]
    return [*rows, [Cell(one) for one in total]]


def _p85(crossing: Crossing, report: MonthReport, texts: Texts) -> Cell:
    p85, limit_kmh = report.vehicles.speeds.p85_kmh, crossing.file.speed_limit_kmh
    return Cell(said_kmh(p85, texts), is_red=p85 is not None and limit_kmh is not None and p85 > limit_kmh)


def _row(crossing: Crossing, report: MonthReport, texts: Texts) -> list[Cell]:
    peak = UNKNOWN if report.peak is None else str(report.peak[1])
    is_low = report.uptime is not None and report.uptime < GOOD_UPTIME
    return [
        Cell(crossing.file.title),
        Cell(str(report.people)),
        Cell(peak),
        Cell(lead_share_text(report, texts)),
        _p85(crossing, report, texts),
        Cell(uptime_text(report, texts), is_red=is_low),
        Cell(str(len(report.faults))),
    ]
