"""`gangvakt label`: a label once more."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.flash_options import LABELS, LabelDir
from gangvakt.cli.office import AsJson
from gangvakt.fleet import SignId
from gangvakt.provision.label import DEFAULT_SIZE, SIZES_MM, LabelFolder, check_size

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt label drammen/storgata/30aea4120001\n\n"
    "  gangvakt label drammen/storgata/30aea4120001 --size a4 --label-dir /srv/labels"
)
Size = Annotated[str, typer.Option(help=f"One of {', '.join(SIZES_MM)}, in millimetres.")]


def label(
    sign: Annotated[str, typer.Argument(help="MUNICIPALITY/SITE/SIGN.")],
    label_dir: LabelDir = LABELS,
    size: Size = DEFAULT_SIZE,
    as_json: AsJson = False,
) -> None:
    """Print a sign's label again, from the facts that were kept when it was flashed."""
    check_size(size)
    labels = LabelFolder(label_dir)
    facts = labels.kept(str(SignId.parse(sign)))
    paths = labels.print(facts, size)
    if as_json:
        typer.echo(json.dumps({"sign": facts.sign, "files": [str(path) for path in paths]}))
    else:
        Console().print(
            f"label {escape(', '.join(str(path) for path in paths))}", soft_wrap=True, highlight=False
        )
