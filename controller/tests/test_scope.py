"""Several municipalities share one controller: whose signs a member of staff sees."""

import asyncio
import json
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from gangvakt.api.auth import AuthService
from gangvakt.api.passwords import Passwords
from gangvakt.cli.user import app
from gangvakt.errors import NameRefused, SettingRefused, UnknownUser
from gangvakt.settings import Settings
from gangvakt.store import Store

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the real one takes a tenth of a second


async def test_the_first_user_sees_all_until_told_otherwise(tmp_path: Path) -> None:
    async with Store.open(tmp_path / "x.db") as store:
        auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP))
        password = await auth.first_password()
        assert password is not None
        login = await auth.login("admin", password, "here")
        assert login.sees("baerum")
        await store.staff.set_municipalities("admin", frozenset({"lillestrom"}))
        narrowed = await auth.login_of(login.token)
        assert narrowed is not None
        assert (narrowed.sees("lillestrom"), narrowed.sees("baerum")) == (True, False)


async def test_who_is_given_no_municipality_sees_none(tmp_path: Path) -> None:
    async with Store.open(tmp_path / "x.db") as store:
        await store.staff.add("kari", "hash", must_change=False)
        await store.staff.set_municipalities("kari", frozenset())
        member = await store.staff.get("kari")
        assert member is not None
        assert member.municipalities == frozenset()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def make() -> None:
        async with Store.open(Settings(data=tmp_path).database) as store:
            await store.staff.add("kari", "hash", must_change=False)

    asyncio.run(make())
    return tmp_path


def test_the_command_says_whom_it_lets_see_what(data: Path) -> None:
    command = ["scope", "kari", "--municipality", "lillestrom", "--data", str(data), "--json"]
    said = CliRunner().invoke(app, command, catch_exceptions=False)
    assert json.loads(said.stdout) == {"user": "kari", "municipalities": ["lillestrom"]}


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (["kari"], SettingRefused),
        (["kari", "--all", "--municipality", "baerum"], SettingRefused),
        (["kari", "--municipality", "<b>' OR 1=1"], NameRefused),
        (["ola", "--all"], UnknownUser),
    ],
)
def test_the_command_refuses(data: Path, words: list[str], refused: type[Exception]) -> None:
    with pytest.raises(refused):
        CliRunner().invoke(app, ["scope", *words, "--data", str(data)], catch_exceptions=False)
