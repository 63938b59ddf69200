"""What `gangvakt user` does at the store of a data folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gangvakt.cli.stores import a_store
from gangvakt.errors import FactorMissing, LastUser, UnknownUser, UserExists
from gangvakt.fleet.roles import Grants, Role, grants_in
from gangvakt.settings import Settings

if TYPE_CHECKING:
    from gangvakt.store import Member

COMMAND_LINE = "command line"  # as store/acting.py has it, which takes long to load


async def add_member(settings: Settings, user: str, seen: frozenset[str] | None, role: Role) -> str:
    """The one-time password. UserExists."""
    from gangvakt.api.passwords import Passwords, one_time_password

    password = one_time_password()
    async with a_store(settings) as store:
        hashed = await Passwords().hash(password)
        if not await store.staff.add(user, hashed, must_change=True, grants=grants_in(seen, role)):
            raise UserExists(user)
    return password


async def change_grants(
    settings: Settings, user: str, change: Callable[[Grants], Mapping[str, Role]]
) -> Grants:
    """What the user may now. UnknownUser, LastUser."""
    async with a_store(settings) as store:
        member = await store.staff.get(user)
        if member is None:
            raise UnknownUser(user)
        grants = Grants(change(member.grants))
        if not await store.staff.set_grants(user, grants):
            raise LastUser(user)
    return grants


async def reset_factor(settings: Settings, user: str) -> None:
    """UnknownUser, FactorMissing."""
    async with a_store(settings) as store:
        if await store.staff.get(user) is None:
            raise UnknownUser(user)
        if not await store.staff.factors.remove(user, by=COMMAND_LINE):
            raise FactorMissing(user)
        await store.staff.sessions.end_all(user)


async def rule_of_factors(settings: Settings, must: bool | None) -> bool:
    """Whether administrators must have a second factor; with `must` from now on."""
    from gangvakt.clock import utc_ms

    async with a_store(settings) as store:
        factors = store.staff.factors
        if must is not None:
            names = [one.user for one in await store.staff.all() if one.must_have_factor]
            await factors.demand(must, names, utc_ms(), by=COMMAND_LINE)
        return await factors.administrators_must()


async def set_locked(settings: Settings, user: str, locked: bool) -> None:
    """UnknownUser, LastUser."""
    async with a_store(settings) as store:
        if await store.staff.get(user) is None:
            raise UnknownUser(user)
        if not await store.staff.set_locked(user, locked):
            raise LastUser(user)


async def members(settings: Settings) -> tuple[Member, ...]:
    """All of staff."""
    async with a_store(settings) as store:
        return await store.staff.all()


async def remove_member(settings: Settings, user: str) -> None:
    """UnknownUser, LastUser."""
    async with a_store(settings) as store:
        if await store.staff.get(user) is None:
            raise UnknownUser(user)
        if not await store.staff.remove(user):
            raise LastUser(user)


async def set_scope(settings: Settings, user: str, seen: frozenset[str] | None) -> None:
    """`seen` None: all municipalities. UnknownUser."""
    async with a_store(settings) as store:
        if not await store.staff.set_municipalities(user, seen):
            raise UnknownUser(user)


async def new_password(settings: Settings, user: str) -> str:
    """A one-time password, instead of what there was. UnknownUser."""
    from gangvakt.api.auth import AuthService, session_key

    async with a_store(settings) as store:
        return await AuthService(store.staff, session_key(settings.session_key)).reset_password(user)
