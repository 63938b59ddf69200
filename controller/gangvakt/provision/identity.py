"""What a sign carries to prove who it is: identity.json and three DER files."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import Field

from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId
from gangvakt.provision.pki import Pki
from gangvakt.settings import HIGHEST_PORT, check_host

FILES = ("identity.json", "ca.der", "cert.der", "key.der")  # and ca2.der while two authorities overlap
SECRET_FILES = frozenset({"identity.json", "key.der"})  # the Wi-Fi key stands in the identity
INCARNATION_BYTES = 4
GROUP_KEY_BYTES = 32  # a key of HMAC-SHA-256

LONGEST_SSID = 32  # bytes, IEEE 802.11
_GROUP_KEY = re.compile(rf"[0-9a-f]{{{2 * GROUP_KEY_BYTES}}}")
_PASSPHRASE = re.compile(r"[ -~]{8,63}")  # WPA2: 8 to 63 printable ASCII characters

BrokerAddress = tuple[str, int]


@dataclass(frozen=True)
class Wifi:
    """The wireless network a sign joins; without one it uses a cable."""

    ssid: Annotated[str, Field(description="Its name, 1 to 32 bytes.", examples=["signs"])]
    psk: Annotated[
        str, Field(description="Its key, 8 to 63 printable ASCII characters.", examples=["correct horse"])
    ] = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.ssid.encode()) <= LONGEST_SSID:
            raise SettingRefused("options", "--ssid", self.ssid, f"1 to {LONGEST_SSID} bytes")
        if not _PASSPHRASE.fullmatch(self.psk):
            raise SettingRefused("options", "--psk", "(hidden)", "8 to 63 printable ASCII characters")


@dataclass(frozen=True)
class GroupKey:
    """The secret of one crossing, and how often it was renewed."""

    version: Annotated[int, Field(description="How often it was renewed, from 1.", examples=[1])]
    hex: Annotated[str, Field(description="The key, 64 hex digits.", examples=["00" * 32])] = field(
        repr=False
    )

    def __post_init__(self) -> None:
        if self.version < 1:
            raise SettingRefused("group key", "version", self.version, "1 and above")
        if not _GROUP_KEY.fullmatch(self.hex):
            raise SettingRefused("group key", "hex", "(hidden)", f"{2 * GROUP_KEY_BYTES} hex digits")

    @classmethod
    def first(cls) -> Self:
        return cls(1, secrets.token_hex(GROUP_KEY_BYTES))

    def renewed(self) -> GroupKey:
        return GroupKey(self.version + 1, secrets.token_hex(GROUP_KEY_BYTES))


def parse_broker(text: str) -> BrokerAddress:
    """HOST:PORT, an IPv6 address in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= HIGHEST_PORT:
        raise SettingRefused("options", "--broker", text, f"HOST:PORT, the port 1..{HIGHEST_PORT}")
    return check_host("--broker", host.removeprefix("[").removesuffix("]")), int(port)


def make_identity(
    pki: Pki,
    sign: SignId,
    brokers: Sequence[BrokerAddress],
    wifi: Wifi | None,
    group_key: GroupKey | None = None,
) -> dict[str, bytes]:
    """The FILES of a newly enrolled sign, by name; a new incarnation and a new key every time."""
    credentials = pki.issue_sign(sign)
    return {
        "identity.json": identity_file(sign, new_incarnation(), brokers, wifi, group_key),
        **pki.authority_files(),
        "cert.der": credentials.certificate_der,
        "key.der": credentials.key_der,
    }


def new_incarnation() -> str:
    """A number nobody had before: a sign that is flashed anew is never mistaken for its past."""
    return secrets.token_hex(INCARNATION_BYTES)


def identity_file(
    sign: SignId,
    incarnation: str,
    brokers: Sequence[BrokerAddress],
    wifi: Wifi | None,
    group_key: GroupKey | None = None,
    apn: str | None = None,
) -> bytes:
    """identity.json; `group_key` is what the poles of one crossing have in common, `apn` the access point of
    a cellular network."""
    identity: dict[str, object] = {
        "v": 1,
        "municipality": sign.municipality,
        "site": sign.site,
        "sign": sign.sign,
        "incarnation": incarnation,
        "brokers": [list(broker) for broker in brokers],
        "link": _link(wifi, apn),
        "built_utc_s": int(time.time()),
    }
    if group_key is not None:
        identity["group_key"] = {"version": group_key.version, "hex": group_key.hex}
    return json.dumps(identity, indent=1).encode() + b"\n"


def _link(wifi: Wifi | None, apn: str | None) -> dict[str, str]:
    if wifi is not None:
        return {"kind": "wifi", "ssid": wifi.ssid, "psk": wifi.psk}
    return {"kind": "lan"} if apn is None else {"kind": "ppp", "apn": apn}
