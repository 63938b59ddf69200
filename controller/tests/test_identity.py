"""Who may say what: the rules without a broker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.broker.acl import Action, may, may_retain
from gangvakt.broker.identity import Identity, Role, identify
from gangvakt.errors import SettingRefused
from gangvakt.provision.identity import FILES, Wifi, make_identity, parse_broker
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME, Pki

from .support import NORTH

OWN = f"gangvakt/v1/{NORTH}"
PUBLISH, SUBSCRIBE, RECEIVE = Action.PUBLISH, Action.SUBSCRIBE, Action.RECEIVE


def who(name: str) -> Identity:
    found = identify(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "name", [None, "", "drammen", "a/b", "a/b/c/d", "Gangvakt-sim", "a/b/group", "a/b/+"]
)
def test_other_names_are_nobody(name: str | None) -> None:
    assert identify(name) is None


def test_roles_come_from_the_name() -> None:
    assert who(CONTROLLER_NAME).role is Role.CONTROLLER
    assert who(SIMULATOR_NAME).role is Role.SIMULATOR
    assert who(str(NORTH)).sign == NORTH


@pytest.mark.parametrize(
    ("action", "topic"),
    [
        (PUBLISH, f"{OWN}/status"),
        (SUBSCRIBE, f"{OWN}/#"),
        (SUBSCRIBE, f"{OWN}/+/ack"),
        (RECEIVE, f"{OWN}/event/ack"),
        (PUBLISH, "gangvakt/v1/drammen/storgata/group"),
        (SUBSCRIBE, "gangvakt/v1/drammen/storgata/group"),
    ],
)
def test_a_sign_has_its_own_topics_and_its_group(action: Action, topic: str) -> None:
    assert may(who(str(NORTH)), action, topic)


@pytest.mark.parametrize(
    ("action", "topic"),
    [
        (PUBLISH, "gangvakt/v1/drammen/storgata/south/status"),
        (PUBLISH, f"{OWN}west/status"),
        (PUBLISH, f"{OWN}/#"),
        (PUBLISH, "gangvakt-sim/v1/drammen/storgata/world"),
        (SUBSCRIBE, "#"),
        (SUBSCRIBE, "gangvakt/v1/#"),
        (SUBSCRIBE, "gangvakt/v1/drammen/storgata/+/status"),
        (SUBSCRIBE, "gangvakt/v1/+/storgata/north/#"),
        (SUBSCRIBE, "gangvakt/v1/drammen/storgata/south/#"),
        (SUBSCRIBE, "gangvakt/v1/drammen/kirkegata/group"),
        (SUBSCRIBE, "$SYS/#"),
        (RECEIVE, "gangvakt/v1/drammen/storgata/south/event/ack"),
        (PUBLISH, ""),
    ],
)
def test_a_sign_has_nothing_else(action: Action, topic: str) -> None:
    assert not may(who(str(NORTH)), action, topic)


def test_the_simulator_has_its_own_tree_only() -> None:
    simulator = who(SIMULATOR_NAME)
    assert may(simulator, PUBLISH, "gangvakt-sim/v1/drammen/storgata/world")
    assert not may(simulator, PUBLISH, f"{OWN}/status")
    assert not may(simulator, SUBSCRIBE, "gangvakt/v1/#")


def test_a_client_id_is_the_certificates_name() -> None:
    assert who(str(NORTH)).owns_client_id(str(NORTH))
    assert not who(str(NORTH)).owns_client_id("drammen/storgata/south")
    assert not who(str(NORTH)).owns_client_id(f"{NORTH}:2")
    assert who(SIMULATOR_NAME).owns_client_id("gangvakt-sim:storgata")


def test_only_a_few_topics_a_client_are_kept() -> None:
    assert may_retain(who(str(NORTH)), f"{OWN}/status")
    assert not may_retain(who(str(NORTH)), f"{OWN}/event")
    assert may_retain(who(SIMULATOR_NAME), "gangvakt-sim/v1/drammen/storgata/scene")
    assert not may_retain(who(SIMULATOR_NAME), "gangvakt-sim/v1/drammen/storgata/world")


@given(st.text(alphabet="abc/+#$\0-", max_size=30), st.sampled_from(Action))
def test_a_sign_never_leaves_its_roots(topic: str, action: Action) -> None:
    if may(who("a/b/c"), action, topic):
        assert topic.startswith(("gangvakt/v1/a/b/c", "gangvakt/v1/a/b/group"))


def test_an_identity_holds_what_the_firmware_reads(tmp_path: Path) -> None:
    files = make_identity(Pki.open(tmp_path), NORTH, [("10.0.0.1", 8883)], Wifi("gangvakt", "secret-key"))
    identity = json.loads(files["identity.json"])
    assert tuple(files) == FILES
    assert identity["brokers"] == [["10.0.0.1", 8883]]
    assert identity["link"] == {"kind": "wifi", "ssid": "gangvakt", "psk": "secret-key"}
    assert len(identity["incarnation"]) == 8


@pytest.mark.parametrize("text", ["host", "host:0", "host:65536", ":1", "host:x", "a b:1", "host:²"])
def test_bad_broker_addresses_are_refused(text: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        parse_broker(text)
    assert refused.value.field == "--broker"


def test_a_refused_wifi_key_is_not_repeated() -> None:
    with pytest.raises(SettingRefused) as refused:
        Wifi("net", "short")
    assert "short" not in str(refused.value)
