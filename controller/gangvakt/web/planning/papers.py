"""Sheet, month and council on paper. Loaded with the first PDF: what draws it takes a third of a second."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.fleet.planning import Place, sheet_of
from gangvakt.fleet.reports import Month, MonthReport
from gangvakt.web.planning import council, month, sheet, speeds
from gangvakt.web.planning.crossings import Crossing
from gangvakt.web.planning.paper import Paper
from gangvakt.web.texts import Texts

SHEET_WIDTHS = (12, 20, 22, 20, 14, 22)
COUNCIL_WIDTHS = (32, 12, 15, 20, 16, 14, 11)
ASSESSMENT_WIDTHS = (70, 30)


def sheet_pdf(crossing: Crossing, place: Place, texts: Texts, made_on: str) -> bytes:
    """For the application to the road authority."""
    drawn = sheet_of(place)
    paper = _paper(crossing, texts.say("plan_sheet"), texts, made_on)
    paper.facts(sheet.facts_of(drawn, texts))
    paper.heading(texts.say("plan_lead_and_stopping"))
    paper.rows([texts.say(key) for key in sheet.COLUMNS], sheet.rows_of(drawn, texts), SHEET_WIDTHS)
    for warning in sheet.warnings_of(drawn, texts):
        paper.text_block(warning, is_red=True)
    paper.heading(texts.say("plan_how"))
    paper.text_block(texts.say("plan_method"))
    return paper.bytes()


def month_pdf(crossing: Crossing, report: MonthReport, texts: Texts, made_on: str) -> bytes:
    """One or two pages."""
    title = f"{texts.say('rep_month')}: {month.month_name(report.month, texts)}"
    paper = _paper(crossing, title, texts, made_on)
    paper.facts([(name, f"{value}  {hint}".strip()) for name, value, hint in month.tiles_of(report, texts)])
    paper.heading(texts.say("rep_by_hour"))
    paper.bars(report.by_hour, month.hour_names(), texts.say("rep_people_an_hour"))
    paper.heading(texts.say("rep_by_weekday"))
    paper.bars(report.by_weekday, month.weekday_names(texts), texts.say("rep_people_a_day"))
    _speeds(paper, report, crossing.file.speed_limit_kmh, texts)
    if report.faults:
        paper.heading(texts.say("faults"))
        paper.rows([texts.say(key) for key in month.FAULT_COLUMNS], month.fault_rows(report, texts))
    paper.heading(texts.say("plan_how"))
    paper.text_block(texts.say("rep_method"))
    return paper.bytes()


def _speeds(paper: Paper, report: MonthReport, limit_kmh: int | None, texts: Texts) -> None:
    """How fast vehicles came, where a radar sees them, and what an assessment asks for."""
    vehicles = report.vehicles
    if vehicles.speeds.vehicles:
        chart = speeds.chart_of(vehicles.speeds, limit_kmh, texts)
        paper.heading(texts.say("speed_title"))
        paper.bars(chart.counts, chart.names, texts.say("speed_by_class"), chart.lines)
        columns = [texts.say(key) for key in speeds.SIGN_COLUMNS]
        paper.rows(columns, speeds.sign_rows(vehicles.by_sign, vehicles.speeds, limit_kmh, texts))
    paper.heading(texts.say("speed_assessment"))
    columns = [texts.say(key) for key in speeds.ASSESSMENT_COLUMNS]
    paper.rows(columns, speeds.assessment_rows(report, limit_kmh, texts), ASSESSMENT_WIDTHS)
    paper.text_block(texts.say("speed_method"))


def council_pdf(
    municipality: str, of: Month, reports: Sequence[tuple[Crossing, MonthReport]], texts: Texts, made_on: str
) -> bytes:
    """One page, as long as there are not more than some thirty crossings."""
    title = f"{texts.say('rep_council')}, {month.month_name(of, texts)}"
    paper = Paper(title, municipality, f"{municipality} · {made_on}", texts.language)
    columns = [texts.say(key) for key in council.COUNCIL_COLUMNS]
    paper.rows(columns, council.council_rows(reports, texts), COUNCIL_WIDTHS)
    paper.heading(texts.say("plan_how"))
    paper.text_block(texts.say("rep_method"))
    return paper.bytes()


def _paper(crossing: Crossing, title: str, texts: Texts, made_on: str) -> Paper:
    file = crossing.file
    street = "" if file.street in file.title else file.street
    subtitle = ", ".join(one for one in (file.title, street, crossing.municipality) if one)
    return Paper(title, subtitle, f"{crossing.municipality} · {crossing.site} · {made_on}", texts.language)
