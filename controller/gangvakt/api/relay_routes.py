"""The routes of relays, and of what they could not deliver."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException

from gangvakt.api.paging import HIGHEST_INTEGER, After, Limit, Page, number_of, page_of, page_of_sorted
from gangvakt.api.relay_models import outcome_out, relay_out, undelivered_out
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.errors import Missing
from gangvakt.provision.relay_wire import (
    OutcomeOut,
    RelayChange,
    RelayIn,
    RelayOut,
    RelaySecretOut,
    RetryIn,
    UndeliveredOut,
)
from gangvakt.relay.desk import RelayDesk
from gangvakt.relay.outcome import Verdict
from gangvakt.store.relays import NewRelay, RelayRecord

# What is of all municipalities is shown to those who see all of them; no municipality is called that.
EVERYBODY = "*"
Name = Annotated[str, Path(max_length=64, description="The relay's name.", examples=["traffic-centre"])]


def add_relay_routes(router: APIRouter, services: Services) -> None:
    _add_list(router, services)
    _add_one(router, services)
    _add_doing(router, services)
    _add_undelivered(router, services)


def _add_list(router: APIRouter, services: Services) -> None:
    @router.get("/relays")
    async def list_relays(request: Request, after: After = None, limit: Limit = 100) -> Page[RelayOut]:
        """Relays and how they stand, ordered by their names."""
        desk = desk_of(services)
        seen = [one for one in await desk.relays.all() if _sees(request, one)]
        page = page_of_sorted(seen, after, limit, lambda one: one.name)
        counts = await desk.relays.count_undelivered()
        items = tuple([await relay_out(desk, one, counts) for one in page.items])
        return Page(items=items, next=page.next)

    @router.post("/relays", status_code=HTTPStatus.CREATED)
    async def add_relay(body: RelayIn, request: Request) -> RelaySecretOut:
        """Adds a relay, which takes what happens from now on. Its secret is shown this once."""
        require(request, body.municipality or EVERYBODY)
        desk = desk_of(services)
        await _check_options(desk, request, body.municipality, body.options)
        record, secret = await desk.relays.add(NewRelay(**body.model_dump()))
        return RelaySecretOut(relay=await _out(desk, record), secret=secret)


def _add_one(router: APIRouter, services: Services) -> None:
    @router.get("/relays/{name}")
    async def get_relay(name: Name, request: Request) -> RelayOut:
        """One relay and how it stands."""
        desk = desk_of(services)
        return await _out(desk, await _mine(desk, name, request))

    @router.patch("/relays/{name}")
    async def change_relay(name: Name, body: RelayChange, request: Request) -> RelayOut:
        """Changes a relay; it goes on where it was, and tries at once."""
        desk = desk_of(services)
        held = await _mine(desk, name, request)
        if body.options:  # one that may reach this network stays with those who allowed it
            await _check_options(desk, request, held.municipality, {**held.options, **body.options})
        values = body.model_dump(exclude_none=True)
        return await _out(desk, await desk.relays.change(name, values))

    @router.delete("/relays/{name}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_relay(name: Name, request: Request) -> None:
        """Removes a relay with all that it could not deliver."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        await desk.relays.remove(name)


def _add_doing(router: APIRouter, services: Services) -> None:
    @router.post("/relays/{name}/test")
    async def test_relay(name: Name, request: Request) -> OutcomeOut:
        """Sends a harmless message now, and tells what became of it."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        outcome = await desk.relays.test(name)
        return outcome_out(outcome, int(outcome.verdict is Verdict.DONE))

    @router.post("/relays/{name}/secret")
    async def rotate_secret(name: Name, request: Request) -> RelaySecretOut:
        """A new secret, shown this once; the old one signs beside it for a day."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        secret = await desk.relays.rotate(name)
        return RelaySecretOut(relay=await _out(desk, await desk.relays.get(name)), secret=secret)


def _add_undelivered(router: APIRouter, services: Services) -> None:
    @router.get("/relays/{name}/undelivered")
    async def list_undelivered(
        name: Name, request: Request, after: After = None, limit: Limit = 100
    ) -> Page[UndeliveredOut]:
        """What a relay has given up, the oldest first; the newest thousand are kept."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        behind = number_of(after, HIGHEST_INTEGER) or 0
        found = await desk.relays.undelivered(name, behind, limit + 1)
        return page_of([undelivered_out(one) for one in found], limit, lambda one: one.number)

    @router.post("/relays/{name}/retry")
    async def retry_undelivered(name: Name, body: RetryIn, request: Request) -> OutcomeOut:
        """Sends what was given up once more, in order, up to the first that fails again."""
        desk = desk_of(services)
        await _mine(desk, name, request)
        done, outcome = await desk.relays.retry(name, body.numbers)
        return outcome_out(outcome, done)


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
    return await relay_out(desk, record, await desk.relays.count_undelivered())
