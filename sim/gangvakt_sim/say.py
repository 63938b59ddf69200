"""What the simulator tells people while it works."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gangvakt_sim.interpreter import find_interpreter

TABLE_CHARS = 110
PROGRESS_S = 5.0


class Say:
    """Lines of progress with the seconds since the start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._start = time.monotonic()

    def step(self, text: str) -> None:
        """One thing is done."""
        elapsed_s = time.monotonic() - self._start
        self._console.print(f"[dim]{elapsed_s:6.1f} s[/]  {text}", highlight=False, soft_wrap=True)

    def line(self, text: str = "") -> None:
        """Something to read, with Rich's markup."""
        self._console.print(text, highlight=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        """Figures; what is not a terminal gets them uncut."""
        if not self._console.is_terminal:
            self._console.width = TABLE_CHARS
        self._console.print(table)


class Progress:
    """A line now and then about something that takes long."""

    def __init__(self, say: Say) -> None:
        self._say, self._next_s = say, time.monotonic() + PROGRESS_S

    def __call__(self, done: int, of: int) -> None:
        """So much is done, of so much."""
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + PROGRESS_S
            self._say.step(f"{done} of {of}")


def announce_interpreter(say: Say) -> None:
    """Tell what the interpreter cannot vouch for. InterpreterMissing when there is none."""
    for warning in find_interpreter().warnings:
        say.line(f"[yellow]{escape(warning)}[/]")
