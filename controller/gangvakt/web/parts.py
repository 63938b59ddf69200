"""The elements of the pages, each drawn by its script in `scripts/`.

Made once for each page and then only given new values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from gangvakt.api.rights import may_open
from gangvakt.fleet.roles import NO_RIGHTS, Grants
from gangvakt.web.texts import LANGUAGE_NAMES, LANGUAGES, Language, Texts
from gangvakt.web.views import View

# Pages of the top bar by their path, in this order, for those who may open them; MORE are not needed daily.
LINKS = (
    ("/alarms", "alarms"),
    ("/live", "live"),
    ("/rollouts", "rollouts"),
    ("/config", "config"),
    ("/commands", "commands"),
    ("/approvals", "approvals"),
    ("/planning", "planning"),
    ("/people", "people"),
    ("/audit", "audit"),
    ("/settings", "settings"),
    ("/job", "job_title"),
    ("/account", "account"),
)
MORE = ("/commands", "/approvals", "/people", "/audit", "/settings", "/job", "/account")


class TopBar(Element, component="scripts/top_bar.js", esm={"gangvakt-typed": "typed"}):
    """Name, way home, other pages that are open, state of the connection, language and log-out; and what
    `user` had typed when the page had to be made anew.
    """

    def __init__(self, texts: Texts, path: str, grants: Grants = NO_RIGHTS, user: str = "") -> None:
        super().__init__()
        names = ("overview", "log_out", "link_live", "link_lost", "skip", "language", "tagline")
        typed = ("typed_back", "typed_homeless", "typed_seen")
        self._props["texts"] = texts.some(*names, *typed, "menu", "more", "pages", "alarms_open_n")
        self._props["user"] = user
        self._props["alarms"] = 0
        self._props["languages"] = [_language_link(code, texts.language, path) for code in LANGUAGES]
        self._props["home"] = path == "/"
        self._props["links"] = [
            {
                "href": page,
                "name": texts.say(key),
                "current": page == path or path.startswith(f"{page}/"),
                "more": page in MORE,
            }
            for page, key in LINKS
            if may_open(grants, page)
        ]

    def on_typed(self, put_back: Callable[[object], tuple[Sequence[int], int]]) -> None:
        """`put_back` gets the fields as the browser kept them; it tells the places of those that are not
        there, and how many it changed.
        """

        def answer(event: GenericEventArguments) -> None:
            self.run_method("putBack", *put_back(event.args))

        self.on("typed", answer)

    def show_alarms(self, count: int) -> None:
        """How many open alarms there are that the reader may see."""
        if self._props["alarms"] != count:
            self._props["alarms"] = count
            self.update()


def _language_link(code: Language, current: Language, path: str) -> View:
    return {
        "code": code,
        "name": LANGUAGE_NAMES[code],
        "href": f"/language/{code}?next={path}",
        "current": code == current,
    }


class SignList(Element, component="scripts/sign_list.js"):
    """A card for each sign."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        ago = ("seconds_ago", "minutes_ago", "hours_ago", "never")
        self._props["texts"] = texts.some(
            "signs", "faults", "no_faults", "last_seen", "no_signs", "no_signs_hint", "open_street", *ago
        )
        self._props["rows"] = []

    def show(self, rows: Sequence[View], now_ms: int) -> None:
        """`now_ms` is the controller's clock, to which the rows' times belong."""
        self._props["rows"] = rows
        self._props["nowMs"] = now_ms
        self.update()


class EventList(Element, component="scripts/event_list.js"):
    """The stream of events, newest first, with a choice of the sign."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._props["texts"] = texts.some("events", "all_signs", "show_sign", "no_events", "no_events_hint")
        self._props["locale"] = {"en": "en-GB", "nb": "nb-NO"}[texts.language]
        self._props["rows"] = []
        self._props["choices"] = []

    def on_choose(self, choose: Callable[[str], None]) -> None:
        """`choose` gets the name of the chosen sign, or an empty text for all signs."""
        self.on("choose", lambda event: choose(_text_of(event)))

    def show(self, rows: Sequence[View], choices: Sequence[str]) -> None:
        """`choices` are the names of the signs that can be chosen."""
        self._props["rows"] = rows
        self._props["choices"] = choices
        self.update()


def _text_of(event: GenericEventArguments) -> str:
    return event.args if isinstance(event.args, str) else ""


class StreetView(Element, component="scripts/street_view.js", esm={"gangvakt-street": "street"}):
    """A simulated crossing seen from above; shows nothing but `empty` (title, hint) before it has a scene."""

    def __init__(self, texts: Texts, empty: tuple[str, str] | None = None) -> None:
        super().__init__()
        legend = ("legend_person", "legend_car", "legend_fan", "legend_lamp")
        notes = ("street_waiting", "street_stale", "people_n", "cars_n", "flashing", "dark")
        self._props["texts"] = texts.some("simulated", "street_of", "open_street", *notes, *legend)
        self._props["empty"] = empty
        self._props["link"] = None
        self._props["scene"] = None

    def show_scene(self, scene: View, link: str | None) -> None:
        """`link` leads to a page with this street alone."""
        self._props["scene"] = scene
        self._props["link"] = link
        self.update()

    def show_world(self, world: View) -> None:
        """An instant of the street; the script moves the picture smoothly from one to the next."""
        self.run_method("push", world)
