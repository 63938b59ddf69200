"""What watches the controller: alive, ready, figures, and the log."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.api import Health
from gangvakt.api.meters import Meters
from gangvakt.cli.logging_set_up import LogForm, _formatter, _with_request
from gangvakt.cli.metrics_token import read_token
from gangvakt.errors import SettingRefused, StoreError
from gangvakt.fleet import EventKey, LiveFleet, SignEvent
from gangvakt.ingest.batch import Ack
from gangvakt.settings import Settings, parse_address
from gangvakt.store import DeadLetter, NewEvent, Work
from gangvakt.store.answering import StoreProbe
from gangvakt.tracing import request_id

from .apis import METRICS_TOKEN, Office, an_office
from .support import NORTH


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as office:
        office.client.headers.pop("Authorization")
        yield office


async def test_alive_and_ready_are_open_and_say_why_not(office: Office) -> None:
    assert (await office.client.get("/readyz")).json() == {"ready": True, "reasons": []}
    office.health[0] = Health(broker_connected=False, store_writing=False)
    answer = await office.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [
        "not connected to the broker",
        "the database does not take what signs say",
    ]
    assert (await office.client.get("/healthz")).status_code == 200


async def test_a_database_that_went_away_while_no_sign_speaks_is_told_at_once(office: Office) -> None:
    @asynccontextmanager
    async def gone() -> AsyncIterator[AsyncConnection]:
        raise StoreError("database x: connection refused")
        yield

    object.__setattr__(office.services, "store_probe", StoreProbe(gone))
    answer = await office.client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["the database does not answer"])
    told = await office.client.get("/api/v1/health")
    assert (told.status_code, told.json()["store_answering"]) == (503, False)


async def test_a_controller_that_stops_is_not_ready(office: Office) -> None:
    assert office.services.live is not None
    office.services.live.close()
    assert (await office.client.get("/readyz")).json()["reasons"] == ["the controller is stopping"]


async def test_figures_want_the_token_where_there_is_one(office: Office) -> None:
    for token in ("", METRICS_TOKEN[:-1], METRICS_TOKEN + "é"):
        refused = await office.client.get("/metrics", headers={"Authorization": f"Bearer {token}".encode()})
        assert refused.status_code == 403
        assert METRICS_TOKEN not in refused.text
    told = await office.client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert "gangvakt_signs 0.0" in told.text


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 403)])
async def test_without_a_token_figures_are_for_this_computer(
    office: Office, address: str, status: int
) -> None:
    object.__setattr__(office.services, "metrics_token", None)
    transport = httpx.ASGITransport(office.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/metrics")).status_code == status


class Journal:
    """Takes every other event as new, and refuses when it shall."""

    def __init__(self) -> None:
        self.refuses = False

    async def write(self, work: Work) -> tuple[SignEvent, ...]:
        if self.refuses:
            raise StoreError("full")
        return tuple(
            SignEvent(1, e.key.sign, "9f3ac01b", 1, e.key.seq, e.kind, 0, "utc", 0, 0, {})
            for e in work.events[::2]
        )


async def test_what_ingest_does_is_counted() -> None:
    meters, journal = Meters(LiveFleet()), Journal()
    events = tuple(
        NewEvent(EventKey(NORTH, "9f3ac01b", 1, seq), "boot", 0, "utc", 0, 0, {}) for seq in range(5)
    )
    measured = meters.measured(journal)
    await measured.write(Work(events, dead_letters=(DeadLetter(0, "t", "r", b"", 0),)))
    journal.refuses = True
    with pytest.raises(StoreError):
        await measured.write(Work(events))

    async def sent(acks: Sequence[Ack]) -> None: ...

    await meters.counted(sent)([Ack(NORTH, "9f3ac01b", 1, 5, 0)])
    told = dict(line.rsplit(" ", 1) for line in meters.text().decode().splitlines() if line[0] != "#")
    counts = {
        "gangvakt_events_total": 3,
        "gangvakt_events_repeated_total": 2,
        "gangvakt_dead_letters_total": 1,
        "gangvakt_commit_failures_total": 1,
        "gangvakt_commit_seconds_count": 1,
        "gangvakt_acks_total": 1,
    }
    assert {name: float(told[name]) for name in counts} == counts
    assert float(told["process_resident_memory_bytes"]) > 1e6


def test_a_line_of_the_log_is_an_object_that_names_the_request() -> None:
    record = logging.LogRecord("gangvakt.x", logging.WARNING, "", 1, "said %s", ("a\nb",), None)
    token = request_id.set("proxy-17")
    _with_request(record)
    request_id.reset(token)
    told = json.loads(_formatter(LogForm.JSON).format(record))
    assert told.pop("time")
    assert told == {
        "level": "WARNING",
        "logger": "gangvakt.x",
        "message": "said a\nb",
        "request_id": "proxy-17",
    }


async def test_the_log_tells_of_a_request_without_what_is_secret(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gangvakt")
    login = {"user": "admin", "password": "a-secret-of-somebody"}
    headers = {"Authorization": "Bearer another-secret"}
    await office.client.post("/api/v1/login?q=third-secret", json=login, headers=headers)
    assert "POST /api/v1/login 401" in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("gangvakt")]
    assert "secret" not in "".join(str(vars(record)) for record in ours)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("[::1]:0", "::1", 0),
        ("8081", "127.0.0.1", 8081),
        ("Signs.example.no:80", "signs.example.no", 80),
    ],
)
def test_an_address_is_host_and_port(text: str, host: str, port: int) -> None:
    assert parse_address("--http", text) == (host, port)


@pytest.mark.parametrize("text", ["", ":80", "host", "host:", "host:x", "host:65536", "a b:1", "host:123456"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingRefused, match="--http is"):
        parse_address("--http", text)


def test_pages_may_listen_elsewhere_than_signs() -> None:
    settings = Settings(host="10.0.0.5", http_host="127.0.0.1", http_port=81)
    assert (settings.pages_host, settings.http_option) == ("127.0.0.1", "--http")
    assert Settings(host="10.0.0.5").pages_host == "10.0.0.5"


@pytest.mark.parametrize("content", [b"", b"short", b"sixteen and more words", b"\xff" * 20, b"x" * 400])
def test_a_token_that_is_too_weak_or_too_odd_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(SettingRefused, match="--metrics-token-file is") as refused:
        read_token(tmp_path / "token")
    assert not content or content.decode("latin-1") not in str(refused.value)


def test_a_token_is_read_without_the_end_of_its_line(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(METRICS_TOKEN + "\n")
    assert read_token(tmp_path / "token") == METRICS_TOKEN
    with pytest.raises(SettingRefused, match="No such file"):
        read_token(tmp_path / "nothing")
