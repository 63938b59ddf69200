"""How fast vehicles came, in words and as a picture: what crossing page, month's page and paper say alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nicegui import ui

from gangvakt.fleet import SignId
from gangvakt.fleet.reports import MonthReport
from gangvakt.fleet.speeds import CLASSES, KMH_PER_CLASS, Speeds
from gangvakt.web.figures import Cell, bars, figures
from gangvakt.web.texts import Texts

UNKNOWN = "–"
LEAST_SPAN_KMH = 40  # of the picture, so that a few vehicles of one class make no wall
SIGN_COLUMNS = ("speed_approach", "speed_vehicles", "speed_mean", "speed_p85", "speed_above")
ASSESSMENT_COLUMNS = ("speed_asked", "speed_answer")


@dataclass(frozen=True)
class Chart:
    """Bars of vehicles by class, and lines: where each stands, 0..1 of the width, and its name."""

    counts: tuple[int, ...]
    names: tuple[str, ...]
    said: tuple[str, ...]
    lines: tuple[tuple[float, str, str], ...]  # place, name, kind: limit or p85


def chart_of(speeds: Speeds, limit_kmh: int | None, texts: Texts) -> Chart:
    """From the slowest vehicle to the fastest, the limit in between or at the edge."""
    there = [at for at, count in enumerate(speeds.counts) if count] or [0]
    if limit_kmh:
        there += [max(0, limit_kmh // KMH_PER_CLASS - 1), min(CLASSES - 1, limit_kmh // KMH_PER_CLASS)]
    first, last = min(there), max(there)
    last = min(CLASSES - 1, max(last, first + LEAST_SPAN_KMH // KMH_PER_CLASS - 1))
    classes = range(first, last + 1)
    names = tuple(str(at * KMH_PER_CLASS) for at in classes)
    said = tuple(_said(at, speeds.counts[at], texts) for at in classes)
    marks = (("limit", limit_kmh), ("p85", speeds.p85_kmh))
    span_kmh = len(classes) * KMH_PER_CLASS
    lines = tuple(
        ((kmh - first * KMH_PER_CLASS) / span_kmh, texts.say(f"speed_line_{kind}", speed=_kmh(kmh)), kind)
        for kind, kmh in marks
        if kmh is not None
    )
    return Chart(tuple(speeds.counts[at] for at in classes), names, said, lines)


def _said(at: int, count: int, texts: Texts) -> str:
    from_kmh = at * KMH_PER_CLASS
    if at == CLASSES - 1:
        return texts.say("speed_bar_fastest", lowest=from_kmh, vehicles=count)
    return texts.say("speed_bar", lowest=from_kmh, highest=from_kmh + KMH_PER_CLASS, vehicles=count)


def show_speeds(by_sign: Mapping[SignId, Speeds], both: Speeds, limit_kmh: int | None, texts: Texts) -> None:
    """The picture and a table of the ways that are seen; a sentence where no vehicle was counted."""
    if not by_sign:
        ui.label(texts.say("speed_no_radar")).classes("hint")
        return
    if not both.vehicles:
        ui.label(texts.say("speed_nobody")).classes("hint")
        return
    chart = chart_of(both, limit_kmh, texts)
    with ui.element("div").classes("speeds"):
        bars(chart.counts, chart.names, chart.said, texts.say("speed_by_class"))
        for place, name, kind in chart.lines:
            side = "left" if place < 0.5 else "right"
            with ui.element("div").classes(f"line {kind} {side}").style(f"left: {100 * place:.1f}%"):
                ui.label(name)
    ui.label(texts.say("speed_by_class")).classes("hint")
    figures([texts.say(key) for key in SIGN_COLUMNS], sign_rows(by_sign, both, limit_kmh, texts))


def sign_rows(
    by_sign: Mapping[SignId, Speeds], both: Speeds, limit_kmh: int | None, texts: Texts
) -> list[list[Cell]]:
    """A row for each sign that counts, and one for all where there are several."""
    rows = [_row(sign.sign, speeds, limit_kmh, texts) for sign, speeds in by_sign.items()]
    return rows if len(rows) == 1 else [*rows, _row(texts.say("speed_together"), both, limit_kmh, texts)]


def _row(name: str, speeds: Speeds, limit_kmh: int | None, texts: Texts) -> list[Cell]:
    p85 = speeds.p85_kmh
    is_fast = p85 is not None and limit_kmh is not None and p85 > limit_kmh
    return [
        Cell(name),
        Cell(str(speeds.vehicles)),
        Cell(said_kmh(speeds.mean_kmh, texts)),
        Cell(said_kmh(p85, texts), is_red=is_fast),
        Cell(_above(speeds, limit_kmh, texts)),
    ]


def assessment_rows(report: MonthReport, limit_kmh: int | None, texts: Texts) -> list[list[Cell]]:
    """What an assessment of the crossing by handbook V127 asks for, as far as the signs can tell."""
    vehicles = report.vehicles
    a_day = vehicles.a_day
    pairs = (
        ("speed_asked_peak", _count(report.peak and report.peak[1])),
        ("speed_asked_vehicles_peak", _count(vehicles.peak and vehicles.peak[1])),
        ("speed_asked_a_day", UNKNOWN if a_day is None else texts.number(a_day, 0)),
        ("speed_asked_p85", said_kmh(vehicles.speeds.p85_kmh, texts)),
        ("speed_asked_limit", said_kmh(limit_kmh, texts)),
        ("speed_asked_above", _above(vehicles.speeds, limit_kmh, texts)),
    )
    return [[Cell(texts.say(key)), Cell(value)] for key, value in pairs]


def speed_tiles(report: MonthReport, texts: Texts) -> list[tuple[str, str, str]]:
    """Name, figure and what it means, as the month's other tiles."""
    vehicles = report.vehicles
    a_day = vehicles.a_day
    return [
        (texts.say("speed_a_day"), UNKNOWN if a_day is None else texts.number(a_day, 0), ""),
        (texts.say("speed_mean"), said_kmh(vehicles.speeds.mean_kmh, texts), ""),
        (texts.say("speed_p85"), said_kmh(vehicles.speeds.p85_kmh, texts), texts.say("speed_p85_hint")),
    ]


def said_kmh(speed: float | None, texts: Texts) -> str:
    return UNKNOWN if speed is None else texts.say("plan_kmh", speed=_kmh(speed))


def _kmh(speed: float | None) -> str:
    """Whole ones: a class is 5 km/h wide."""
    return UNKNOWN if speed is None else f"{speed:.0f}"


def _above(speeds: Speeds, limit_kmh: int | None, texts: Texts) -> str:
    share = None if limit_kmh is None else speeds.share_above(limit_kmh)
    return UNKNOWN if share is None else f"{texts.number(100 * share, 0)} %"


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)
