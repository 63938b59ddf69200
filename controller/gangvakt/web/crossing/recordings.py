"""The recordings of a crossing, and the replay of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import Client, ui
from nicegui.element import Element

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.clock import day
from gangvakt.errors import Missing, NameRefused, ReplayImpossible
from gangvakt.fleet import SignId, SiteId
from gangvakt.fleet.roles import Role
from gangvakt.web.controls import panel
from gangvakt.web.figures import unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts

MOST_SHOWN = 12
LEAST_ROLE = Role.TECHNICIAN  # as the API has it: a recording shows how single people walked


class ReplayView(Element, component="scripts/replay_view.js", esm={"gangvakt-above": "scripts/above"}):
    """A recording seen from above, to be played."""

    def __init__(self, texts: Texts, scene: Mapping[str, Any]) -> None:
        super().__init__()
        own = ("play", "pause", "back", "ahead_step", "when", "speed")
        self._props["texts"] = texts.some("flashing", "dark", "people_n", *(f"cross_{key}" for key in own))
        self._props["scene"] = {**scene, "words": _words(scene, texts)}


def _words(scene: Mapping[str, Any], texts: Texts) -> dict[str, str]:
    """Each decision in words, by its kind and the firmware's word."""
    said = {}
    for _, kind, word, *_ in scene["decisions"]:
        reason = texts.say_or(f"fault_{word}" if kind == "fault" else f"on_{word}", word)
        said[f"{kind} {word}"] = texts.say(f"cross_decided_{kind}", reason=reason)
    return said


def replay_path(sign: SignId, name: str) -> str:
    """Path of the page that replays a recording."""
    return f"/crossing/{sign.municipality}/{sign.site}/replay/{sign.sign}/{name}"


def recording_list(services: Services, texts: Texts, login: Login, site: SiteId) -> None:
    """The newest ones of each pole; nothing where somebody may not see them."""
    if services.replays is None or not _may_see(login, site):
        return
    with panel(texts.say("cross_recordings")):
        signs = services.fleet.signs_of(site)
        kept = [one for state in signs for one in services.replays.kept(state.id)[:MOST_SHOWN]]
        if not kept:
            ui.label(texts.say("cross_no_recordings")).classes("hint")
        with ui.element("ul").classes("short-list"):
            for one in sorted(kept, key=lambda one: -one.kept_ms)[:MOST_SHOWN]:
                with ui.element("li"):
                    ui.link(f"{one.sign.sign} · {day(one.kept_ms)}", replay_path(one.sign, one.name))
                    ui.label(one.name).classes("hint")


def _may_see(login: Login, site: SiteId) -> bool:
    role = login.granted.role_in(site.municipality)
    return role is not None and role >= LEAST_ROLE


def add_pages(services: Services) -> None:
    @LocalPage("/crossing/{municipality}/{site}/replay/{sign}/{name}", title=TITLE)
    async def replay(client: Client, municipality: str, site: str, sign: str, name: str) -> None:
        here = f"/crossing/{municipality}/{site}"
        texts = begin(client, services, f"{here}/replay/{sign}/{name}", "crossing")
        with content("desk crossing"):
            try:
                wanted = SignId(municipality, site, sign)
                scene = await _scene(services, login_of(client), wanted, name)
            except (NameRefused, Missing, ReplayImpossible) as refused:
                unknown(
                    texts.say("cross_no_replay"), refusal(texts, refused), (here, texts.say("cross_back_to"))
                )
                return
            ui.link(texts.say("cross_back_to"), here)
            _show(texts, wanted, name, scene)


async def _scene(services: Services, login: Login, sign: SignId, name: str) -> Mapping[str, Any]:
    if services.replays is None or not _may_see(login, sign.site_id):
        raise Missing("recording", name[:60], "one of a crossing where you are a technician")
    return await services.replays.replay(sign, name)


def _show(texts: Texts, sign: SignId, name: str, scene: Mapping[str, Any]) -> None:
    with ui.element("h1"):
        ui.label(texts.say("cross_replay_of", sign=sign.sign))
    ui.label(f"{name} · {scene['length_s']:.0f} s").classes("hint")
    key = "cross_faithful" if scene["faithful"] else "cross_unfaithful"
    ui.label(texts.say(key)).classes("fine" if scene["faithful"] else "warning")
    with panel(texts.say("cross_from_above")):
        ReplayView(texts, scene)
