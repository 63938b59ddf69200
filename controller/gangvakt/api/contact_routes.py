"""The routes of those who are told of alarms, of the ways to them, and of what they were told."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from gangvakt.api.guard import login_of
from gangvakt.api.paging import (
    HIGHEST_INTEGER,
    After,
    Limit,
    Page,
    decode_cursor,
    number_of,
    page_of,
    page_of_sorted,
)
from gangvakt.api.relay_models import contact_out, notice_out
from gangvakt.api.relay_routes import EVERYBODY, desk_of
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.errors import Missing, SettingRefused
from gangvakt.provision.relay_wire import ChannelIn, ChannelOut, ContactIn, ContactOut, NoticeOut
from gangvakt.relay.channels import CHANNELS
from gangvakt.relay.desk import RelayDesk
from gangvakt.store.notices import Contact, Notice

ChannelName = Annotated[
    str, Path(max_length=16, description="The way: email, sms or ntfy.", examples=["email"])
]
Number = Annotated[int, Path(ge=1, le=HIGHEST_INTEGER, description="The contact's number.", examples=[1])]
NoticeId = Annotated[
    str, Path(pattern="^[0-9a-f]{16}$", description="The notice's id.", examples=["9f3ac01b77d0e1aa"])
]
KEY = re.compile(r"(?P<opened_ms>[0-9]{1,15}) (?P<id>[0-9a-f]{16})")


def add_contact_routes(router: APIRouter, services: Services) -> None:
    _add_contacts(router, services)
    _add_channels(router, services)
    _add_notices(router, services)


def _add_contacts(router: APIRouter, services: Services) -> None:
    @router.get("/contacts")
    async def list_contacts(request: Request, after: After = None, limit: Limit = 100) -> Page[ContactOut]:
        """Those who can be told of alarms, ordered by their numbers."""
        behind = number_of(after) or 0
        found = (one for one in await desk_of(services).notices.contacts() if one.id > behind)
        seen = [contact_out(one) for one in found if sees(request, one.municipality or EVERYBODY)]
        return page_of(seen, limit, lambda one: one.id)

    @router.post("/contacts", status_code=HTTPStatus.CREATED)
    async def add_contact(body: ContactIn, request: Request) -> ContactOut:
        """Adds a contact."""
        require(request, body.municipality or EVERYBODY)
        return contact_out(await desk_of(services).save_contact(Contact(0, **body.model_dump())))

    @router.put("/contacts/{number}")
    async def change_contact(number: Number, body: ContactIn, request: Request) -> ContactOut:
        """Replaces a contact."""
        desk = desk_of(services)
        require(request, (await desk.contact(number)).municipality or EVERYBODY)
        require(request, body.municipality or EVERYBODY)
        return contact_out(await desk.save_contact(Contact(number, **body.model_dump())))

    @router.delete("/contacts/{number}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_contact(number: Number, request: Request) -> None:
        """Removes a contact whom no relay names."""
        desk = desk_of(services)
        require(request, (await desk.contact(number)).municipality or EVERYBODY)
        await desk.remove_contact(number)


def _add_channels(router: APIRouter, services: Services) -> None:
    @router.get("/channels")
    async def list_channels(request: Request, after: After = None, limit: Limit = 100) -> Page[ChannelOut]:
        """How e-mail, SMS and ntfy leave here, without their secrets, ordered by their names."""
        require(request, EVERYBODY)
        desk = desk_of(services)
        found = [await _channel(desk, name) for name in sorted(CHANNELS)]
        return page_of_sorted([one for one in found if one], after, limit, lambda one: one.name)

    @router.put("/channels/{name}")
    async def put_channel(name: ChannelName, body: ChannelIn, request: Request) -> ChannelOut:
        """Sets up email, sms or ntfy."""
        require(request, EVERYBODY)
        desk = desk_of(services)
        options = await desk.save_channel(name, body.options, body.secret)
        held = await desk.notices.channel(name)
        return ChannelOut(name=name, options=options, has_secret=bool(held and held[1]))

    @router.delete("/channels/{name}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_channel(name: ChannelName, request: Request) -> None:
        """Forgets a way with its secret."""
        require(request, EVERYBODY)
        await desk_of(services).notices.remove_channel(name)


def _add_notices(router: APIRouter, services: Services) -> None:
    @router.get("/notices")
    async def list_notices(request: Request, after: After = None, limit: Limit = 100) -> Page[NoticeOut]:
        """What people were told of, the newest first."""
        desk, seen = desk_of(services), login_of(request).municipalities
        before = _place(after) if after is not None else None
        page = page_of(await desk.notices.page(before, limit + 1, seen), limit, _key)
        names = await _names(desk)
        items = tuple([await notice_out(desk, one, names) for one in page.items])
        return Page(items=items, next=page.next)

    @router.post("/notices/{notice}/revoke")
    async def revoke_notice(notice: NoticeId, request: Request) -> NoticeOut:
        """Calls the links of a notice back: nobody acknowledges by them any more."""
        desk = desk_of(services)
        held = await desk.notices.get(notice)
        require(request, (held.municipality if held else None) or EVERYBODY)
        ended = await desk.notifier.revoke(notice)
        if ended is None:
            raise Missing("open notice", notice)
        return await notice_out(desk, ended, await _names(desk))


async def _channel(desk: RelayDesk, name: str) -> ChannelOut | None:
    held = await desk.notices.channel(name)
    return ChannelOut(name=name, options=dict(held[0]), has_secret=bool(held[1])) if held else None


async def _names(desk: RelayDesk) -> dict[int, str]:
    return {record.id: record.name for record in await desk.relays.all()}


def _key(notice: Notice) -> str:
    """Several may have been opened in one millisecond."""
    return f"{notice.opened_ms} {notice.id}"


def _place(after: str) -> tuple[int, str]:
    """Of the notice behind which the page begins. SettingRefused for what is no `_key`."""
    found = KEY.fullmatch(decode_cursor(after, str))
    if found is None:
        raise SettingRefused("request", "after", after[:80], "`next` of the page before, unchanged")
    return int(found["opened_ms"]), found["id"]
