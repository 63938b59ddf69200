"""Who may come in: log-in with a password, sessions as signed tokens."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gangvakt.api.passwords import Passwords, check_new_password, one_time_password
from gangvakt.api.throttle import Throttle
from gangvakt.errors import FolderUnusable, LoginLocked, LoginRefused, PasswordRefused, UnknownUser
from gangvakt.files import write_file
from gangvakt.store import Member

__all__ = ["SESSION_COOKIE", "AuthService", "Login", "LoginLocked", "LoginRefused", "PasswordRefused"]

SESSION_COOKIE = "gangvakt_session"
SESSION_LIFE_S = 12 * 3600  # a working day
FIRST_USER = "admin"
LONGEST_USER = 64
KEY_BYTES = 32

# One address guesses slowly soon. A user is locked later: else anybody could keep him out by guessing wrong.
ADDRESS_LOCKS_AT = 5
USER_LOCKS_AT = 20


class Staff(Protocol):
    """Where staff are kept."""

    async def is_empty(self) -> bool: ...
    async def get(self, user: str) -> Member | None: ...
    async def add(self, user: str, password_hash: str, *, must_change: bool) -> bool: ...
    async def set_password(self, user: str, password_hash: str, *, must_change: bool) -> bool: ...


@dataclass(frozen=True)
class Login:
    """A session. With `must_change` it may only choose a new password. `token` is what the browser keeps."""

    user: str
    must_change: bool
    token: str
    municipalities: frozenset[str] | None = None

    def sees(self, municipality: str) -> bool:
        """Whether what belongs to `municipality` is shown; all of them where `municipalities` is None."""
        return self.municipalities is None or municipality in self.municipalities


class AuthService:
    """Tokens are signed with `key`, end after SESSION_LIFE_S, at log-out and with every new password."""

    def __init__(
        self,
        staff: Staff,
        key: bytes,
        passwords: Passwords | None = None,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        self._staff = staff
        self._passwords = passwords or Passwords()
        self._addresses = Throttle(ADDRESS_LOCKS_AT, clock_s)
        self._users = Throttle(USER_LOCKS_AT, clock_s)
        self._clock_s = clock_s
        self._signer = URLSafeTimedSerializer(key, salt="gangvakt.session")
        self._logged_out: dict[str, float] = {}
        self.storage_secret = hashlib.sha256(b"gangvakt.storage" + key).hexdigest()

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

    async def login(self, user: str, password: str, address: str) -> Login:
        """A new session; LoginRefused, or LoginLocked after too many failures of the user or the address."""
        user = user[:LONGEST_USER]
        self._addresses.check(address)
        self._users.check(user)
        # Counted before the slow check: many guesses at the same time count as many.
        self._addresses.failed(address)
        self._users.failed(user)
        member = await self._staff.get(user)
        if (
            not await self._passwords.verify(member.password_hash if member else None, password)
            or member is None
        ):
            raise LoginRefused
        self._addresses.succeeded(address)
        self._users.succeeded(user)
        return self._session(member)

    async def login_of(self, token: str | None) -> Login | None:
        """The session behind a token; None when it is forged, too old, logged out or of an older password."""
        content = self._content(token)
        if token is None or content is None or content["id"] in self._logged_out:
            return None
        member = await self._staff.get(str(content["user"]))
        if member is None or member.generation != content["generation"]:
            return None
        return Login(member.user, member.must_change, token, member.municipalities)

    async def change_password(self, login: Login, new_password: str) -> Login:
        """Stores it and begins a new session, the only one that goes on; PasswordRefused when too weak."""
        check_new_password(new_password, login.user)
        held = await self._staff.get(login.user)
        if held and await self._passwords.verify(held.password_hash, new_password):
            raise PasswordRefused("password", "new_password", "the old one", "another one")
        await self._staff.set_password(
            login.user, await self._passwords.hash(new_password), must_change=False
        )
        member = await self._staff.get(login.user)
        if member is None:
            raise UnknownUser(login.user)
        return self._session(member)

    def logout(self, login: Login) -> None:
        """Ends this session; remembered until it would have ended anyway."""
        now_s = self._clock_s()
        for session in [id_ for id_, end_s in self._logged_out.items() if end_s < now_s]:
            del self._logged_out[session]
        content = self._content(login.token)
        if content is not None:
            self._logged_out[str(content["id"])] = now_s + SESSION_LIFE_S

    def _session(self, member: Member) -> Login:
        content = {"id": secrets.token_hex(8), "user": member.user, "generation": member.generation}
        return Login(member.user, member.must_change, self._signer.dumps(content), member.municipalities)

    def _content(self, token: str | None) -> dict[str, object] | None:
        try:
            content = self._signer.loads(token, max_age=SESSION_LIFE_S) if token else None
        except BadSignature:
            return None
        return content if isinstance(content, dict) else None


def session_key(path: Path) -> bytes:
    """The key that signs sessions, made at the first start."""
    try:
        if not path.exists():
            write_file(path, secrets.token_bytes(KEY_BYTES), private=True)
        return path.read_bytes()
    except OSError as error:
        raise FolderUnusable(path.parent, error) from error
