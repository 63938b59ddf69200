"""The routes that tell signs something: commands and configurations."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from gangvakt.api.file_routes import IfMatch, etag, version_if_told
from gangvakt.api.guard import login_of
from gangvakt.api.rights import least_role_of_verb
from gangvakt.api.scope import require
from gangvakt.api.services import Orders, Services
from gangvakt.fleet import SignId
from gangvakt.orders.configs import ConfigState
from gangvakt.provision.order_wire import AnswerOut, CommandIn, ConfigIn, ConfigOut, FieldErrorOut

ONE_SIGN = "/signs/{municipality}/{site}/{sign}"


def add_order_routes(router: APIRouter, services: Services) -> None:
    @router.post(f"{ONE_SIGN}/commands", tags=["orders"])
    async def command_sign(
        municipality: str, site: str, sign: str, body: CommandIn, request: Request
    ) -> AnswerOut:
        """Has the sign obey a verb, and tells its answer: also a refusal, which is no error of this route."""
        require(request, municipality, least_role_of_verb(body.verb))
        wanted, user = SignId(municipality, site, sign), login_of(request).user
        answer = await orders_of(services).commander.command(wanted, body.verb, body.args, user)
        return AnswerOut.model_validate(answer)

    @router.get(f"{ONE_SIGN}/config", tags=["orders"])
    async def get_config(municipality: str, site: str, sign: str, response: Response) -> ConfigOut:
        """What the sign runs with, what it shall run with, and what became of that."""
        state = await orders_of(services).configs.state(SignId(municipality, site, sign))
        response.headers["ETag"] = etag(state.version)
        return config_out(state)

    @router.put(f"{ONE_SIGN}/config", tags=["orders"])
    async def change_config(
        municipality: str,
        site: str,
        sign: str,
        body: ConfigIn,
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ) -> ConfigOut:
        """Changes values, null for a default; the sign tries them and keeps them when it stays well."""
        wanted, user = SignId(municipality, site, sign), login_of(request).user
        want, expected = orders_of(services).configs.want, version_if_told(if_match)
        state = await want(wanted, body.values, user, expected)
        response.headers["ETag"] = etag(state.version)
        return config_out(state)


def orders_of(services: Services) -> Orders:
    """Refused with 503 where no broker runs."""
    if services.orders is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "no broker runs here")
    return services.orders


def config_out(state: ConfigState) -> ConfigOut:
    wanted, reported = state.wanted, state.reported
    return ConfigOut(
        sign=str(state.sign),
        state=state.state,
        wanted_version=wanted.version if wanted else None,
        wanted=dict(wanted.values) if wanted else {},
        reported_version=reported.version if reported else None,
        reported=dict(reported.values) if reported else {},
        errors=tuple(FieldErrorOut.model_validate(error) for error in state.errors),
    )
