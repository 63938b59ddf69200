"""Map, counts and list of the overview, drawn by the browser from the rows that it fetches."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element

from gangvakt.web.texts import Texts
from gangvakt.web.texts.overview import COUNTS
from gangvakt.web.views import STATES, View

NAMES = (
    *("ov_title", "ov_signs_n", "ov_of", "ov_search", "ov_search_hint", "ov_municipality", "ov_everywhere"),
    *("ov_show", "ov_all", "ov_none_fit", "ov_clear", "ov_map", "ov_map_hint", "ov_no_places"),
    *(
        "ov_no_places_hint",
        "ov_places_missing",
        "ov_no_ground",
        "ov_zoom_in",
        "ov_zoom_out",
        "ov_fit",
        "ov_list",
        "ov_alarms",
    ),
    *("ov_loading", "ov_failed", "ov_again", "ov_never", "ov_now", "ov_faulty", "ov_alarms"),
    *("no_signs", "no_signs_hint", "simulated", "open_street", "state"),
    *("seconds_ago", "minutes_ago", "hours_ago", "days_ago"),
)


class Overview(Element, component="scripts/overview.js", esm={"gangvakt-overview": "shared"}):
    """Fetches its rows itself, and is told what changed."""

    def __init__(self, texts: Texts, tiles: View | None) -> None:
        super().__init__()
        self._props["texts"] = texts.some(*NAMES)
        self._props["states"] = [{"word": word, "text": texts.say(word)} for word in STATES]
        self._props["counts"] = [{"key": key, "text": texts.say(f"ov_count_{key}")} for key in COUNTS]
        self._props["tiles"] = tiles
        self._props["streets"] = []
        self.classes("overview-part")

    def show_streets(self, streets: Sequence[View]) -> None:
        """Simulated crossings, each with its `name` and `href`."""
        self._props["streets"] = streets
        self.update()

    def patch(self, text: str) -> None:
        """What changed, as the model encoded it."""
        self.run_method("patch", text)
