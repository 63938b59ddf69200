"""The zone editor: draw the kerb line, see what recordings would have given, apply it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import Client, ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from gangvakt.api.auth import Login
from gangvakt.api.rights import require_role
from gangvakt.api.services import Services
from gangvakt.errors import GangvaktError, Missing, Outdated, ReplayImpossible, SettingRefused
from gangvakt.fleet import SignId
from gangvakt.fleet.dry_run import Tally
from gangvakt.fleet.roles import Role
from gangvakt.orders.configs import ConfigState
from gangvakt.orders.dry_run import Run, Trial
from gangvakt.web.controls import Doing, panel, tell_refusal
from gangvakt.web.crossing.zones import LIMIT_M, Point, changes, drawn, fields_of, trails
from gangvakt.web.figures import Cell, figures, unknown
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.raced import Theirs, changed_lines
from gangvakt.web.refusing import refusal
from gangvakt.web.texts import Texts

MOST_RECORDINGS = 6  # whose ways are drawn: each costs a second of a processor


class ZoneEditor(Element, component="scripts/zone_editor.js"):
    """Handles over the ways that people went; tells `change` with places in m and the azimuth in degrees."""

    def __init__(self, texts: Texts, values: Mapping[str, object], ways: Sequence[Sequence[Point]]) -> None:
        super().__init__()
        names = ("kerb_a", "kerb_b", "sensor")
        keys = [f"zone_{name}{kind}" for name in names for kind in ("", "_short")]
        self._props["texts"] = texts.some("zone_drawn", "zone_azimuth", *keys)
        self._props["trails"] = ways
        self._props["limit"] = LIMIT_M
        for name, value in drawn(values).items():
            self._props[name] = value


def zone_path(sign: SignId) -> str:
    """Path of the zone editor of a sign."""
    return f"/crossing/{sign.municipality}/{sign.site}/zone/{sign.sign}"


def add_pages(services: Services) -> None:
    @LocalPage("/crossing/{municipality}/{site}/zone/{sign}", title=TITLE)
    async def zone(client: Client, municipality: str, site: str, sign: str) -> None:
        here = f"/crossing/{municipality}/{site}"
        texts = begin(client, services, f"{here}/zone/{sign}", "planning", "crossing")
        login = login_of(client)
        with content("desk crossing"):
            back = (here, texts.say("cross_back_to"))
            try:
                wanted = SignId(municipality, site, sign)
                state = await _state(services, login, wanted)
            except GangvaktError as refused:
                unknown(texts.say("zone_none"), refusal(texts, refused), back)
                return
            ui.link(back[1], back[0])
            with ui.element("h1"):
                ui.label(texts.say("zone_of", sign=sign))
            await client.connected()  # the ways of recorded people take seconds
            await _Zone(services, texts, login, state).show()


async def _state(services: Services, login: Login, sign: SignId) -> ConfigState:
    role = login.granted.role_in(sign.municipality)
    if role is None or role < Role.TECHNICIAN or services.orders is None:
        raise Missing("sign", str(sign), "one of a municipality where you are a technician")
    return await services.orders.configs.state(sign)


class _Zone:
    """The drawing, what changes by it, and the two buttons."""

    def __init__(self, services: Services, texts: Texts, login: Login, state: ConfigState) -> None:
        self._services, self._texts, self._sign = services, texts, state.sign
        self._doing = Doing(services, texts, login.token)
        self._before: dict[str, object] = dict(state.values)
        self._version = state.version
        self._changes: dict[str, object] = {}

    async def show(self) -> None:
        texts = self._texts
        with panel(texts.say("cross_from_above")):
            editor = ZoneEditor(texts, self._before, await self._ways())
            editor.on("change", self._changed)
            ui.label(texts.say("zone_hint")).classes("hint")
        with panel(texts.say("zone_changes")):
            self._list()
            with ui.row().classes("links"):
                ui.button(texts.say("zone_try"), on_click=self._try).props("no-caps outline")
                ui.button(texts.say("zone_apply"), on_click=self._apply).props("no-caps")
            self._told = ui.element("div").props("role=status")
            self._theirs = Theirs(texts)

    async def _ways(self) -> list[list[Point]]:
        replays = self._services.replays
        ways: list[list[Point]] = []
        for kept in replays.kept(self._sign)[:MOST_RECORDINGS] if replays else ():
            try:
                assert replays is not None
                ways += trails(await replays.replay(self._sign, kept.name))
            except ReplayImpossible:  # of another firmware: the others are drawn
                continue
        return ways

    def _changed(self, event: GenericEventArguments) -> None:
        try:
            self._changes = changes(self._before, fields_of(event.args))
        except SettingRefused as refused:
            tell_refusal(refusal(self._texts, refused))
            return
        self._list.refresh()

    @ui.refreshable_method
    def _list(self) -> None:
        texts = self._texts
        if not self._changes:
            ui.label(texts.say("zone_as_before")).classes("hint")
            return
        rows = [
            [Cell(name), Cell(str(self._before.get(name, 0))), Cell(str(value))]
            for name, value in self._changes.items()
        ]
        figures([texts.say(key) for key in ("zone_field", "zone_before", "zone_after")], rows)

    async def _try(self) -> None:
        async def run(login: Login) -> None:
            require_role(login.granted, Role.TECHNICIAN, self._sign.municipality)
            steering = self._services.steering
            assert steering is not None
            trial = Trial(self._sign, dict(self._changes))
            started = steering.dry_runs.start(self._sign.municipality, [trial], login.user)
            self._say(self._texts.say("zone_trying", total=started.total))
            await started.done()
            self._say_tally(started)

        await self._doing.run(run)

    def _say(self, text: str) -> None:
        self._told.clear()
        with self._told:
            ui.label(text)

    def _say_tally(self, run: Run) -> None:
        if run.error is not None:
            self._say(run.error)
        elif not run.total:
            self._say(self._texts.say("zone_no_recordings"))
        else:
            self._say(_tally_text(run.tally, self._texts))

    async def _apply(self) -> None:
        if not self._changes:
            self._say(self._texts.say("zone_as_before"))
            return
        question = self._texts.say("zone_ask", sign=self._sign.sign, count=len(self._changes))
        self._doing.asked(question, self._want)()

    async def _want(self, login: Login) -> None:
        require_role(login.granted, Role.TECHNICIAN, self._sign.municipality)
        orders = self._services.orders
        assert orders is not None
        try:
            state = await orders.configs.want(self._sign, self._changes, login.user, self._version)
        except Outdated as late:
            now = await orders.configs.state(self._sign)
            self._theirs.tell(late, changed_lines(self._before, now.values))
            self._version = now.version
            raise
        self._theirs.forget()
        self._version = state.version
        self._before |= self._changes
        self._changes = {}
        self._list.refresh()
        self._say(self._texts.say("zone_sent", version=self._version))


def _tally_text(tally: Tally, texts: Texts) -> str:
    return texts.say(
        "zone_tally",
        recordings=tally.recordings,
        before=tally.before,
        after=tally.after,
        missed=tally.missed,
        new=tally.new,
    )
