"""How a run of `gangvakt flash` looks: a bar a board with step and time, plain lines without a terminal."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from gangvakt.provision.batch import Outcome
from gangvakt.provision.flash_steps import Step

# What each step takes of the whole, roughly: a bar that moves evenly.
SHARES = {
    Step.IDENTIFY: 6,
    Step.BUILD: 5,
    Step.ENROL: 2,
    Step.WRITE: 41,
    Step.START: 8,
    Step.INSPECT: 8,
    Step.RESTART: 8,
    Step.ONLINE: 6,
    Step.SELF_TEST: 40,
    Step.REGISTER: 1,
    Step.LABEL: 1,
}
TOTAL = sum(SHARES.values())
PRINTED = ".pdf"  # of a label's files the one that is printed
WORDS = {
    Step.IDENTIFY: "identify the chip",
    Step.BUILD: "build the image",
    Step.ENROL: "make the identity",
    Step.WRITE: "write the flash, and verify it",
    Step.START: "wait for the sign",
    Step.INSPECT: "check interpreter and files",
    Step.RESTART: "wait for the sign",
    Step.ONLINE: "wait for the controller to see it",
    Step.SELF_TEST: "self-test",
    Step.REGISTER: "register the sign",
    Step.LABEL: "print the label",
    Step.DONE: "done",
    Step.FAILED: "failed",
}


class FlashView:
    """A context manager that shows the boards of one command; used by several threads."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            TextColumn("[bold]{task.fields[port]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def board(self, port: str) -> BoardView:
        """A new bar for the board at `port`."""
        return BoardView(self, port, self._progress, self._progress.add_task("", total=TOTAL, port=port))

    def say(self, text: str) -> None:
        """A line above the bars; markup allowed."""
        self._progress.console.print(text, soft_wrap=True, highlight=False)

    def pause(self) -> Paused:
        """Context in which a question can be asked."""
        return Paused(self._progress)


class Paused:
    """The bars make room for a question; one at a time."""

    _one_question = threading.Lock()

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __enter__(self) -> None:
        self._one_question.acquire()
        self._progress.stop()

    def __exit__(self, *_: object) -> None:
        self._progress.start()
        self._one_question.release()


class BoardView:
    """The bar of one board; a flashing.Watcher."""

    def __init__(self, view: FlashView, port: str, progress: Progress, task: TaskID) -> None:
        self._view, self._port, self._progress, self._task = view, port, progress, task
        self._before = 0.0
        self._share = 0.0

    def step(self, step: Step) -> None:
        if step is Step.FAILED:  # the bar shows how far it came
            self._progress.update(self._task, description=WORDS[step])
        else:
            self._before += self._share
            self._share = float(SHARES.get(step, 0))
            self._progress.update(self._task, completed=self._before, description=WORDS[step])
        if not self._view.console.is_terminal:
            self._view.say(f"{escape(self._port)}: {WORDS[step]}")

    def progress(self, share: float) -> None:
        self._progress.update(self._task, completed=self._before + self._share * share)

    def tell(self, text: str) -> None:
        """What goes on within a step; instead of the step's words, or there would be no room for the bar."""
        self._progress.update(self._task, description=escape(text))

    def note(self, text: str) -> None:
        self._view.say(f"[yellow]{escape(self._port)}: {escape(text)}[/]")


def outcome_line(outcome: Outcome) -> str:
    """One line of markup for a board that is done."""
    if outcome.finished is None:
        return f"[red]{escape(outcome.error or outcome.port)}[/]"
    labels = [escape(str(path)) for path in outcome.finished.labels if path.suffix == PRINTED]
    sign, seconds = escape(str(outcome.finished.sign)), f"{outcome.seconds:.0f} s"
    return f"[green]{sign}[/] is registered after {seconds}; its label: {', '.join(labels)}"


def summary(outcomes: list[Outcome]) -> Table:
    """What became of each board of a batch."""
    table = Table("port", "sign", "result", "seconds")
    for outcome in outcomes:
        sign = escape(str(outcome.finished.sign)) if outcome.finished else ""
        result = "[green]registered[/]" if outcome.finished else f"[red]{escape(outcome.error or '')}[/]"
        table.add_row(escape(outcome.port), sign, result, f"{outcome.seconds:.0f}")
    return table
