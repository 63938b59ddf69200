"""`gangvakt municipality`: the tenants of a controller."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, Data, office_of, show_json, show_table
from gangvakt.errors import SettingRefused
from gangvakt.provision.file_wire import MunicipalityIn, MunicipalityOut
from gangvakt.provision.wire import checked

app = typer.Typer(
    help="Municipalities that share this controller.", no_args_is_help=True, rich_markup_mode="rich"
)

LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt municipality list --json"
ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt municipality add lillestrom --title 'Lillestrøm kommune' --contact 'vei@lillestrom.example'"
)
RENAME_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt municipality rename lillestrom --title 'Lillestrøm kommune, vei'\n\n"
    "  gangvakt municipality rename lillestrom --contact ''"
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As in the names of its signs: a-z, 0-9 and -.")]


@app.command("list", epilog=LIST_EXAMPLES)
def list_(data: Data = None, as_json: AsJson = False) -> None:
    """List the municipalities that are described."""
    found = office_of(data).files.municipalities()
    if as_json:
        show_json(found)
        return
    rows = [(one.municipality, one.title, one.contact or "-") for one in found]
    nothing = "None is described yet: `gangvakt municipality add` does it."
    show_table(("municipality", "title", "contact"), rows, nothing)


@app.command("add", epilog=ADD_EXAMPLES)
def add(
    name: Name,
    title: Annotated[str, typer.Option(help="What people call it.")],
    contact: Annotated[str, typer.Option(help="Whom to ask there.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Describe a municipality; its sites may be there already."""
    files = office_of(data).files
    new = checked(MunicipalityIn, "options", {"title": title, "contact": contact})
    if any(one.municipality == name for one in files.municipalities()):
        allowed = f"one that is not described yet; `gangvakt municipality rename {name}` changes it"
        raise SettingRefused("options", "NAME", name, allowed)
    _show(files.put_municipality(name, new, 0), as_json=as_json)


@app.command("rename", epilog=RENAME_EXAMPLES)
def rename(
    name: Name,
    title: Annotated[str | None, typer.Option(help="What people call it from now on.")] = None,
    contact: Annotated[str | None, typer.Option(help="Whom to ask there; '' for nobody.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Change what people call a municipality. Its NAME stays: it is part of every sign's certificate."""
    files = office_of(data).files
    held = {one.municipality: one for one in files.municipalities()}
    if name not in held:
        allowed = f"{', '.join(sorted(held)) or 'none is described'}; `gangvakt municipality add` adds one"
        raise SettingRefused("options", "NAME", name[:80], allowed)
    before = held[name]
    new = {
        "title": before.title if title is None else title,
        "contact": before.contact if contact is None else contact,
    }
    told = files.put_municipality(name, checked(MunicipalityIn, "options", new), before.version)
    _show(told, as_json=as_json)


def _show(told: MunicipalityOut, *, as_json: bool) -> None:
    if as_json:
        show_json(told)
        return
    contact = f", {escape(told.contact)}" if told.contact else ""
    Console().print(f"[bold]{escape(told.municipality)}[/] is {escape(told.title)}{contact}", highlight=False)
