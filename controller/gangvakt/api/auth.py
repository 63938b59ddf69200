"""Who may come in: log-in with a password, and sessions."""

from __future__ import annotations

import time
from collections.abc import Callable

from gangvakt.api.logins import Caller, Hurdle, Login
from gangvakt.api.passwords import Passwords, check_new_password, one_time_password
from gangvakt.api.second_factors import SecondFactors
from gangvakt.api.session_key import session_key
from gangvakt.api.throttle import Throttle
from gangvakt.errors import LoginLocked, LoginRefused, PasswordRefused, UnknownUser
from gangvakt.fleet.roles import Grants
from gangvakt.relay.rate import Rate
from gangvakt.store import Member
from gangvakt.store.api_tokens import PREFIX
from gangvakt.store.people_audit import COMMAND_LINE
from gangvakt.store.sessions import Session, Stage
from gangvakt.store.staff import StaffTable

__all__ = [
    "SESSION_COOKIE",
    "AuthService",
    "Caller",
    "Hurdle",
    "Login",
    "LoginLocked",
    "LoginRefused",
    "PasswordRefused",
    "session_key",
]

SESSION_COOKIE = "gangvakt_session"
SESSION_LIFE_S = 12 * 3600  # a working day, however busy
IDLE_LIFE_S = 2 * 3600
FIRST_USER = "admin"
LONGEST_USER = 64

# One address guesses slowly soon. A user is locked later: else anybody could keep him out by guessing wrong.
ADDRESS_LOCKS_AT = 5
USER_LOCKS_AT = 20
CODES_LOCK_AT = 5  # whoever guesses them knows the password
CODE_WAITS_S = 600  # with the password alone a session is of no use after this
MOST_ASKED_A_MINUTE = 1200  # with one token
MOST_LOGINS_A_MINUTE = 60  # of one address, right ones as well: each takes a hash


SESSION_OVER = "the session is over: log in again"


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
        self.staff = staff
        self._passwords = passwords or Passwords()
        self._addresses = Throttle(ADDRESS_LOCKS_AT, clock_s)
        self._users = Throttle(USER_LOCKS_AT, clock_s)
        self._codes = Throttle(CODES_LOCK_AT, clock_s)
        self._rate, self._asked = Rate(MOST_LOGINS_A_MINUTE, clock_s), Rate(MOST_ASKED_A_MINUTE, clock_s)
        self.factors = SecondFactors(staff, key, clock_s)
        self.clock_s = clock_s

    async def first_password(self) -> str | None:
        """At the very first start: makes the first user and returns his one-time password; else None."""
        if not await self.staff.is_empty():
            return None
        password = one_time_password()
        await self.staff.add(FIRST_USER, await self._passwords.hash(password), must_change=True)
        return password

    async def waits_for_first_password(self) -> bool:
        """Whether the first user has not chosen a password yet."""
        member = await self.staff.get(FIRST_USER)
        return member is not None and member.must_change

    async def add_user(self, user: str, grants: Grants, by: str) -> str | None:
        """The one-time password of a new member of staff; None when the user is there already."""
        password = one_time_password()
        hashed = await self._passwords.hash(password)
        added = await self.staff.add(user, hashed, must_change=True, grants=grants, by=by)
        return password if added else None

    async def reset_password(self, user: str, by: str = COMMAND_LINE) -> str:
        """A new one-time password; ends the user's sessions. UnknownUser when there is none."""
        password = one_time_password()
        hashed = await self._passwords.hash(password)
        if not await self.staff.set_password(user, hashed, must_change=True, by=by):
            raise UnknownUser(user)
        return password

    async def login(
        self, user: str, password: str, address: str, agent: str = "", code: str | None = None
    ) -> Login:
        """A new session; LoginRefused, or LoginLocked after too many failures of the user or the address.

        Where a second factor is wanted and no `code` is given, the session waits for `pass_code`.
        """
        user = user[:LONGEST_USER]
        self._rate.take(address)
        self._addresses.check(address)
        self._users.check(user)
        # Counted before the slow check: many guesses at the same time count as many.
        self._addresses.failed(address)
        self._users.failed(user)
        member = await self.staff.get(user)
        held = member.password_hash if member and not member.locked else None
        if not await self._passwords.verify(held, password) or member is None:
            await self._note_lock_out(user, address)
            raise LoginRefused
        self._addresses.succeeded(address)
        self._users.succeeded(user)
        await self._renew_hash(member, password)
        login = await self._begin(member, Caller(address, agent), await self.factors.stage_of(member))
        return await self.pass_code(login, code) if code and login.hurdle is Hurdle.CODE else login

    async def enter(self, member: Member, caller: Caller) -> Login:
        """A new session of somebody whose identity was proved elsewhere."""
        return await self._begin(member, caller, await self.factors.stage_of(member))

    async def pass_code(self, login: Login, code: str) -> Login:
        """A code of the second factor opens a new session instead of the one that waited for it.

        LoginRefused for a wrong code, LoginLocked after too many.
        """
        self._codes.check(login.user)
        self._codes.failed(login.user)
        try:
            await self.factors.check(login.user, code)
        except LoginRefused:
            await self._note_lock_out(login.user, "")
            raise
        self._codes.succeeded(login.user)
        return await self._go_on(login, Stage.OPEN)

    async def check_code(self, user: str, code: str) -> None:
        """For what a session alone shall not do. LoginRefused for a wrong code, LoginLocked."""
        self._codes.check(user)
        self._codes.failed(user)
        await self.factors.check(user, code)
        self._codes.succeeded(user)

    async def confirm_factor(self, login: Login, code: str) -> tuple[tuple[str, ...], Login]:
        """A second factor counts from now on: its recovery codes, and the only session that goes on."""
        codes = await self.factors.confirm(login.user, code)
        await self.staff.sessions.end_all(login.user, but=login.token)
        return codes, await self._go_on(login, Stage.OPEN)

    async def check_password(self, user: str, password: str, address: str) -> None:
        """For what a session alone shall not do. LoginRefused, LoginLocked."""
        self._users.check(user)
        self._users.failed(user)
        member = await self.staff.get(user)
        if not await self._passwords.verify(member.password_hash if member else None, password):
            await self._note_lock_out(user, address)
            raise LoginRefused
        self._users.succeeded(user)

    async def login_of(self, token: str | None, *, used: bool = True) -> Login | None:
        """Whose session or token it is; None when it is unknown or over. With `used` it is not idle.

        LoginLocked for a program that asks too often.
        """
        if token is not None and token.startswith(PREFIX):
            return await self._program(token)
        found = await self.staff.session(token) if token else None
        if token is None or found is None:
            return None
        session, member = found
        now_ms = self._now_ms()
        if member.locked or _is_over(session, now_ms):
            return None
        if used:
            await self.staff.sessions.seen(session, now_ms)
        return _login(member, token, session)

    async def change_password(self, login: Login, new_password: str) -> Login:
        """Stores it and begins a new session, the only one that goes on; PasswordRefused when too weak."""
        check_new_password(new_password, login.user)
        held = await self.staff.get(login.user)
        if held and await self._passwords.verify(held.password_hash, new_password):
            raise PasswordRefused("password", "new_password", "the old one", "another one")
        found = await self.staff.session(login.token)
        hashed = await self._passwords.hash(new_password)
        await self.staff.set_password(login.user, hashed, must_change=False, by=login.user)
        member = await self.staff.get(login.user)
        if member is None or found is None:
            raise UnknownUser(login.user)
        session = found[0]
        return await self._begin(member, Caller(session.address, session.agent), session.stage)

    async def sessions(self, user: str) -> tuple[Session, ...]:
        """Those that are not over; the one that was used last comes first."""
        now_ms = self._now_ms()
        found = await self.staff.sessions.of_user(user)
        return tuple(one for one in found if not _is_over(one, now_ms))

    async def end_session(self, user: str, session: str) -> bool:
        """False when the user has none that is called so."""
        return await self.staff.sessions.end_one(user, session)

    async def end_others(self, login: Login) -> int:
        """All sessions of the user but this one; how many there were."""
        return await self.staff.sessions.end_all(login.user, but=login.token)

    async def end(self, token: str) -> None:
        """Ends the session of a token, whatever it is."""
        await self.staff.sessions.end(token)

    async def logout(self, login: Login) -> None:
        """Ends this session."""
        await self.staff.sessions.end(login.token)

    async def _program(self, token: str) -> Login | None:
        held = await self.staff.tokens.find(token)
        now_ms = self._now_ms()
        if held is None or held.is_over(now_ms):
            return None
        self._asked.take(str(held.id))
        owner = await self.staff.get(held.user)
        if owner is None or owner.locked:
            return None
        await self.staff.tokens.used(held, now_ms)
        return Login(owner.user, False, token, held.grants(owner.grants), is_token=True)

    async def _go_on(self, login: Login, stage: Stage) -> Login:
        """In a new session instead of this one."""
        found = await self.staff.session(login.token)
        if found is None:
            raise LoginRefused(SESSION_OVER)
        session, member = found
        await self.staff.sessions.end(login.token)
        return await self._begin(member, Caller(session.address, session.agent), stage)

    async def _begin(self, member: Member, caller: Caller, stage: Stage = Stage.OPEN) -> Login:
        """Always with a new token: one that was planted in a browser before is worth nothing."""
        now_ms, sessions = self._now_ms(), self.staff.sessions
        await sessions.forget(now_ms - SESSION_LIFE_S * 1000, now_ms - IDLE_LIFE_S * 1000)
        token = await sessions.begin(member.user, stage, now_ms, caller.address, caller.agent)
        return Login(member.user, member.must_change, token, member.grants, stage)

    async def _renew_hash(self, member: Member, password: str) -> None:
        """Hashes of former parameters become ones of today's, as soon as the password is at hand."""
        if self._passwords.is_outdated(member.password_hash):
            hashed = await self._passwords.hash(password)
            await self.staff.renew_hash(member.user, member.password_hash, hashed)

    async def _note_lock_out(self, user: str, address: str) -> None:
        """Only names that exist: what is typed as a name is a password now and then."""
        waits = (self._users.wait_s(user), self._codes.wait_s(user), self._addresses.wait_s(address))
        wait_s = max(waits)
        if wait_s and await self.staff.get(user) is not None:
            await self.staff.note_lock_out(user, address, wait_s)

    def _now_ms(self) -> int:
        return int(self.clock_s() * 1000)


def _is_over(session: Session, now_ms: int) -> bool:
    if session.stage is Stage.CODE and now_ms - session.created_ms >= CODE_WAITS_S * 1000:
        return True
    is_old = now_ms - session.created_ms >= SESSION_LIFE_S * 1000
    return is_old or now_ms - session.seen_ms >= IDLE_LIFE_S * 1000


def _login(member: Member, token: str, session: Session) -> Login:
    return Login(member.user, member.must_change, token, member.grants, session.stage, session.id)
