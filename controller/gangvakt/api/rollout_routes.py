"""The routes on rollouts: artifacts, plans, and what people do with them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException

from gangvakt.api.guard import login_of
from gangvakt.api.paging import After, Limit, Page, decode_cursor, encode_cursor, page_of
from gangvakt.api.rollout_models import (
    artifact_out,
    move_out,
    rollout_detail_out,
    rollout_out,
    wanted_of,
)
from gangvakt.api.scope import is_known, require, sees
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import RolloutMissing
from gangvakt.fleet.rollouts import Rollout
from gangvakt.provision.rollout_wire import (
    HIGHEST_NUMBER,
    ArtifactOut,
    ReasonIn,
    ResumeIn,
    RollBackIn,
    RolloutDetailOut,
    RolloutIn,
    RolloutMoveOut,
    RolloutOut,
    StartIn,
)
from gangvakt.upkeep.rollouts import Rollouts

# Whoever has a role everywhere has it for a rollout of several municipalities; none can be called that.
SEVERAL = "*"
ONE = "/rollouts/{number}"

# Read by hand, so FastAPI does not know of it.
UPDATE_BODY = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}

Number = Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="The rollout's number.", examples=[7])]


def add_rollout_routes(router: APIRouter, services: Services) -> None:
    _add_artifacts(router, services)
    _add_reading(router, services)
    _add_planning(router, services)
    _add_steps(router, services)


def _add_artifacts(router: APIRouter, services: Services) -> None:
    @router.post("/artifacts", status_code=HTTPStatus.CREATED, openapi_extra={"requestBody": UPDATE_BODY})
    async def upload_artifact(request: Request) -> ArtifactOut:
        """Takes an update file (`gangvakt firmware build`) as the body; the same one again is answered as the
        first time."""
        data, user = await request.body(), login_of(request).user
        return artifact_out(await rollouts_of(services).artifacts.upload(data, user))

    @router.get("/artifacts")
    async def list_artifacts(after: After = None, limit: Limit = 100) -> Page[ArtifactOut]:
        """Every update that was uploaded, newest first."""
        before = decode_cursor(after) if after is not None else HIGHEST_NUMBER + 1
        every = await rollouts_of(services).artifacts.all()
        left = [artifact_out(one) for one in every if one.artifact.id < before]
        return page_of(left[: limit + 1], limit, lambda one: one.id)


def _add_reading(router: APIRouter, services: Services) -> None:
    @router.get("/rollouts")
    async def list_rollouts(request: Request, after: After = None, limit: Limit = 100) -> Page[RolloutOut]:
        """Rollouts, newest first."""
        table = rollouts_of(services).table
        seen = frozenset(one for one in await table.owners() if sees(request, one or SEVERAL))
        before = decode_cursor(after) if after is not None else None
        found = await table.page(before, limit + 1, seen)
        now_ms = utc_ms()
        more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
        return Page(items=tuple(rollout_out(one, now_ms) for one in found[:limit]), next=more)

    @router.get(ONE)
    async def get_rollout(number: Number, request: Request) -> RolloutDetailOut:
        """One rollout with every sign in it."""
        service = rollouts_of(services)
        return rollout_detail_out(await _visible(service, request, number), service, utc_ms())

    @router.get(f"{ONE}/history")
    async def rollout_history(
        number: Number, request: Request, after: After = None, limit: Limit = 100
    ) -> Page[RolloutMoveOut]:
        """Every move of it and of its signs, newest first."""
        service = rollouts_of(services)
        await _visible(service, request, number)
        before = decode_cursor(after) if after is not None else None
        found = [move_out(one) for one in await service.table.history(number, before, limit + 1)]
        return page_of(found, limit, lambda one: one.id)


def _add_planning(router: APIRouter, services: Services) -> None:
    @router.post("/rollouts", status_code=HTTPStatus.CREATED)
    async def add_rollout(body: RolloutIn, request: Request) -> RolloutDetailOut:
        """Plans a rollout, and offers nothing yet; refused with the first sign that could not take it."""
        service = rollouts_of(services)
        for place in body.places:
            require(request, place.partition("/")[0])
        made = await service.add(wanted_of(body), login_of(request).user)
        return rollout_detail_out(made, service, utc_ms())


def _add_steps(router: APIRouter, services: Services) -> None:
    async def service_for(request: Request, number: int) -> Rollouts:
        service = rollouts_of(services)
        await _visible(service, request, number)
        return service

    @router.post(f"{ONE}/start")
    async def start_rollout(number: Number, body: StartIn, request: Request) -> RolloutOut:
        """Offers the update from now or `at_ms` on, group after group; 409 for another number of signs."""
        service, user = await service_for(request, number), login_of(request).user
        return rollout_out(await service.start(number, body.expected, user, body.at_ms), utc_ms())

    @router.post(f"{ONE}/pause")
    async def pause_rollout(number: Number, body: ReasonIn, request: Request) -> RolloutOut:
        """Begins at no further crossing; one that is half done is ended."""
        service, user = await service_for(request, number), login_of(request).user
        return rollout_out(await service.pause(number, user, body.text), utc_ms())

    @router.post(f"{ONE}/resume")
    async def resume_rollout(number: Number, body: ResumeIn, request: Request) -> RolloutOut:
        """Goes on; what failed is offered again with `retry`, and else not counted any more."""
        service, user = await service_for(request, number), login_of(request).user
        return rollout_out(await service.resume(number, user, body.text, retry=body.retry), utc_ms())

    @router.post(f"{ONE}/abort")
    async def abort_rollout(number: Number, body: ReasonIn, request: Request) -> RolloutOut:
        """Ends it for good; signs that have the update keep it."""
        service, user = await service_for(request, number), login_of(request).user
        return rollout_out(await service.abort(number, user, body.text), utc_ms())

    @router.post(f"{ONE}/roll-back")
    async def roll_back_rollout(number: Number, body: RollBackIn, request: Request) -> RolloutOut:
        """Has every sign with the update return to the version before; 409 for another number of signs."""
        service, user = await service_for(request, number), login_of(request).user
        done = await service.roll_back(number, body.expected, user, body.back, body.text)
        return rollout_out(done, utc_ms())


def rollouts_of(services: Services) -> Rollouts:
    """Refused with 503 where no broker runs."""
    if services.rollouts is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no updates are offered here")
    return services.rollouts


async def _visible(service: Rollouts, request: Request, number: int) -> Rollout:
    """RolloutMissing as well for another's; 403 where the role is too low."""
    found = await service.get(number)
    owner = found.municipality or SEVERAL
    if not is_known(request, owner):
        raise RolloutMissing(number)
    require(request, owner)
    return found
