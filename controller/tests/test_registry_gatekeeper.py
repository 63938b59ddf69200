"""Who may come in at the broker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import utils

from gangvakt.errors import StoreError
from gangvakt.provision.certificates import (
    Credentials,
    Period,
    fingerprint,
    is_issued_by,
    make_authority,
    make_client,
)
from gangvakt.provision.issuer import Issuer
from gangvakt.provision.pki import (
    CONTROLLER_NAME,
    SIMULATOR_NAME,
)
from gangvakt.registry import RegistryGatekeeper
from gangvakt.store import SeenSign, Work

from .bundles import DAYS, LIMIT, HeldBundle, a_bundle
from .office import (
    BOARD,
    DAY_MS,
    HOUR_MS,
    OTHER,
    OTHER_MAC,
    OTHER_SITE,
    REPORT,
    SIGN,
    SITE,
    Desk,
)
from .support import NORTH, eventually_async

MINUTE_MS = 60_000


@pytest.fixture
async def keeper(desk: Desk) -> RegistryGatekeeper:
    keeper = RegistryGatekeeper(desk.registry)
    await keeper.refresh()
    return keeper


@pytest.fixture
async def bundle(desk: Desk, keeper: RegistryGatekeeper, tmp_path: Path) -> HeldBundle:
    return await a_bundle(desk, tmp_path)


def by_bundle(bundle: HeldBundle, name: str) -> x509.Certificate:
    """What somebody can sign who has the bundle open and no scruples."""
    begin = bundle.authority.certificate.not_valid_before_utc
    return make_client(bundle.authority, name, Period(begin, begin + timedelta(days=100))).certificate


async def test_a_pending_sign_is_let_in_for_an_hour(desk: Desk, keeper: RegistryGatekeeper) -> None:
    asked = await desk.begin()
    assert keeper.admits(asked.certificate)
    desk.now_ms[0] += HOUR_MS
    assert not keeper.admits(asked.certificate)


async def test_a_registered_sign_is_let_in_until_it_is_revoked(
    desk: Desk, keeper: RegistryGatekeeper
) -> None:
    asked = await desk.register()
    desk.now_ms[0] += HOUR_MS
    assert keeper.admits(asked.certificate)
    await desk.registry.signs.revoke(SIGN)
    assert not keeper.admits(asked.certificate)


async def test_flashed_again_the_old_certificate_opens_until_the_new_one_is_confirmed(
    desk: Desk, keeper: RegistryGatekeeper
) -> None:
    old, new = await desk.register(), await desk.begin(again=True)
    assert (keeper.admits(old.certificate), keeper.admits(new.certificate)) == (True, True)
    await desk.registry.signs.confirm(new.sign, new.confirm)
    assert (keeper.admits(old.certificate), keeper.admits(new.certificate)) == (False, True)


async def test_a_replaced_sign_stays_out(desk: Desk, keeper: RegistryGatekeeper) -> None:
    old, new = await desk.register(), await desk.register(OTHER_MAC, replaces=SIGN)
    assert (keeper.admits(old.certificate), keeper.admits(new.certificate)) == (False, True)


async def test_an_abandoned_sign_stays_out(desk: Desk, keeper: RegistryGatekeeper) -> None:
    asked = await desk.begin()
    await desk.registry.signs.abandon(asked.sign, asked.abandon)
    assert not keeper.admits(asked.certificate)


async def test_the_controllers_own_ones_and_signs_enrolled_by_hand_are_let_in(
    desk: Desk, keeper: RegistryGatekeeper
) -> None:
    pki = desk.registry.ground.pki()
    by_hand = pki.issue_sign(NORTH).certificate
    controller = x509.load_pem_x509_certificate(pki.controller_files().certificate.read_bytes())
    assert all(keeper.admits(one) for one in (by_hand, controller, pki.issue_simulator().certificate))
    await desk.store.journal.write(Work(signs=(SeenSign(NORTH, 1, None),)))
    await desk.registry.signs.revoke(NORTH)
    assert not keeper.admits(by_hand)
    assert not keeper.admits(pki.issue_sign(NORTH).certificate)


async def test_a_registered_sign_comes_in_with_registered_certificates_only(
    desk: Desk, keeper: RegistryGatekeeper
) -> None:
    await desk.register()
    further = desk.registry.ground.pki().issue_sign(SIGN).certificate
    assert not keeper.admits(further)
    await desk.registry.signs.renewed(SIGN, further)
    assert keeper.admits(further)


async def test_a_sign_of_a_bundle_comes_in_and_is_registered_by_itself(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    certificate = by_bundle(bundle, str(SIGN))
    running = asyncio.create_task(keeper.run())
    try:
        assert keeper.admits(certificate)
        assert keeper.admits(certificate)

        async def is_registered() -> bool:
            return [(str(SIGN), "registered")] == await desk.states()

        await eventually_async(is_registered)
    finally:
        running.cancel()
    await keeper.refresh()
    desk.now_ms[0] += (DAYS + 1) * DAY_MS
    assert keeper.admits(certificate)


async def test_what_only_the_journal_knows_is_added_by_a_synchronisation(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    await desk.register(OTHER_MAC)
    issuer = bundle.issuer()
    enrolment = issuer.replace(OTHER, SIGN.sign, BOARD)
    issuer.confirm(SIGN, REPORT)
    assert keeper.admits(x509.load_der_x509_certificate(enrolment.files["cert.der"]))
    await keeper.settle()
    assert (await desk.state(SIGN), await desk.state(OTHER)) == ("registered", "registered")
    assert [one.result for one in await bundle.sync()] == ["known"]
    told = await desk.registry.signs.one(SIGN)
    assert (told.board, told.report, await desk.state(OTHER)) == (BOARD, REPORT, "replaced")


def begin(issuer: Issuer, mac: str = SIGN.sign, *, again: bool = False) -> x509.Certificate:
    enrolment = issuer.begin(str(SITE), mac, BOARD, again=again)
    return x509.load_der_x509_certificate(enrolment.files["cert.der"])


async def test_a_board_that_came_in_and_failed_its_self_test_is_flashed_anew(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    failed = begin(issuer)
    assert keeper.admits(failed)
    await keeper.settle()
    issuer.abandon(SIGN)
    desk.now_ms[0] += MINUTE_MS
    good = begin(issuer)
    assert keeper.admits(good)
    await keeper.settle()
    assert (keeper.admits(failed), keeper.admits(good)) == (False, True)
    issuer.confirm(SIGN, REPORT)
    assert [one.result for one in await bundle.sync()] == ["known"]
    assert keeper.admits(good)
    told = await desk.registry.signs.one(SIGN)
    assert (told.state, told.board, told.report) == ("registered", BOARD, REPORT)


async def test_what_failed_online_gives_way_to_what_was_confirmed_offline(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    failed = begin(issuer)
    assert keeper.admits(failed)
    await keeper.settle()
    issuer.abandon(SIGN)
    good = begin(issuer)
    issuer.confirm(SIGN, REPORT)
    assert [one.result for one in await bundle.sync()] == ["registered"]
    assert (keeper.admits(failed), keeper.admits(good)) == (False, True)
    assert await desk.states() == [(str(SIGN), "revoked"), (str(SIGN), "registered")]


async def test_a_board_takes_one_of_a_bundle_s_number_however_often_it_is_flashed(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    for _ in range(LIMIT + 1):
        last = begin(issuer)
        assert keeper.admits(last)
        await keeper.settle()
        issuer.abandon(SIGN)
        desk.now_ms[0] += MINUTE_MS
    assert [one.used for one in await desk.registry.bundles.all()] == [1]
    for number in range(2, LIMIT + 1):
        begin(issuer, f"30aea412000{number}")
        issuer.confirm(SITE.sign(f"30aea412000{number}"), REPORT)
    begin(issuer)
    issuer.confirm(SIGN, REPORT)
    assert [one.result for one in await bundle.sync()] == ["registered"] * LIMIT


async def test_a_sign_that_a_failed_flashing_put_out_is_a_conflict_until_it_is_flashed_anew(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    for again in (False, True):  # the second one overwrites the key of the first, and fails
        assert keeper.admits(begin(issuer, again=again))
        await keeper.settle()
        if not again:
            issuer.confirm(SIGN, REPORT)
        desk.now_ms[0] += MINUTE_MS
    issuer.abandon(SIGN)
    (told,) = await bundle.sync()
    assert (told.result, "flash the board again" in (told.why or "")) == ("conflict", True)
    last = begin(issuer, again=True)
    issuer.confirm(SIGN, REPORT)
    assert [one.result for one in await bundle.sync()] == ["registered"]
    assert keeper.admits(last)


async def test_only_what_is_unconfirmed_gives_way_to_a_later_certificate(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    begin(issuer)
    issuer.confirm(SIGN, REPORT)
    await bundle.sync()
    assert keeper.admits(begin(issuer, OTHER_MAC))
    await keeper.settle()
    await desk.registry.signs.revoke(OTHER)
    desk.now_ms[0] += MINUTE_MS
    assert not keeper.admits(begin(issuer, again=True))
    assert not keeper.admits(begin(issuer, OTHER_MAC))


async def test_what_is_known_too_late_of_a_sign_keeps_a_later_certificate_out(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    assert keeper.admits(begin(issuer))
    await keeper.settle()
    desk.registry.ground.listeners.clear()  # the other process does not tell this one
    await desk.registry.signs.revoke(SIGN)
    desk.now_ms[0] += MINUTE_MS
    later = begin(issuer)
    assert keeper.admits(later)
    await keeper.settle()
    assert not keeper.admits(later)
    assert await desk.states() == [(str(SIGN), "revoked")]


async def test_of_two_certificates_that_wait_the_later_one_stays(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    issuer = bundle.issuer()
    made = []
    for _ in range(2):
        made.append(begin(issuer))
        desk.now_ms[0] += MINUTE_MS
    assert [keeper.admits(one) for one in made] == [True, True]
    assert not keeper.admits(by_bundle(bundle, str(SIGN)))  # it ends earlier
    await keeper.settle()
    assert [keeper.admits(one) for one in made] == [False, True]


async def test_a_bundle_lets_in_no_more_than_its_number(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    signs = [by_bundle(bundle, f"{SITE}/30aea412000{number}") for number in range(LIMIT + 1)]
    assert [keeper.admits(one) for one in signs] == [True] * LIMIT + [False]
    await keeper.settle()
    assert [keeper.admits(one) for one in signs] == [True] * LIMIT + [False]


async def test_after_its_days_a_bundle_lets_in_nobody_new(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    desk.now_ms[0] += DAYS * DAY_MS
    assert not keeper.admits(by_bundle(bundle, str(SIGN)))


async def test_a_revoked_bundle_lets_in_nobody_new_and_is_trusted_for_its_signs_only(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle, tmp_path: Path
) -> None:
    unused = await a_bundle(desk, tmp_path)
    registered = by_bundle(bundle, str(SIGN))
    assert keeper.admits(registered)
    await keeper.settle()
    for one in (bundle, unused):
        await desk.registry.bundles.revoke(one.id)
    assert keeper.admits(registered)
    assert not keeper.admits(by_bundle(bundle, str(OTHER)))
    assert list(keeper.authorities()) == [bundle.authority.certificate]


@pytest.mark.parametrize(
    "name", [CONTROLLER_NAME, SIMULATOR_NAME, str(OTHER_SITE.sign("30aea4120009")), "a/b", "nobody"]
)
async def test_a_thief_of_a_bundle_gets_nothing_but_new_signs_of_its_sites(
    keeper: RegistryGatekeeper, bundle: HeldBundle, name: str
) -> None:
    assert not keeper.admits(by_bundle(bundle, name))


async def test_a_thief_of_a_bundle_cannot_become_a_sign_that_exists(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    await desk.register()
    assert keeper.admits(by_bundle(bundle, str(OTHER)))
    assert not keeper.admits(by_bundle(bundle, str(OTHER)))
    assert not keeper.admits(by_bundle(bundle, str(SIGN)))


async def test_a_sign_that_came_in_too_late_is_put_out_again(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    certificate = by_bundle(bundle, str(SIGN))
    assert keeper.admits(certificate)
    desk.registry.ground.listeners.clear()  # the other process does not tell this one
    await desk.register()
    await keeper.settle()
    assert not keeper.admits(certificate)


async def test_while_the_store_fails_the_old_answers_stay(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await desk.register()
    coming = by_bundle(bundle, str(OTHER))
    assert keeper.admits(coming)

    def fail() -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "exclusive", fail)
        broken.setattr(desk.store, "reading", fail)
        await keeper.settle()
        assert keeper.admits(asked.certificate)
        assert keeper.admits(coming)
    await keeper.settle()
    assert await desk.state(OTHER) == "registered"


async def test_a_change_by_another_process_is_noticed(desk: Desk, keeper: RegistryGatekeeper) -> None:
    asked = await desk.register()
    desk.registry.ground.listeners.clear()
    await desk.registry.signs.revoke(SIGN)
    assert keeper.admits(asked.certificate)
    await keeper.settle()
    assert not keeper.admits(asked.certificate)


@pytest.mark.parametrize("by_a_bundle", [False, True])
async def test_a_revoked_certificate_written_another_way_stays_out(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle, by_a_bundle: bool
) -> None:
    if by_a_bundle:
        certificate = by_bundle(bundle, str(SIGN))
        assert keeper.admits(certificate)
        await keeper.settle()
    else:
        certificate = (await desk.register()).certificate
    await desk.registry.signs.revoke(SIGN)
    other = with_the_other_signature(certificate)
    assert fingerprint(other) != fingerprint(certificate)
    signers = (desk.registry.ground.pki().authority.certificate, bundle.authority.certificate)
    assert any(is_issued_by(other, signer) for signer in signers)
    assert not keeper.admits(other)


def with_the_other_signature(certificate: x509.Certificate) -> x509.Certificate:
    """Of every ECDSA signature (r, s) anybody can make (r, -s), which is as good."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r, s = utils.decode_dss_signature(certificate.signature)
    bits = b"\0" + utils.encode_dss_signature(r, order - s)
    ecdsa_with_sha256 = bytes.fromhex("300a06082a8648ce3d040302")
    body = certificate.tbs_certificate_bytes + ecdsa_with_sha256 + bytes((3, len(bits))) + bits
    other = x509.load_der_x509_certificate(b"\x30\x82" + len(body).to_bytes(2, "big") + body)
    assert other.public_key() == certificate.public_key()
    return other


async def test_a_stranger_with_the_name_of_a_bundle_stays_out(
    keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    begin = bundle.authority.certificate.not_valid_before_utc
    period = Period(begin, begin + timedelta(days=100))
    stranger = Credentials(make_authority(period).key, bundle.authority.certificate)
    assert not keeper.admits(make_client(stranger, str(SIGN), period).certificate)
    assert not keeper.admits(make_client(make_authority(period), str(NORTH), period).certificate)
