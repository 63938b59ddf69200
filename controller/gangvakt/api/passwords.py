"""Passwords: one-time ones for the first log-in, and hashes of those that staff choose."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gangvakt.errors import PasswordRefused

SHORTEST = 12
LONGEST = 256  # a bound on what is hashed for an unknown caller
HASHES_AT_ONCE = 2  # each takes 64 MiB: a flood of log-ins must not take all memory
# Argon2id as RFC 9106 recommends where memory is constrained: three passes over 64 MiB in four lanes.
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4

# Without letters and digits that look alike on a screen or a printed sheet.
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_GROUPS, ONE_TIME_LENGTH = 4, 5  # 20 of 31 characters: 99 bits


def one_time_password() -> str:
    """A new random password, in groups that can be typed."""
    groups = (
        "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(ONE_TIME_LENGTH))
        for _ in range(ONE_TIME_GROUPS)
    )
    return "-".join(groups)


def check_new_password(password: str, user: str) -> None:
    """PasswordRefused when it is too short, too long or the user's name."""
    if not SHORTEST <= len(password) <= LONGEST:
        allowed = f"{SHORTEST} to {LONGEST} characters"
        raise PasswordRefused("password", "new_password", f"{len(password)} characters", allowed)
    if len(set(password)) == 1 or user.lower() * (len(password) // max(1, len(user))) == password.lower():
        raise PasswordRefused("password", "new_password", "a repetition", "something harder to guess")


class Passwords:
    """Argon2id, in threads: a hash takes a good part of a tenth of a second."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(PASSES, MEMORY_KIB, LANES)
        self._turns = asyncio.Semaphore(HASHES_AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Takes as long for somebody who does not exist (None) as for somebody who does."""
        async with self._turns:
            matches = await asyncio.to_thread(
                self._matches, password_hash or self._nobody, password[:LONGEST]
            )
        return matches and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
