"""The command behind `make bench`: progress on stderr, the table on stdout."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from gangvakt.errors import GangvaktError
from gangvakt.provision.board import load_board
from gangvakt_sim.bench import table
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Figure, Skipped, nothing
from gangvakt_sim.bench.rows import ROWS
from gangvakt_sim.children import ends_on_signals
from gangvakt_sim.errors import SimError
from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.run import BOARD
from gangvakt_sim.say import Say, announce_interpreter

INTERRUPTED = 130  # as the shell does


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0, or 1 when a measurement failed (a missed bound is a result, no failure)."""
    options = _options().parse_args(arguments)
    say = Say(Console(stderr=True))
    try:
        announce_interpreter(say)
        with ends_on_signals():
            outcome = _Run(options.quick, say)
            figures = list(outcome.measure(options.only or list(ROWS)))
    except KeyboardInterrupt:
        return INTERRUPTED
    except (SimError, GangvaktError) as error:
        say.line(f"[red]{escape(str(error))}[/]")
        return 1
    about = _about(options.quick)
    table.show(", ".join(about.values()), figures)
    if options.json:
        options.json.write_text(table.as_json(about, figures) + "\n")
    return 1 if outcome.failed else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gangvakt_sim.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="NAME", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: under two minutes in all")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file as well")
    return parser


def _about(quick: bool) -> dict[str, str]:
    version = ".".join(map(str, find_interpreter().version))
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "machine": f"{platform.machine()} with {os.cpu_count()} cores",
        "python": f"Python {platform.python_version()}",
        "micropython": f"MicroPython {version} of {find_interpreter().bits} bits",
        "mode": "quick" if quick else "thorough",
    }


class _Run:
    """Goes through the measurements; one that fails does not stop the others."""

    def __init__(self, quick: bool, say: Say) -> None:
        self._quick, self._say = quick, say
        self.failed = False

    def measure(self, names: Sequence[str]) -> Iterator[Figure]:
        """The figures of these rows."""
        for count, name in enumerate(names, start=1):
            self._say.step(f"[bold]{name}[/] ({count} of {len(names)})")
            yield from self._row(name)

    def _row(self, name: str) -> Sequence[Figure]:
        with tempfile.TemporaryDirectory(prefix="gangvakt-bench-") as folder:
            bench = Bench(load_board(BOARD), Path(folder), self._quick, self._say)
            try:
                return ROWS[name](bench)
            except Skipped as reason:
                return [nothing(name, f"skipped: {reason}")]
            except (SimError, GangvaktError, OSError) as error:
                self.failed = True
                self._say.line(f"[red]{escape(str(error))}[/]")
                return [nothing(name, f"failed: {str(error).splitlines()[0]}")]
