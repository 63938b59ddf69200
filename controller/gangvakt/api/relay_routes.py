"""The routes of relays, of those who are told, and of the ways to them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.exceptions import HTTPException

from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.errors import Missing
from gangvakt.provision.relay_wire import (
    ChannelIn,
    ChannelOut,
    ChannelsOut,
    ContactIn,
    ContactOut,
    ContactsOut,
    NoticeOut,
    NoticesOut,
    OutcomeOut,
    RelayChange,
    RelayIn,
    RelayOut,
    RelaySecretOut,
    RelaysOut,
    RetryIn,
    SendOut,
    UndeliveredOut,
    UndeliveredPage,
)
from gangvakt.relay.channels import CHANNELS
from gangvakt.relay.desk import RelayDesk
from gangvakt.relay.runner import state_of
from gangvakt.store.notices import Contact, Notice
from gangvakt.store.relays import NewRelay, RelayRecord

# What is of all municipalities is shown to those who see all of them; no municipality is called that.
EVERYBODY = "*"
Name = Annotated[str, Path(max_length=64, description="The relay's name.")]
After = Annotated[str, Query(max_length=64, description="`next` of the page before.")]
AfterNumber = Annotated[int, Query(ge=0, lt=2**63, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
ChannelName = Annotated[str, Path(max_length=16, description="email, sms or ntfy.")]
Number = Annotated[int, Path(ge=1, lt=2**31, description="Its number.")]


def add_relay_routes(router: APIRouter, services: Services) -> None:
    _add_relays(router, services)
    _add_undelivered(router, services)
    _add_contacts(router, services)
    _add_channels(router, services)
    _add_notices(router, services)


def _add_relays(router: APIRouter, services: Services) -> None:
    @router.get("/relays")
    async def relays(request: Request, after: After = "", limit: Limit = 100) -> RelaysOut:
        """All relays, by their names."""
        desk = desk_of(services)
        seen = [one for one in await desk.relays.all() if one.name > after and _sees(request, one)]
        items = [await _out(desk, one) for one in seen[:limit]]
        return RelaysOut(items=tuple(items), next=items[-1].name if len(seen) > limit else None)

    @router.post("/relays", status_code=HTTPStatus.CREATED)
    async def add(body: RelayIn, request: Request) -> RelaySecretOut:
        """Adds a relay, which takes what happens from now on. Its secret is shown this once."""
        require(request, body.municipality or EVERYBODY)
        desk = desk_of(services)
        await _check_options(desk, request, body.municipality, body.options)
        record, secret = await desk.relays.add(NewRelay(**body.model_dump()))
        return RelaySecretOut(relay=await _out(desk, record), secret=secret)

    @router.get("/relays/{name}")
    async def relay(name: Name, request: Request) -> RelayOut:
        """One relay and how it stands."""
        desk = desk_of(services)
        return await _out(desk, await _mine(desk, name, request))

    @router.patch("/relays/{name}")
    async def change(name: Name, body: RelayChange, request: Request) -> RelayOut:
        """Changes a relay; it goes on where it was, and tries at once."""
        desk = desk_of(services)
        held = await _mine(desk, name, request)
        if body.options:  # one that may reach this network stays with those who allowed it
            await _check_options(desk, request, held.municipality, {**held.options, **body.options})
        values = body.model_dump(exclude_none=True)
        return await _out(desk, await desk.relays.change(name, values))

    @router.delete("/relays/{name}", status_code=HTTPStatus.NO_CONTENT)
    async def remove(name: Name, request: Request) -> None:
        """Removes a relay with all that it could not deliver."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        await desk.relays.remove(name)

    @router.post("/relays/{name}/test")
    async def test(name: Name, request: Request) -> OutcomeOut:
        """Sends a harmless message now, and tells what became of it."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        outcome = await desk.relays.test(name)
        return OutcomeOut(
            verdict=outcome.verdict.value, why=outcome.why or None, done=int(outcome.verdict.value == "done")
        )

    @router.post("/relays/{name}/secret")
    async def rotate(name: Name, request: Request) -> RelaySecretOut:
        """A new secret, shown this once; the old one signs beside it for a day."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        secret = await desk.relays.rotate(name)
        return RelaySecretOut(relay=await _out(desk, await desk.relays.get(name)), secret=secret)


def _add_undelivered(router: APIRouter, services: Services) -> None:
    @router.get("/relays/{name}/undelivered")
    async def undelivered(
        name: Name, request: Request, after: AfterNumber = 0, limit: Limit = 100
    ) -> UndeliveredPage:
        """What a relay has given up, the oldest first."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        found = await desk.relays.undelivered(name, after, limit + 1)
        items = tuple(
            UndeliveredOut(
                number=one.id,
                id=one.message.id,
                kind=one.message.kind,
                subject=one.message.subject,
                data=dict(one.message.data),
                time_ms=one.message.time_ms,
                reason=one.reason,
                given_up_ms=one.given_up_ms,
            )
            for one in found[:limit]
        )
        return UndeliveredPage(items=items, next=str(items[-1].number) if len(found) > limit else None)

    @router.post("/relays/{name}/retry")
    async def retry(name: Name, body: RetryIn, request: Request) -> OutcomeOut:
        """Sends what was given up once more, in order, up to the first that fails again."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        done, outcome = await desk.relays.retry(name, body.numbers)
        if outcome is None:
            return OutcomeOut(verdict="done", why=None, done=done)
        return OutcomeOut(verdict=outcome.verdict.value, why=outcome.why, done=done)


def _add_contacts(router: APIRouter, services: Services) -> None:
    @router.get("/contacts")
    async def contacts(request: Request, after: AfterNumber = 0, limit: Limit = 100) -> ContactsOut:
        """Those who can be told of alarms."""
        found = await desk_of(services).notices.contacts()
        seen = [one for one in found if one.id > after and sees(request, one.municipality or EVERYBODY)]
        items = tuple(_contact(one) for one in seen[:limit])
        return ContactsOut(items=items, next=str(items[-1].id) if len(seen) > limit else None)

    @router.post("/contacts", status_code=HTTPStatus.CREATED)
    async def add(body: ContactIn, request: Request) -> ContactOut:
        """Adds a contact."""
        require(request, body.municipality or EVERYBODY)
        return _contact(await desk_of(services).save_contact(Contact(0, **body.model_dump())))

    @router.put("/contacts/{number}")
    async def change(number: Number, body: ContactIn, request: Request) -> ContactOut:
        """Replaces a contact."""
        desk = desk_of(services)
        require(request, (await desk.contact(number)).municipality or EVERYBODY)
        require(request, body.municipality or EVERYBODY)
        return _contact(await desk.save_contact(Contact(number, **body.model_dump())))

    @router.delete("/contacts/{number}", status_code=HTTPStatus.NO_CONTENT)
    async def remove(number: Number, request: Request) -> None:
        """Removes a contact whom no relay names."""
        desk = desk_of(services)
        require(request, (await desk.contact(number)).municipality or EVERYBODY)
        await desk.remove_contact(number)


def _add_channels(router: APIRouter, services: Services) -> None:
    @router.get("/channels")
    async def channels(request: Request) -> ChannelsOut:
        """How e-mail, SMS and ntfy leave here, without their secrets."""
        require(request, EVERYBODY)
        found = [(name, await desk_of(services).notices.channel(name)) for name in CHANNELS]
        items = [
            ChannelOut(name=name, options=dict(one[0]), has_secret=bool(one[1])) for name, one in found if one
        ]
        return ChannelsOut(items=tuple(items), next=None)

    @router.put("/channels/{name}")
    async def save(name: ChannelName, body: ChannelIn, request: Request) -> ChannelOut:
        """Sets up email, sms or ntfy."""
        require(request, EVERYBODY)
        desk = desk_of(services)
        options = await desk.save_channel(name, body.options, body.secret)
        held = await desk.notices.channel(name)
        return ChannelOut(name=name, options=options, has_secret=bool(held and held[1]))

    @router.delete("/channels/{name}", status_code=HTTPStatus.NO_CONTENT)
    async def remove(name: ChannelName, request: Request) -> None:
        """Forgets a way with its secret."""
        require(request, EVERYBODY)
        await desk_of(services).notices.remove_channel(name)


def _add_notices(router: APIRouter, services: Services) -> None:
    @router.get("/notices")
    async def notices(request: Request, limit: Limit = 100) -> NoticesOut:
        """What people were told of, the newest first."""
        desk = desk_of(services)
        names = {record.id: record.name for record in await desk.relays.all()}
        found = await desk.notices.latest(limit)
        seen = [one for one in found if sees(request, one.municipality or EVERYBODY)]
        return NoticesOut(items=tuple([await _notice(desk, one, names) for one in seen]), next=None)

    @router.post("/notices/{notice}/revoke")
    async def revoke(notice: Annotated[str, Path(pattern="^[0-9a-f]{16}$")], request: Request) -> NoticeOut:
        """Calls the links of a notice back: nobody acknowledges by them any more."""
        desk = desk_of(services)
        held = await desk.notices.get(notice)
        require(request, (held.municipality if held else None) or EVERYBODY)
        ended = await desk.notifier.revoke(notice)
        if ended is None:
            raise Missing("open notice", notice)
        return await _notice(desk, ended, {record.id: record.name for record in await desk.relays.all()})


def desk_of(services: Services) -> RelayDesk:
    """Refused with 503 where no relays run."""
    if services.relays is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no relays run here")
    return services.relays


def _sees(request: Request, record: RelayRecord) -> bool:
    return sees(request, record.municipality or EVERYBODY)


async def _mine(desk: RelayDesk, name: str, request: Request) -> RelayRecord:
    """404 for one that is not shown, as for one that is not there."""
    record = await desk.relays.get(name)
    if not _sees(request, record):
        raise Missing("relay", name, "`gangvakt relay list` shows those there are")
    return record


async def _check_options(
    desk: RelayDesk, request: Request, municipality: str | None, options: Mapping[str, Any]
) -> None:
    """What is inside this network is for those who run the controller; contacts are one's own."""
    if options.get("allow_private"):
        require(request, EVERYBODY)
    named = options.get("contacts")
    for number in named if isinstance(named, list) else ():
        contact = await desk.contact(number)
        is_seen = sees(request, contact.municipality or EVERYBODY)
        if not is_seen or contact.municipality not in (None, municipality):
            raise Missing("contact", str(number), f"of {municipality or 'all municipalities'}")


async def _out(desk: RelayDesk, record: RelayRecord) -> RelayOut:
    counts = await desk.relays.count_undelivered()
    return RelayOut(
        name=record.name,
        type=record.type,
        municipality=record.municipality,
        kinds=record.kinds,
        least_priority=record.least_priority,
        options=dict(record.options),
        state=state_of(record).value,
        waiting=await desk.relays.waiting(record),
        delivered=record.delivered,
        delivered_ms=record.delivered_ms,
        undelivered=counts.get(record.id, 0),
        missed=record.missed,
        attempts=record.attempts,
        next_try_ms=record.next_try_ms or None,
        last_error=record.last_error,
    )


def _contact(contact: Contact) -> ContactOut:
    return ContactOut(**vars(contact))


async def _notice(desk: RelayDesk, notice: Notice, names: dict[int, str]) -> NoticeOut:
    sends = await desk.notices.sends_of(notice.id)
    return NoticeOut(
        id=notice.id,
        relay=names.get(notice.relay),
        municipality=notice.municipality,
        state=notice.state,
        alarms=tuple(notice.alarms),
        step=notice.step,
        opened_ms=notice.opened_ms,
        due_ms=notice.due_ms,
        acknowledged_by=notice.acknowledged_by,
        sends=tuple(
            SendOut(
                contact=send.contact,
                channel=send.channel,
                state=send.state,
                attempts=send.attempts,
                error=send.error,
            )
            for send in sends
        ),
    )
