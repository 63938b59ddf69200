"""What takes two people at the data folder and at the upload of updates, as two administrators do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gangvakt.cli.two_people import WAITS
from gangvakt.fleet.roles import Grants, Role
from gangvakt.provision.authority import is_encrypted
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.upkeep.offers import OfferFolder

from .rollout_street import WORD, an_update
from .running_api import RunningApi, Terminal, a_running_api
from .support import NORTH

CREATED, CONFLICT = 201, 409


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """With keys that sign updates."""
    data = tmp_path_factory.mktemp("data")
    keys = UpdateKeys(data / "update-keys")
    keys.create(WORD)
    (data / "updates").mkdir()
    (data / "updates" / "keys").symlink_to(keys.folder)
    with a_running_api(data) as api:
        yield api


@pytest.fixture
def api(running: RunningApi) -> RunningApi:
    """With two administrators, and a technician, who may upload."""
    running.reset()
    for user in ("admin", "eva"):
        running.add(user)
    running.add("ola", Grants({"*": Role.TECHNICIAN}))
    return running


@pytest.fixture
def run(
    api: RunningApi, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")
    terminal = Terminal(api, tmp_path / "config", capsys, monkeypatch)
    terminal.log_in("admin")
    return terminal


@pytest.fixture
def update(api: RunningApi, tmp_path: Path) -> UpdateFile:
    """Signed by somebody who has the keys and the passphrase; also as new.gvu in the working folder."""
    made = an_update(UpdateKeys(api.data / "update-keys"), "1.5.0")
    (tmp_path / "new.gvu").write_bytes(made.content)
    return made


def upload(api: RunningApi, update: UpdateFile, user: str = "ola") -> httpx.Response:
    headers = {"Authorization": f"Bearer {api.session(user)}"}
    return httpx.post(f"{api.url}/api/v1/artifacts", content=update.content, headers=headers)


def test_an_update_that_one_person_signed_reaches_no_sign_before_a_second_has_seen_it(
    run: Terminal, api: RunningApi, update: UpdateFile
) -> None:
    data, offers = ("--data", str(api.data)), OfferFolder(api.data / "updates")
    refused = upload(api, update)
    assert (refused.status_code, "gangvakt firmware admit" in refused.json()["detail"]) == (CONFLICT, True)
    assert "no second person" in run.refusal("firmware", "offer", str(NORTH), "new.gvu", *data)
    assert offers.get(NORTH) is None
    asked = run.json("firmware", "admit", "new.gvu", *data, code=WAITS)
    assert upload(api, update).status_code == CONFLICT, "asked is not approved"
    run.log_in("eva")
    assert run.json("approval", "approve", str(asked["id"]), "--yes")["state"] == "done"
    assert upload(api, update).status_code == CREATED
    assert "is offered" in run("firmware", "offer", str(NORTH), "new.gvu", *data)
    offers.withdraw(NORTH)


def test_what_two_people_signed_needs_no_third_look(
    run: Terminal, api: RunningApi, update: UpdateFile
) -> None:
    from gangvakt.orders.admission import SIGN_UPDATE, facts_of, subject_of

    pairs, subject = api.services.pairs, subject_of(update.manifest)
    assert pairs is not None
    asked = api.ask(pairs.ask(SIGN_UPDATE, subject, facts_of(update.manifest), "admin"))
    api.ask(pairs.approve(asked.id, "eva"))
    assert upload(api, update).status_code == CONFLICT, "approved, but not signed yet"
    api.ask(pairs.take(asked.id, SIGN_UPDATE, subject, "admin"))
    api.ask(pairs.finish(asked.id, {}))
    assert upload(api, update).status_code == CREATED
    other = an_update(UpdateKeys(api.data / "update-keys"), "1.6.0")
    assert upload(api, other).status_code == CONFLICT, "it was for that one alone"


def test_with_one_administrator_it_is_done_at_once_and_audited(
    run: Terminal, api: RunningApi, update: UpdateFile
) -> None:
    run("user", "lock", "eva", "--data", str(api.data))
    assert upload(api, update).status_code == CREATED
    assert "one person is enough" in run("firmware", "admit", "new.gvu", "--data", str(api.data))
    assert [row[1] for row in api.audited()[:2]] == ["pair.complete", "pair.alone"]


def test_the_passphrase_of_the_authority_takes_two(run: Terminal, api: RunningApi, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("elg i lia ved elva\n")
    change = ("ca", "passphrase", "--new-passphrase-file", "word", "--data", str(api.data))
    said = run(*change, code=WAITS)
    number = said.split()[1]
    assert "--approval" in said
    assert "it is not approved" in run.refusal(*change, "--approval", number)
    run.log_in("eva")
    run("approval", "approve", number, "--yes")
    assert "somebody else asked" in run.refusal(*change, "--approval", number)
    assert not is_encrypted(api.data / "pki")
    run.log_in("admin")
    run(*change, "--approval", number)
    assert is_encrypted(api.data / "pki")
    spent = ("--approval", number, "--passphrase-file", "word")
    assert "was begun before" in run.refusal(*change, *spent)
    assert ("admin", "pair.complete", f"approval:{number}") in api.audited()


def test_a_new_authority_in_an_office_of_one_is_in_the_audit(run: Terminal, api: RunningApi) -> None:
    Path("word").write_text("elg i lia ved elva\n")
    (api.data / "pki").rename(api.data / "pki.aside")
    try:
        run("ca", "init", "--passphrase-file", "word", "--data", str(api.data))
        assert api.audited()[0][:2] == ("command line", "ca.init")
    finally:
        (api.data / "pki").rename(api.data / "pki.of-the-test")
        (api.data / "pki.aside").rename(api.data / "pki")
