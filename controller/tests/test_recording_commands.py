"""Flight recordings as people fetch them: by the controller's API, and at a sign's serial port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from gangvakt.api import Orders, Services, create_app
from gangvakt.api.auth import AuthService
from gangvakt.cli import main, recordings
from gangvakt.cli.app import app
from gangvakt.errors import RecordingBroken, RecordingRefused
from gangvakt.fleet import Answer, LiveFleet
from gangvakt.ingest import Ingest
from gangvakt.orders import Commander, Configs
from gangvakt.provision.order_wire import AnswerOut, RecordingOut
from gangvakt.provision.pki import Pki
from gangvakt.provision.service_frames import Frame, encode
from gangvakt.provision.service_line import ServiceLine
from gangvakt.recordings import RecordingFolder, Transfers
from gangvakt.registry import Registry

from .flights import a_recording, pieces
from .migrated import a_store
from .support import NORTH, SOUTH, eventually_async, healthy
from .test_api import API, CHEAP, NEW_PASSWORD, Passwords
from .test_service_line import HELLO, Board, ok
from .wire import NOW_MS, as_bytes, status

OWN = f"gangvakt/v1/{NORTH}"
HERE = f"{API}/signs/{NORTH}/recordings"
LISTED = {
    "recordings": [
        {"number": 8, "kind": 15, "boot": 3, "seq": 0, "up_s": 4000, "bytes": 7801, "held": True},
        {"number": 7, "kind": 4, "boot": 3, "seq": 12, "up_s": 3725, "bytes": 1073, "held": False},
    ],
    "dropped": 2,
}


class Street:
    """A sign that answers a command, and then sends what a test wants."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"ok": True, "answer": {}}
        self.sends: list[bytes] = []
        self.asked: list[dict[str, Any]] = []
        self.receive: Callable[[str, bytes], None] = lambda topic, payload: None

    async def send(self, sign: object, data: bytes) -> bool:
        message = json.loads(data)
        self.asked.append(message)
        self.receive(f"{OWN}/response", as_bytes({"v": 1, "id": message["id"], **self.answer}))
        for piece in self.sends:
            self.receive(f"{OWN}/recording", piece)
        return True


@pytest.fixture
def street() -> Street:
    return Street()


@pytest.fixture
async def client(street: Street, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in at a controller that knows the sign."""
    async with a_store(tmp_path / "x.db") as store:
        fleet = LiveFleet()
        ingest = Ingest(fleet, store.journal)
        ingest.recordings = transfers = Transfers(RecordingFolder(tmp_path / "recordings"))
        writing = asyncio.create_task(transfers.run())
        street.receive = ingest.receive
        commander = Commander(fleet, store.orders, street.send, clock_ms=lambda: NOW_MS, timeout_s=0.2)
        ingest.on_answer = commander.put
        ingest.receive(f"{OWN}/status", as_bytes(status()))
        auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP))
        one_time = await auth.first_password()
        orders = Orders(commander, Configs(fleet, store.orders, street.send))
        registry = Registry(store, lambda: Pki.open(tmp_path / "pki"))
        services = Services(fleet, store.events, auth, healthy, registry, tuple, orders, transfers)
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            assert (await client.post(f"{HERE}/7")).status_code == 401
            await client.post(f"{API}/login", json={"user": "admin", "password": one_time})
            await client.post(f"{API}/password", json={"new_password": NEW_PASSWORD})
            yield client
        writing.cancel()


async def test_the_api_has_a_sign_send_one_and_gives_it_out(
    client: httpx.AsyncClient, street: Street
) -> None:
    street.sends = pieces(a_recording())
    assert (await client.get(f"{HERE}/7")).status_code == 404
    assert (await client.post(f"{HERE}/7")).json()["ok"]
    assert [(one["verb"], one["args"]) for one in street.asked] == [("recording-fetch", 7)]

    async def kept() -> bool:
        return (await client.get(f"{HERE}/7")).json()["state"] == "kept"

    await eventually_async(kept)
    told = (await client.get(f"{HERE}/7")).json()
    assert (told["received"], told["bytes"], told["file"]) == (1073, 1073, "00003-00012-00007.gvfr")
    assert (await client.get(f"{HERE}/7/file")).content == a_recording()
    assert (await client.get(f"{HERE}/8")).status_code == 404


async def test_the_api_tells_what_is_missing(client: httpx.AsyncClient, street: Street) -> None:
    first, _, third, *_ = pieces(a_recording())
    street.sends = [first, third]
    await client.post(f"{HERE}/7")
    told = (await client.get(f"{HERE}/7")).json()
    assert (told["state"], told["why"]) == ("broken", "at byte 160 came the piece of byte 320")
    assert (await client.get(f"{HERE}/7/file")).status_code == 404
    street.answer, street.sends = {"ok": False, "field": "recording", "value": "9", "allowed": "7, 8"}, []
    assert (await client.post(f"{HERE}/9")).json()["allowed"] == "7, 8"
    assert (await client.post(f"{API}/signs/{SOUTH}/recordings/7")).status_code == 409
    for wrong in ("0", "-1", "x", str(2**32)):
        assert (await client.post(f"{HERE}/{wrong}")).status_code == 422


class Office:
    """A controller whose transfer goes on by the answers it was given."""

    def __init__(self, *told: RecordingOut, answer: Answer | None = None) -> None:
        self._told = iter(told)
        self._answer = answer or Answer("x", ok=True, answer=LISTED)
        self.commands: list[tuple[str, Any]] = []

    def command(self, sign: object, wanted: Any) -> AnswerOut:
        self.commands.append((wanted.verb, wanted.args))
        return AnswerOut.model_validate(self._answer)

    def fetch_recording(self, sign: object, number: int) -> AnswerOut:
        return AnswerOut.model_validate(self._answer)

    def recording(self, sign: object, number: int) -> RecordingOut:
        return next(self._told)

    def recording_file(self, sign: object, number: int) -> bytes:
        return a_recording()


def told(state: str, received: int = 0, why: str | None = None) -> RecordingOut:
    return RecordingOut(
        number=7, state=state, received=received, bytes=received and 1073, file="x.gvfr", why=why
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Office], Office]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(recordings, "POLL_S", 0)

    def use(office: Office) -> Office:
        monkeypatch.setattr(recordings, "controller_office", lambda: office)
        return office

    return use


def test_a_recording_is_fetched_into_a_file_of_its_name(
    asked: Callable[[Office], Office], tmp_path: Path
) -> None:
    fetch = ["sign", "recording", str(NORTH), "fetch", "7"]
    asked(Office(told("asked"), told("coming", 160), told("whole", 1073), told("kept", 1073)))
    done = CliRunner().invoke(app, fetch)
    assert done.exit_code == 0, done.output
    name = "drammen_storgata_north-00003-00012-00007.gvfr"
    assert (tmp_path / name).read_bytes() == a_recording()
    assert f"{name}: recording 7 of {NORTH}, kept for a warning, 1073 bytes" in done.output
    assert f"gangvakt-sim replay --recording {name}" in done.output


def test_no_file_is_replaced_unasked_and_none_written_of_what_is_broken(
    asked: Callable[[Office], Office], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch = ["sign", "recording", str(NORTH), "fetch", "7", "-o", "x.gvfr"]
    asked(Office(told("coming", 160), told("broken", why="nothing more came within 60 s")))
    assert main(fetch) == 1
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == (
        f"gangvakt: {NORTH} did not send recording 7 whole (nothing more came within 60 s): fetch it again"
    )
    assert not (tmp_path / "x.gvfr").exists()
    (tmp_path / "x.gvfr").write_text("mine")
    assert main(fetch) == 1
    assert "use --force" in capsys.readouterr().err
    asked(Office(told("kept", 1073)))
    assert main([*fetch, "--force"]) == 0
    assert (tmp_path / "x.gvfr").read_bytes() == a_recording()
    with pytest.raises(RecordingBroken):
        recordings._fetched(Office(told("broken")), NORTH, 7)  # type: ignore[arg-type]


def test_they_are_listed_held_and_let_go(
    asked: Callable[[Office], Office], capsys: pytest.CaptureFixture[str]
) -> None:
    office, sign = asked(Office()), ["sign", "recording", str(NORTH)]
    assert main([*sign, "list"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:3] == [
        ["7", "warning", "12", "3", "1:02:05", "1073"],
        ["8", "command", "-", "3", "1:06:40", "7801", "held"],
    ]
    assert lines[3][:2] == ["2", "more"]
    for what in (["hold", "7"], ["hold"], ["release", "8"]):
        assert main([*sign, *what]) == 0
    assert office.commands[1:] == [("recording-hold", 7), ("recording-hold", "now"), ("recording-release", 8)]
    assert main([*sign, "release"]) == 1
    assert "NUMBER" in capsys.readouterr().err


def test_a_refusal_of_the_sign_is_one_line(
    asked: Callable[[Office], Office], capsys: pytest.CaptureFixture[str]
) -> None:
    asked(Office(answer=Answer("x", ok=False, field="recording", value="9", allowed="7, 8")))
    for what in (["list"], ["hold", "9"], ["fetch", "9"]):
        assert main(["sign", "recording", str(NORTH), *what]) == 1
        assert capsys.readouterr().err.strip().endswith("refused: recording is '9'; allowed: 7, 8")


def reading(data: bytes, step: int = 128) -> Callable[[Frame], bytes]:
    """A sign that has that recording."""

    def answer(frame: Frame) -> bytes:
        if frame.verb == "recording-list":
            return bytes(ok(frame, LISTED))
        if frame.verb != "recording-read":
            return bytes(ok(frame, HELLO))
        number, at = frame.obj
        if number != 7:
            return encode(Frame(frame.id, "err", {"field": "recording", "value": number, "allowed": "7, 8"}))
        piece = data[at : at + step].hex()
        return bytes(ok(frame, {"at": at, "of": len(data), "hex": piece}))

    return answer


def test_at_the_serial_port_it_is_read_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Board(reading(a_recording())) as board:
        assert main(["recordings", board.port]) == 0
        assert "warning" in capsys.readouterr().out
        assert main(["recordings", board.port, "--fetch", "7", "-o", "x.gvfr"]) == 0
        assert (tmp_path / "x.gvfr").read_bytes() == a_recording()
        assert main(["recordings", board.port, "--fetch", "9"]) == 1
        assert "allowed: 7, 8" in capsys.readouterr().err
        assert main(["recordings", board.port, "--fetch", "7", "-o", "x.gvfr"]) == 1
        assert "use --force" in capsys.readouterr().err


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"at": 0, "of": 9000, "hex": "00"},
        {"at": 1, "of": 300, "hex": "00"},
        {"at": 0, "of": 300, "hex": ""},
    ],
)
def test_a_sign_that_answers_strangely_is_not_asked_for_ever(odd: dict[str, Any]) -> None:
    with Board(lambda frame: ok(frame, odd)) as board, ServiceLine(board.port) as line:
        with pytest.raises(RecordingRefused):
            recordings.read_over(line, 7)
        assert len(board.asked) == 1


def test_a_damaged_recording_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    damaged = a_recording()[:-1] + b"!"
    with Board(reading(damaged)) as board:
        assert main(["recordings", board.port, "--fetch", "7"]) == 1
    assert "checksum" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
