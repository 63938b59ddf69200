"""Signing without the controller, and what becomes of it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import BundleSpent, FolderUnusable, Missing, NotPending, RequestRefused, SignExists
from gangvakt.provision.bundle_authority import check_authority, make_bundle_authority
from gangvakt.provision.certificates import Period, make_authority, make_client
from gangvakt.provision.pki import SIGN_LIFE
from gangvakt.provision.wire import BundleIn, decode_certificate, encode

from .bundles import DAYS, LIMIT, HeldBundle, a_bundle
from .office import (
    BOARD,
    DAY_MS,
    HOUR_MS,
    MAC,
    OTHER,
    OTHER_MAC,
    OTHER_SITE,
    REPORT,
    SIGN,
    SITE,
    Desk,
)


def flash(bundle: HeldBundle, mac: str = MAC, *, again: bool = False) -> x509.Certificate:
    issuer = bundle.issuer()
    enrolment = issuer.begin(str(SITE), mac, BOARD, again=again)
    issuer.confirm(enrolment.sign, REPORT)
    return x509.load_der_x509_certificate(enrolment.files["cert.der"])


async def test_a_board_flashed_offline_holds_all_it_needs(desk: Desk, bundle: HeldBundle) -> None:
    enrolment = bundle.issuer().begin(str(SITE), "30:AE:A4:12:00:01", BOARD, again=False)
    assert enrolment.sign == SIGN
    assert set(enrolment.files) == {"identity.json", "config.json", "ca.der", "cert.der", "key.der"}
    assert enrolment.files["ca.der"] == desk.registry.ground.pki().authority_der
    identity = json.loads(enrolment.files["identity.json"])
    assert (identity["sign"], identity["group_key"]["version"]) == (MAC, 1)
    assert json.loads(enrolment.files["config.json"])["version"] == 1
    assert enrolment.address == f"https://10.0.0.5/sign/{SITE}/{MAC}"
    assert bundle.issuer().online(SIGN) is None
    assert bundle.issuer().why_unseen(SIGN) is None


async def test_a_board_flashed_offline_trusts_the_keys_of_updates(desk: Desk, tmp_path: Path) -> None:
    trusted = bytes(range(256)) * 3
    desk.registry.ground.trusted = lambda: trusted
    bundle = await a_bundle(desk, tmp_path)
    assert bundle.issuer().begin(str(SITE), MAC, BOARD, again=False).files["trusted"] == trusted


async def test_what_was_flashed_offline_is_registered_by_a_synchronisation_once(
    desk: Desk, bundle: HeldBundle
) -> None:
    certificate = flash(bundle)
    assert [one.result for one in await bundle.sync()] == ["registered"]
    assert [one.result for one in await bundle.sync()] == ["known"]
    told = await desk.registry.signs.one(SIGN)
    assert (told.state, told.issued_by, told.report) == ("registered", bundle.id, REPORT)
    assert told.serial == f"{certificate.serial_number:x}"
    assert [one.used for one in await desk.registry.bundles.all()] == [1]


async def test_what_was_not_confirmed_is_not_told(bundle: HeldBundle) -> None:
    issuer = bundle.issuer()
    issuer.abandon(issuer.begin(str(SITE), MAC, BOARD, again=False).sign)
    issuer.begin(str(SITE), OTHER_MAC, BOARD, again=False)
    assert bundle.waiting() == ()


async def test_a_used_up_bundle_signs_no_more_but_failed_boards_do_not_count(bundle: HeldBundle) -> None:
    issuer = bundle.issuer()
    for _ in range(2 * LIMIT):
        issuer.abandon(issuer.begin(str(SITE), MAC, BOARD, again=False).sign)
    for number in range(LIMIT):
        flash(bundle, f"30aea412000{number}")
    with pytest.raises(BundleSpent, match=f"{LIMIT} of {LIMIT} signs are made: make another"):
        flash(bundle, "30aea4120009")


async def test_a_crash_between_signing_and_confirming_counts_for_an_hour(
    desk: Desk, bundle: HeldBundle
) -> None:
    for number in range(LIMIT):
        bundle.issuer().begin(str(SITE), f"30aea412000{number}", BOARD, again=False)
    with pytest.raises(BundleSpent):
        flash(bundle, "30aea4120009")
    desk.now_ms[0] += HOUR_MS
    flash(bundle, "30aea4120009")


async def test_a_board_of_a_used_up_bundle_can_be_flashed_again(bundle: HeldBundle) -> None:
    for number in range(LIMIT):
        flash(bundle, f"30aea412000{number}")
    flash(bundle, "30aea4120000", again=True)
    assert len(bundle.waiting()) == LIMIT


async def test_a_bundle_ends_with_its_days(desk: Desk, bundle: HeldBundle) -> None:
    desk.now_ms[0] += DAYS * DAY_MS
    with pytest.raises(BundleSpent, match="its time ended at 2027-01-29"):
        flash(bundle)


async def test_a_bundle_is_for_its_sites(bundle: HeldBundle) -> None:
    with pytest.raises(Missing, match=f"it is for {SITE}"):
        bundle.issuer().begin(str(OTHER_SITE), MAC, BOARD, again=False)


async def test_a_board_that_the_bundle_made_a_sign_needs_again(bundle: HeldBundle) -> None:
    flash(bundle)
    with pytest.raises(SignExists, match="--again"):
        flash(bundle)
    with pytest.raises(SignExists, match=f"take another board.*`gangvakt sign revoke {SIGN}`"):
        bundle.issuer().replace(OTHER, MAC, BOARD)
    flash(bundle, again=True)
    assert len(bundle.waiting()) == 1


async def test_of_two_windows_with_one_board_the_later_one_wins(bundle: HeldBundle) -> None:
    first, second = bundle.issuer(), bundle.issuer()
    for issuer in (first, second):
        issuer.begin(str(SITE), MAC, BOARD, again=False)
    second.confirm(SIGN, REPORT)
    with pytest.raises(NotPending):
        first.confirm(SIGN, REPORT)


async def test_a_damaged_journal_is_one_line(bundle: HeldBundle) -> None:
    bundle.journal.path.write_bytes(b"this is no journal" * 100)
    with pytest.raises(FolderUnusable, match=r"\.bundle\.journal"):
        flash(bundle)


async def test_conflicts_are_named_and_change_nothing(desk: Desk, bundle: HeldBundle) -> None:
    await desk.register()
    flash(bundle)
    flash(bundle, OTHER_MAC)
    taken, fine = await bundle.sync()
    assert (taken.result, fine.result) == ("conflict", "registered")
    assert taken.why is not None
    assert "is registered as" in taken.why
    told = await desk.registry.signs.one(SIGN)
    assert (told.state, told.issued_by) == ("registered", "authority")


async def test_flashed_again_offline_the_old_identity_ends_with_the_synchronisation(
    desk: Desk, bundle: HeldBundle
) -> None:
    await desk.register()
    flash(bundle, again=True)
    assert [one.result for one in await bundle.sync()] == ["registered"]
    assert await desk.states() == [(str(SIGN), "revoked"), (str(SIGN), "registered")]


async def test_a_replacement_made_offline_takes_effect_with_the_synchronisation(
    desk: Desk, bundle: HeldBundle
) -> None:
    await desk.register()
    issuer = bundle.issuer()
    enrolment = issuer.replace(SIGN, OTHER_MAC, BOARD)
    issuer.confirm(enrolment.sign, REPORT)
    for _ in range(2):
        await bundle.sync()
    assert await desk.states() == [(str(SIGN), "replaced"), (str(OTHER), "registered")]
    assert (await desk.registry.sites.one(SITE)).group_version == 2


async def test_a_revoked_bundle_brings_in_nobody_and_takes_nobody_out(desk: Desk, bundle: HeldBundle) -> None:
    flash(bundle)
    await bundle.sync()
    flash(bundle, OTHER_MAC)
    for _ in range(2):
        assert (await desk.registry.bundles.revoke(bundle.id)).revoked_ms == desk.now_ms[0]
    known, late = await bundle.sync()
    assert (known.result, late.result) == ("known", "conflict")
    assert "was revoked" in (late.why or "")
    assert await desk.state() == "registered"


async def test_a_bundle_brings_in_no_more_than_its_number_whatever_its_journal_says(
    desk: Desk, bundle: HeldBundle
) -> None:
    for number in range(LIMIT):
        flash(bundle, f"30aea412000{number}")
    await bundle.sync()
    bundle.journal.path.unlink()
    flash(bundle, "30aea4120009")
    (result,) = await bundle.sync()
    assert "3 of 3 signs are made" in (result.why or "")


async def test_what_another_bundle_signed_is_refused(desk: Desk, bundle: HeldBundle, tmp_path: Path) -> None:
    other = await a_bundle(desk, tmp_path)
    flash(other)
    told = [entry.model_copy(update={}) for entry in other.entries()]
    bundle.entries = lambda: tuple(told)  # type: ignore[method-assign]
    (result,) = await bundle.sync()
    assert f"one that bundle {bundle.id} signed" in (result.why or "")


async def test_an_expired_bundle_can_still_be_synchronised_by_staff(desk: Desk, bundle: HeldBundle) -> None:
    flash(bundle)
    desk.now_ms[0] += (DAYS + 1) * DAY_MS
    assert [one.result for one in await bundle.sync()] == ["registered"]


async def test_only_a_proper_authority_becomes_a_bundles(desk: Desk) -> None:
    now = datetime.fromtimestamp(desk.now_ms[0] / 1000, UTC)
    month = timedelta(days=30)
    fleet = make_authority(Period(now, now + month))
    for certificate, field in (
        (make_client(fleet, str(SIGN), Period(now, now + month)).certificate, "certificate"),
        (make_bundle_authority(2 * SIGN_LIFE, now).certificate, "end"),
        (make_authority(Period(now - month, now + month)).certificate, "begin"),
        (make_authority(Period(now + month, now + 2 * month)).certificate, "begin"),
        (rsa_authority(now), "key"),
    ):
        wanted = {"certificate": encode(certificate), "label": "x", "sites": (str(SITE),)}
        with pytest.raises(RequestRefused) as refused:
            await desk.registry.bundles.make(BundleIn.model_validate({**wanted, "limit": 1, "days": DAYS}))
        assert refused.value.field == field
    assert await desk.registry.bundles.all() == ()


def rsa_authority(now: datetime) -> x509.Certificate:
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=9))
    return builder.sign(key, hashes.SHA256())


@cache
def an_authority() -> bytes:
    return make_bundle_authority(timedelta(days=DAYS)).certificate_der


@given(st.binary(max_size=200))
def test_no_bytes_are_taken_for_an_authority(data: bytes) -> None:
    with pytest.raises(RequestRefused):
        decode_certificate(base64.b64encode(data).decode())


# The library says of odd serial numbers that it will refuse them one day.
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.data())
def test_a_changed_authority_is_refused_or_says_the_same(data: st.DataObject) -> None:
    der = bytearray(an_authority())
    der[data.draw(st.integers(0, len(der) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        taken = decode_certificate(encode(bytes(der)))
        check_authority(taken, timedelta(days=DAYS))
    except RequestRefused:
        return
    whole = x509.load_der_x509_certificate(an_authority())
    assert taken.tbs_certificate_bytes == whole.tbs_certificate_bytes


async def test_unknown_bundles_are_named(desk: Desk) -> None:
    with pytest.raises(Missing, match="gangvakt bundle list"):
        await desk.registry.bundles.revoke("0123abcd")
