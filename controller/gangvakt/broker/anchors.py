"""What a stock TLS server must be given so that it turns away whom the gatekeeper would.

A server like Mosquitto knows certificates to trust and revocation lists, and an authority that it trusts may
sign any name. The authority of a bundle may not: a stolen bundle would make controllers. And its key, which
would have to sign its revocation list, is not here. So its own certificate is never given to the server, but

  root    its name, with a key of ours: signs the list
  cross   its name and its key, signed by the root: bound to the names that the registry knows of this bundle

Certificates of the bundle verify through both; a list is sought by the issuer's name, and found at the root.
Established for OpenSSL 1.1.1 and 3.0: self-issued certificates, RFC 5280, 3.2 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gangvakt.broker.access import AccessList, BundleAccess
from gangvakt.provision.certificates import Credentials, is_issued_by

# A list that has run out locks everybody out. What makes ours fresh is that they are written anew at once.
LIST_BEGIN, LIST_LIFE = timedelta(days=1), timedelta(days=3653)
_CA = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def trusted_pem(access: AccessList) -> bytes:
    """The certificates to trust, PEM."""
    found = [own_anchor(authority) for authority in access.authorities]
    for bundle in access.bundles:
        if bundle.names:  # no names would be no bounds
            found += [_root(bundle, access.authorities[0]), _cross(bundle, access.authorities[0])]
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in found)


def own_trusted_pem(access: AccessList) -> bytes:
    """As `trusted_pem`, without bundles: for where the controller itself comes in."""
    return trusted_pem(AccessList(access.authorities))


def lists_pem(access: AccessList, now: datetime | None = None) -> bytes:
    """A revocation list for each certificate that `trusted_pem` trusts, PEM."""
    moment = now or datetime.now(UTC)
    lists = [_list(own_anchor(one), one, access.revoked, moment) for one in access.authorities]
    signer = access.authorities[0]
    for bundle in access.bundles:
        if bundle.names:
            lists.append(_list(_root(bundle, signer), signer, bundle.revoked, moment))
    return b"".join(one.public_bytes(Encoding.PEM) for one in lists)


def own_anchor(authority: Credentials) -> x509.Certificate:
    """The authority's certificate, or where it stands below another or may not sign lists, one that can.

    The server wants chains that end at a root; the municipality's authority may be none.
    """
    certificate = authority.certificate
    if is_issued_by(certificate, certificate) and _may_sign_lists(certificate):
        return certificate
    key = _key_identifier(certificate)
    return _sign(_authority(certificate, certificate.public_key(), key, key, None), authority)


def _root(bundle: BundleAccess, signer: Credentials) -> x509.Certificate:
    key = _root_identifier(signer)
    return _sign(_authority(bundle.authority, signer.key.public_key(), key, key, None), signer)


def _cross(bundle: BundleAccess, signer: Credentials) -> x509.Certificate:
    names = [
        x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        for name in sorted(bundle.names)
    ]
    own, above = _key_identifier(bundle.authority), _root_identifier(signer)
    builder = _authority(bundle.authority, bundle.authority.public_key(), own, above, 0)
    builder = builder.add_extension(x509.NameConstraints(names, None), critical=True)
    return _sign(builder, signer)


def _authority(
    like: x509.Certificate,
    key: object,
    own: x509.SubjectKeyIdentifier,
    above: x509.SubjectKeyIdentifier,
    path_length: int | None,
) -> x509.CertificateBuilder:
    by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    return (
        x509.CertificateBuilder()
        .subject_name(like.subject)
        .issuer_name(like.subject)
        .public_key(key)  # type: ignore[arg-type]  # whatever kind the certificate has
        .serial_number(x509.random_serial_number())
        .not_valid_before(like.not_valid_before_utc)
        .not_valid_after(like.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_CA, critical=True)
        .add_extension(own, critical=False)
        .add_extension(by, critical=False)
    )


def _list(
    issuer: x509.Certificate, signer: Credentials, serials: Iterable[int], now: datetime
) -> x509.CertificateRevocationList:
    begin = now - LIST_BEGIN
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(begin)
        .next_update(now + LIST_LIFE)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(_key_identifier(issuer)),
            critical=False,
        )
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
    )
    for serial in sorted(serials):
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(begin).build()
        builder = builder.add_revoked_certificate(revoked)
    return builder.sign(signer.key, hashes.SHA256())


def _sign(builder: x509.CertificateBuilder, signer: Credentials) -> x509.Certificate:
    return builder.sign(signer.key, hashes.SHA256())


def _key_identifier(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier:
    """What its leaves point at: that of its own extension, where it has one."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())


def _root_identifier(signer: Credentials) -> x509.SubjectKeyIdentifier:
    """Another than the bundle's, whatever that chose: by it the two are told apart."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"gangvakt root" + signer.certificate_der)
    return x509.SubjectKeyIdentifier(digest.finalize()[:20])


def _may_sign_lists(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True
