"""People and their roles, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from gangvakt.api.account_routes import TokenPath, tokens_out
from gangvakt.api.guard import login_of
from gangvakt.api.paging import After, Limit, Page, page_of_sorted
from gangvakt.api.people import Person
from gangvakt.api.services import Services
from gangvakt.fleet.roles import ROLES, Grants
from gangvakt.provision.people_wire import (
    USER_PATTERN,
    EndedOut,
    PasswordOut,
    PersonIn,
    PersonOut,
    RolesIn,
    RulesIn,
    RulesOut,
    TokensOut,
)

UserPath = Annotated[str, Path(pattern=USER_PATTERN, description="The name at log-in.")]
ONE = "/people/{user}"


def add_people_routes(router: APIRouter, services: Services) -> None:
    _add_lists(router, services)
    _add_roles(router, services)
    _add_ways_in(router, services)
    _add_rules(router, services)


def _add_lists(router: APIRouter, services: Services) -> None:
    people = services.people

    @router.get("/people")
    async def list_people(request: Request, after: After = None, limit: Limit = 100) -> Page[PersonOut]:
        """Who has a role where whoever asks administers, ordered by their names."""
        found = [person_out(one) for one in await people.seen(login_of(request))]
        return page_of_sorted(found, after, limit, lambda one: one.user)

    @router.post("/people", status_code=HTTPStatus.CREATED)
    async def add_person(body: PersonIn, request: Request) -> PasswordOut:
        """A new member of staff; the one-time password is told this once."""
        password = await people.add(login_of(request), body.user, grants_of(body.roles))
        return PasswordOut(user=body.user, one_time_password=password)

    @router.get(ONE)
    async def get_person(user: UserPath, request: Request) -> PersonOut:
        """One of them."""
        return person_out(await people.one(login_of(request), user))

    @router.delete(ONE, status_code=HTTPStatus.NO_CONTENT)
    async def remove_person(user: UserPath, request: Request) -> None:
        """With sessions, tokens and second factor; what the user did stays in every history."""
        await people.remove(login_of(request), user)


def _add_roles(router: APIRouter, services: Services) -> None:
    people = services.people

    @router.put(f"{ONE}/roles")
    async def set_roles(user: UserPath, body: RolesIn, request: Request) -> PersonOut:
        """Instead of all roles that the user has where whoever asks administers; his sessions end."""
        return person_out(await people.set_roles(login_of(request), user, grants_of(body.roles)))

    @router.post(f"{ONE}/lock")
    async def lock_person(user: UserPath, request: Request) -> PersonOut:
        """Nobody gets in as this user, nor with his tokens; his sessions end."""
        return person_out(await people.set_locked(login_of(request), user, True))

    @router.post(f"{ONE}/unlock")
    async def unlock_person(user: UserPath, request: Request) -> PersonOut:
        """Ends that."""
        return person_out(await people.set_locked(login_of(request), user, False))


def _add_ways_in(router: APIRouter, services: Services) -> None:
    people = services.people

    @router.post(f"{ONE}/password")
    async def reset_password(user: UserPath, request: Request) -> PasswordOut:
        """A new one-time password, told this once; the old one and all sessions of the user end."""
        password = await people.reset_password(login_of(request), user)
        return PasswordOut(user=user, one_time_password=password)

    @router.delete(f"{ONE}/second-factor", status_code=HTTPStatus.NO_CONTENT)
    async def reset_second_factor(user: UserPath, request: Request) -> None:
        """For whoever lost telephone and recovery codes; his sessions end."""
        await people.remove_factor(login_of(request), user)

    @router.delete(f"{ONE}/sessions")
    async def end_sessions_of_person(user: UserPath, request: Request) -> EndedOut:
        """All of them."""
        return EndedOut(ended=await people.end_sessions(login_of(request), user))

    @router.get(f"{ONE}/tokens")
    async def list_tokens_of_person(user: UserPath, request: Request) -> TokensOut:
        """Tokens that the user made."""
        return tokens_out(await people.tokens(login_of(request), user))

    @router.delete(f"{ONE}/tokens/{{number}}", status_code=HTTPStatus.NO_CONTENT)
    async def revoke_token_of_person(user: UserPath, number: TokenPath, request: Request) -> None:
        """It opens nothing any more."""
        await people.revoke_token(login_of(request), user, number)


def _add_rules(router: APIRouter, services: Services) -> None:
    people, factors = services.people, services.auth.staff.factors

    @router.get("/staff-rules")
    async def get_staff_rules() -> RulesOut:
        """What holds for all of staff."""
        return RulesOut(administrators_need_second_factor=await factors.administrators_must())

    @router.put("/staff-rules")
    async def set_staff_rules(body: RulesIn, request: Request) -> RulesOut:
        """From now on; whoever is logged in without what is demanded has to set it up at once."""
        await people.demand_factors(login_of(request), body.administrators_need_second_factor)
        return RulesOut.model_validate(body.model_dump())


def grants_of(roles: Mapping[str, str]) -> Grants:
    return Grants({where: ROLES[word] for where, word in roles.items()})


def person_out(person: Person) -> PersonOut:
    member = person.member
    return PersonOut.model_validate(
        {
            "user": member.user,
            "roles": {where: role.word for where, role in person.roles.items()},
            "must_change": member.must_change,
            "locked": member.locked,
            "second_factor": person.second_factor,
            "logs_in_at": member.reference[0] if member.reference else None,
        }
    )
