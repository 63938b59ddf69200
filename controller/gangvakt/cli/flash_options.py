"""Options that `flash`, `replace`, `erase` and `label` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gangvakt.errors import SettingRefused
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.esptool_run import BAUD, BAUDS

Port = Annotated[
    str | None,
    typer.Option(help="Serial port or rfc2217:// URL; may be left out where only one board is plugged in."),
]
Board = Annotated[str, typer.Option(help="Board by its id (gangvakt boards lists them) or as a TOML file.")]
Baud = Annotated[int | None, typer.Option(help=f"Speed of writing; {BAUD} unless told otherwise.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Image = Annotated[Path | None, typer.Option(help="The official MicroPython image; else cache or network.")]
Sha256 = Annotated[str | None, typer.Option(help="The image's sum, where the board file knows none.")]
Data = Annotated[Path | None, typer.Option(help="Data folder of a controller on this computer.")]
Bundle = Annotated[Path | None, typer.Option(help="Enrolment bundle, where there is no network.")]
Config = Annotated[Path | None, typer.Option(help="JSON file of values for this sign, over the site's.")]
LabelDir = Annotated[Path, typer.Option(help="Folder for labels; made where missing.")]
LABELS = Path("labels")


def check_baud(baud: int | None) -> int:
    """A speed that USB adapters know."""
    if baud is None:
        return BAUD
    if baud not in BAUDS:
        raise SettingRefused("options", "--baud", baud, ", ".join(map(str, BAUDS)))
    return baud


def runs_stub(spec: BoardSpec) -> bool:
    """Whether esptool may put its stub into the board: machine code, which only a real chip runs."""
    return "esptool_stub" in spec.capabilities
