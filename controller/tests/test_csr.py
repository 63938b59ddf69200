"""Requests for certificates."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import RequestRefused
from gangvakt.provision.certificates import common_name
from gangvakt.provision.csr import LARGEST_REQUEST, make_request, read_request
from gangvakt.provision.pki import CONTROLLER_NAME, Pki

from .support import NORTH

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@cache
def a_request() -> str:
    return make_request(ec.generate_private_key(ec.SECP256R1()))


def request_of(key: Key, name: str = "x") -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, digest).public_bytes(Encoding.PEM).decode()


def test_the_signer_decides_the_name_and_the_purpose(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    request = read_request(request_of(key, CONTROLLER_NAME))
    certificate = Pki.open(tmp_path).issue_from_request(request, NORTH)
    assert common_name(certificate) == str(NORTH)
    assert certificate.public_key() == key.public_key()
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [oid.dotted_string for oid in usage] == ["1.3.6.1.5.5.7.3.2"]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate(),
    ],
)
def test_other_keys_are_refused(key: Key) -> None:
    with pytest.raises(RequestRefused, match="EC P-256"):
        read_request(request_of(key))


def test_a_request_that_somebody_else_signed_is_refused() -> None:
    der = bytearray(ssl.PEM_cert_to_DER_cert(_as_certificate(a_request())))
    der[-1] ^= 1
    forged = _as_request(ssl.DER_cert_to_PEM_cert(bytes(der)))
    with pytest.raises(RequestRefused, match="signature"):
        read_request(forged)


def test_an_endless_request_is_refused() -> None:
    with pytest.raises(RequestRefused, match=f"at most {LARGEST_REQUEST}"):
        read_request(a_request() + " " * LARGEST_REQUEST)


@given(st.text(max_size=200))
def test_no_text_is_taken_for_a_request(text: str) -> None:
    for pem in (text, f"-----BEGIN CERTIFICATE REQUEST-----\n{text}\n-----END CERTIFICATE REQUEST-----\n"):
        with pytest.raises(RequestRefused):
            read_request(pem)


@given(st.data())
def test_a_changed_request_is_refused_or_certifies_no_other_key(data: st.DataObject) -> None:
    der = bytearray(ssl.PEM_cert_to_DER_cert(_as_certificate(a_request())))
    place = data.draw(st.integers(0, len(der) - 1))
    der[place] ^= data.draw(st.integers(1, 255))
    try:
        read = read_request(_as_request(ssl.DER_cert_to_PEM_cert(bytes(der))))
    except RequestRefused:
        return
    assert read.public_key() == read_request(a_request()).public_key()


def _as_certificate(pem: str) -> str:
    return pem.replace("CERTIFICATE REQUEST", "CERTIFICATE")


def _as_request(pem: str) -> str:
    return pem.replace("BEGIN CERTIFICATE", "BEGIN CERTIFICATE REQUEST").replace(
        "END CERTIFICATE", "END CERTIFICATE REQUEST"
    )
