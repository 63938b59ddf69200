"""A second factor at log-in: codes of a telephone that change with time (RFC 6238), and recovery codes."""

from __future__ import annotations

import hmac
import io
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import segno

from gangvakt.api.secret_box import SecretBox
from gangvakt.errors import FactorMissing, FactorSet, LoginRefused
from gangvakt.store import Member
from gangvakt.store.second_factors import Factor
from gangvakt.store.sessions import Stage
from gangvakt.store.staff import StaffTable

PURPOSE = "gangvakt second factor"
ISSUER = "Gangvakt"
STEP_S = 30
# A telephone's clock may be off, and typing takes time: the code before and the one after count as well.
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_GROUPS, RECOVERY_LENGTH = 4, 4  # 16 of 31 characters: 79 bits
LONGEST_CODE = 32
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class SetUp:
    """What an authenticator is told: `uri` holds the secret, as does the picture."""

    secret: str
    uri: str

    def svg(self) -> str:
        """The QR code as a picture."""
        drawn = io.BytesIO()
        made = segno.make(self.uri, micro=False)
        made.save(
            drawn, kind="svg", scale=6, border=4, light="#fff", xmldecl=False, svgns=True, omitsize=True
        )
        return drawn.getvalue().decode()

    def terminal(self) -> str:
        """The QR code in letters."""
        drawn = io.StringIO()
        segno.make(self.uri, micro=False).terminal(drawn, compact=True)
        return drawn.getvalue()


@dataclass(frozen=True)
class FactorState:
    """`on`: it counts. `codes_left`: recovery codes."""

    on: bool
    codes_left: int


class SecondFactors:
    """Set-up, confirmation and check. Codes are taken once."""

    def __init__(self, staff: StaffTable, key: bytes, clock_s: Callable[[], float]) -> None:
        self._staff, self._table = staff, staff.factors
        self._box = SecretBox(key, PURPOSE)
        self._clock_s = clock_s

    async def stage_of(self, member: Member) -> Stage:
        """How far a right password brings somebody. Who logs in elsewhere has his second factor there."""
        factor = await self._table.get(member.user)
        if factor is not None and factor.confirmed_ms is not None:
            return Stage.CODE
        must = member.must_have_factor and await self._table.administrators_must()
        return Stage.SET_UP if must else Stage.OPEN

    async def state(self, user: str) -> FactorState:
        factor = await self._table.get(user)
        on = factor is not None and factor.confirmed_ms is not None
        return FactorState(on, await self._table.codes_left(user))

    async def begin(self, user: str) -> SetUp:
        """A new secret, which counts once a code of it was told; FactorSet where one counts."""
        secret = pyotp.random_base32()
        if not await self._table.begin(user, self._box.seal(secret, user), self._now_ms()):
            raise FactorSet(user)
        return _set_up(user, secret)

    async def pending(self, user: str) -> SetUp | None:
        """What was begun and does not count yet."""
        factor = await self._table.get(user)
        is_waiting = factor is not None and factor.confirmed_ms is None
        secret = self._box.open(factor.secret, user) if factor and is_waiting else None
        return None if secret is None else _set_up(user, secret)

    async def confirm(self, user: str, code: str) -> tuple[str, ...]:
        """It counts from now on; new recovery codes, told this once. LoginRefused for a wrong code."""
        factor = await self._table.get(user)
        if factor is None:
            raise FactorMissing(user)
        if factor.confirmed_ms is not None:
            raise FactorSet(user)
        step, codes = self._step_of(factor, code), recovery_codes()
        if step is None or not await self._table.confirm(user, step, map(plain, codes), self._now_ms()):
            raise LoginRefused(WRONG_CODE)
        return codes

    async def check(self, user: str, code: str) -> None:
        """Takes a code, or a recovery code; LoginRefused where it is wrong or was taken already."""
        factor = await self._table.get(user)
        if factor is None or factor.confirmed_ms is None:
            raise FactorMissing(user)
        step = self._step_of(factor, code)
        if step is not None and await self._table.take_step(user, step):
            return
        if step is None and await self._table.take_recovery_code(user, plain(code)):
            return
        raise LoginRefused(WRONG_CODE)

    async def renew_codes(self, user: str) -> tuple[str, ...]:
        """New recovery codes, told this once; the old ones are worth nothing any more."""
        codes = recovery_codes()
        await self._table.renew_codes(user, map(plain, codes))
        return codes

    async def remove(self, user: str, by: str) -> None:
        """FactorMissing where there is none."""
        if not await self._table.remove(user, by):
            raise FactorMissing(user)

    def _step_of(self, factor: Factor, code: str) -> int | None:
        """Of which time step the code is; None where it is of none around now."""
        secret, typed = self._box.open(factor.secret, factor.user), code.replace(" ", "")
        if secret is None or not _CODE.fullmatch(typed):
            return None
        now, found, totp = int(self._clock_s()) // STEP_S, None, pyotp.TOTP(secret)
        for step in (now + around for around in STEPS_AROUND):
            if hmac.compare_digest(totp.generate_otp(step), typed):
                found = step
        return found

    def _now_ms(self) -> int:
        return int(self._clock_s() * 1000)


def _set_up(user: str, secret: str) -> SetUp:
    return SetUp(secret, pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name=ISSUER))


WRONG_CODE = "the code is wrong, or was used already"


def recovery_codes() -> tuple[str, ...]:
    """New random ones, in groups that can be typed."""
    return tuple(
        "-".join(
            "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
            for _ in range(RECOVERY_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    )


def plain(code: str) -> str:
    """As it is hashed, however it was typed."""
    return re.sub(r"[\s-]", "", code).lower()[:LONGEST_CODE]
