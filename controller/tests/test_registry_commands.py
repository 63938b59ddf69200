"""The commands on sites, signs and bundles: on a data folder, and through a running controller."""

from __future__ import annotations

import asyncio
import io
import json
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from PIL import Image
from typer.testing import CliRunner

from gangvakt.cli import main
from gangvakt.cli.app import app
from gangvakt.clock import utc_ms
from gangvakt.errors import (
    AuthorityMissing,
    BundleRefused,
    ControllerFailed,
    LoggedOut,
    NotPending,
    SettingRefused,
)
from gangvakt.files import make_folder
from gangvakt.fleet import SignId
from gangvakt.provision import bundle
from gangvakt.provision.issuer import Issuer
from gangvakt.provision.pki import Pki
from gangvakt.registry import Registry
from gangvakt.registry.local import LocalIssuer
from gangvakt.registry.opening import IssuerOptions, open_issuer
from gangvakt.registry.remote import ApiIssuer, ApiOffice, check_url
from gangvakt.store import SeenSign, Store, Work

from .office import BOARD, HOUR_MS, MAC, OTHER, OTHER_MAC, REPORT, SIGN, SITE
from .support import WAIT_S
from .test_serve import Serving, serving

PASSPHRASE = "correct horse battery"  # of a test
PASSWORD = "another horse battery"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs a command in a folder of its own, as a user with no settings yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GANGVAKT_BUNDLE_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(bundle, "COST", bundle.LOWEST_COST)
    monkeypatch.setattr("gangvakt.registry.bundle_making.COST", bundle.LOWEST_COST)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        assert code == 0 or said.err.count("\n") <= 1 or "import" in arguments  # which names every row
        return code, said.out, said.err

    return run


def add_site(command: Command, *where: str) -> None:
    code, said, error = command(
        "site", "add", str(SITE), "--title", "Storgata", "--broker", "127.0.0.1:1", "--json", *where
    )
    assert code == 0, error
    assert json.loads(said)["site"] == str(SITE)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a controller that has an authority."""
    folder = tmp_path / "data"
    make_folder(folder)
    Pki.open(folder / "pki")
    return folder


def make_sign(issuer: Issuer, mac: str = MAC) -> SignId:
    enrolment = issuer.begin(str(SITE), mac, BOARD, again=False)
    issuer.confirm(enrolment.sign, REPORT)
    return enrolment.sign


def say(data: Path, sign: SignId, **status: object) -> None:
    """The sign's last status, as the controller would have stored it."""

    async def stored() -> None:
        async with Store.open(data / "gangvakt.db") as store:
            await store.journal.write(Work((), (SeenSign(sign, 1, json.dumps(status)),), ()))

    asyncio.run(stored())


def states(command: Command, *where: str) -> dict[str, str]:
    code, said, error = command("sign", "list", "--json", *where)
    assert code == 0, error
    return {one["sign"]: one["state"] for one in json.loads(said)}


def test_sites_are_added_changed_and_shown(command: Command, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    add_site(command, *data)
    (tmp_path / "c.json").write_text('{"lead_ms": 4500}')
    code, said, _ = command(
        "site", "set", str(SITE), "--config", "c.json", "--set", "mode=shadow", "--ssid", "Signs",
        "--psk", "not-a-secret-here", "--json", *data,
    )  # fmt: skip
    told = json.loads(said)
    assert (code, told["ssid"], told["config"]) == (0, "Signs", {"lead_ms": 4500, "mode": "shadow"})
    command("site", "set", str(SITE), "--unset", "mode", "--cable", *data)
    code, said, _ = command("site", "show", str(SITE), *data)
    assert (code, "lead_ms" in said, "cable" in said, "not-a-secret-here" in said) == (0, True, True, False)
    code, said, _ = command("site", "list", *data)
    assert (code, str(SITE) in said) == (0, True)


def test_what_is_wrong_with_an_option_is_one_line(command: Command, tmp_path: Path, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    (tmp_path / "bad.json").write_text("[1]")
    site = ("site", "set", str(SITE))
    for arguments, said in (
        (("site", "add", "a/b", "--title", "x"), "--broker"),
        (("site", "add", str(SITE), "--title", "x", "--broker", "h:1"), "gangvakt site set"),
        (("site", "add", "a", "--title", "x", "--broker", "h:1"), "municipality/site"),
        ((*site, "--config", "missing.json"), "--config"),
        ((*site, "--config", "bad.json"), "a JSON object"),
        ((*site, "--set", "mode"), "NAME=VALUE"),
        ((*site, "--set", "lead_ms=1"), "lead_ms is 1; allowed: 500..10000"),
        ((*site, "--set", "lead_ms=x"), "lead_ms is 'x'"),
        ((*site, "--unset", "mode"), "--unset"),
        ((*site, "--ssid", "x"), "--psk"),
        ((*site, "--address", "x"), "address"),
        (("site", "show", "a/b"), "gangvakt site add a/b"),
        (("sign", "show", str(SIGN)), "gangvakt sign list"),
        (("sign", "revoke", str(SIGN), "--yes"), "gangvakt sign list"),
        (("sign", "revoke", str(SIGN)), "gangvakt sign list"),
        (("bundle", "make", "--site", "a/b", "--out", "x"), "no site a/b"),
        (("bundle", "make", "--site", str(SITE), "--out", "x", "--limit", "0"), "limit is 0"),
        (("bundle", "make", "--site", str(SITE), "--out", "bad.json"), "--force"),
        (("bundle", "revoke", "0123abcd", "--yes"), "gangvakt bundle list"),
        (("bundle", "revoke", "../sites", "--yes"), "ID is '../sites'; allowed: 8 hex digits"),
        (("bundle", "revoke", "0123abcd\n", "--yes"), "8 hex digits"),
        (("sync", "missing.bundle"), "missing.bundle"),
        (("sync", "bad.json"), "bundle: begin is '[1]'"),
    ):
        code, _, error = command(*arguments, *where)
        assert code == 1, arguments
        assert said in error


def test_a_folder_without_a_controller_is_named_and_not_made(command: Command, tmp_path: Path) -> None:
    code, _, error = command("sign", "list", "--data", str(tmp_path / "typo"))
    assert (code, "there is no database yet" in error) == (1, True)
    assert not (tmp_path / "typo").exists()


def test_a_sign_that_was_not_confirmed_in_time_is_told_so(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_site(command, "--data", str(data))
    LocalIssuer(data).begin(str(SITE), MAC, BOARD, again=False)
    assert "pending" in command("sign", "show", str(SIGN), "--data", str(data))[1]
    monkeypatch.setattr("gangvakt.cli.sign.utc_ms", lambda: utc_ms() + HOUR_MS)
    assert "not confirmed in time" in command("sign", "show", str(SIGN), "--data", str(data))[1]


def test_without_anybody_to_ask_the_ways_are_named(command: Command) -> None:
    code, _, error = command("sign", "list")
    assert code == 1
    assert "gangvakt login URL, or name --data FOLDER".replace(" URL,", " URL`,") in error


def test_a_sign_is_listed_and_revoked_when_said_yes(command: Command, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    assert make_sign(LocalIssuer(data)) == SIGN
    code, said, _ = command("sign", "show", str(SIGN), *where)
    assert (code, "registered" in said, MAC in said) == (0, True, True)
    assert CliRunner().invoke(app, ["sign", "revoke", str(SIGN), *where], input="n\n").exit_code != 0
    assert states(command, *where) == {str(SIGN): "registered"}
    assert command("sign", "revoke", str(SIGN), "--yes", *where)[0] == 0
    assert states(command, *where) == {str(SIGN): "revoked"}


def test_a_sign_is_shown_with_what_made_it_fail_last(command: Command, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    sign = make_sign(LocalIssuer(data))
    assert "none told" in command("sign", "show", str(sign), *where)[1]
    incarnation = json.loads(command("sign", "show", str(sign), "--json", *where)[1])["incarnation"]
    crash = {"cause": "crash", "boot": 7, "rung": "backup", "crashes": 1, "text": "app.run: OSError: 5"}
    say(data, sign, incarnation=incarnation, crash=crash)
    said = " ".join(command("sign", "show", str(sign), *where)[1].split())
    assert "crash of boot 7 on rung backup (1 crashes, 0 hangs, 0 brown-outs): app.run: OSError: 5" in said
    say(data, sign, incarnation="00000000", crash=crash)
    assert "none told" in command("sign", "show", str(sign), *where)[1]


def test_a_sign_in_shadow_mode_is_shown_as_such(command: Command, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    sign = make_sign(LocalIssuer(data))
    shown = [("sign", "list"), ("sign", "show", str(sign)), ("sign", "file", str(sign))]
    assert not any("SHADOW" in command(*one, *where)[1] for one in shown)
    incarnation = json.loads(command("sign", "show", str(sign), "--json", *where)[1])["incarnation"]
    for told, is_shadow in ((incarnation, True), ("00000000", False)):
        say(data, sign, incarnation=told, mode="shadow")
        said = [" ".join(command(*one, *where)[1].split()) for one in shown]
        assert [("SHADOW" in one) for one in said] == [is_shadow] * len(shown), said
    listed = json.loads(command("sign", "list", "--json", *where)[1])
    assert listed[0]["is_shadow"] is None


def test_a_bundle_is_made_used_synchronised_and_revoked(command: Command, tmp_path: Path, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    make = ("bundle", "make", "--site", str(SITE), "--limit", "2", "--days", "3", "--out", "b.bundle")
    code, said, _ = command(*make, "--json", *where)
    header = json.loads(said)
    assert (code, header["limit"]) == (0, 2)
    file = tmp_path / "b.bundle"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert make_sign(open_issuer(IssuerOptions(tmp_path, bundle=file, passphrase=PASSPHRASE))) == SIGN
    assert states(command, *where) == {}
    code, said, _ = command("bundle", "show", "b.bundle")
    assert (code, "1 of 2" in said) == (0, True)
    code, said, _ = command("sync", "b.bundle", "--json", *where)
    assert (code, [one["result"] for one in json.loads(said)]) == (0, ["registered"])
    code, said, _ = command("sync", "b.bundle", *where)
    assert (code, said) == (0, "Nothing to synchronise.\n")
    command("bundle", "revoke", header["id"], "--yes", *where)
    make_sign(open_issuer(IssuerOptions(tmp_path, bundle=file, passphrase=PASSPHRASE)), OTHER_MAC)
    code, said, _ = command("sync", "b.bundle", "--json", *where)
    assert (code, [one["result"] for one in json.loads(said)]) == (1, ["conflict"])
    assert states(command, *where) == {str(SIGN): "registered"}
    code, said, _ = command("bundle", "list", *where)
    assert "revoked since" in " ".join(said.split())


def test_a_sign_that_nobody_confirmed_yet_is_told_apart(command: Command, tmp_path: Path, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    made = command("bundle", "make", "--site", str(SITE), "--out", "b.bundle", "--json", *where)[1]
    issuer = open_issuer(IssuerOptions(tmp_path, bundle=tmp_path / "b.bundle", passphrase=PASSPHRASE))
    enrolment = issuer.begin(str(SITE), MAC, BOARD, again=False)

    async def come_in() -> None:
        async with Store.open(data / "gangvakt.db") as store:
            certificate = x509.load_der_x509_certificate(enrolment.files["cert.der"])
            bundles = Registry(store, lambda: Pki.load(data / "pki")).bundles
            await bundles.adopt(json.loads(made)["id"], certificate)

    asyncio.run(come_in())
    assert "unconfirmed" in command("sign", "list", *where)[1]
    issuer.confirm(SIGN, REPORT)
    assert command("sync", "b.bundle", *where)[0] == 0
    assert "unconfirmed" not in command("sign", "list", *where)[1]


def test_a_bundle_that_cannot_be_written_opens_nothing(
    command: Command, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "b.bundle").mkdir()
    code, _, error = command(
        "bundle", "make", "--site", str(SITE), "--out", "full/b.bundle", "--force", *where
    )
    assert (code, "cannot write to" in error) == (1, True)
    (told,) = json.loads(command("bundle", "list", "--json", *where)[1])
    assert told["revoked_ms"] is not None


def test_nothing_is_signed_before_somebody_made_an_authority(command: Command, tmp_path: Path) -> None:
    data = tmp_path / "data"
    add_site(command, "--data", str(data))
    with pytest.raises(AuthorityMissing, match="`gangvakt ca init`") as missing:
        LocalIssuer(data).begin(str(SITE), MAC, BOARD, again=False)
    assert "\n" not in str(missing.value)
    code, _, error = command("bundle", "make", "--site", str(SITE), "--out", "b.bundle", "--data", str(data))
    assert (code, "gangvakt ca init" in error) == (1, True)
    assert not (data / "pki").exists()


def test_a_new_bundle_has_no_passphrase_where_nobody_can_type_one(
    command: Command, data: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    add_site(command, "--data", str(data))
    monkeypatch.delenv("GANGVAKT_BUNDLE_PASSPHRASE")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    options = ("--site", str(SITE), "--out", "b.bundle", "--data", str(data))
    code, _, error = command("bundle", "make", *options)
    assert (code, "--passphrase-file, GANGVAKT_BUNDLE_PASSPHRASE or at a terminal" in error) == (1, True)
    assert not [warning for warning in recwarn if "GetPass" in warning.category.__name__]


def test_a_bundle_needs_its_passphrase(command: Command, tmp_path: Path, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    command("bundle", "make", "--site", str(SITE), "--out", "b.bundle", *where)
    options = IssuerOptions(tmp_path, bundle=tmp_path / "b.bundle")
    with pytest.raises(SettingRefused, match="passphrase"):
        open_issuer(options)
    with pytest.raises(BundleRefused, match="right passphrase"):
        open_issuer(IssuerOptions(tmp_path, bundle=tmp_path / "b.bundle", passphrase="wrong"))


def test_of_two_technicians_at_once_one_wins(command: Command, data: Path) -> None:
    add_site(command, "--data", str(data))
    issuers = [LocalIssuer(data), LocalIssuer(data)]
    won: list[Issuer] = []

    def flash(issuer: Issuer) -> None:
        enrolment = issuer.begin(str(SITE), MAC, BOARD, again=False)
        both_began.wait()
        try:
            issuer.confirm(enrolment.sign, REPORT)
        except NotPending:
            issuer.abandon(enrolment.sign)
        else:
            won.append(issuer)

    both_began = threading.Barrier(2, timeout=WAIT_S)
    threads = [threading.Thread(target=flash, args=(issuer,)) for issuer in issuers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert states(command, "--data", str(data)) == {str(SIGN): "registered"}
    assert won[0].online(SIGN) is False
    assert won[0].why_unseen(SIGN) == "no broker answers at 127.0.0.1:1: is `gangvakt serve` running?"


def file_a_sign(command: Command, picture: Path, *where: str) -> None:
    """Says all that can be said of a crossing and its sign, and reads it again."""
    Image.new("RGB", (40, 20)).save(picture)
    for words in (
        ("site", "describe", str(SITE), "--at", "59.7441,10.2045", "--pole", "a=north,59.7,10.2"),
        ("site", "describe", str(SITE), "--street", "<b>[bold]x[/]", "--speed", "50"),
        ("sign", "file", str(SIGN), "--pole", "a", "--feed", "lighting", "--feeder", "K17"),
        ("sign", "file", str(SIGN), "--lit", "15:30-06:45"),
        ("sign", "state", str(SIGN), "commissioned", "--text", "tested"),
        ("sign", "repair", str(SIGN), "lamp"),
        ("sign", "part", str(SIGN), "--kind", "radar", "--serial", "LD-1", "--warranty", "2030-01-31"),
        ("sign", "note", str(SIGN), "x", "--keep-days", "30"),
        ("sign", "photo", str(SIGN), str(picture), "--text", "pole æ"),
    ):
        code, _, said = command(*words, *where)
        assert (code, said) == (0, ""), words
    site = json.loads(command("site", "describe", str(SITE), *where, "--json")[1])
    assert (site["lat_deg"], site["street"], site["poles"][0]["side"]) == (59.7441, "<b>[bold]x[/]", "north")
    sign = json.loads(command("sign", "file", str(SIGN), *where, "--json")[1])
    assert (sign["state"], sign["pole"], sign["power"]["lit_from_min"]) == ("commissioned", "a", 930)
    assert [len(sign[kind]) for kind in ("steps", "repairs", "parts", "notes", "photos")] == [1] * 5
    assert "radar LD-1" in command("sign", "file", str(SIGN), *where)[1]
    assert "<b>[bold]x[/]" in command("site", "describe", str(SITE), *where)[1]
    code, _, said = command("sign", "state", str(SIGN), "enrolled", *where)
    assert (code, "allowed after commissioned: in_service" in said) == (1, True)


def test_crossings_go_out_and_in_again_all_or_none(command: Command, tmp_path: Path, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    command("site", "describe", str(SITE), "--at", "59.7,10.2", "--street", "Storgata", *where)
    for held, name in (("Storgata", "x.csv"), ("x.csv", "x.geojson")):
        file = tmp_path / name
        written = command("site", "export", str(file), "--json", *where)[1]
        assert json.loads(written) == {"file": str(file), "crossings": 1}
        assert "0 changed" in command("site", "import", str(file), *where)[1]
        file.write_text(file.read_text().replace(held, name))
        assert "1 would change" in command("site", "import", str(file), "--dry-run", *where)[1]
        assert "1 changed" in command("site", "import", str(file), *where)[1]
        told = command("site", "describe", str(SITE), "--json", *where)[1]
        assert json.loads(told)["street"] == name
    file.write_text(file.read_text().replace(str(SITE), "drammen/nowhere"))
    code, _, said = command("site", "import", str(file), *where)
    assert (code, "there is no site drammen/nowhere" in said) == (1, True)


def signs_out_and_in(command: Command, tmp_path: Path, *where: str) -> None:
    """The one sign at the crossing, whose pole `a` is described."""
    for before, after, name in (("mains", "solar", "x.csv"), ("solar", "mains", "x.geojson")):
        shown = command("sign", "file", str(SIGN), "--pole", "a", "--feed", before, *where)[1]
        assert f"firmware {REPORT['versions']['firmware']}" in " ".join(shown.split())
        file = tmp_path / name
        assert "1 signs" in command("sign", "export", str(file), *where)[1]
        assert "0 changed" in command("sign", "import", str(file), *where)[1]
        file.write_text(file.read_text().replace(before, after))
        assert "1 would change" in command("sign", "import", str(file), "--dry-run", *where)[1]
        assert "1 changed" in command("sign", "import", str(file), *where)[1]
        told = json.loads(command("sign", "file", str(SIGN), "--json", *where)[1])
        assert told["power"]["feed"] == after
    file.write_text((tmp_path / "x.csv").read_text().replace(",a,", ",z,").replace("enrolled", "in_service"))
    file.rename(tmp_path / "y.csv")
    code, _, said = command("sign", "import", str(tmp_path / "y.csv"), *where)
    assert code == 1
    assert "line 2: pole is 'z'; allowed: a" in said
    assert "line 2: state is 'in_service'; allowed: enrolled as it is, or then: commissioned" in said


def test_signs_go_out_and_in_again_all_or_none(command: Command, tmp_path: Path, data: Path) -> None:
    where = ("--data", str(data))
    add_site(command, *where)
    make_sign(LocalIssuer(data))
    command("site", "describe", str(SITE), "--pole", "a=north", *where)
    signs_out_and_in(command, tmp_path, *where)


def municipalities_come(command: Command, *where: str) -> None:
    name = ("municipality", "add", "oslo", "--title", "Oslo [b]")
    assert (
        command(*name, "--contact", "vei@oslo.example", *where)[1] == "oslo is Oslo [b], vei@oslo.example\n"
    )
    assert "gangvakt municipality rename oslo" in command(*name, *where)[2]
    assert command("municipality", "rename", "oslo", "--title", "Oslo kommune", *where)[0] == 0
    told = json.loads(command("municipality", "list", "--json", *where)[1])
    assert [(one["title"], one["contact"]) for one in told] == [("Oslo kommune", "vei@oslo.example")]
    code, _, said = command("municipality", "rename", "bergen", "--title", "x", *where)
    assert (code, "allowed: oslo;" in said) == (1, True)
    assert "1 to 32" in command("municipality", "add", "No Name", "--title", "x", *where)[2]


def test_municipalities_are_added_and_renamed(command: Command, tmp_path: Path, data: Path) -> None:
    add_site(command, "--data", str(data))
    municipalities_come(command, "--data", str(data))


def test_what_staff_know_is_kept_in_the_data_folder(command: Command, tmp_path: Path, data: Path) -> None:
    add_site(command, "--data", str(data))
    make_sign(LocalIssuer(data))
    file_a_sign(command, tmp_path / "x.png", "--data", str(data))
    for words, allowed in (
        (("sign", "file", str(SIGN), "--lit", "25:00-06:45"), "HH:MM-HH:MM"),
        (("sign", "file", str(SIGN), "--feed", "wind"), "mains"),
        (("site", "describe", str(SITE), "--at", "x"), "LATITUDE,LONGITUDE"),
        (("site", "describe", str(SITE), "--at", "91,0"), "90"),
        (("site", "describe", str(SITE), "--pole", "a"), "NAME=SIDE"),
        (("sign", "photo", str(SIGN), str(data / "gangvakt.db")), "a JPEG or PNG"),
    ):
        code, _, said = command(*words, "--data", str(data))
        assert (code, allowed in said, said.count("\n")) == (1, True, 1), said


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A running controller whose administrator has chosen a password."""
    with serving(tmp_path_factory.mktemp("controller")) as running:
        assert running.process.stdout
        one_time = running.process.stdout.readline().split()[-1]
        token = ApiOffice(url_of(running)).login("admin", one_time).token
        ApiOffice(url_of(running), token).choose_password(PASSWORD)
        yield running


def pages_of(command: Command, site: str) -> str:
    return str(json.loads(command("site", "show", site, "--json")[1])["address"])


def url_of(running: Serving) -> str:
    return f"http://127.0.0.1:{running.http_port}"


def test_logged_in_the_commands_ask_the_controller(
    command: Command, controller: Serving, tmp_path: Path
) -> None:
    login = ("login", url_of(controller), "--user", "admin", "--password", PASSWORD)
    code, said, error = command(*login, "--json")
    assert code == 0, error
    assert json.loads(said) == {"user": "admin", "url": url_of(controller), "needs": None}
    kept = tmp_path / "config" / "gangvakt" / "login.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in said + kept.read_text()
    add_site(command)
    assert pages_of(command, str(SITE)) == url_of(controller)
    assert command("site", "set", str(SITE), "--set", "mode=shadow")[0] == 0
    issuer = open_issuer(IssuerOptions(kept.parent))
    old = make_sign(issuer)
    assert issuer.online(old) is False
    assert issuer.why_unseen(old) is None
    command("site", "describe", str(SITE), "--pole", "a=north")
    signs_out_and_in(command, tmp_path)
    file_a_sign(command, tmp_path / "x.png")
    municipalities_come(command)
    enrolment = issuer.replace(SIGN, OTHER_MAC, BOARD)
    assert json.loads(enrolment.files["config.json"]) == {"mode": "shadow", "version": 2}
    issuer.confirm(enrolment.sign, REPORT)
    assert states(command, "--site", str(SITE)) == {str(SIGN): "replaced", str(OTHER): "registered"}
    assert command("bundle", "make", "--site", str(SITE), "--out", "b.bundle")[0] == 0
    third = make_sign(open_issuer(IssuerOptions(kept.parent, None, Path("b.bundle"), PASSPHRASE)), "0" * 12)
    assert command("sync", "b.bundle")[0] == 0
    assert states(command)[str(third)] == "registered"
    assert command("sign", "revoke", str(third), "--yes")[0] == 0
    begun = issuer.begin(str(SITE), "1" * 12, BOARD, again=False)
    issuer.abandon(begun.sign)
    assert states(command)[str(begun.sign)] == "revoked"
    code, _, error = command("site", "show", "a/b")
    assert (code, "there is no site a/b" in error) == (1, True)
    told = json.loads(command("logout", "--json")[1])
    assert told == {"url": url_of(controller), "ended_there": True, "error": None}
    assert command("logout")[1] == "You were not logged in.\n"
    with pytest.raises(LoggedOut, match="gangvakt login"):
        issuer.begin(str(SITE), MAC, BOARD, again=False)
    assert command("sign", "list")[0] == 1


def test_no_label_leads_to_the_computer_of_whoever_scans_it(command: Command, controller: Serving) -> None:
    command("login", url_of(controller), "--user", "admin", "--password", PASSWORD)
    street = ("site", "add", "drammen/torget", "--title", "Torget", "--broker", "signs.example.no:8883")
    assert command(*street)[0] == 0
    assert pages_of(command, "drammen/torget") == "https://signs.example.no"


def test_a_wrong_password_is_one_line(command: Command, controller: Serving) -> None:
    code, _, error = command("login", url_of(controller), "--user", "admin", "--password", "wrong")
    assert (code, "user or password is wrong" in error) == (1, True)


def test_whoever_logs_in_with_a_one_time_password_chooses_another(command: Command, tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        assert running.process.stdout
        one_time = running.process.stdout.readline().split()[-1]
        typed = f"admin\n{one_time}\n{PASSWORD}\n{PASSWORD}\n"
        said = CliRunner().invoke(app, ["login", url_of(running)], input=typed)
        assert said.exit_code == 0, said.output
        assert command("sign", "list")[1] == "No signs yet.\n"


def test_an_unreachable_controller_is_one_line() -> None:
    issuer = ApiIssuer("http://127.0.0.1:1", "token")
    with pytest.raises(ControllerFailed, match="cannot reach the controller at http://127") as failed:
        issuer.begin(str(SITE), MAC, BOARD, again=False)
    assert "\n" not in str(failed.value)
    issuer.abandon(SIGN)


def test_only_who_makes_a_sign_is_told_of_bundles(command: Command) -> None:
    nowhere = "http://127.0.0.1:1"
    issuer, office = ApiIssuer(nowhere, "token"), ApiOffice(nowhere, "token")
    for ask in (lambda: issuer.replace(SIGN, OTHER_MAC, BOARD), lambda: issuer.online(SIGN)):
        with pytest.raises(ControllerFailed, match="check the network, or use --bundle"):
            ask()
    for ask in (office.registrations, lambda: office.revoke(SIGN)):
        with pytest.raises(ControllerFailed, match=r"check the network$"):
            ask()
    code, said, error = command("login", nowhere, "--user", "admin", "--password", PASSWORD)
    assert (code, said, "check the network\n" in error) == (1, "", True)


@pytest.mark.parametrize(
    "url",
    ["signs.example.no", "http://signs.example.no", "ftp://localhost", "https://", "https://u:p@host", ""],
)
def test_keys_and_passwords_do_not_go_out_unprotected(url: str) -> None:
    with pytest.raises(SettingRefused, match="URL"):
        check_url(url)


def test_help_shows_examples(command: Command) -> None:
    for arguments in (
        ("login",),
        ("logout",),
        ("sync",),
        *(("site", one) for one in ("add", "set", "show", "list")),
        *(("sign", one) for one in ("show", "list", "revoke")),
        *(("bundle", one) for one in ("make", "show", "list", "revoke")),
    ):
        code, said, _ = command(*arguments, "--help")
        assert code == 0
        assert f"gangvakt {' '.join(arguments)}" in " ".join(said.split())
