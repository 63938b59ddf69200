"""A municipality's configurations at a glance: signs, templates, groups and plans."""

from __future__ import annotations

from functools import partial

from nicegui import Client, ui

from gangvakt.api.auth import Login
from gangvakt.api.services import Services
from gangvakt.fleet import SignState
from gangvakt.fleet.selection import Selection
from gangvakt.orders.configs import judged
from gangvakt.web.controls import panel, row, small_button, table
from gangvakt.web.frame import TITLE, LocalPage, begin, content, login_of
from gangvakt.web.steering.asking import ask
from gangvakt.web.steering.config.editor import value_text
from gangvakt.web.steering.config.room import Room, room_at
from gangvakt.web.steering.config.views import plan_tone, plan_word, state_tone, state_word
from gangvakt.web.steering.pieces import chip, clock, heading, link_button, nothing, places_of

SIGNS_SHOWN = 50
PLANS_SHOWN = 20
VALUES_SHOWN = 4  # of a template, in the list


def add_pages(services: Services) -> None:
    @LocalPage("/config", title=TITLE)
    async def config(client: Client, municipality: str = "") -> None:
        places = places_of(services, login_of(client))
        if not places:
            texts = begin(client, services, "/config", "steering")
            with content("desk"):
                with heading(texts.say("config")):
                    pass
                nothing(texts.say("steer_no_places"), texts.say("steer_no_places_hint"))
            return
        room = room_at(client, services, municipality or places[0])
        if room is not None:
            with content("desk"):
                await _Home(room, places).begin()


class _Home:
    def __init__(self, room: Room, places: tuple[str, ...]) -> None:
        self._room, self._texts, self._places = room, room.texts, places
        self._wanted = ""
        room.doing.afterwards(self._templates.refresh)
        room.doing.afterwards(self._groups.refresh)

    async def begin(self) -> None:
        texts, place = self._texts, self._room.municipality
        with heading(f"{texts.say('config')}: {place}"):
            self._other_places()
            if self._room.may_change:
                link_button(texts.say("command_many"), f"/commands?municipality={place}")
        with panel(texts.say("signs")):
            self._search = ui.input(texts.say("config_search")).props("dense outlined clearable")
            self._search.on_value_change(lambda event: self._look_for(event.value))
            await self._signs()
        with panel(texts.say("config_plans")):
            ui.label(texts.say("config_plans_hint")).classes("hint")
            self._new("config_new_plan", f"/config/{place}/new-plan")
            await self._plans()
        with panel(texts.say("config_templates")):
            ui.label(texts.say("config_templates_hint")).classes("hint")
            self._new("config_new_template", f"/config/{place}/template")
            await self._templates()
        with panel(texts.say("config_groups")):
            ui.label(texts.say("config_groups_hint")).classes("hint")
            self._new("config_new_group", f"/config/{place}/group")
            await self._groups()

    def _other_places(self) -> None:
        if len(self._places) > 1:
            choice = ui.select(
                list(self._places), value=self._room.municipality, label=self._texts.say("municipality")
            )
            choice.props("dense outlined").classes("place-choice")
            choice.on_value_change(lambda event: ui.navigate.to(f"/config?municipality={event.value}"))

    def _new(self, key: str, path: str) -> None:
        if self._room.may_change:
            link_button(self._texts.say(key), path)

    def _look_for(self, text: object) -> None:
        self._wanted = str(text or "").strip().lower()
        self._signs.refresh()

    @ui.refreshable_method
    async def _signs(self) -> None:
        texts, wanted = self._texts, dict(await self._room.orders.configs.table.all_wanted())
        found = [one for one in self._own_signs() if self._wanted in str(one.id).lower()]
        if not found:
            nothing(texts.say("config_no_signs"), texts.say("config_no_signs_hint"))
            return
        with table([texts.say(key) for key in ("sign", "firmware", "rollout_version", "state")]):
            for state in found[:SIGNS_SHOWN]:
                word, _ = judged(wanted.get(state.id), state.config)
                with ui.element("tr"):
                    with ui.element("td"):
                        path = f"/config/{state.id.municipality}/sign/{state.id.site}/{state.id.sign}"
                        ui.link(f"{state.id.site}/{state.id.sign}", path)
                    version = state.config.version if state.config else None
                    firmware = state.status.firmware if state.status else "–"
                    for cell in (firmware, "–" if version is None else str(version)):
                        with ui.element("td"):
                            ui.label(cell)
                    with ui.element("td"):
                        chip(state_word(texts, word), state_tone(word))
        if len(found) > SIGNS_SHOWN:
            ui.label(texts.say("steer_more", n=len(found) - SIGNS_SHOWN)).classes("hint")

    def _own_signs(self) -> list[SignState]:
        selection = Selection(self._room.municipality)
        return [one for one in self._room.services.fleet.signs() if selection.fits(one)]

    @ui.refreshable_method
    async def _plans(self) -> None:
        texts, place = self._texts, self._room.municipality
        found = await self._room.steering.plans.table.page(place, None, PLANS_SHOWN)
        if not found:
            nothing(texts.say("config_no_plans"), texts.say("config_no_plans_hint"))
            return
        with table(
            [texts.say(key) for key in ("config_plan", "state", "config_stage", "signs", "rollout_by")]
        ):
            for plan in found:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.link(f"{plan.id} · {plan.title}", f"/config/{place}/plan/{plan.id}")
                    with ui.element("td"):
                        chip(plan_word(texts, plan.state), plan_tone(plan.state))
                    stages = f"{plan.stage + 1} / {len(plan.stages)}"
                    for cell in (stages, str(len(plan.signs)), f"{plan.by}, {clock(plan.created_ms)}"):
                        with ui.element("td"):
                            ui.label(cell)

    @ui.refreshable_method
    async def _templates(self) -> None:
        texts, place = self._texts, self._room.municipality
        found = await self._room.steering.templates.table.templates(place)
        if not found:
            nothing(texts.say("config_no_templates"), texts.say("config_no_templates_hint"))
            return
        with table([*(texts.say(key) for key in ("steer_name", "config_values", "steer_changed_by")), ""]):
            for one in found:
                told = [f"{name} = {value_text(texts, name, value)}" for name, value in one.values.items()]
                shown = ", ".join(told[:VALUES_SHOWN]) + (" …" if len(told) > VALUES_SHOWN else "")
                with row(one.name, shown, f"{one.by}, {clock(one.changed_ms)}"):
                    ui.link(texts.say("steer_edit"), f"/config/{place}/template?name={one.name}")
                    if self._room.may_change:
                        small_button(
                            texts.say("steer_remove"), lambda name=one.name: self._drop_template(name)
                        )

    @ui.refreshable_method
    async def _groups(self) -> None:
        texts, place = self._texts, self._room.municipality
        found = await self._room.steering.templates.table.groups(place)
        if not found:
            nothing(texts.say("config_no_groups"), texts.say("config_no_groups_hint"))
            return
        columns = ("steer_name", "config_members", "signs", "config_templates", "steer_changed_by")
        with table([*(texts.say(key) for key in columns), ""]):
            for kept in found:
                group = kept.group
                members = ", ".join(sorted(group.sites | group.boards)) or texts.say("config_every_sign")
                count = len(Selection(place, group=group).of(self._room.services.fleet.signs()))
                cells = (group.name, members, str(count), ", ".join(group.templates))
                with row(*cells, f"{kept.by}, {clock(kept.changed_ms)}"):
                    ui.link(texts.say("steer_edit"), f"/config/{place}/group?name={group.name}")
                    if self._room.may_change:
                        small_button(texts.say("steer_remove"), partial(self._drop_group, group.name, count))

    def _drop_template(self, name: str) -> None:
        async def drop(login: Login, _why: str) -> None:
            self._room.require(login)
            await self._room.steering.templates.remove_template(self._room.municipality, name, login.user)

        lines = [self._texts.say("config_drop_template")]
        title = f"{self._texts.say('steer_remove')}: {name}"
        ask(self._room.doing, title, lines, drop, go=self._texts.say("steer_remove"))

    def _drop_group(self, name: str, signs: int) -> None:
        async def drop(login: Login, _why: str) -> None:
            self._room.require(login)
            await self._room.steering.templates.remove_group(self._room.municipality, name, login.user)

        lines = [self._texts.say("config_drop_group", signs=signs)]
        title = f"{self._texts.say('steer_remove')}: {name}"
        ask(self._room.doing, title, lines, drop, go=self._texts.say("steer_remove"))
