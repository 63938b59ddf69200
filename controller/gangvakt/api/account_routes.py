"""One's own account: the second factor, sessions and tokens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gangvakt.api.auth import Login
from gangvakt.api.cookies import set_session
from gangvakt.api.guard import login_of
from gangvakt.api.models import LoginOut
from gangvakt.api.people import People
from gangvakt.api.services import Services
from gangvakt.errors import Missing, SettingRefused
from gangvakt.fleet.roles import EVERYWHERE, ROLES
from gangvakt.provision.people_wire import (
    HIGHEST_NUMBER,
    CodeIn,
    CodesOut,
    ConfirmedOut,
    EndedOut,
    FactorOut,
    ProofIn,
    SessionOut,
    SessionsOut,
    SetUpOut,
    TokenIn,
    TokenMadeOut,
    TokenOut,
    TokensOut,
)
from gangvakt.store.api_tokens import ApiToken

SessionPath = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="What the session is called.")]
TokenPath = Annotated[int, Path(ge=1, le=HIGHEST_NUMBER, description="The token's number.")]


def add_account_routes(router: APIRouter, services: Services) -> None:
    _add_factor_routes(router, services)
    _add_session_routes(router, services)
    _add_token_routes(router, services)


def _add_factor_routes(router: APIRouter, services: Services) -> None:
    auth = services.auth

    @router.post("/login/code")
    async def send_code(body: CodeIn, request: Request, response: Response) -> LoginOut:
        """The second half of a log-in: opens a session instead of the one that waited for the code."""
        opened = await auth.pass_code(login_of(request), body.code)
        set_session(request, response, opened)
        return LoginOut.of(opened)

    @router.get("/second-factor")
    async def get_second_factor(request: Request) -> FactorOut:
        """Whether a code is asked for at log-in."""
        return FactorOut.model_validate(await auth.factors.state(login_of(request).user))

    @router.post("/second-factor")
    async def begin_second_factor(body: ProofIn, request: Request) -> SetUpOut:
        """A new secret for an authenticator; it counts when a code of it was confirmed."""
        user = login_of(request).user
        await auth.check_password(user, body.password, _address(request))
        made = await auth.factors.begin(user)
        return SetUpOut(secret=made.secret, uri=made.uri, svg=made.svg())

    @router.post("/second-factor/confirm")
    async def confirm_second_factor(body: CodeIn, request: Request, response: Response) -> ConfirmedOut:
        """From now on a code is asked for at log-in; tells recovery codes, once. All other sessions end."""
        codes, opened = await auth.confirm_factor(login_of(request), body.code)
        set_session(request, response, opened)
        return ConfirmedOut(codes=codes, token=opened.token)

    @router.post("/second-factor/codes")
    async def renew_recovery_codes(body: CodeIn, request: Request) -> CodesOut:
        """New recovery codes, told once; the old ones open nothing any more."""
        user = login_of(request).user
        await auth.check_code(user, body.code)
        return CodesOut(codes=await auth.factors.renew_codes(user))

    @router.post("/second-factor/remove", status_code=HTTPStatus.NO_CONTENT)
    async def remove_second_factor(body: CodeIn, request: Request) -> None:
        """No code is asked for any more."""
        user = login_of(request).user
        await auth.check_code(user, body.code)
        await auth.factors.remove(user, by=user)


def _add_session_routes(router: APIRouter, services: Services) -> None:
    auth = services.auth

    @router.get("/sessions")
    async def list_sessions(request: Request) -> SessionsOut:
        """One's own sessions."""
        login = login_of(request)
        found = await auth.sessions(login.user)
        return SessionsOut(
            items=tuple(SessionOut(**vars(one), current=one.id == login.session) for one in found)
        )

    @router.delete("/sessions")
    async def end_other_sessions(request: Request) -> EndedOut:
        """All but the one that asks."""
        return EndedOut(ended=await auth.end_others(login_of(request)))

    @router.delete("/sessions/{session}", status_code=HTTPStatus.NO_CONTENT)
    async def end_session(session: SessionPath, request: Request) -> None:
        """One of one's own."""
        if not await auth.end_session(login_of(request).user, session):
            raise Missing("session", session)


def _add_token_routes(router: APIRouter, services: Services) -> None:
    people = services.people

    @router.get("/tokens")
    async def list_tokens(request: Request) -> TokensOut:
        """One's own tokens, without what opens."""
        login = login_of(request)
        return tokens_out(await people.tokens(login, login.user))

    @router.post("/tokens", status_code=HTTPStatus.CREATED)
    async def add_token(body: TokenIn, request: Request) -> TokenMadeOut:
        """A token for a program; what opens is told this once."""
        made, token = await make_token(people, login_of(request), body)
        return TokenMadeOut(**token_out(made).model_dump(), token=token)

    @router.delete("/tokens/{number}", status_code=HTTPStatus.NO_CONTENT)
    async def revoke_token(number: TokenPath, request: Request) -> None:
        """It opens nothing any more."""
        login = login_of(request)
        await people.revoke_token(login, login.user, number)


async def make_token(people: People, login: Login, wanted: TokenIn) -> tuple[ApiToken, str]:
    """SettingRefused for `*` among municipalities: all of them are null."""
    names = None if wanted.municipalities is None else frozenset(wanted.municipalities)
    if names is not None and (EVERYWHERE in names or not names):
        raise SettingRefused("request", "municipalities", sorted(names), "names; null for all")
    return await people.add_token(login, wanted.name, ROLES[wanted.role], names, wanted.days)


def tokens_out(found: tuple[ApiToken, ...]) -> TokensOut:
    return TokensOut(items=tuple(token_out(one) for one in found))


def token_out(one: ApiToken) -> TokenOut:
    names = None if one.municipalities is None else tuple(sorted(one.municipalities))
    return TokenOut.model_validate(vars(one) | {"role": one.role.word, "municipalities": names})


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
