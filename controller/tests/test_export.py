"""A sealed export: all of one accident, whole or refused, the same bytes for the same contents."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gangvakt.cli.app import main
from gangvakt.errors import ExportRefused, Missing
from gangvakt.fleet import EventKey
from gangvakt.provision.pki import Pki
from gangvakt.provision.seal_key import open_seal_key
from gangvakt.provision.sealed_file import MANIFEST, OWN, check, seal
from gangvakt.recordings import RecordingFolder, read_head
from gangvakt.relay.case import AROUND_MS, Cases, Wanted
from gangvakt.store import NewEvent, SeenSign, Work

from .flights import a_recording
from .migrated import a_store
from .support import NORTH, SOUTH

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
AT_MS = NOW_MS - 3_600_000
FUZZ = settings(
    max_examples=int(os.environ.get("GANGVAKT_FUZZ", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Office:
    cases: Cases
    pki: Pki

    @property
    def authority(self) -> list[x509.Certificate]:
        return [self.pki.authority.certificate]


def event(seq: int, utc_ms: int, sign: object = NORTH) -> NewEvent:
    return NewEvent(EventKey(sign, "9f3ac01b", 3, seq), "warning", utc_ms, "utc", 10, utc_ms, {"for": "<b>æ"})  # type: ignore[arg-type]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_store(tmp_path / "x.db") as store:
        pki = Pki.open(tmp_path / "pki", lambda: NOW)
        times = [(10, AT_MS - AROUND_MS - 1), (11, AT_MS - AROUND_MS), (12, AT_MS), (13, AT_MS + 1)]
        events = [event(seq, at) for seq, at in times] + [event(12, AT_MS, SOUTH)]
        status = json.dumps({"firmware": "1.2.3", "board": "devkit"})
        await store.journal.write(Work(tuple(events), (SeenSign(NORTH, AT_MS, status),)))
        folder = RecordingFolder(tmp_path / "recordings")
        for number, seq in ((7, 12), (8, 10)):
            data = a_recording(number=number, boot=3, seq=seq)
            folder.keep(NORTH, read_head(data, "x"), data)
        yield Office(
            Cases(
                store,
                tmp_path / "recordings",
                tmp_path / "seal",
                lambda: pki,
                lambda: NOW_MS,
            ),
            pki,
        )


async def test_an_export_has_all_of_one_event_and_nothing_of_others(office: Office) -> None:
    data = await office.cases.export(Wanted(NORTH, event=3), "ola")
    sealed = check(data, "x", office.authority)
    assert sealed.is_trusted
    assert [one["seq"] for one in json.loads(sealed.files["events.json"])] == [11, 12, 13]
    assert [name for name in sealed.files if name.startswith("rec")] == ["recordings/00003-00012-00007.gvfr"]
    assert json.loads(sealed.files["versions.json"])["sign"]["firmware"] == "1.2.3"
    about = {name: sealed.manifest[name] for name in ("sign", "event", "sealed_for", "sealed_ms")}
    assert about == {"sign": str(NORTH), "event": 3, "sealed_for": "ola", "sealed_ms": NOW_MS}
    assert b"group_key" not in b"".join(sealed.files.values())


async def test_the_same_contents_give_the_same_bytes(office: Office) -> None:
    wanted = Wanted(NORTH, from_ms=AT_MS, to_ms=AT_MS + 10)
    assert await office.cases.export(wanted, "ola") == await office.cases.export(wanted, "ola")


async def test_an_event_of_another_sign_is_not_there(office: Office) -> None:
    with pytest.raises(Missing):
        await office.cases.export(Wanted(SOUTH, event=3), "ola")


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(NORTH),
        Wanted(NORTH, from_ms=1),
        Wanted(NORTH, from_ms=2, to_ms=1),
        Wanted(NORTH, from_ms=0, to_ms=32 * 86_400_000),
    ],
)
async def test_a_time_that_cannot_be_is_refused(office: Office, wanted: Wanted) -> None:
    with pytest.raises(ExportRefused):
        await office.cases.export(wanted, "ola")


def again(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same ZIP with other contents."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda files: files.update({"events.json": b"[]"}), "events.json is 'changed'"),
        (lambda files: files.pop("events.json"), "files is 'left out'"),
        (lambda files: files.update({"more.txt": b"x"}), "files is 'more.txt'"),
        (lambda files: files.update({MANIFEST: files[MANIFEST].replace(b"ola", b"per")}), "manifest.sig is"),
        (lambda files: files.update({"manifest.sig": b"x" * 64}), "manifest.sig is 'wrong'"),
        (lambda files: files.pop("seal.crt"), "with seal.crt"),
        (lambda files: files.update({"seal.crt": b"x"}), "seal.crt is"),
        (lambda files: files.update({"../up.txt": b"x"}), "name is '../up.txt'"),
    ],
)
async def test_what_was_changed_is_named(
    office: Office, change: Callable[[dict[str, bytes]], None], field: str
) -> None:
    data = await office.cases.export(Wanted(NORTH, event=3), "ola")
    with pytest.raises(ExportRefused, match=field):
        check(again(data, change), "x", office.authority)


async def test_the_seal_of_another_authority_or_of_a_sign_is_none(office: Office, tmp_path: Path) -> None:
    other = Pki.open(tmp_path / "other", lambda: NOW)
    key = open_seal_key(tmp_path / "other-seal", other.authority, NOW)
    about = {"sealed_ms": NOW_MS}
    forged = seal({"a": b"b"}, about, key, other.authority_pem)
    assert not check(forged, "x").is_trusted
    with pytest.raises(ExportRefused, match=r"seal\.crt is"):
        check(forged, "x", office.authority)
    sign = office.pki.issue_sign(NORTH).certificate_pem
    with pytest.raises(ExportRefused, match="gangvakt-seal"):
        check(again(forged, lambda files: files.update({"seal.crt": sign})), "x", office.authority)


async def test_a_seal_of_before_or_after_its_certificate_is_none(office: Office, tmp_path: Path) -> None:
    key = open_seal_key(tmp_path / "seal", office.pki.authority, NOW)
    for moment in (NOW - timedelta(days=2), NOW + timedelta(days=731)):
        about = {"sealed_ms": int(moment.timestamp() * 1000)}
        with pytest.raises(ExportRefused, match="sealed_ms"):
            check(seal({}, about, key, office.pki.authority_pem), "x", office.authority)


def test_the_seals_key_is_kept_and_made_anew_before_it_ends(tmp_path: Path) -> None:
    authority = Pki.open(tmp_path / "pki", lambda: NOW).authority
    first = open_seal_key(tmp_path / "seal", authority, NOW)
    later = NOW + timedelta(days=669)
    assert open_seal_key(tmp_path / "seal", authority, later).certificate == first.certificate
    assert open_seal_key(tmp_path / "seal", authority, later + timedelta(days=2)) != first
    assert (tmp_path / "seal" / "seal.key").stat().st_mode & 0o077 == 0


@pytest.mark.parser
@FUZZ
@given(data=st.data())
async def test_no_changed_byte_gives_another_content(office: Office, data: st.DataObject) -> None:
    sealed = await office.cases.export(Wanted(NORTH, event=3), "ola")
    whole = check(sealed, "x", office.authority)
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:at] + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + sealed[at + 1 :]
    try:
        found = check(changed, "x", office.authority)
    except ExportRefused:
        return
    assert (found.files, found.manifest) == (whole.files, whole.manifest), "a byte that means nothing"


@pytest.mark.parser
@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data, b"PK\x05\x06" + data):
        with pytest.raises(ExportRefused):
            check(content, "x")


async def test_another_computer_checks_it_with_the_authoritys_certificate(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, authority = tmp_path / "case.zip", tmp_path / "ca.crt"
    file.write_bytes(await office.cases.export(Wanted(NORTH, event=3), "ola"))
    authority.write_bytes(office.pki.authority.certificate_pem)
    assert main(["export", "verify", str(file), "--authority", str(authority), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["trusted"], told["sign"], told["sealed_for"]) == (True, str(NORTH), "ola")
    assert main(["export", "verify", str(file)]) == 0
    assert "by whom is not certain" in capsys.readouterr().err
    file.write_bytes(again(file.read_bytes(), lambda files: files.update({"events.json": b"[]"})))
    assert main(["export", "verify", str(file), "--authority", str(authority)]) == 1
    assert "events.json is 'changed'" in capsys.readouterr().err
    assert set(OWN) <= set(zipfile.ZipFile(file).namelist())
