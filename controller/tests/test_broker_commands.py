"""`serve --broker` and `gangvakt broker`: the whole chain on a real Mosquitto, ours and somebody else's."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import aiomqtt
import pytest

from gangvakt.broker import mended
from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.broker.mosquitto_config import CONFIG
from gangvakt.broker.mosquitto_units import DROP_IN, NAME, units
from gangvakt.cli import main
from gangvakt.errors import MosquittoMissing
from gangvakt.files import make_folder
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.pki import Pki
from gangvakt.settings import Settings
from gangvakt.store import Store

from .brokers import running
from .raw_client import ACCEPTED, connect, raw
from .support import NORTH, SOUTH, WAIT_S, Keys, eventually
from .test_serve import acknowledged, serving, stored
from .wire import as_bytes, batch, event

TRY_S, TRIES = 5, 20
UNAVAILABLE = 3  # MQTT 3.1.1, 3.2.2.3


@pytest.fixture
def mosquitto() -> Path:
    try:
        return find_mosquitto()
    except MosquittoMissing as missing:
        pytest.skip(str(missing))


@contextmanager
def already_running(program: Path, folder: Path, port: int) -> Iterator[None]:
    """Somebody else's Mosquitto, on the files in `folder`."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen((program, "-c", folder / "mosquitto.conf"), stdout=log, stderr=log)
    try:
        _until_it_listens(process, port, folder / "log")
        yield
    finally:
        process.kill()
        process.wait()


def _until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    async def listens() -> None:
        def is_open() -> bool:
            assert process.poll() is None, log.read_text()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        await eventually(is_open, "Mosquitto's port")

    asyncio.run(listens())


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def test_with_mosquitto_an_event_is_stored_and_acknowledged(mosquitto: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--broker", "mosquitto") as running:
        assert "embedded" not in running.said
        keys = _keys_of(tmp_path)
        message = as_bytes(batch(event(1), event(2)))
        assert asyncio.run(acknowledged(keys, running.mqtt_port, message)) == 2
        assert running.stop() < WAIT_S
    assert stored(tmp_path / "data") == [1, 2]
    assert not (tmp_path / "data" / "mosquitto" / "mosquitto.pid").exists()


def test_somebody_elses_mosquitto_is_configured_checked_and_used(
    mosquitto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, folder = tmp_path / "data", tmp_path / "files"
    asyncio.run(_make(data))
    signs, inner = free_ports(2)
    places = ("--signs", f"127.0.0.1:{signs}")
    written = ("mosquitto-config", folder, "--data", data, *places, "--controller", f"127.0.0.1:{inner}")
    assert main(["broker", *map(str, written)]) == 0
    _stay_root(folder)
    with already_running(mosquitto, folder, signs):
        url = f"mqtts://127.0.0.1:{inner}"
        capsys.readouterr()
        assert main(["broker", "check", url, "--data", str(data), *places, "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert len(rows) == 8
        assert all(row["ok"] for row in rows), rows
        options = ("--broker", url, "--broker-files", str(folder))
        with serving(data, *options):
            message = as_bytes(batch(event(1)))
            assert asyncio.run(acknowledged(_keys_of(tmp_path), signs, message)) == 1
    assert stored(data) == [1]


def test_the_units_beside_the_files_are_ones_that_systemd_takes(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here: Debian's package systemd has it")
    folder, etc = tmp_path / "with 100% space", tmp_path / "etc"
    program = Path(shutil.which("true") or "/bin/true")
    made = units(folder, CONFIG, program)
    (etc / "mosquitto.service.d").mkdir(parents=True)
    (etc / "mosquitto.service").write_text(f"[Service]\nExecStart={program}\n")
    (etc / "mosquitto.service.d" / DROP_IN).write_text(made[DROP_IN])
    names = [f"{NAME}.path", f"{NAME}.service"]
    for name in names:
        (etc / name).write_text(made[name])
    command = (analyze, "verify", "--man=no", *(str(etc / name) for name in (*names, "mosquitto.service")))
    done = subprocess.run(command, capture_output=True, text=True, env={"SYSTEMD_UNIT_PATH": f"{etc}:"})
    ours = [line for line in done.stderr.splitlines() if "gangvakt" in line or "mosquitto" in line]
    assert not ours, done.stderr
    with_error = made[f"{NAME}.path"].replace("PathChanged=", "PathChanged=not/whole")
    (etc / names[0]).write_text(with_error)
    refused = subprocess.run(command, capture_output=True, text=True, env={"SYSTEMD_UNIT_PATH": f"{etc}:"})
    assert "not/whole" in refused.stderr, "systemd-analyze does not look at these files"


def test_a_mosquitto_that_is_killed_comes_back_with_its_sessions_and_no_event_is_lost_or_doubled(
    mosquitto: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with serving(data, "--broker", "mosquitto") as running:
        keys = _keys_of(tmp_path)
        first, second = as_bytes(batch(event(1), event(2))), as_bytes(batch(event(2), event(3)))
        assert asyncio.run(acknowledged(keys, running.mqtt_port, first)) == 2
        asyncio.run(_killed(data / "mosquitto" / "mosquitto.pid"))
        assert asyncio.run(_acknowledged_again(keys, running.mqtt_port, second)) == 3
        running.stop()  # and its Mosquitto with it
    assert stored(data) == [1, 2, 3]


async def _killed(pid_file: Path) -> None:
    """Without a word of warning; the controller starts another."""
    before = int(pid_file.read_text())
    os.kill(before, signal.SIGKILL)

    def is_another() -> bool:
        with suppress(OSError, ValueError):
            return int(pid_file.read_text()) != before
        return False

    await eventually(is_another, "another Mosquitto")


async def _acknowledged_again(keys: Keys, port: int, message: bytes) -> int:
    """As a sign does it: again and again, until it is acknowledged."""
    for _ in range(TRIES):
        with suppress(aiomqtt.MqttError, TimeoutError, OSError):
            async with asyncio.timeout(TRY_S):
                return await acknowledged(keys, port, message)
        await asyncio.sleep(0.1)
    raise AssertionError("never acknowledged after the broker was killed")


def test_a_broker_without_rules_is_found_out(
    mosquitto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, folder = tmp_path / "data", tmp_path / "files"
    asyncio.run(_make(data))
    signs, inner = free_ports(2)
    places = ("--signs", f"127.0.0.1:{signs}")
    written = ("mosquitto-config", folder, "--data", data, *places, "--controller", f"127.0.0.1:{inner}")
    assert main(["broker", *map(str, written)]) == 0
    _stay_root(folder)
    (folder / "signs.acl").write_text("pattern readwrite #\n")
    with already_running(mosquitto, folder, signs):
        capsys.readouterr()
        argv = ["broker", "check", f"mqtts://127.0.0.1:{inner}", "--data", str(data), *places, "--json"]
        assert main(argv) == 1
    wrong = {row["what"] for row in json.loads(capsys.readouterr().out) if not row["ok"]}
    assert wrong == {
        "what a sign says on a neighbour's topics does not",
        "a sign hears its own topics and no neighbour's",
    }


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["serve", "--broker", "rabbit"], "--broker is 'rabbit'; allowed: embedded, mosquitto, or mqtts://"),
        (
            ["broker", "check", "h:1", "--signs", "h:1"],
            "URL is 'h:1'; allowed: embedded, mosquitto, or mqtts",
        ),
        (["broker", "mosquitto-config", "x"], "gangvakt-data"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    argv: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_an_external_broker_that_is_not_there_is_named(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = ("serve", "--data", tmp_path, "--http-port", 0, "--broker", f"mqtts://127.0.0.1:{port}")
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("gangvakt.cli.app._complain", lambda text, code: said.append(text) or code)
        assert main([str(part) for part in command]) == 1
    assert re.search(rf"mqtts://127.0.0.1:{port} cannot be reached", said[0])


async def test_the_embedded_broker_turns_away_one_sign_too_many_but_nobody_who_connects_anew(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mended.MendedBroker, "most_signs", 1)
    async with (
        running("embedded", keys, tmp_path) as rig,
        raw(keys, rig.signs, str(NORTH), connect(str(NORTH))) as first,
    ):
        assert await first.connack() == ACCEPTED
        async with raw(keys, rig.signs, str(SOUTH), connect(str(SOUTH))) as second:
            assert await second.connack() == UNAVAILABLE
        async with raw(keys, rig.signs, str(NORTH), connect(str(NORTH))) as again:
            assert await again.connack() == ACCEPTED
    assert "the embedded broker serves 1 signs; start with --broker mosquitto" in caplog.text


def test_a_certificate_is_found_again_by_what_the_sign_tells_of_it(tmp_path: Path) -> None:
    pki = Pki.open(tmp_path)
    made = pki.issue_sign(NORTH).certificate
    pki.issue_sign(SignId("drammen", "storgata", "other"))
    told = fingerprint(made)[:16]
    assert Pki.load(tmp_path).issued.find(told) == made
    for nobody in ("0" * 16, "../../ca", "*", ""):
        assert pki.issued.find(nobody) is None


async def _make(data: Path) -> None:
    """What a controller has after its first start."""
    make_folder(data)
    Pki.open(Settings(data).pki_dir)
    async with Store.open(Settings(data).database):
        pass


def _keys_of(folder: Path) -> Keys:
    """Of the controller whose data lie in `folder`/data."""
    keys = Keys(folder / "own")
    keys.pki = Pki.open(folder / "data" / "pki")
    return keys


def _stay_root(folder: Path) -> None:
    """Where root runs the tests, nobody else may enter their folder."""
    configuration = folder / "mosquitto.conf"
    configuration.write_text(f"user root\n{configuration.read_text()}")
