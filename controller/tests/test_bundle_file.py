"""The bundle file: sealed, and refused in one line when it is anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import BundleRefused, Missing
from gangvakt.provision.bundle import (
    HIGHEST_COST,
    LARGEST_FILE,
    LOWEST_COST,
    MAGIC,
    Bundle,
    Header,
    open_bundle,
    read_header,
    seal,
)
from gangvakt.provision.bundle_authority import bundle_id, make_bundle_authority
from gangvakt.provision.bundle_issuer import read_bundle_file
from gangvakt.provision.identity import GroupKey, Wifi
from gangvakt.provision.wire import SiteKit, encode

PASSPHRASE = "correct horse battery"  # of a test
PSK, KEY = "not-a-secret-here", "5e" * 32


@cache
def a_bundle() -> Bundle:
    authority = make_bundle_authority(timedelta(days=14), datetime(2026, 11, 27, tzinfo=UTC))
    kit = SiteKit(
        site="drammen/storgata",
        title="Storgata",
        brokers=(("10.0.0.5", 8883),),
        config={"mode": "shadow"},
        config_version=2,
        wifi=Wifi("gangvakt", PSK),
        address="https://signs.example.no",
        group_key=GroupKey(3, KEY),
    )
    header = Header(
        id=bundle_id(authority.certificate), label="week 48", sites=(kit.site,), limit=5, expires_ms=1
    )
    return Bundle.of(header, authority, (encode(authority.certificate),), (kit,))


@cache
def sealed() -> bytes:
    return seal(a_bundle(), PASSPHRASE, LOWEST_COST)


def test_a_bundle_comes_back_whole() -> None:
    opened = open_bundle(sealed(), PASSPHRASE)
    assert opened == a_bundle()
    assert opened.authority().certificate_der == a_bundle().authority().certificate_der
    assert read_header(sealed()) == a_bundle().header


def test_the_file_and_what_is_printed_of_it_tell_no_secret() -> None:
    key = a_bundle().key.splitlines()[1]
    for shown in (sealed().decode(), repr(a_bundle())):
        assert not any(secret in shown for secret in (PSK, KEY, key))


def test_the_same_bundle_is_never_sealed_the_same_way() -> None:
    assert seal(a_bundle(), PASSPHRASE, LOWEST_COST) != sealed()


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(BundleRefused, match="the right passphrase"):
        open_bundle(sealed(), "correct horse batterie")


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 300])
def test_a_weak_passphrase_is_refused_and_not_repeated(passphrase: str) -> None:
    with pytest.raises(BundleRefused, match="12 to 256 characters") as refused:
        seal(a_bundle(), passphrase, LOWEST_COST)
    assert refused.value.value == f"{len(passphrase)} characters"


def test_what_can_be_read_without_the_passphrase_is_sealed_as_well() -> None:
    forged = sealed().replace(b'"limit":5', b'"limit":9')
    assert read_header(forged).limit == 9
    with pytest.raises(BundleRefused, match="a file that nobody changed"):
        open_bundle(forged, PASSPHRASE)


@pytest.mark.parametrize("cost", [LOWEST_COST - 1, HIGHEST_COST + 1, 2**40])
def test_a_file_cannot_make_us_work_for_ever(cost: int) -> None:
    forged = sealed().replace(f'"cost":{LOWEST_COST}'.encode(), f'"cost":{cost}'.encode())
    with pytest.raises(BundleRefused, match="cost"):
        open_bundle(forged, PASSPHRASE)


def test_a_cost_that_scrypt_does_not_know_is_one_line() -> None:
    forged = sealed().replace(f'"cost":{LOWEST_COST}'.encode(), f'"cost":{LOWEST_COST + 1}'.encode())
    with pytest.raises(BundleRefused):
        open_bundle(forged, PASSPHRASE)


def test_a_file_of_another_kind_or_size_is_one_line() -> None:
    for data in (b"", b"\n", b"PK\x03\x04", MAGIC, MAGIC + b"\n{}\n\n", b"x" * (LARGEST_FILE + 1)):
        with pytest.raises(BundleRefused) as refused:
            open_bundle(data, PASSPHRASE)
        assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="No such file"):
        read_bundle_file(tmp_path / "missing.bundle")


@given(st.binary(max_size=400))
def test_no_bytes_are_taken_for_a_bundle(data: bytes) -> None:
    for begin in (b"", MAGIC + b"\n", MAGIC + b"\n" + sealed().split(b"\n")[1] + b"\n"):
        with pytest.raises(BundleRefused):
            open_bundle(begin + data, PASSPHRASE)


@given(st.data())
def test_no_changed_byte_is_overlooked(data: st.DataObject) -> None:
    whole = sealed()
    place = data.draw(st.integers(0, len(whole) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[place]))
    with pytest.raises(BundleRefused):
        open_bundle(whole[:place] + bytes([byte]) + whole[place + 1 :], PASSPHRASE)


@given(st.integers(0, 10_000))
def test_no_cut_is_overlooked(length: int) -> None:
    whole = sealed()
    if length < len(whole) - 1:
        with pytest.raises(BundleRefused):
            open_bundle(whole[:length], PASSPHRASE)
