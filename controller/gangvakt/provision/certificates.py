"""X.509 certificates: EC P-256, SHA-256, in the profile that OpenSSL (strict) and mbedTLS both accept."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANISATION = "Gangvakt"


@dataclass(frozen=True)
class Credentials:
    """A private key and its certificate, in the encodings their users read."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key_der(self) -> bytes:
        """SEC1, not encrypted: what mbedTLS on the sign reads."""
        return self._key_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self._key_bytes(serialization.Encoding.PEM)

    @property
    def certificate_der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def _key_bytes(self, encoding: serialization.Encoding) -> bytes:
        sec1 = serialization.PrivateFormat.TraditionalOpenSSL
        return self.key.private_bytes(encoding, sec1, serialization.NoEncryption())


@dataclass(frozen=True)
class Period:
    """Validity; UTC."""

    begin: datetime
    end: datetime


def make_authority(period: Period, title: str = "CA") -> Credentials:
    """A certificate authority that signs leaves only; its name of its own tells it from its successor."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{ORGANISATION} {title} {secrets.token_hex(3)}")
    builder = _builder(name, name, key.public_key(), period)
    limits = x509.BasicConstraints(ca=True, path_length=0)
    builder = builder.add_extension(limits, critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    return Credentials(key, builder.sign(key, hashes.SHA256()))


def make_client(authority: Credentials, common_name: str, period: Period) -> Credentials:
    """A certificate that opens connections and cannot stand for a server."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Credentials(key, certify_client(authority, key.public_key(), common_name, period))


def certify_client(
    authority: Credentials, key: ec.EllipticCurvePublicKey, common_name: str, period: Period
) -> x509.Certificate:
    """As `make_client`, for a key that somebody else keeps."""
    return _leaf(authority, key, common_name, period, ExtendedKeyUsageOID.CLIENT_AUTH, ())


def make_server(authority: Credentials, names: Sequence[str], period: Period) -> Credentials:
    """A certificate for the host names and IP addresses in `names`."""
    key = ec.generate_private_key(ec.SECP256R1())
    purpose = ExtendedKeyUsageOID.SERVER_AUTH
    return Credentials(
        key, _leaf(authority, key.public_key(), f"{ORGANISATION} broker", period, purpose, names)
    )


def common_name(certificate: x509.Certificate) -> str | None:
    """The subject's only common name; None when there is none or several."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else None


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, as hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether `authority` signed it; dates are not looked at."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """The host names and IP addresses a server certificate stands for."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = extension.value.get_values_for_type(x509.IPAddress)
    return frozenset((*extension.value.get_values_for_type(x509.DNSName), *map(str, addresses)))


def _leaf(
    authority: Credentials,
    key: ec.EllipticCurvePublicKey,
    common_name: str,
    period: Period,
    purpose: x509.ObjectIdentifier,
    names: Sequence[str],
) -> x509.Certificate:
    builder = _builder(_name(common_name), authority.certificate.subject, key, period)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(signer, critical=False)
    if names:
        hosts = x509.SubjectAlternativeName([_general_name(name) for name in names])
        builder = builder.add_extension(hosts, critical=False)
    return builder.sign(authority.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, period: Period
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(period.begin)
        .not_valid_after(period.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
