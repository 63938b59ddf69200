"""Certificate signing requests: from whoever keeps the key, looked at before anything is signed."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from gangvakt.errors import RequestRefused

SOURCE = "certificate request"


def key_of(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    """The public key, proved to be the sender's. RequestRefused otherwise; the subject is of no interest."""
    try:
        key = request.public_key()
        proved = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RequestRefused(SOURCE, "key", type(error).__name__, "EC P-256") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestRefused(SOURCE, "key", type(key).__name__.strip("_"), "EC P-256")
    if not proved:
        raise RequestRefused(SOURCE, "signature", "another key's", "the key's own")
    return key
