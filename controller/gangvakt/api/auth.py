"""Who may come in: log-in with a password, and sessions."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path

from gangvakt.api.passwords import Passwords, check_new_password, one_time_password
from gangvakt.api.throttle import Throttle
from gangvakt.errors import FolderUnusable, LoginLocked, LoginRefused, PasswordRefused, UnknownUser
from gangvakt.files import write_file
from gangvakt.fleet.roles import NO_RIGHTS, Grants, Role
from gangvakt.relay.rate import Rate
from gangvakt.store import Member
from gangvakt.store.sessions import Session, Stage
from gangvakt.store.staff import StaffTable

__all__ = [
    "SESSION_COOKIE",
    "AuthService",
    "Hurdle",
    "Login",
    "LoginLocked",
    "LoginRefused",
    "PasswordRefused",
]

SESSION_COOKIE = "gangvakt_session"
SESSION_LIFE_S = 12 * 3600  # a working day, however busy
IDLE_LIFE_S = 2 * 3600
FIRST_USER = "admin"
LONGEST_USER = 64
KEY_BYTES = 32

# One address guesses slowly soon. A user is locked later: else anybody could keep him out by guessing wrong.
ADDRESS_LOCKS_AT = 5
USER_LOCKS_AT = 20
MOST_LOGINS_A_MINUTE = 60  # of one address, right ones as well: each takes a hash


class Hurdle(Enum):
    """What somebody has to do before all else; the values are what the API says."""

    CODE = "code"
    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True)
class Login:
    """A session. Before its `hurdle` is taken nothing else is open. `token` is what the browser keeps.

    `granted` is all that the user may; `grants` what of it is enough for `least`, which the route takes.
    """

    user: str
    must_change: bool
    token: str
    granted: Grants = NO_RIGHTS
    stage: Stage = Stage.OPEN
    session: str | None = None
    least: Role = Role.VIEWER

    @cached_property
    def grants(self) -> Grants:
        return self.granted.at_least(self.least)

    @property
    def municipalities(self) -> frozenset[str] | None:
        """Those of which something is shown; None for all of them."""
        return self.grants.municipalities

    @property
    def hurdle(self) -> Hurdle | None:
        if self.stage is Stage.CODE:
            return Hurdle.CODE
        if self.must_change:
            return Hurdle.PASSWORD
        return Hurdle.SECOND_FACTOR if self.stage is Stage.SET_UP else None

    def sees(self, municipality: str) -> bool:
        """Whether the role in `municipality` is enough for the route."""
        return self.grants.role_in(municipality) is not None

    def narrowed(self, role: Role) -> Login:
        """For a route that takes `role`."""
        return replace(self, least=role)


@dataclass(frozen=True)
class Caller:
    """Where somebody asks from, and with which program."""

    address: str
    agent: str = ""


class AuthService:
    """Sessions end when they are idle for IDLE_LIFE_S, after SESSION_LIFE_S, at log-out, with every new
    password and other roles, and when the user is locked."""

    def __init__(
        self,
        staff: StaffTable,
        key: bytes,
        passwords: Passwords | None = None,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        self._staff = staff
        self._passwords = passwords or Passwords()
        self._addresses = Throttle(ADDRESS_LOCKS_AT, clock_s)
        self._users = Throttle(USER_LOCKS_AT, clock_s)
        self._rate = Rate(MOST_LOGINS_A_MINUTE, clock_s)
        self._clock_s = clock_s

    async def first_password(self) -> str | None:
        """At the very first start: makes the first user and returns his one-time password; else None."""
        if not await self._staff.is_empty():
            return None
        password = one_time_password()
        await self._staff.add(FIRST_USER, await self._passwords.hash(password), must_change=True)
        return password

    async def waits_for_first_password(self) -> bool:
        """Whether the first user has not chosen a password yet."""
        member = await self._staff.get(FIRST_USER)
        return member is not None and member.must_change

    async def reset_password(self, user: str) -> str:
        """A new one-time password; ends the user's sessions. UnknownUser when there is none."""
        password = one_time_password()
        if not await self._staff.set_password(user, await self._passwords.hash(password), must_change=True):
            raise UnknownUser(user)
        return password

    async def login(self, user: str, password: str, address: str, agent: str = "") -> Login:
        """A new session; LoginRefused, or LoginLocked after too many failures of the user or the address."""
        user = user[:LONGEST_USER]
        self._rate.take(address)
        self._addresses.check(address)
        self._users.check(user)
        # Counted before the slow check: many guesses at the same time count as many.
        self._addresses.failed(address)
        self._users.failed(user)
        member = await self._staff.get(user)
        held = member.password_hash if member and not member.locked else None
        if not await self._passwords.verify(held, password) or member is None:
            await self._note_lock_out(user, address)
            raise LoginRefused
        self._addresses.succeeded(address)
        self._users.succeeded(user)
        await self._renew_hash(member, password)
        return await self._begin(member, Caller(address, agent))

    async def login_of(self, token: str | None, *, used: bool = True) -> Login | None:
        """The session behind a token; None when it is unknown or over. With `used` it is not idle."""
        found = await self._staff.session(token) if token else None
        if token is None or found is None:
            return None
        session, member = found
        now_ms = self._now_ms()
        if member.locked or _is_over(session, now_ms):
            return None
        if used:
            await self._staff.sessions.seen(session, now_ms)
        return _login(member, token, session)

    async def change_password(self, login: Login, new_password: str) -> Login:
        """Stores it and begins a new session, the only one that goes on; PasswordRefused when too weak."""
        check_new_password(new_password, login.user)
        held = await self._staff.get(login.user)
        if held and await self._passwords.verify(held.password_hash, new_password):
            raise PasswordRefused("password", "new_password", "the old one", "another one")
        found = await self._staff.session(login.token)
        hashed = await self._passwords.hash(new_password)
        await self._staff.set_password(login.user, hashed, must_change=False, by=login.user)
        member = await self._staff.get(login.user)
        if member is None or found is None:
            raise UnknownUser(login.user)
        session = found[0]
        return await self._begin(member, Caller(session.address, session.agent), session.stage)

    async def logout(self, login: Login) -> None:
        """Ends this session."""
        await self._staff.sessions.end(login.token)

    async def _begin(self, member: Member, caller: Caller, stage: Stage = Stage.OPEN) -> Login:
        """Always with a new token: one that was planted in a browser before is worth nothing."""
        now_ms, sessions = self._now_ms(), self._staff.sessions
        await sessions.forget(now_ms - SESSION_LIFE_S * 1000, now_ms - IDLE_LIFE_S * 1000)
        token = await sessions.begin(member.user, stage, now_ms, caller.address, caller.agent)
        return Login(member.user, member.must_change, token, member.grants, stage)

    async def _renew_hash(self, member: Member, password: str) -> None:
        """Hashes of former parameters become ones of today's, as soon as the password is at hand."""
        if self._passwords.is_outdated(member.password_hash):
            hashed = await self._passwords.hash(password)
            await self._staff.renew_hash(member.user, member.password_hash, hashed)

    async def _note_lock_out(self, user: str, address: str) -> None:
        """Only names that exist: what is typed as a name is a password now and then."""
        wait_s = max(self._users.wait_s(user), self._addresses.wait_s(address))
        if wait_s and await self._staff.get(user) is not None:
            await self._staff.note_lock_out(user, address, wait_s)

    def _now_ms(self) -> int:
        return int(self._clock_s() * 1000)


def _is_over(session: Session, now_ms: int) -> bool:
    is_old = now_ms - session.created_ms >= SESSION_LIFE_S * 1000
    return is_old or now_ms - session.seen_ms >= IDLE_LIFE_S * 1000


def _login(member: Member, token: str, session: Session) -> Login:
    return Login(member.user, member.must_change, token, member.grants, session.stage, session.id)


def session_key(path: Path) -> bytes:
    """The key that seals second factors, made at the first start."""
    try:
        if not path.exists():
            write_file(path, secrets.token_bytes(KEY_BYTES), private=True)
        return path.read_bytes()
    except OSError as error:
        raise FolderUnusable(path.parent, error) from error
