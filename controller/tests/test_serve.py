"""The commands as people and scripts use them: in a process of their own."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import httpx
import pytest

from gangvakt.cli import main
from gangvakt.provision.pki import Pki

from .support import NORTH, WAIT_S, Keys, eventually
from .wire import as_bytes, batch, event

# It takes 2 s; a busy computer gets some more. Without an end of its own an open page would hold it for ever.
STOPS_WITHIN_S = 10
COMMAND = (sys.executable, "-m", "gangvakt")
OWN = f"gangvakt/v1/{NORTH}"

# The real command; only, instead of sending its first acknowledgement, the process kills itself.
KILLED_BEFORE_ACK = (
    sys.executable,
    "-c",
    """
import os, signal, sys
from gangvakt.ingest import Link
async def die(self, acks): os.kill(os.getpid(), signal.SIGKILL)
Link.send_acks = die
from gangvakt.cli import main
sys.exit(main())
""",
)


@dataclass
class Serving:
    """A running `gangvakt serve`."""

    process: subprocess.Popen[str]
    said: str
    http_port: int
    mqtt_port: int

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Seconds until it has ended."""
        begin = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(WAIT_S)
        return time.monotonic() - begin


@contextmanager
def serving(data: Path, *options: str, command: tuple[str, ...] = COMMAND) -> Iterator[Serving]:
    argv = (*command, "serve", "--data", str(data), "--http-port", "0", "--mqtt-port", "0", *options)
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield _started(process)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _started(process: subprocess.Popen[str]) -> Serving:
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if line.startswith("  data"):
            break
    ports = [int(port) for port in re.findall(r":(\d+)/?$", said, re.MULTILINE)]
    assert len(ports) == 2, said
    return Serving(process, said, *ports)


@asynccontextmanager
async def sign(keys: Keys, port: int) -> AsyncIterator[aiomqtt.Client]:
    async with keys.client(str(NORTH), port) as client:
        await client.subscribe(f"{OWN}/#", qos=1)
        yield client


def stored(data: Path) -> list[int]:
    connection = sqlite3.connect(data / "gangvakt.db")
    try:
        return [seq for (seq,) in connection.execute("SELECT seq FROM events ORDER BY id")]
    finally:
        connection.close()


async def acknowledged(keys: Keys, port: int, message: bytes) -> int:
    """Sends a batch and waits for the sequence number of its acknowledgement."""
    async with asyncio.timeout(WAIT_S), sign(keys, port) as client:
        await client.publish(f"{OWN}/event", message, qos=1)
        async for reply in client.messages:
            if reply.topic.value == f"{OWN}/event/ack":
                return int(json.loads(reply.payload)["seq"])  # type: ignore[arg-type]
    raise AssertionError("the connection ended")


async def until_it_ends(client: aiomqtt.Client) -> None:
    async for _ in client.messages:
        pass


async def test_killed_between_store_and_acknowledgement_nothing_is_lost_and_nothing_twice(
    tmp_path: Path,
) -> None:
    message = as_bytes(batch(event(1), event(2)))
    keys = Keys(tmp_path)
    with serving(tmp_path, command=KILLED_BEFORE_ACK) as dying:
        with pytest.raises(aiomqtt.MqttError):
            await acknowledged(keys, dying.mqtt_port, message)
        assert dying.process.wait(WAIT_S) == -signal.SIGKILL
    assert stored(tmp_path) == [1, 2]
    with serving(tmp_path) as again:
        assert await acknowledged(keys, again.mqtt_port, message) == 2
    assert stored(tmp_path) == [1, 2]


async def test_first_start_prints_a_password_that_opens_the_api(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        assert running.process.stdout
        password = running.process.stdout.readline().split()[-1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.http_port}/api/v1") as client:
            assert (await client.get("/health")).json()["ok"] is True
            answer = await client.post("/login", json={"user": "admin", "password": password})
            assert answer.json()["must_change"] is True
            changed = await client.post("/password", json={"new_password": "correct horse battery"})
            assert changed.status_code == 200
            assert (await client.get("/signs")).json() == {"items": [], "next": None}
            reset = [*COMMAND, "user", "reset-password", "--data", str(tmp_path), "--json"]
            said = await asyncio.to_thread(subprocess.run, reset, capture_output=True, check=True)
            assert (await client.get("/signs")).status_code == 401
            answer = await client.post(
                "/login", json={"user": "admin", "password": json.loads(said.stdout)["one_time_password"]}
            )
            assert answer.json()["must_change"] is True
        assert running.stop() < STOPS_WITHIN_S
        assert running.process.returncode == 0
    assert password not in "".join(
        path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()
    )


async def test_ctrl_c_ends_it_soon_with_open_connections(tmp_path: Path) -> None:
    with serving(tmp_path) as running, socket.create_connection(("127.0.0.1", running.http_port)) as page:
        page.sendall(b"GET / HTTP/1.1\r\n")
        with suppress(aiomqtt.MqttError):
            async with sign(Keys(tmp_path), running.mqtt_port) as client:
                assert await asyncio.to_thread(running.stop, signal.SIGINT) < STOPS_WITHIN_S
                await until_it_ends(client)
        assert running.process.returncode == 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", running.mqtt_port))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def one_line(error: str) -> str:
    assert error.count("\n") == 1
    assert error.startswith("gangvakt: ")
    return error


@pytest.mark.parametrize("option", ["--http-port", "--mqtt-port"])
def test_a_taken_port_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str) -> None:
    ports = {"--http-port": "0", "--mqtt-port": "0"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = ports[option] = str(taken.getsockname()[1])
        arguments = [part for pair in ports.items() for part in pair]
        code, _, error = run(capsys, "serve", "--data", str(tmp_path), *arguments)
    assert code == 1
    wanted = f"port {port} is taken: choose another with {option} or stop the program that uses it"
    assert wanted in one_line(error)


def test_broken_settings_are_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for arguments, wanted in (
        (("serve", "--data", str(tmp_path / "file")), "cannot write to"),
        (("serve", "--http-port", "70000"), "0..65535"),
        (("serve", "--host", "no host"), "--host is 'no host'"),
        (("serve", "--http-port", "9", "--mqtt-port", "9"), "another port"),
        (("serve", "--public-url", "signs.example.no"), "--public-url is 'signs.example.no'; allowed: https"),
        (("serve", "--staff-url", "signs.example.no"), "--staff-url is 'signs.example.no'; allowed: https"),
        (("serve", "--nonsense"), "No such option"),
        (("enroll", "Drammen", "a", "b", "--out", str(tmp_path / "o")), "municipality is 'Drammen'"),
        (("enroll", "a", "b", "c", "--out", str(tmp_path / "o"), "--ssid", "x"), "--psk"),
        (
            ("enroll", "a", "b", "c", "--out", str(tmp_path / "file"), "--data", str(tmp_path)),
            "cannot write to",
        ),
        (("user", "reset-password", "--data", str(tmp_path)), "no database yet"),
    ):
        code, _, error = run(capsys, *arguments)
        assert code != 0
        assert wanted in one_line(error)


def test_a_database_of_a_newer_version_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "gangvakt.db")
    connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.commit()
    connection.close()
    code, _, error = run(capsys, "serve", "--data", str(tmp_path), "--http-port", "0", "--mqtt-port", "0")
    assert code == 1
    assert "newer version of Gangvakt (revision 9999)" in one_line(error)


def test_enroll_writes_an_identity_and_does_not_overwrite_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "north"
    enroll = ("enroll", *str(NORTH).split("/"), "--data", str(tmp_path / "data"), "--out", str(out))
    code, said, _ = run(capsys, *enroll, "--broker", "10.0.0.1:8883", "--broker", "[::1]:1", "--json")
    assert code == 0
    assert json.loads(said)["files"] == ["identity.json", "ca.der", "cert.der", "key.der"]
    identity = json.loads((out / "identity.json").read_text())
    assert identity["brokers"] == [["10.0.0.1", 8883], ["::1", 1]]
    assert identity["link"] == {"kind": "lan"}
    assert (out / "ca.der").read_bytes() == Pki.open(tmp_path / "data" / "pki").authority_der
    assert stat.S_IMODE((out / "key.der").stat().st_mode) == 0o600
    code, _, error = run(capsys, *enroll)
    assert code == 1
    assert "--force" in one_line(error)
    before = (out / "identity.json").read_text()
    assert run(capsys, *enroll, "--force")[0] == 0
    assert (out / "identity.json").read_text() != before


def test_enroll_simulator_writes_pem_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ("enroll-simulator", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "sim"))
    assert run(capsys, *arguments)[0] == 0
    assert (tmp_path / "sim" / "key.pem").read_text().startswith("-----BEGIN EC PRIVATE KEY")


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("serve", "enroll", "enroll-simulator"):
        code, said, _ = run(capsys, command, "--help")
        assert code == 0
        assert f"gangvakt {command}" in said
    assert run(capsys, "--version")[0] == 0


async def test_stopped_under_load_it_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    """While somebody listens to /live, whose connection ends cleanly."""
    told: list[int] = []

    async def keep_sending(client: aiomqtt.Client) -> None:
        for seq in itertools.count(1):
            await client.publish(f"{OWN}/event", as_bytes(batch(event(seq))), qos=1)
            async for reply in client.messages:
                if reply.topic.value == f"{OWN}/event/ack":
                    told.append(int(json.loads(reply.payload)["seq"]))  # type: ignore[arg-type]
                    break

    with serving(tmp_path) as running:
        async with listening(running) as live, sign(Keys(tmp_path), running.mqtt_port) as client:
            sending = asyncio.create_task(keep_sending(client))
            await eventually(lambda: len(told) >= 20, "20 acknowledgements")
            seconds = await asyncio.to_thread(running.stop)
            with suppress(aiomqtt.MqttError):
                await asyncio.wait_for(sending, WAIT_S)
            said = b"".join([block async for block in live.aiter_bytes()])
    assert seconds < 3
    assert running.process.returncode == 0
    assert said.count(b"event: event") >= 20
    assert set(told) <= set(stored(tmp_path))


@asynccontextmanager
async def listening(running: Serving) -> AsyncIterator[httpx.Response]:
    """An open /api/v1/live of somebody who has just chosen a password."""
    assert running.process.stdout
    one_time = running.process.stdout.readline().split()[-1]
    base = f"http://127.0.0.1:{running.http_port}/api/v1"
    async with httpx.AsyncClient(base_url=base, timeout=WAIT_S) as client:
        await client.post("/login", json={"user": "admin", "password": one_time})
        await client.post("/password", json={"new_password": "correct horse battery"})
        async with client.stream("GET", "/live") as live:
            assert live.status_code == 200
            yield live


def test_shells_complete_what_is_typed() -> None:
    typed = {"COMP_WORDS": "gangvakt ser", "COMP_CWORD": "1", "_GANGVAKT_COMPLETE": "complete_bash"}
    program = str(Path(sys.executable).with_name("gangvakt"))
    asked = subprocess.run([program], env={**os.environ, **typed}, capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["serve"]


def test_two_addresses_of_pages_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ("serve", "--data", str(tmp_path), "--http", "127.0.0.1:0", "--http-port", "0")
    code, _, error = run(capsys, *arguments)
    assert code == 1
    assert "one of --http and --http-port" in one_line(error)
