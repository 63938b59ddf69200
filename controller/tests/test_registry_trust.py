"""Whom OpenSSL trusts where bundles and two authorities are about."""

from __future__ import annotations

import base64
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gangvakt.provision.authority import succeed
from gangvakt.provision.certificates import Credentials, Period, make_server
from gangvakt.provision.pki import client_context, new_authority, server_context
from gangvakt.registry import RegistryGatekeeper

from .bundles import HeldBundle, a_bundle
from .handshake import shake_hands
from .office import BOARD, OTHER_MAC, SIGN, SITE, Desk, key_files


@pytest.fixture
async def keeper(desk: Desk) -> RegistryGatekeeper:
    keeper = RegistryGatekeeper(desk.registry)
    await keeper.refresh()
    return keeper


@pytest.fixture
async def bundle(desk: Desk, keeper: RegistryGatekeeper, tmp_path: Path) -> HeldBundle:
    return await a_bundle(desk, tmp_path)


async def test_openssl_takes_a_sign_of_a_bundle_where_its_authority_is_trusted(
    desk: Desk, keeper: RegistryGatekeeper, tmp_path: Path
) -> None:
    desk.now_ms[0] = int(datetime.now(UTC).timestamp() * 1000)
    bundle = await a_bundle(desk, tmp_path)
    enrolment = bundle.issuer().begin(str(SITE), SIGN.sign, BOARD, again=False)
    files = key_files(enrolment, tmp_path)
    pki = desk.registry.ground.pki()
    sign_tls = client_context(pki.controller_files())
    sign_tls.load_cert_chain(files.certificate, files.key)
    server_tls = server_context(pki.server_files(["127.0.0.1"]))
    with pytest.raises(ssl.SSLError):
        shake_hands(server_tls, sign_tls)
    for authority in keeper.authorities():
        server_tls.load_verify_locations(cadata=authority.public_bytes(Encoding.DER))
    shown = shake_hands(server_tls, sign_tls)
    assert shown is not None
    assert keeper.admits(x509.load_der_x509_certificate(shown))


async def test_no_sign_takes_a_server_that_a_bundle_signed(
    desk: Desk, keeper: RegistryGatekeeper, tmp_path: Path
) -> None:
    desk.now_ms[0] = int(datetime.now(UTC).timestamp() * 1000)
    bundle = await a_bundle(desk, tmp_path)
    pki = desk.registry.ground.pki()
    fake = _server_of(bundle.authority, tmp_path)
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(fake)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server_tls, client_context(pki.controller_files()))


def _server_of(authority: Credentials, folder: Path) -> Path:
    begin = authority.certificate.not_valid_before_utc
    made = make_server(authority, ["127.0.0.1"], Period(begin, begin + timedelta(days=30)))
    file = folder / "server.pem"
    file.write_bytes(made.key_pem + made.certificate_pem + authority.certificate_pem)
    return file


async def test_a_bundle_of_an_older_authority_makes_signs_that_must_be_renewed(
    desk: Desk, keeper: RegistryGatekeeper, bundle: HeldBundle
) -> None:
    assert list(keeper.current_authorities()) == [bundle.authority.certificate]
    pki = desk.registry.ground.pki()
    succeed(pki.folder, new_authority(datetime.now(UTC), pki.authority.certificate), None)
    assert pki.reload()
    assert list(keeper.current_authorities()) == []
    assert list(keeper.authorities()) == [bundle.authority.certificate]


async def test_while_two_authorities_overlap_a_sign_trusts_both(desk: Desk, tmp_path: Path) -> None:
    pki = desk.registry.ground.pki()
    old = pki.authority_der
    succeed(pki.folder, new_authority(datetime.now(UTC), pki.authority.certificate), None)
    assert pki.reload()
    asked = await desk.begin()
    bundle = await a_bundle(desk, tmp_path)
    files = bundle.issuer().begin(str(SITE), OTHER_MAC, BOARD, again=False).files
    assert [base64.b64decode(one) for one in asked.issued.authorities] == [pki.authority_der, old]
    assert (files["ca.der"], files["ca2.der"]) == (pki.authority_der, old)
