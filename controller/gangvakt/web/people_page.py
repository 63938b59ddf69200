"""People and their roles, for administrators."""

from __future__ import annotations

import re

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.people import Person
from gangvakt.api.rights import may_open
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet.names import check_name
from gangvakt.fleet.roles import EVERYWHERE, Grants, Role
from gangvakt.provision.people_wire import USER_PATTERN
from gangvakt.web.account_page import role_lines
from gangvakt.web.controls import Doing, panel, row, show_once, small_button, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.texts import Texts

USER_RULE = "1 to 64 of a-z, A-Z, 0-9, and . _ @ -, not beginning with -"


def add_pages(services: Services) -> None:
    @LocalPage("/people", title=TITLE)
    async def people(client: Client) -> None:
        await _people(services, begin(client, services, "/people"), login_of(client))


async def _people(services: Services, texts: Texts, login: Login) -> None:
    doing = Doing(services, texts, login.token)
    with content("desk"):
        with ui.element("h1"):
            ui.label(texts.say("people"))
        with panel(texts.say("people")):
            await _People(doing, login).show()
        with panel(texts.say("add_person")):
            _new_person(doing)
        if login.granted.everywhere is Role.ADMINISTRATOR:
            with panel(texts.say("rules")):
                await _rule(doing)


class _People:
    """Everybody whom the administrator sees."""

    def __init__(self, doing: Doing, login: Login) -> None:
        self._doing, self._login = doing, login
        doing.afterwards(self.show.refresh)

    @ui.refreshable_method
    async def show(self) -> None:
        texts = self._doing.texts
        with table([*(texts.say(key) for key in ("user", "roles", "state")), ""]):
            for person in await self._doing.services.people.seen(self._login):
                roles = "; ".join(role_lines(texts, person.roles))
                with row(person.member.user, roles, _state(texts, person)):
                    _buttons(self._doing, person)


def _state(texts: Texts, person: Person) -> str:
    member = person.member
    said = [
        texts.say("locked") if member.locked else "",
        texts.say("one_time") if member.must_change else "",
        texts.say("with_factor") if person.second_factor else "",
        texts.say("logs_in_at", place=member.reference[0]) if member.reference else "",
    ]
    return ", ".join(one for one in said if one) or "–"


def _buttons(doing: Doing, person: Person) -> None:
    texts, people, user = doing.texts, doing.services.people, person.member.user

    async def reset(login: Login) -> None:
        show_once(texts, texts.say("one_time_of", user=user), await people.reset_password(login, user))

    async def lock(login: Login) -> None:
        await people.set_locked(login, user, not person.member.locked)

    async def remove_factor(login: Login) -> None:
        await people.remove_factor(login, user)

    async def remove(login: Login) -> None:
        await people.remove(login, user)

    small_button(texts.say("change_roles"), lambda: _change_roles(doing, person))
    if person.member.reference is None:
        small_button(texts.say("new_one_time"), doing.asked(texts.say("ask_reset", user=user), reset))
    if person.second_factor:
        small_button(
            texts.say("remove_factor"), doing.asked(texts.say("ask_factor", user=user), remove_factor)
        )
    word = "unlock" if person.member.locked else "lock"
    small_button(texts.say(word), doing.asked(texts.say(f"ask_{word}", user=user), lock))
    small_button(texts.say("remove"), doing.asked(texts.say("ask_remove", user=user), remove))


def _change_roles(doing: Doing, person: Person) -> None:
    """A role in each municipality that is named; without a name it is taken away."""
    texts, user, places = doing.texts, person.member.user, _places(doing)
    with ui.dialog() as dialog, ui.card().classes("question"):
        with ui.element("h2"):
            ui.label(texts.say("roles_of", user=user))
        lines = [_RoleLine(texts, places, where, role) for where, role in person.roles.items()]
        lines.append(_RoleLine(texts, places))
        ui.label(texts.say("roles_hint")).classes("hint")
        ui.label(texts.say("roles_end_sessions")).classes("hint")

        async def save() -> None:
            async def change(login: Login) -> None:
                await doing.services.people.set_roles(login, user, _grants(lines))

            if await doing.run(change):
                dialog.close()

        with ui.row():
            ui.button(texts.say("cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(texts.say("save"), on_click=save).props("no-caps")
    dialog.open()


def _places(doing: Doing) -> list[str]:
    """The municipalities that have signs."""
    return sorted({state.id.municipality for state in doing.services.fleet.signs()})


class _RoleLine:
    """A municipality, and the role there."""

    def __init__(self, texts: Texts, places: list[str], where: str = "", role: Role = Role.VIEWER) -> None:
        words = {one.word: texts.say(one.word) for one in Role}
        with ui.row().classes("form-row"):
            self._where = ui.input(texts.say("municipality"), value=where, autocomplete=places)
            self._where.props("dense outlined maxlength=32")
            self._role = ui.select(words, value=role.word, label=texts.say("role")).props("dense outlined")

    def clear(self) -> None:
        self._where.set_value("")

    @property
    def role(self) -> tuple[str, Role] | None:
        """NameRefused for what is no municipality."""
        where = (self._where.value or "").strip().lower()
        if not where:
            return None
        if where != EVERYWHERE:
            check_name("municipality", where)
        return where, Role[str(self._role.value).upper()]


def _grants(lines: list[_RoleLine]) -> Grants:
    return Grants(dict(one.role for one in lines if one.role is not None))


def _new_person(doing: Doing) -> None:
    texts = doing.texts
    user = ui.input(texts.say("user")).props("dense outlined maxlength=64")
    line = _RoleLine(texts, _places(doing))
    ui.label(texts.say("roles_hint")).classes("hint")

    async def add() -> None:
        async def make(login: Login) -> None:
            name = (user.value or "").strip()
            if not re.fullmatch(USER_PATTERN, name):
                raise SettingRefused("form", "user", name[:80], USER_RULE)
            password = await doing.services.people.add(login, name, _grants([line]))
            show_once(texts, texts.say("one_time_of", user=name), password)
            user.set_value("")
            line.clear()

        await doing.run(make)

    ui.button(texts.say("add_person"), on_click=add).props("no-caps")


async def _rule(doing: Doing) -> None:
    people, factors = doing.services.people, doing.services.auth.staff.factors

    async def demand(login: Login) -> None:
        if may_open(login.granted, "/people") and login.granted.everywhere is Role.ADMINISTRATOR:
            await people.demand_factors(login, bool(box.value))

    box = ui.checkbox(doing.texts.say("rule_factor"), value=await factors.administrators_must())
    box.on_value_change(doing.button(demand))
