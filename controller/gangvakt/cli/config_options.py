"""Options that several commands on many signs take."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from gangvakt.cli.site import parse_values
from gangvakt.errors import SettingRefused

Municipality = Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="Whose signs.")]
Named = Annotated[str, typer.Argument(metavar="MUNICIPALITY/NAME", help="Whose it is, and its name.")]
Changes = Annotated[list[str] | None, typer.Option("--set", help="One value, as NAME=VALUE.")]
Unset = Annotated[
    list[str] | None,
    typer.Option("--unset", help="A value of the signs' own that goes: then templates count."),
]
ReadMs = Annotated[
    int | None,
    typer.Option(
        "--if-changed-ms",
        min=0,
        help="Refused when it was changed since: `changed_ms` as `list --json` told it; 0 for a new one.",
    ),
]
AsSite = Annotated[str | None, typer.Option("--site", help="Only signs of this site.")]
Board = Annotated[str | None, typer.Option("--board", help="Only signs with this board.")]
AsGroup = Annotated[str | None, typer.Option("--group", help="Only signs of this group.")]
Text = Annotated[str | None, typer.Option("--text", help="Only signs whose id holds it.")]


def changes_of(values: list[str] | None, unset: list[str] | None) -> dict[str, Any]:
    """From --set and --unset."""
    return {**parse_values(values), **dict.fromkeys(unset or ())}


def selection_of(
    site: str | None, board: str | None, group: str | None, text: str | None
) -> dict[str, str | None]:
    """As the controller reads it."""
    return {"site": site, "board": board, "group": group, "text": text}


def name_of(text: str) -> tuple[str, str]:
    """From MUNICIPALITY/NAME."""
    municipality, slash, name = text.partition("/")
    if not (municipality and slash and name) or "/" in name:
        raise SettingRefused("options", "NAME", text[:80], "MUNICIPALITY/NAME")
    return municipality, name


def json_of(value: object) -> str:
    """As people write it after --set."""
    return value if isinstance(value, str) else json.dumps(value)
