"""Several municipalities share one controller: whose signs a member of staff sees."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from gangvakt.api.auth import AuthService
from gangvakt.api.passwords import Passwords
from gangvakt.cli.user import app
from gangvakt.errors import LastUser, NameRefused, SettingRefused, UnknownUser, UserExists
from gangvakt.fleet import LiveFleet, SignEvent, SignId
from gangvakt.fleet.view import FleetView
from gangvakt.settings import Settings
from gangvakt.store import Store

from .migrated import a_store

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the real one takes a tenth of a second


async def test_the_first_user_sees_all_until_told_otherwise(tmp_path: Path) -> None:
    async with a_store(tmp_path / "x.db") as store:
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
    async with a_store(tmp_path / "x.db") as store:
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


def said(words: list[str], data: Path) -> Any:
    answered = CliRunner().invoke(app, [*words, "--data", str(data), "--json"], catch_exceptions=False)
    return json.loads(answered.stdout)


def test_staff_are_added_listed_and_removed(data: Path) -> None:
    added = said(["add", "ola", "--municipality", "baerum"], data)
    assert (added["municipalities"], len(added["one_time_password"]) > 20) == (["baerum"], True)
    assert [(one["user"], one["municipalities"]) for one in said(["list"], data)] == [
        ("kari", None),
        ("ola", ["baerum"]),
    ]
    with pytest.raises(SettingRefused, match="user is 'Controller'; allowed: any name but 'controller'"):
        said(["add", "Controller", "--all"], data)
    with pytest.raises(UserExists):
        said(["add", "ola", "--all"], data)
    assert said(["remove", "ola", "--yes"], data) == {"user": "ola", "removed": True}
    assert [one["user"] for one in said(["list"], data)] == ["kari"]


def test_the_last_who_sees_everything_stays(data: Path) -> None:
    said(["add", "ola", "--municipality", "baerum"], data)
    with pytest.raises(LastUser):
        said(["remove", "kari", "--yes"], data)
    with pytest.raises(UnknownUser):
        said(["remove", "nobody", "--yes"], data)


@pytest.mark.parametrize("name", ["", "-x", "a b", "<b>", "x" * 65, "a\n"])
def test_a_name_that_cannot_be_typed_at_log_in_is_refused(data: Path, name: str) -> None:
    with pytest.raises(SettingRefused):
        CliRunner().invoke(app, ["add", "--all", "--data", str(data), "--", name], catch_exceptions=False)


async def test_a_session_of_somebody_removed_is_not_that_of_a_namesake(tmp_path: Path) -> None:
    async with a_store(tmp_path / "x.db") as store:
        auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP))
        await auth.first_password()
        await store.staff.add("kari", await Passwords(CHEAP).hash("one"), must_change=False)
        login = await auth.login("kari", "one", "here")
        assert await store.staff.remove("kari")
        assert await auth.login_of(login.token) is None
        await store.staff.add("kari", await Passwords(CHEAP).hash("two"), must_change=False)
        assert await auth.login_of(login.token) is None


def test_a_view_of_the_fleet_holds_no_word_of_another_municipality() -> None:
    fleet = LiveFleet()
    ours, theirs = SignId("drammen", "storgata", "north"), SignId("baerum", "torget", "south")
    for number, sign in enumerate((ours, theirs), 1):
        fleet.put_seen(sign, 1)
        fleet.put_events([SignEvent(number, sign, "9f3ac01b", 1, 1, "boot", 1, "utc", 1, 1, {})])
    view = FleetView(fleet, frozenset({"drammen"}))
    assert [state.id for state in view.signs()] == [ours]
    assert view.sites() == (ours.site_id,)
    assert [event.sign for event in view.recent_events()] == [ours]
    assert (view.sign(theirs), view.signs_of(theirs.site_id), view.recent_events(theirs)) == (None, (), ())
    assert len(FleetView(fleet, None).signs()) == 2
