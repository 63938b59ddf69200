"""The second factor: it counts once confirmed, each code opens once, and guessing is locked out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from gangvakt.api.auth import CODE_WAITS_S, CODES_LOCK_AT, AuthService, Hurdle, Login
from gangvakt.api.passwords import Passwords
from gangvakt.api.second_factors import STEP_S
from gangvakt.errors import FactorMissing, FactorSet, LoginLocked, LoginRefused
from gangvakt.fleet.roles import Grants, Role
from gangvakt.store import Store

from .apis import CHEAP
from .migrated import a_store

PASSWORD = "correct horse battery"  # of a test
KEY = b"k" * 32


class Desk:
    """The log-in on a real store, with a clock of the test's own."""

    def __init__(self, store: Store) -> None:
        self.store, self.now_s = store, 1_800_000_015.0
        self.auth = AuthService(store.staff, KEY, Passwords(CHEAP), lambda: self.now_s)

    async def log_in(self, user: str = "kari", code: str | None = None) -> Login:
        return await self.auth.login(user, PASSWORD, "192.0.2.1", code=code)

    async def set_up(self, user: str = "kari") -> tuple[pyotp.TOTP, tuple[str, ...]]:
        """An authenticator that counts, and its recovery codes; a minute passes."""
        login = await self.log_in(user)
        totp = pyotp.TOTP((await self.auth.factors.begin(user)).secret)
        codes, _ = await self.auth.confirm_factor(login, totp.at(self.now_s))
        self.now_s += 60
        return totp, codes


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_store(tmp_path / "x.db") as store:
        desk = Desk(store)
        hashed = await Passwords(CHEAP).hash(PASSWORD)
        for user, role in (("kari", Role.OPERATOR), ("ola", Role.ADMINISTRATOR)):
            await store.staff.add(user, hashed, must_change=False, grants=Grants({"*": role}))
        yield desk


async def test_it_counts_only_once_a_code_was_confirmed(desk: Desk) -> None:
    begun = await desk.auth.factors.begin("kari")
    assert (await desk.log_in()).hurdle is None
    with pytest.raises(LoginRefused):
        await desk.auth.factors.confirm("kari", "000000")
    await desk.auth.factors.confirm("kari", pyotp.TOTP(begun.secret).at(desk.now_s))
    assert (await desk.log_in()).hurdle is Hurdle.CODE
    with pytest.raises(FactorSet):
        await desk.auth.factors.begin("kari")


async def test_a_session_that_waits_for_the_code_opens_nothing_and_soon_ends(desk: Desk) -> None:
    await desk.set_up()
    waiting = await desk.log_in()
    assert waiting.hurdle is Hurdle.CODE
    desk.now_s += CODE_WAITS_S
    assert await desk.auth.login_of(waiting.token) is None


async def test_the_code_opens_a_session_of_another_token_and_ends_the_one_that_waited(desk: Desk) -> None:
    totp, _ = await desk.set_up()
    waiting = await desk.log_in()
    opened = await desk.auth.pass_code(waiting, totp.at(desk.now_s))
    assert (opened.hurdle, opened.token != waiting.token) == (None, True)
    assert await desk.auth.login_of(waiting.token) is None


async def test_a_code_is_taken_once_and_no_older_one_after_it(desk: Desk) -> None:
    totp, _ = await desk.set_up()
    code, before = totp.at(desk.now_s), totp.at(desk.now_s - STEP_S)
    await desk.log_in(code=code)
    for replayed in (code, before):
        with pytest.raises(LoginRefused, match="used already"):
            await desk.log_in(code=replayed)
    desk.now_s += STEP_S
    assert (await desk.log_in(code=totp.at(desk.now_s))).hurdle is None


@pytest.mark.parametrize(("off_s", "passes"), [(-60, False), (-30, True), (30, True), (60, False)])
async def test_a_clock_may_be_off_by_one_step(desk: Desk, off_s: int, passes: bool) -> None:
    totp, _ = await desk.set_up()
    if passes:
        assert (await desk.log_in(code=totp.at(desk.now_s + off_s))).hurdle is None
    else:
        with pytest.raises(LoginRefused):
            await desk.log_in(code=totp.at(desk.now_s + off_s))


async def test_the_code_that_confirmed_opens_no_session(desk: Desk) -> None:
    begun = await desk.auth.factors.begin("kari")
    code = pyotp.TOTP(begun.secret).at(desk.now_s)
    await desk.auth.factors.confirm("kari", code)
    with pytest.raises(LoginRefused):
        await desk.log_in(code=code)


async def test_a_recovery_code_opens_once_however_it_is_typed(desk: Desk) -> None:
    _, codes = await desk.set_up()
    assert len(set(codes)) == 10
    assert (await desk.log_in(code=codes[0].replace("-", " ").upper())).hurdle is None
    with pytest.raises(LoginRefused):
        await desk.log_in(code=codes[0])
    assert (await desk.auth.factors.state("kari")).codes_left == 9
    renewed = await desk.auth.factors.renew_codes("kari")
    with pytest.raises(LoginRefused):
        await desk.log_in(code=codes[1])
    assert (await desk.log_in(code=renewed[0])).hurdle is None


async def test_guessing_codes_is_locked_out_even_with_the_right_password_and_ends_by_itself(
    desk: Desk,
) -> None:
    totp, _ = await desk.set_up()
    for _ in range(CODES_LOCK_AT):
        with pytest.raises(LoginRefused):
            await desk.log_in(code="000000")
    with pytest.raises(LoginLocked) as locked:
        await desk.log_in(code=totp.at(desk.now_s))
    desk.now_s += locked.value.retry_after_s + 1
    assert (await desk.log_in(code=totp.at(desk.now_s))).hurdle is None


async def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(
    desk: Desk, tmp_path: Path
) -> None:
    totp, codes = await desk.set_up()
    written = b"".join(path.read_bytes() for path in tmp_path.glob("x.db*"))
    assert totp.secret.encode() not in written
    assert codes[0].replace("-", "").encode() not in written
    moved = AuthService(desk.store.staff, b"another key" * 3, Passwords(CHEAP), lambda: desk.now_s)
    with pytest.raises(LoginRefused):
        await moved.login("kari", PASSWORD, "192.0.2.1", code=totp.at(desk.now_s))


async def test_where_administrators_must_they_can_do_nothing_before(desk: Desk) -> None:
    open_before = await desk.log_in("ola")
    await desk.store.staff.factors.demand(True, ["ola"], 1, "ola")
    for login in (await desk.auth.login_of(open_before.token), await desk.log_in("ola")):
        assert login is not None
        assert login.hurdle is Hurdle.SECOND_FACTOR
    assert (await desk.log_in("kari")).hurdle is None
    totp, _ = await desk.set_up("ola")
    assert (await desk.log_in("ola", totp.at(desk.now_s))).hurdle is None


async def test_an_administrator_takes_it_away_from_whoever_lost_it(desk: Desk) -> None:
    await desk.set_up()
    await desk.auth.factors.remove("kari", by="ola")
    assert (await desk.log_in()).hurdle is None
    with pytest.raises(FactorMissing):
        await desk.auth.factors.remove("kari", by="ola")
