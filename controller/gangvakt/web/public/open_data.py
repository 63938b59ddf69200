"""The open data of a municipality: the same figures as on the pages, as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from gangvakt.provision.file_wire import SiteFileOut
from gangvakt.provision.public_wire import LICENCES
from gangvakt.web.public.figures import FEWEST, DayCount, Works

VERSION = 1
COLUMNS = ("crossing", "title", "latitude", "longitude", "works", "day", "activations", "licence")
FEWER = f"<{FEWEST}"
# A spreadsheet takes what begins so for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Crossing:
    """What is told of one crossing."""

    file: SiteFileOut
    works: Works
    signs: int
    days: tuple[DayCount, ...]
    licence: str


def as_json(municipality: str, publisher: str, crossings: Sequence[Crossing]) -> bytes:
    """Counts are null where they are not told."""
    told = {
        "version": VERSION,
        "municipality": municipality,
        "publisher": publisher,
        "counts_below_are_null": FEWEST,
        "days_are": "UTC",
        "crossings": [_crossing(one) for one in crossings],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def as_csv(crossings: Sequence[Crossing]) -> bytes:
    """A row a day."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for one in crossings:
        file = one.file
        place = (
            file.site,
            _plain(file.title),
            _or_empty(file.lat_deg),
            _or_empty(file.lon_deg),
            one.works.value,
        )
        for day in one.days:
            count = FEWER if day.count is None else day.count
            rows.writerow((*place, day.day.isoformat(), count, one.licence))
    return text.getvalue().encode()


def _crossing(one: Crossing) -> dict[str, object]:
    file = one.file
    return {
        "crossing": file.site,
        "title": file.title,
        "street": file.street,
        "latitude": file.lat_deg,
        "longitude": file.lon_deg,
        "signs": one.signs,
        "works": one.works.value,
        "licence": one.licence,
        "licence_url": LICENCES[one.licence],
        "activations": [{"day": day.day.isoformat(), "count": day.count} for day in one.days],
    }


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text


def _or_empty(value: float | None) -> object:
    return "" if value is None else value
