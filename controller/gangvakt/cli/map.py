"""`gangvakt map`: the plain map below the signs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.errors import SettingRefused
from gangvakt.files import write_file
from gangvakt.provision.ground_map import MOST_BYTES, read_map
from gangvakt.settings import DEFAULT_DATA, Settings

app = typer.Typer(
    help="The plain map below the signs of the overview.", no_args_is_help=True, rich_markup_mode="rich"
)

IMPORT_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt map import roads.geojson\n\n"
    "  gangvakt map import roads.geojson --data /var/lib/gangvakt/data"
)
REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt map remove"

Data = Annotated[Path, typer.Option(help="Folder of the controller.")]


@app.command("import", epilog=IMPORT_EXAMPLES)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON: areas, lines, named points.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Take a map in, whole or not at all; open pages show it when they are opened anew."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        allowed = f"a file that can be read ({error.strerror})"
        raise SettingRefused("options", "FILE", str(file), allowed) from error
    kept = read_map(file.name, content)
    if not data.is_dir():
        raise SettingRefused("options", "--data", str(data), "the folder of a controller")
    write_file(Settings(data).ground_map, kept)
    Console().print(f"{escape(file.name)}: {len(kept) // 1024} kB are the map now", highlight=False)


@app.command("remove", epilog=REMOVE_EXAMPLES)
def remove(data: Data = DEFAULT_DATA) -> None:
    """Draw the signs on an empty ground again."""
    Settings(data).ground_map.unlink(missing_ok=True)
    Console().print("there is no map below the signs now", highlight=False)
