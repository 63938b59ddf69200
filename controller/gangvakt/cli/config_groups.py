"""`gangvakt config template` and `gangvakt config group`: values that many signs share."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from gangvakt.cli.config_options import Changes, Municipality, Named, ReadMs, json_of, name_of
from gangvakt.cli.office import AsJson, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.cli.site import parse_values

templates = typer.Typer(
    help="Values that groups of signs share.", no_args_is_help=True, rich_markup_mode="rich"
)
groups = typer.Typer(help="Signs that share templates.", no_args_is_help=True, rich_markup_mode="rich")

TEMPLATE_LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config template list drammen"
TEMPLATE_PUT_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt config template put drammen/narrow-street --set approach_depth_mm=2500 --set dim_pct=80"
)
TEMPLATE_REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config template remove drammen/narrow-street"
GROUP_LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config group list drammen --json"
GROUP_PUT_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt config group put drammen/old-town --site storgata --site torget --template narrow-street\n\n"
    "  gangvakt config group put drammen/big-boards --board esp32-s3-devkitc --position 10"
)
GROUP_REMOVE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt config group remove drammen/old-town"


@templates.command("list", epilog=TEMPLATE_LIST_EXAMPLES)
def list_templates(municipality: Municipality, as_json: AsJson = False) -> None:
    """List the templates of a municipality."""
    from gangvakt.provision.config_wire import TemplateOut
    from gangvakt.provision.pages import Page

    path = ("municipalities", municipality, "config-templates")
    items = controller_office().ask(Page[TemplateOut], "GET", *path, query="limit=1000").items
    if as_json:
        show_json(items)
        return
    rows = [
        (one.name, " ".join(f"{k}={json_of(v)}" for k, v in one.values.items()), one.by, when(one.changed_ms))
        for one in items
    ]
    nothing = "No templates yet: `gangvakt config template put` makes one."
    show_table(("name", "values", "by", "changed"), rows, nothing)


@templates.command("put", epilog=TEMPLATE_PUT_EXAMPLES)
def put_template(
    name: Named, values: Changes = None, if_changed_ms: ReadMs = None, as_json: AsJson = False
) -> None:
    """Make a template, or replace it. Signs get it by `gangvakt config plan make`, or with their next
    change."""
    from gangvakt.provision.config_wire import TemplateIn, TemplateOut
    from gangvakt.provision.wire import checked

    municipality, own = name_of(name)
    body = checked(TemplateIn, "options", {"values": parse_values(values)})
    path = ("municipalities", municipality, "config-templates", own)
    done = controller_office().put(TemplateOut, if_changed_ms, *path, body=body)
    if as_json:
        show_json(done)
    else:
        Console().print(f"template {done.municipality}/{done.name}: {len(done.values)} values")


@templates.command("remove", epilog=TEMPLATE_REMOVE_EXAMPLES)
def remove_template(name: Named) -> None:
    """Remove a template that no group names."""
    _remove("config-templates", name)


@groups.command("list", epilog=GROUP_LIST_EXAMPLES)
def list_groups(municipality: Municipality, as_json: AsJson = False) -> None:
    """List the groups of a municipality, with how many signs each holds."""
    from gangvakt.provision.config_wire import GroupOut
    from gangvakt.provision.pages import Page

    path = ("municipalities", municipality, "config-groups")
    items = controller_office().ask(Page[GroupOut], "GET", *path, query="limit=1000").items
    if as_json:
        show_json(items)
        return
    rows = [
        (
            one.name,
            one.position,
            ", ".join(one.sites) or "all",
            ", ".join(one.boards) or "any",
            ", ".join(one.templates) or "-",
            one.signs,
        )
        for one in items
    ]
    columns = ("name", "position", "sites", "boards", "templates", "signs")
    show_table(columns, rows, "No groups yet: `gangvakt config group put` makes one.")


@groups.command("put", epilog=GROUP_PUT_EXAMPLES)
def put_group(
    name: Named,
    site: Annotated[list[str] | None, typer.Option(help="A site; none: all.")] = None,
    board: Annotated[list[str] | None, typer.Option(help="A board; none: any.")] = None,
    template: Annotated[list[str] | None, typer.Option(help="A template; later ones stand above.")] = None,
    position: Annotated[int, typer.Option(min=0, max=1000, help="Higher ones stand above.")] = 0,
    if_changed_ms: ReadMs = None,
    as_json: AsJson = False,
) -> None:
    """Make a group of signs, or replace it."""
    from gangvakt.provision.config_wire import GroupIn, GroupOut
    from gangvakt.provision.wire import checked

    municipality, own = name_of(name)
    wanted = {
        "sites": site or (),
        "boards": board or (),
        "templates": template or (),
        "position": position,
    }
    path = ("municipalities", municipality, "config-groups", own)
    body = checked(GroupIn, "options", wanted)
    done = controller_office().put(GroupOut, if_changed_ms, *path, body=body)
    if as_json:
        show_json(done)
    else:
        Console().print(f"group {done.municipality}/{done.name}: {done.signs} signs that were heard")


@groups.command("remove", epilog=GROUP_REMOVE_EXAMPLES)
def remove_group(name: Named) -> None:
    """Remove a group; its signs lose its templates with their next change."""
    _remove("config-groups", name)


def _remove(what: str, name: str) -> None:
    from gangvakt.registry.remote import Nothing

    municipality, own = name_of(name)
    controller_office().ask(Nothing, "DELETE", "municipalities", municipality, what, own)
    Console().print(f"{municipality}/{own} is removed")
