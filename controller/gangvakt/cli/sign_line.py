"""The serial line to a sign, as commands open it."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from gangvakt.provision.ports import find_port
from gangvakt.provision.service_line import ServiceLine


def open_line(port: str | None, console: Console) -> ServiceLine:
    """At that port, or the only one there is; notes go to `console`."""
    return ServiceLine(find_port(port), note=notes_on(console))


def notes_on(console: Console) -> Callable[[str], None]:
    """Prints what is done to a sign beside what was asked for, a yellow line each."""
    return lambda text: console.print(text, style="yellow", soft_wrap=True, markup=False, highlight=False)
