"""The authority in an enrolment bundle.

It is not signed by the fleet's authority but stands by itself, and only the controller trusts it: signs do
not. So whoever steals a bundle can never pass for the controller, and no sign must learn of a bundle's end.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gangvakt.errors import RequestRefused
from gangvakt.provision.certificates import Credentials, Period, is_issued_by, make_authority
from gangvakt.provision.pki import BACKDATE, SIGN_LIFE

ID_DIGITS = 8
# Of a clock that goes wrong at either end.
SLACK = timedelta(days=2)


def make_bundle_authority(window: timedelta, now: datetime | None = None) -> Credentials:
    """Good for signing within `window`; valid longer, since what it signs must stay valid."""
    moment = now or datetime.now(UTC)
    return make_authority(Period(moment - BACKDATE, moment + window + SIGN_LIFE), "bundle")


def bundle_id(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()[:ID_DIGITS]


def check_authority(certificate: x509.Certificate, window: timedelta, now: datetime | None = None) -> None:
    """RequestRefused when it is not what `make_bundle_authority` makes."""
    moment = now or datetime.now(UTC)
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _refused("key", type(key).__name__, "EC P-256")
    if not _may_sign_leaves_only(certificate) or not is_issued_by(certificate, certificate):
        raise _refused("certificate", "no authority", "a self-signed one that signs leaves only")
    latest = moment + window + SIGN_LIFE + SLACK
    if not moment - BACKDATE - SLACK <= certificate.not_valid_before_utc <= moment + SLACK:
        raise _refused("begin", certificate.not_valid_before_utc.isoformat(), "now: set the clock")
    if certificate.not_valid_after_utc > latest:
        raise _refused("end", certificate.not_valid_after_utc.isoformat(), f"up to {latest:%Y-%m-%d}")


def _may_sign_leaves_only(certificate: x509.Certificate) -> bool:
    try:
        limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return limits.ca and limits.path_length == 0 and usage.key_cert_sign


def _refused(field: str, value: str, allowed: str) -> RequestRefused:
    return RequestRefused("bundle authority", field, value, allowed)
