"""One's own account: password, second factor, sessions and tokens."""

from __future__ import annotations

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.clock import day, utc_ms
from gangvakt.fleet.roles import EVERYWHERE, Grants, Role
from gangvakt.provision.people_wire import LONGEST_LABEL, MOST_DAYS, USUAL_DAYS
from gangvakt.store.api_tokens import ApiToken
from gangvakt.web.controls import Action, Doing, panel, row, show_once, small_button, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.guards import SECOND_FACTOR_PATH
from gangvakt.web.own_forms import OWN_PASSWORD_PATH
from gangvakt.web.texts import Texts

AGENT_SHOWN = 60  # characters


def add_pages(services: Services) -> None:
    @LocalPage("/account", title=TITLE)
    async def account(client: Client) -> None:
        await _account(services, begin(client, services, "/account"), login_of(client))


async def _account(services: Services, texts: Texts, login: Login) -> None:
    doing = Doing(services, texts, login.token)
    with content("desk"):
        with ui.element("h1"):
            ui.label(login.user)
        with panel(texts.say("roles")):
            for line in role_lines(texts, login.granted):
                ui.label(line)
        with panel(texts.say("protection")):
            await _Protection(doing, login).look()
        with panel(texts.say("sessions")):
            await _Sessions(doing, login).show()
        with panel(texts.say("tokens")):
            ui.label(texts.say("tokens_hint")).classes("hint")
            await _Tokens(doing, login).show()
            _new_token(doing, login)


def role_lines(texts: Texts, grants: Grants) -> tuple[str, ...]:
    """What somebody is where, a line each."""
    lines = (
        f"{texts.say(role.word)} – {texts.say('everywhere') if where == EVERYWHERE else where}"
        for where, role in grants.items()
    )
    return tuple(lines) or (texts.say("no_roles"),)


class _Protection:
    """Password and second factor; what gives a new session is done by forms, which set its cookie."""

    def __init__(self, doing: Doing, login: Login) -> None:
        self._doing, self._login, self._texts = doing, login, doing.texts
        self._line = ui.label()
        with ui.row().classes("links"):
            ui.link(self._texts.say("change_password"), OWN_PASSWORD_PATH)
            self._set_up = ui.link(self._texts.say("set_up_factor"), SECOND_FACTOR_PATH)
            self._on = ui.row().classes("links")
        with self._on:
            self._code = ui.input(self._texts.say("code"))
            self._code.props("dense outlined maxlength=32 autocomplete=one-time-code")
            small_button(self._texts.say("new_codes"), self._renew)
            small_button(self._texts.say("remove_factor"), self._remove)

    async def look(self) -> None:
        state = await self._doing.services.auth.factors.state(self._login.user)
        words = "factor_on" if state.on else "factor_off"
        self._line.set_text(self._texts.say(words, count=state.codes_left))
        self._set_up.set_visibility(not state.on)
        self._on.set_visibility(state.on)

    async def _renew(self) -> None:
        async def renew(login: Login) -> None:
            auth = self._doing.services.auth
            await auth.check_code(login.user, self._code.value)
            codes = await auth.factors.renew_codes(login.user)
            show_once(self._texts, self._texts.say("new_codes"), "\n".join(codes))

        await self._run(renew)

    async def _remove(self) -> None:
        async def remove(login: Login) -> None:
            auth = self._doing.services.auth
            await auth.check_code(login.user, self._code.value)
            await auth.factors.remove(login.user, by=login.user)

        await self._run(remove)

    async def _run(self, action: Action) -> None:
        await self._doing.run(action)
        self._code.set_value("")
        await self.look()


class _Sessions:
    """One's own sessions, with buttons that end them."""

    def __init__(self, doing: Doing, login: Login) -> None:
        self._doing, self._login = doing, login
        doing.afterwards(self.show.refresh)

    @ui.refreshable_method
    async def show(self) -> None:
        texts, auth = self._doing.texts, self._doing.services.auth
        columns = ("begun", "last_used", "from_address", "program")
        with table([*(texts.say(key) for key in columns), ""]):
            for one in await auth.sessions(self._login.user):
                cells = (day(one.created_ms), day(one.seen_ms), one.address, one.agent[:AGENT_SHOWN])
                with row(*cells):
                    if one.id == self._login.session:
                        ui.label(texts.say("this_session")).classes("fine")
                    else:
                        small_button(texts.say("end_session"), self._doing.button(self._ending(one.id)))
        small_button(texts.say("end_others"), self._doing.button(self._end_others))

    def _ending(self, session: str) -> Action:
        async def end(login: Login) -> None:
            await self._doing.services.auth.end_session(login.user, session)

        return end

    async def _end_others(self, login: Login) -> None:
        await self._doing.services.auth.end_others(login)


class _Tokens:
    """One's own tokens that are not over."""

    def __init__(self, doing: Doing, login: Login) -> None:
        self._doing, self._login = doing, login
        doing.afterwards(self.show.refresh)

    @ui.refreshable_method
    async def show(self) -> None:
        texts, now_ms = self._doing.texts, utc_ms()
        columns = ("token_name", "role", "where", "ends", "last_used")
        held = await self._doing.services.people.tokens(self._login, self._login.user)
        with table([*(texts.say(key) for key in columns), ""]):
            for one in held:
                if not one.is_over(now_ms):
                    self._row(one)

    def _row(self, one: ApiToken) -> None:
        texts, people = self._doing.texts, self._doing.services.people

        async def revoke(login: Login) -> None:
            await people.revoke_token(login, login.user, one.id)

        where = ", ".join(sorted(one.municipalities or ())) or texts.say("where_i_have_a_role")
        used = day(one.used_ms) if one.used_ms else texts.say("never")
        with row(one.name, texts.say(one.role.word), where, day(one.expires_ms), used):
            question = texts.say("ask_revoke", name=one.name)
            small_button(texts.say("revoke"), self._doing.asked(question, revoke))


def _new_token(doing: Doing, login: Login) -> None:
    texts, highest = doing.texts, login.granted.highest
    roles = {role.word: texts.say(role.word) for role in Role if highest is not None and role <= highest}
    if not roles:
        return
    with ui.row().classes("form-row"):
        name = ui.input(texts.say("token_name")).props(f"dense outlined maxlength={LONGEST_LABEL}")
        role = ui.select(roles, value=Role.VIEWER.word, label=texts.say("role")).props("dense outlined")
        days = ui.number(texts.say("days"), value=USUAL_DAYS, min=1, max=MOST_DAYS, precision=0)
        days.props("dense outlined")

        async def make(asking: Login) -> None:
            wanted = Role[str(role.value).upper()]
            count = min(MOST_DAYS, max(1, int(days.value or USUAL_DAYS)))
            label = (name.value or "").strip()[:LONGEST_LABEL]
            if label:
                _, token = await doing.services.people.add_token(asking, label, wanted, None, count)
                show_once(texts, label, token)
                name.set_value("")

        ui.button(texts.say("make_token"), on_click=doing.button(make)).props("no-caps")
