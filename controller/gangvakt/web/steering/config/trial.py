"""A dry run as it goes on: recordings decided again with other values, and what that gives."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from gangvakt.fleet.dry_run import compare
from gangvakt.orders.dry_run import Run, Trial, Word
from gangvakt.web.controls import table
from gangvakt.web.steering.config.room import Room
from gangvakt.web.steering.config.views import tally_view
from gangvakt.web.steering.pieces import note, watched

MOST_SHOWN = 30  # recordings that came out another way


class TrialView:
    """Begun by its button; looks each second until it is over."""

    def __init__(self, room: Room) -> None:
        self._room, self._texts = room, room.texts
        self._run: Run | None = None
        self._seen: tuple[object, ...] = ()
        with ui.element("div").classes("below").props("aria-live=polite"):
            self._draw()
        watched(self._look)

    def begin(self, trials: Sequence[Trial], who: str) -> None:
        """With the recordings of the last week."""
        self._run = self._room.steering.dry_runs.start(self._room.municipality, trials, who)
        self._draw.refresh()

    async def _look(self) -> None:
        if self._run is None:
            return
        seen = (self._run.number, self._run.state, len(self._run.decided))
        if seen != self._seen:
            self._seen = seen
            self._draw.refresh()

    @ui.refreshable_method
    def _draw(self) -> None:
        run, texts = self._run, self._texts
        if run is None:
            return
        if run.state is Word.FAILED:
            note(texts.say("config_dry_broken", why=run.error or ""), "bad")
            return
        if run.state is not Word.DONE:
            note(texts.say("config_dry_goes_on", done=len(run.decided), total=run.total))
        elif not run.total:
            note(texts.say("config_dry_none"))
            return
        else:
            note(texts.say("config_dry_done"), "good")
        with ui.element("dl").classes("facts"):
            for name, value in tally_view(texts, run.tally):
                with ui.element("div"):
                    with ui.element("dt"):
                        ui.label(name)
                    with ui.element("dd"):
                        ui.label(value)
        self._changed(run)

    def _changed(self, run: Run) -> None:
        texts, told = self._texts, []
        for one in run.decided:
            found = compare(one.before, one.after)
            if one.error or not found.is_alike:
                told.append((one, found))
        if not told:
            return
        with table([texts.say(key) for key in ("sign", "config_recording", "config_dry_what")]):
            for one, found in told[:MOST_SHOWN]:
                what = one.error or texts.say(
                    "config_dry_line",
                    before=len(one.before),
                    after=len(one.after),
                    missed=len(found.missed),
                    new=len(found.new),
                )
                with ui.element("tr"):
                    for cell in (str(one.sign), one.recording, what):
                        with ui.element("td"):
                            ui.label(cell)
