"""Who would come in which group and step of a rollout."""

from __future__ import annotations

from collections import Counter

from nicegui import ui

from gangvakt.fleet.rollouts import Entry, Rollout
from gangvakt.web.controls import table
from gangvakt.web.phrasing import phrase
from gangvakt.web.steering.pieces import details, note
from gangvakt.web.texts import Texts

MOST_CROSSINGS = 200  # named in a step; the rest is counted


def draw_preview(texts: Texts, draft: Rollout) -> None:
    """Each group with its steps, crossings and boards, and who is left out."""
    note(texts.say("rollout_would", signs=len(draft.entries), crossings=len(draft.crossings)))
    if draft.reason:
        note(phrase(texts, draft.reason), "bad")
    columns = ("steer_group", "rollout_step", "signs", "rollout_board", "rollout_crossings")
    with table([texts.say(key) for key in columns]):
        for number, name in enumerate(draft.groups):
            entries = draft.of_group(number)
            for step in sorted({entry.step for entry in entries}):
                _step(texts, draft, name, step, [entry for entry in entries if entry.step == step])


def _step(texts: Texts, draft: Rollout, group: str, step: int, entries: list[Entry]) -> None:
    boards = Counter(draft.target(entry).board for entry in entries)
    sites = sorted({str(entry.sign.site_id) for entry in entries})
    with ui.element("tr"):
        for cell in (
            group,
            str(step + 1),
            str(len(entries)),
            ", ".join(f"{count} {board}" for board, count in sorted(boards.items())),
        ):
            with ui.element("td"):
                ui.label(cell)
        with ui.element("td"), details(texts.say("rollout_n_crossings", n=len(sites))):
            ui.label(", ".join(sites[:MOST_CROSSINGS]) + (" …" if len(sites) > MOST_CROSSINGS else ""))
