"""Mosquitto as ours: bundles without their keys, rules that follow the registry, death and what it leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gangvakt.broker import MosquittoBroker
from gangvakt.broker.access import AccessList, BundleAccess
from gangvakt.broker.external import parse_url
from gangvakt.broker.mosquitto_child import find_mosquitto
from gangvakt.broker.mosquitto_config import signs_rules
from gangvakt.errors import MosquittoMissing, SettingRefused
from gangvakt.fleet import SignId
from gangvakt.provision.certificates import Credentials, Period, make_authority, make_client
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME, KeyFiles, client_context
from gangvakt.registry.access import Accesses

from .brokers import NAMES, Rig, make_broker, running
from .office import SIGN, Desk
from .raw_client import connect, raw
from .support import NORTH, SOUTH, WAIT_S, Keys, eventually, eventually_async
from .test_broker_conformance import hearing, is_turned_away

OWN = f"gangvakt/v1/{NORTH}"
GROUP = "gangvakt/v1/drammen/storgata/group"
BOUND = SignId("drammen", "torget", "b1")


@pytest.fixture
async def rig(keys: Keys, tmp_path: Path) -> AsyncIterator[Rig]:
    async with running("mosquitto", keys, tmp_path) as rig:
        yield rig


class WithBundle:
    """A broker that trusts a bundle for BOUND; what the bundle's holder signs, and who is revoked."""

    def __init__(self, keys: Keys, folder: Path) -> None:
        now = datetime.now(UTC)
        self._folder, self._keys = folder, keys
        self._period = Period(now - timedelta(hours=1), now + timedelta(days=90))
        self.authority = make_authority(Period(now - timedelta(days=1), now + timedelta(days=900)), "bundle")
        self.revoked: frozenset[int] = frozenset()
        self.broker = MosquittoBroker(
            folder / "mosquitto",
            "127.0.0.1",
            0,
            access=self.access,
            server=lambda: keys.pki.server_files(NAMES),
            tls=client_context(keys.pki.controller_files()),
        )

    async def access(self) -> AccessList:
        bundle = BundleAccess(self.authority.certificate, frozenset({str(BOUND)}), self.revoked)
        return AccessList(self._keys.pki.signers, (bundle,), frozenset({str(BOUND)}))

    def signs(self, name: str) -> Credentials:
        return make_client(self.authority, name, self._period)

    async def is_let_in(self, made: Credentials) -> bool:
        paths = self._folder / "held.crt", self._folder / "held.key"
        for path, data in zip(paths, (made.certificate_pem, made.key_pem), strict=True):
            path.write_bytes(data)
        tls = client_context(KeyFiles(self._keys.pki.controller_files().authority, *paths))
        return not await is_turned_away(self.broker.signs_port, tls)


@pytest.fixture
async def bundled(keys: Keys, tmp_path: Path) -> AsyncIterator[WithBundle]:
    made = WithBundle(keys, tmp_path)
    try:
        await made.broker.start()
    except MosquittoMissing as missing:
        pytest.skip(str(missing))
    yield made
    await made.broker.stop()


async def test_a_bundle_makes_the_signs_it_is_known_for_and_nobody_else(bundled: WithBundle) -> None:
    assert await bundled.is_let_in(bundled.signs(str(BOUND)))
    for name in (CONTROLLER_NAME, SIMULATOR_NAME, str(NORTH), f"{BOUND}x", "drammen/torget"):
        assert not await bundled.is_let_in(bundled.signs(name)), name


async def test_a_sign_of_a_bundle_is_revoked_without_the_bundles_key(bundled: WithBundle) -> None:
    one, other = bundled.signs(str(BOUND)), bundled.signs(str(BOUND))
    assert await bundled.is_let_in(one)
    bundled.revoked = frozenset({one.certificate.serial_number})
    await bundled.broker.wake()

    async def is_out() -> bool:
        return not await bundled.is_let_in(one)

    await eventually_async(is_out)
    assert await bundled.is_let_in(other)


async def test_the_controllers_door_is_closed_to_signs_whatever_they_call_themselves(rig: Rig) -> None:
    async with (
        rig.keys.client(CONTROLLER_NAME, rig.controller) as controller,
        hearing(controller) as heard,
        rig.keys.client(str(NORTH), rig.controller, identifier="anybody") as sign,
    ):
        await sign.publish(f"{OWN}/status", "not here", qos=1)
        await sign.publish("gangvakt/v1/drammen/storgata/south/status", "forged", qos=1)
        await controller.publish("marker", "x", qos=1)
        await eventually(lambda: heard)
    assert heard == [("marker", b"x")]


async def test_it_is_started_again_when_it_dies_and_remembers_what_it_kept(rig: Rig) -> None:
    assert isinstance(rig.broker, MosquittoBroker)
    async with rig.keys.client(str(NORTH), rig.signs) as sign:
        await sign.publish(f"{OWN}/status", "kept", qos=1, retain=True)
    died = rig.broker.pid
    assert died is not None
    os.kill(died, signal.SIGTERM)  # a kill loses what came after the last save: signs say it again
    await eventually(lambda: rig.broker.pid not in (None, died))  # type: ignore[attr-defined]

    async def is_told() -> bool:
        try:
            async with rig.keys.client(CONTROLLER_NAME, rig.controller) as one, hearing(one) as heard:
                await eventually(lambda: heard)
                return heard == [(f"{OWN}/status", b"kept")]
        except Exception:  # it listens a moment later
            await asyncio.sleep(0.05)
            return False

    await eventually_async(is_told)


async def test_a_missing_program_is_named_with_how_to_install_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.broker.stop()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("gangvakt.broker.mosquitto_child.PLACES", ())
    with pytest.raises(MosquittoMissing, match="apt install mosquitto"):
        await rig.broker.start()


async def test_the_list_follows_the_registry(desk: Desk) -> None:
    accesses = Accesses(desk.registry, seen=lambda: [str(SIGN), "drammen/torget/stranger"])
    asked = await desk.register()
    before = await accesses.read()
    assert before.signs == {str(SIGN), "drammen/torget/stranger"}
    assert before.revoked == frozenset()
    await desk.registry.signs.revoke(SIGN)
    after = await accesses.read()
    assert after.signs == {"drammen/torget/stranger"}
    assert after.revoked == {asked.certificate.serial_number}
    assert set(after.shut_out.values()) == {str(SIGN)}


async def test_a_registration_that_was_never_confirmed_is_shut_out_after_an_hour(desk: Desk) -> None:
    asked = await desk.begin()
    desk.now_ms[0] += 3_600_000
    assert (await Accesses(desk.registry).read()).revoked == {asked.certificate.serial_number}


def test_a_name_that_is_no_signs_gets_no_line_in_the_rules() -> None:
    rules = signs_rules(["drammen/storgata/north", "x\nuser gangvakt-controller\ntopic readwrite #", "#"])
    assert "user drammen/storgata/north" in rules
    assert CONTROLLER_NAME not in rules
    assert "topic readwrite #" not in rules


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mosquito",
        "mqtt://h:1883",
        "mqtts://h",
        "mqtts://h:0",
        "mqtts://h:70000",
        "mqtts://u@h:1/",
        "mqtts://h:8/x",
        "mqtts://[::1",
    ],
)
def test_what_is_no_broker_is_refused_with_what_is_allowed(url: str) -> None:
    with pytest.raises(SettingRefused, match="embedded, mosquitto, or mqtts://HOST:PORT"):
        parse_url("--broker", url)


async def test_a_sign_that_is_away_has_a_place_of_its_own(rig: Rig) -> None:
    """What a sign calls itself counts for nothing: two signs with one client id do not meet."""
    async with rig.keys.client(str(SOUTH), rig.signs) as south, hearing(south, GROUP) as heard:
        async with raw(rig.keys, rig.signs, str(NORTH), connect(str(SOUTH))) as client:
            await client.connack()
        async with rig.keys.client(str(NORTH), rig.signs) as north:
            await north.publish(GROUP, "still here", qos=1)
        await eventually(lambda: heard)
    assert heard == [(GROUP, b"still here")]


async def test_a_sign_that_becomes_known_gets_its_sites_group_without_connecting_anew(
    keys: Keys, tmp_path: Path
) -> None:
    async with running("mosquitto", keys, tmp_path) as rig:
        rig.door.known.clear()
        await rig.broker.wake()  # type: ignore[attr-defined]
        async with (
            rig.keys.client(str(NORTH), rig.signs) as sign,
            rig.keys.client(CONTROLLER_NAME, rig.controller) as controller,
            hearing(sign, GROUP) as heard,
        ):
            await _until_rules(tmp_path, lambda rules: GROUP not in rules)
            rig.door.known.add(str(NORTH))
            await rig.broker.wake()  # type: ignore[attr-defined]
            async with asyncio.timeout(WAIT_S):
                while not heard:
                    await controller.publish(GROUP, "to all poles", qos=1)
                    await asyncio.sleep(0.02)


async def test_what_a_killed_controller_left_running_is_ended_by_the_next_one(
    keys: Keys, tmp_path: Path
) -> None:
    async with running("mosquitto", keys, tmp_path) as rig:
        port = rig.signs
    configuration = tmp_path / "mosquitto" / "mosquitto.conf"
    with subprocess.Popen((find_mosquitto(), "-c", configuration), stderr=subprocess.DEVNULL) as left:
        try:
            configuration.with_suffix(".pid").write_text(str(left.pid))
            await eventually(lambda: _listens(port), "the one that is left")
            again = make_broker("mosquitto", keys, tmp_path, rig.door, port)
            await again.start()  # on the same folder and port
            await again.stop()
            assert left.poll() is not None
        finally:
            left.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _until_rules(folder: Path, holds: Callable[[str], bool]) -> None:
    rules = folder / "mosquitto" / "signs.acl"
    await eventually(lambda: holds(rules.read_text()), "the rules")
