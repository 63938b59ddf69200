"""The planning sheet of a crossing in words: for the page and for paper alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gangvakt.errors import SettingRefused
from gangvakt.fleet.planning import (
    OFFSET_M,
    SIGHT_M,
    SPEED_KMH,
    Grade,
    Place,
    Sensor,
    Sheet,
    SheetRow,
)
from gangvakt.web.figures import Cell
from gangvakt.web.texts import Texts

USUAL_SPEED_KMH = 50  # in Norwegian towns where no sign says otherwise
USUAL = {"sensor": Sensor.LD2450.name, "offset": "1", "sight": "100"}
COLUMNS = (
    "plan_surface",
    "plan_stopping_m",
    "plan_stopping_s",
    "plan_least_s",
    "plan_lead_s",
    "plan_verdict",
)


def place_of(told: Mapping[str, str], speed_limit_kmh: int | None) -> Place:
    """From the fields of the page's address; SettingRefused for one that is out of bounds."""
    given = USUAL | {"speed": str(speed_limit_kmh or USUAL_SPEED_KMH)} | dict(told)
    names = [sensor.name for sensor in Sensor]
    if given["sensor"] not in names:
        raise SettingRefused("sheet", "sensor", given["sensor"][:40], ", ".join(names))
    speed = _number("speed", given["speed"], SPEED_KMH[0], SPEED_KMH[-1])
    return Place(
        round(speed),
        Sensor[given["sensor"]],
        _number("offset", given["offset"], *OFFSET_M),
        _number("sight", given["sight"], *SIGHT_M),
    )


def _number(field: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingRefused("sheet", field, text[:40], f"{least:g}..{most:g}")
    return value


def rows_of(sheet: Sheet, texts: Texts) -> list[list[Cell]]:
    """A row for each surface, in the order of COLUMNS."""
    return [
        [
            Cell(texts.say(f"plan_{row.surface.name.lower()}")),
            Cell(texts.number(row.stop.distance_m, 0), is_red=not row.is_seen_in_time),
            Cell(texts.number(row.stop.stopping_s)),
            Cell(texts.number(row.stop.passing_s)),
            Cell(texts.number(sheet.lead_s), is_red=row.grade is Grade.SHORT),
            Cell(texts.say(f"plan_{row.grade.value}"), is_red=row.grade is Grade.SHORT),
        ]
        for row in sheet.rows
    ]


def warnings_of(sheet: Sheet, texts: Texts) -> list[str]:
    """What somebody must look at before he applies."""
    unseen = [row for row in sheet.rows if not row.is_seen_in_time]
    short = [row for row in sheet.rows if row.grade is Grade.SHORT]
    said = []
    if not sheet.reaches_target:
        said.append(texts.say("plan_below_target", lead=texts.number(sheet.lead_s)))
    if short:
        said.append(texts.say("plan_short_on", surfaces=_names(short, texts)))
    if unseen:
        said.append(
            texts.say(
                "plan_unseen_on", surfaces=_names(unseen, texts), sight=texts.number(sheet.place.sight_m, 0)
            )
        )
    return said


def _names(rows: Sequence[SheetRow], texts: Texts) -> str:
    return ", ".join(texts.say(f"plan_{row.surface.name.lower()}").lower() for row in rows)


def facts_of(sheet: Sheet, texts: Texts) -> list[tuple[str, str]]:
    place = sheet.place
    return [
        (texts.say("plan_speed"), texts.say("plan_kmh", speed=place.speed_kmh)),
        (texts.say("plan_sensor"), f"{place.sensor.name}, {texts.number(place.sensor.value, 0)} m"),
        (texts.say("plan_offset"), f"{texts.number(place.offset_m)} m"),
        (texts.say("plan_sight"), f"{texts.number(place.sight_m, 0)} m"),
        (texts.say("plan_lead"), f"{texts.number(sheet.lead_s)} s"),
    ]
