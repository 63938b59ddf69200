"""`gangvakt token`, `second-factor`, `oidc`, `approval` and `user`, as people and scripts use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest

from gangvakt.api.auth import SESSION_LIFE_S
from gangvakt.fleet.roles import Grants, Role

from .running_api import ABORTED, PASSWORD, RunningApi, Terminal, a_running_api

KARI = Grants({"lillestrom": Role.OPERATOR})
HTTP_OK, HTTP_UNAUTHORIZED = 200, 401


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    with a_running_api(tmp_path_factory.mktemp("data")) as api:
        yield api


@pytest.fixture
def api(running: RunningApi) -> RunningApi:
    """With two administrators, admin and eva, and kari, an operator."""
    running.reset()
    for user in ("admin", "eva"):
        running.add(user)
    running.add("kari", KARI)
    return running


@pytest.fixture
def run(
    api: RunningApi, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("GANGVAKT_PASSWORD", raising=False)
    terminal = Terminal(api, tmp_path / "config", capsys, monkeypatch)
    terminal.log_in("admin")
    return terminal


def me(api: RunningApi, token: str) -> httpx.Response:
    return httpx.get(f"{api.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"})


# -- tokens


def test_a_token_is_printed_once_and_opens_what_it_says_until_it_is_revoked(
    run: Terminal, api: RunningApi
) -> None:
    run.log_in("kari")
    made = run.json(
        "token", "add", "screen", "--role", "operator", "--municipality", "lillestrom", "--days", "7"
    )
    told = me(api, made["token"]).json()
    assert (told["user"], told["roles"], told["is_token"]) == ("kari", {"lillestrom": "operator"}, True)
    (listed,) = run.json("token", "list")
    assert (listed["name"], listed["role"], "token" in listed) == ("screen", "operator", False)
    assert made["token"] not in run("token", "list")
    assert run("token", "revoke", str(made["id"]), typed="y\n").endswith(f"Token {made['id']} is revoked\n")
    assert me(api, made["token"]).status_code == HTTP_UNAUTHORIZED
    assert "revoked 20" in run("token", "list")
    assert ("kari", "token.revoke", "kari") in api.audited()


def test_a_token_for_people_stands_alone_in_its_line(run: Terminal, api: RunningApi) -> None:
    token = run("token", "add", "weather screen").splitlines()[-1]
    assert me(api, token).status_code == HTTP_OK


def test_an_administrator_sees_and_revokes_tokens_of_others(run: Terminal, api: RunningApi) -> None:
    run.log_in("kari")
    made = run.json("token", "add", "screen")
    assert "it takes an administrator" in run.refusal("token", "list", "--user", "admin")
    run.log_in("eva")
    (listed,) = run.json("token", "list", "--user", "kari")
    assert listed["id"] == made["id"]
    assert run.json("token", "revoke", str(made["id"]), "--user", "kari", "--yes") == {
        "number": made["id"],
        "revoked": True,
    }
    assert "token" in run.refusal("token", "revoke", str(made["id"]), "--user", "kari", "--yes")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--role", "owner"), "role is 'owner'; allowed: viewer, operator, technician, administrator"),
        (("--role", "technician"), "technician"),
        (("--municipality", "baerum"), "at most your own role, where you have it"),
        (("--municipality", "Drammen!"), "--municipality"),
    ],
)
def test_a_token_beyond_ones_own_rights_is_refused(
    run: Terminal, api: RunningApi, options: tuple[str, ...], why: str
) -> None:
    run.log_in("kari")
    assert why in run.refusal("token", "add", "x", *options)
    assert run.json("token", "list") == []


def test_no_answer_is_no_revocation(run: Terminal, api: RunningApi) -> None:
    made = run.json("token", "add", "screen")
    run("token", "revoke", str(made["id"]), typed="n\n", code=ABORTED)
    assert me(api, made["token"]).status_code == HTTP_OK


def test_who_is_logged_out_is_told_to_log_in(run: Terminal, api: RunningApi) -> None:
    run.log_in("kari", "not-a-token")
    assert "gangvakt login" in run.refusal("token", "list")


# -- second factors


def test_a_second_factor_from_set_up_to_removal(run: Terminal, api: RunningApi) -> None:
    run.log_in("kari")
    assert run.json("second-factor", "status") == {"on": False, "codes_left": 0}
    code = watch_secret(run, api)
    said = run("second-factor", "set-up", typed=f"{PASSWORD}\n{code}\n")
    recovery = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert len(recovery) == 10
    assert run.json("second-factor", "status") == {"on": True, "codes_left": 10}
    assert "wrong" in run.refusal("second-factor", "codes", "--code", "000000")
    renewed = run.json("second-factor", "codes", "--code", recovery[0])["codes"]
    assert "wrong" in run.refusal("second-factor", "remove", "--code", recovery[1])
    assert run.json("second-factor", "remove", "--code", renewed[0]) == {"on": False}
    assert "second factor   off" in run("second-factor", "status")


def watch_secret(run: Terminal, api: RunningApi) -> str:
    """The code of the secret that set-up is going to show."""
    secret = pyotp.random_base32()
    run.monkeypatch.setattr("pyotp.random_base32", lambda *_: secret)
    return pyotp.TOTP(secret).at(api.services.auth.clock_s())


def test_a_wrong_password_sets_nothing_up(run: Terminal) -> None:
    assert "wrong" in run.refusal("second-factor", "set-up", "--password", "a wrong one")
    assert run.json("second-factor", "status")["on"] is False


# -- providers


SET = ("--issuer", "https://id.example.no", "--client-id", "gangvakt", "--title", "Lier")


def test_a_provider_is_set_listed_changed_and_removed_and_its_secret_never_told(
    run: Terminal, api: RunningApi, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("s3cret\n")
    roles = ("--roles-claim", "groups", "--role", "traffic=operator:lier", "--role", "it=administrator:*")
    made = run.json("oidc", "set", "lier", *SET, "--secret-file", "secret.txt", *roles)
    assert made["has_secret"] is True
    assert made["options"]["roles"] == {"traffic": {"lier": "operator"}, "it": {"*": "administrator"}}
    assert "s3cret" not in str(made)
    (listed,) = run.json("oidc", "list")
    assert listed == made
    assert "https://id.example.no" in run("oidc", "list")
    assert run("oidc", "set", "lier", *SET) == "People of Lier log in at https://id.example.no\n"
    assert run.json("oidc", "list")[0]["has_secret"] is True, "without a file the known one stays"
    run("oidc", "remove", "lier", typed="n\n", code=ABORTED)
    assert run.json("oidc", "remove", "lier", "--yes") == {"name": "lier", "removed": True}
    assert "lier" in run.refusal("oidc", "remove", "lier", "--yes")
    assert "No providers" in run("oidc", "list")
    assert {row[1] for row in api.audited()} >= {"login-provider.save", "login-provider.remove"}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--role", "traffic"), "VALUE=ROLE:MUNICIPALITY"),
        (("--role", "traffic=operator"), "ROLE:MUNICIPALITY"),
        (("--role", "traffic=owner:lier"), "viewer, operator, technician, administrator"),
        (("--everybody", "viewer"), "ROLE:MUNICIPALITY"),
        (("--issuer", "http://id.example.no"), "issuer"),
        (("--secret-file", "missing.txt"), "a readable text file"),
    ],
)
def test_a_provider_that_cannot_be_is_refused_and_nothing_is_kept(
    run: Terminal, options: tuple[str, ...], why: str
) -> None:
    assert why in run.refusal("oidc", "set", "lier", *SET, *options)
    assert run.json("oidc", "list") == []


def test_providers_are_for_administrators_of_everything(run: Terminal) -> None:
    run.log_in("kari")
    assert "administrator" in run.refusal("oidc", "list")


# -- second persons


def test_a_rule_is_changed_by_two(run: Terminal, api: RunningApi) -> None:
    asked = run.json("approval", "rule", "always")
    assert (asked["state"], asked["asked_by"]) == ("asked", "admin")
    number = str(asked["id"])
    assert "the same person" in run.refusal("approval", "approve", number, "--yes")
    run.log_in("kari")
    assert f"there is no approval {number}" in run.refusal("approval", "approve", number, "--yes")
    run.log_in("eva")
    assert number in run("approval", "list")
    run("approval", "approve", number, typed="n\n", code=ABORTED)
    assert run.json("approval", "approve", number, "--yes")["state"] == "done"
    assert "Nothing waits" in run("approval", "list")
    assert [one["id"] for one in run.json("approval", "list", "--all")] == [asked["id"]]
    assert "it is done" in run.refusal("approval", "approve", number, "--yes")


def test_what_was_asked_is_taken_back_or_refused(run: Terminal) -> None:
    first, second = (str(run.json("approval", "rule", "never")["id"]) for _ in range(2))
    assert run.json("approval", "refuse", first)["state"] == "refused"
    run.log_in("eva")
    assert "refused" in run("approval", "refuse", second)
    assert "approval" in run.refusal("approval", "refuse", "99")


def test_a_rule_that_is_none_is_refused(run: Terminal, api: RunningApi) -> None:
    assert "auto, always, never" in run.refusal("approval", "rule", "sometimes")
    assert run.json("approval", "list", "--all") == []


# -- staff, at the data folder


def test_staff_from_the_first_role_to_none(run: Terminal, api: RunningApi) -> None:
    data = ("--data", str(api.data))
    added = run.json("user", "add", "per", "--role", "technician", "--municipality", "lier", *data)
    assert len(added["one_time_password"]) > 12
    assert "per" in run.refusal("user", "add", "per", "--municipality", "lier", *data)
    session = api.session("per")
    granted = run.json("user", "grant", "per", "viewer", "--municipality", "baerum", *data)
    assert granted == {"user": "per", "roles": {"baerum": "viewer", "lier": "technician"}}
    assert me(api, session).status_code == HTTP_UNAUTHORIZED, "other roles end sessions"
    left = run("user", "withdraw", "per", "--municipality", "lier", *data)
    assert left == "per is viewer in baerum\n"
    everywhere = run.json("user", "scope", "per", "--all", *data)
    assert everywhere == {"user": "per", "municipalities": None}
    assert run.json("user", "lock", "per", *data) == {"user": "per", "locked": True}
    (row,) = [one for one in run.json("user", "list", *data) if one["user"] == "per"]
    assert (row["locked"], row["roles"]) == (True, {"*": "viewer"})
    assert "let in again" in run("user", "unlock", "per", *data)
    run("user", "remove", "per", *data, typed="n\n", code=ABORTED)
    assert run.json("user", "remove", "per", "--yes", *data)["removed"] is True
    assert "per" in run.refusal("user", "remove", "per", "--yes", *data)
    told = [row[1] for row in api.audited() if row[2] == "per"]
    assert told == [
        "user.remove",
        "user.unlock",
        "user.lock",
        "user.grants",
        "user.grants",
        "user.grants",
        "user.add",
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("grant", "kari", "owner", "--all"), "role is 'owner'"),
        (("grant", "kari", "viewer"), "names, or else --all"),
        (("grant", "kari", "viewer", "--all", "--municipality", "lier"), "names, or else --all"),
        (("grant", "kari", "viewer", "--municipality", "L!"), "--municipality"),
        (("grant", "nobody", "viewer", "--all"), "nobody"),
        (("withdraw", "nobody", "--all"), "nobody"),
        (("scope", "nobody", "--all"), "nobody"),
        (("lock", "nobody"), "nobody"),
        (("reset-password", "--user", "nobody"), "nobody"),
        (("reset-second-factor", "nobody", "--yes"), "nobody"),
        (("reset-second-factor", "kari", "--yes"), "second factor"),
        (("add", "a b", "--all"), "1 to 64 of"),
        (("same", "kari", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_done_to_staff_is_refused(
    run: Terminal, api: RunningApi, arguments: tuple[str, ...], why: str
) -> None:
    before = run.json("user", "list", "--data", str(api.data))
    assert why in run.refusal("user", *arguments, "--data", str(api.data))
    assert run.json("user", "list", "--data", str(api.data)) == before


def test_administrators_who_must_have_a_second_factor_can_do_nothing_else(
    run: Terminal, api: RunningApi
) -> None:
    data = ("--data", str(api.data))
    assert run("user", "rules", *data) == "Administrators need no second factor\n"
    told = run.json("user", "rules", "--administrators-need-second-factor", *data)
    assert told == {"administrators_need_second_factor": True}
    assert "second factor" in run.refusal("token", "list")
    run.log_in("kari")
    assert run.json("token", "list") == []
    run("user", "rules", "--administrators-need-none", *data)
    run.log_in("admin")
    assert run.json("token", "list") == []
    assert [row[0] for row in api.audited() if row[1] == "staff-rules.change"] == ["command line"] * 2


def test_two_accounts_of_one_person_are_no_two_people(run: Terminal, api: RunningApi) -> None:
    data = ("--data", str(api.data))
    assert run.json("user", "same", "admin", "eva", *data) == {"user": "admin", "same_as": "eva"}
    assert run.json("approval", "rule", "always")["state"] == "done", "a one-man office"


def test_a_session_that_is_over_is_told_so(run: Terminal, api: RunningApi) -> None:
    now_s = api.services.auth.clock_s()
    api.services.auth.clock_s = lambda: now_s + SESSION_LIFE_S
    assert "gangvakt login" in run.refusal("approval", "list")
