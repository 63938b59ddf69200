"""All figures as one table for people, and as JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gangvakt_sim.bench.figures import Bound, Figure, Reference

PIPED_WIDTH = 160  # where no terminal sets the width
DIGITS = 3


def number(value: float) -> str:
    """A value with three digits that count; whole ones in full, a dash for none."""
    if math.isnan(value):
        return "-"
    if value == int(value) or abs(value) >= 10**DIGITS:
        return f"{value:.0f}"
    decimals = DIGITS - 1 - math.floor(math.log10(abs(value)))
    return f"{value:.{max(0, min(decimals, DIGITS))}f}"


def compared(reference: Reference | None, unit: str) -> str:
    """The column `compared with`."""
    if reference is None:
        return ""
    words = [str(reference.bound), number(reference.value), unit if unit != "share" else ""]
    figure = " ".join(word for word in words if word)
    return f"{figure} ({reference.text})" if reference.text else figure


def ratio(figure: Figure) -> str:
    """The column `ratio`, with a word where a bound is missed."""
    text = "" if figure.ratio is None else number(figure.ratio)
    return f"{text} missed".strip() if figure.missed else text


def build(title: str, figures: Sequence[Figure]) -> Table:
    """The table; plain characters only, so that it can be piped."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name")
    table.add_column("figure", justify="right", no_wrap=True)
    for column in ("unit", "compared with", "ratio", "how measured"):
        table.add_column(column, no_wrap=column == "ratio")
    for figure in figures:
        style = "red" if figure.missed else ""
        cells = (figure.name, number(figure.value), figure.unit, compared(figure.reference, figure.unit))
        table.add_row(*map(Text, cells), Text(ratio(figure), style), Text(figure.how))
    return table


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print it on stdout."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPED_WIDTH)
    console.print(build(title, figures), soft_wrap=False)


def as_json(about: dict[str, str], figures: Sequence[Figure]) -> str:
    """One object with `about` and `figures`; a value that is missing is null."""
    rows = []
    for figure in figures:
        reference = figure.reference
        row = {
            "name": figure.name,
            "value": None if math.isnan(figure.value) else figure.value,
            "unit": figure.unit,
            "reference": reference and reference.value,
            "bound": str(reference.bound if reference else Bound.NONE),
            "compared_with": reference.text if reference else "",
            "ratio": figure.ratio,
            "missed": figure.missed,
            "how": figure.how,
        }
        rows.append(row)
    return json.dumps({"about": about, "figures": rows}, indent=1)
