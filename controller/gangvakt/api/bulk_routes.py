"""The routes of commands to many signs: the count first, then the go."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from gangvakt.api.config_models import job_out, prepared_out
from gangvakt.api.config_routes import OF_MUNICIPALITY, Municipality, selection_of, steering_of
from gangvakt.api.guard import login_of
from gangvakt.api.services import Services
from gangvakt.provision.config_wire import HIGHEST_NUMBER, BulkCommandIn, GoIn, JobOut, PreparedOut

COMMANDS = f"{OF_MUNICIPALITY}/commands"


def add_bulk_routes(router: APIRouter, services: Services) -> None:
    @router.post(f"{COMMANDS}/count")
    async def count_command(municipality: Municipality, body: BulkCommandIn, request: Request) -> PreparedOut:
        """How many signs a command would reach, and the token with which it is sent."""
        steering, user = steering_of(services), login_of(request).user
        selection = await selection_of(steering, municipality, body.selection)
        return prepared_out(steering.bulk.prepare(selection, body.verb, body.args, user))

    @router.post(f"{COMMANDS}/go", status_code=HTTPStatus.ACCEPTED)
    async def send_command(municipality: Municipality, body: GoIn, request: Request) -> JobOut:
        """Sends the command that was counted; muting or lighting many waits for a second person."""
        bulk = steering_of(services).bulk
        return job_out(await bulk.go(municipality, body.token, login_of(request).user))

    @router.get(f"{COMMANDS}/{{number}}")
    async def command_to_many(
        municipality: Municipality,
        number: Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="Its number.", examples=[1])],
    ) -> JobOut:
        """How far it has come: what the signs said so far."""
        return job_out(steering_of(services).bulk.get(municipality, number))
