"""What is around each page: language, top bar, who sees what, and the way out when a session ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import Client, ui
from nicegui.element import Element
from nicegui.language import Language as PageLanguage

from gangvakt.api import Services
from gangvakt.api.auth import Login
from gangvakt.fleet.view import FleetView
from gangvakt.web.feed import TICK_S, LivePart, PageFeed
from gangvakt.web.parts import TopBar
from gangvakt.web.texts import Language, Texts, language_of_request
from gangvakt.web.typed_again import put_back

TITLE = "Gangvakt"
STYLES = ("gangvakt",)  # of every page; an area names its own beside them
SESSION_CHECK_S = 5.0
# A lift, a tunnel, another Wi-Fi: within it a page goes on where it was, and costs 0.1 to 0.3 MB until then.
# After it the page is made anew, and what was typed is put back.
AWAY_S = 60.0
ANSWER_S = 30.0  # a database that is busy, on a small computer
PAGE_LANGUAGES: dict[Language, PageLanguage] = {"en": "en-GB", "nb": "nb-NO"}


class LocalPage(ui.page):
    """A page in the language of its request, which waits for a browser that is away."""

    def __init__(self, path: str, *, title: str) -> None:
        super().__init__(path, title=title, response_timeout=ANSWER_S)

    def resolve_reconnect_timeout(self) -> float:
        """Not the app's: how soon a lost connection is noticed hangs on that one."""
        return AWAY_S

    def resolve_language(self) -> PageLanguage | None:
        return PAGE_LANGUAGES[language_of_request.get()]


def begin(client: Client, services: Services, path: str, *styles: str) -> Texts:
    """The head and the top bar of the page at `path`, with the files of `styles` from the assets."""
    texts = Texts(language_of_request.get())
    for style in (*STYLES, *styles):
        ui.add_head_html(f'<link rel="stylesheet" href="/assets/{style}.css">')
    login = login_of(client)
    bar = TopBar(texts, path, login.granted, login.user)
    bar.on_typed(lambda told: put_back(client, told))
    bar.show_alarms(_open_alarms(services, login))
    token, seen = login.token, login.granted

    async def leave_when_logged_out() -> None:
        if not client.has_socket_connection:
            return
        login = await services.auth.login_of(token, used=False)
        if login is None or login.granted != seen:  # what the page shows may not be his any more
            ui.navigate.reload()  # the guard leads to the log-in, and from there back to the address
        else:
            bar.show_alarms(_open_alarms(services, login))

    _once_connected(client, lambda: ui.timer(SESSION_CHECK_S, leave_when_logged_out))
    return texts


def _once_connected(client: Client, start: Callable[[], object]) -> None:
    """A timer that starts before has the page go out as far as it is made; the answer says whether there is
    what was asked for, so it waits for that.
    """
    has_started = False

    def on_connect() -> None:
        nonlocal has_started
        if not has_started:
            has_started = True
            start()

    client.on_connect(on_connect)


def _open_alarms(services: Services, login: Login) -> int:
    found = services.patrol.alarms.open() if services.patrol else ()
    seen = login.municipalities
    return sum(seen is None or one.municipality in seen for one in found)


def login_of(client: Client) -> Login:
    """The session that the guard let in."""
    login = client.request.state.login
    assert isinstance(login, Login)
    return login


def seen_by(client: Client, services: Services) -> FleetView:
    """The fleet as far as it is the business of whoever opened the page."""
    return FleetView(services.fleet, login_of(client).municipalities)


def content(layout: str) -> Element:
    """The page below its top bar."""
    return ui.element("div").props("id=content tabindex=-1").classes(layout)


def follow(client: Client, fleet: FleetView, parts: Sequence[LivePart]) -> None:
    """Keeps the parts up to date while the browser is connected."""
    ui.timer(TICK_S, PageFeed(fleet, client, parts).tick)
