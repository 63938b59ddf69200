"""People and their roles, as one administrator may see and change them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from gangvakt.api.auth import AuthService, Login
from gangvakt.errors import LastUser, RightMissing, TokenMissing, TooManyTokens, UnknownUser, UserExists
from gangvakt.fleet.roles import Grants, Role
from gangvakt.store import Member
from gangvakt.store.api_tokens import MOST_OF_ONE_USER, ApiToken, NewToken
from gangvakt.store.staff import StaffTable

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Person:
    """A member of staff as shown to one administrator: `roles` in his municipalities alone."""

    member: Member
    roles: Grants
    second_factor: bool


class People:
    """`login` is always whoever asks. He sees who has a role where he administers, and gives and takes roles
    there. What concerns somebody's whole account is for whoever administers wherever that one has a role."""

    def __init__(
        self, staff: StaffTable, auth: AuthService, clock_s: Callable[[], float] = time.time
    ) -> None:
        self._staff, self._auth, self._clock_s = staff, auth, clock_s

    async def seen(self, login: Login) -> tuple[Person, ...]:
        """Ordered by their names."""
        guarded = await self._staff.factors.users()
        people = (_seen_by(login, one, one.user in guarded) for one in await self._staff.all())
        return tuple(one for one in people if one is not None)

    async def one(self, login: Login, user: str) -> Person:
        """UnknownUser as well for whoever is not seen."""
        member = await self._staff.get(user)
        state = await self._auth.factors.state(user)
        person = _seen_by(login, member, state.on) if member else None
        if person is None:
            raise UnknownUser(user)
        return person

    async def add(self, login: Login, user: str, roles: Grants) -> str:
        """A one-time password. UserExists; RightMissing for a role that `login` may not give."""
        self._check_gives(login, roles)
        password = await self._auth.add_user(user, roles, by=login.user)
        if password is None:
            raise UserExists(user)
        return password

    async def set_roles(self, login: Login, user: str, roles: Grants) -> Person:
        """Instead of all that the user has where `login` administers; his sessions end. LastUser."""
        self._check_gives(login, roles)
        member = (await self.one(login, user)).member
        own = login.granted.at_least(Role.ADMINISTRATOR)
        kept = {where: role for where, role in member.grants.items() if own.role_in(where) is None}
        if not await self._staff.set_grants(user, Grants({**kept, **roles}), by=login.user):
            raise LastUser(user)
        return await self.one(login, user)

    async def set_locked(self, login: Login, user: str, locked: bool) -> Person:
        """LastUser."""
        await self._whole(login, user)
        if not await self._staff.set_locked(user, locked, by=login.user):
            raise LastUser(user)
        return await self.one(login, user)

    async def remove(self, login: Login, user: str) -> None:
        """LastUser."""
        await self._whole(login, user)
        if not await self._staff.remove(user, by=login.user):
            raise LastUser(user)

    async def reset_password(self, login: Login, user: str) -> str:
        """A one-time password."""
        await self._whole(login, user)
        return await self._auth.reset_password(user, by=login.user)

    async def remove_factor(self, login: Login, user: str) -> None:
        """For whoever lost his telephone and his recovery codes; his sessions end. FactorMissing."""
        await self._whole(login, user)
        await self._auth.factors.remove(user, by=login.user)
        await self._staff.sessions.end_all(user)

    async def end_sessions(self, login: Login, user: str) -> int:
        """How many there were."""
        await self._whole(login, user)
        return await self._staff.sessions.end_all_by(user, login.user)

    async def tokens(self, login: Login, user: str) -> tuple[ApiToken, ...]:
        """One's own without any role."""
        if user != login.user:
            await self._whole(login, user)
        return await self._staff.tokens.of_user(user)

    async def add_token(
        self, login: Login, name: str, role: Role, municipalities: frozenset[str] | None, days: int
    ) -> tuple[ApiToken, str]:
        """Of one's own: the token is told this once. RightMissing for more than one may; TooManyTokens."""
        wanted = dict.fromkeys(login.granted if municipalities is None else municipalities, role)
        is_enough = (login.granted.highest or 0) >= role
        if not is_enough or (municipalities is not None and not login.granted.covers(Grants(wanted))):
            raise RightMissing(f"a token for a {role.word}", "at most your own role, where you have it")
        now_ms = int(self._clock_s() * 1000)
        new = NewToken(login.user, name, role, municipalities, now_ms + days * DAY_MS)
        made = await self._staff.tokens.add(new, now_ms, by=login.user)
        if made is None:
            raise TooManyTokens(login.user, MOST_OF_ONE_USER)
        number, token = made
        return ApiToken(**vars(new), id=number, created_ms=now_ms, used_ms=None, revoked_ms=None), token

    async def revoke_token(self, login: Login, user: str, number: int) -> None:
        """TokenMissing."""
        if user != login.user:
            await self._whole(login, user)
        if not await self._staff.tokens.revoke(number, user, int(self._clock_s() * 1000), by=login.user):
            raise TokenMissing(number, user)

    async def demand_factors(self, login: Login, must: bool) -> None:
        """Whether administrators must have a second factor."""
        now_ms = int(self._clock_s() * 1000)
        names = [one.user for one in await self._staff.all() if one.must_have_factor]
        await self._staff.factors.demand(must, names, now_ms, by=login.user)

    async def _whole(self, login: Login, user: str) -> None:
        person = await self.one(login, user)
        if not login.granted.at_least(Role.ADMINISTRATOR).covers(person.member.grants):
            raise RightMissing(f"this about {user}", "who administers wherever that user has a role")

    def _check_gives(self, login: Login, roles: Grants) -> None:
        own = login.granted.at_least(Role.ADMINISTRATOR)
        for where in roles:
            if own.role_in(where) is None:
                raise RightMissing(f"a role in {where}", "who administers there")


def _seen_by(login: Login, member: Member, second_factor: bool) -> Person | None:
    """None for somebody who has no role where `login` administers, unless he administers everything."""
    own = login.granted.at_least(Role.ADMINISTRATOR)
    roles = Grants({where: role for where, role in member.grants.items() if own.role_in(where) is not None})
    if not roles and own.everywhere is None:
        return None
    return Person(member, roles, second_factor)
