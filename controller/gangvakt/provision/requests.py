"""Certificate signing requests: the key stays where it was made, only this leaves."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gangvakt.errors import RequestRefused

LARGEST_REQUEST = 4096  # bytes of PEM; ours take 300
SOURCE = "request"
CURVE = "secp256r1"


def make_request(key: ec.EllipticCurvePrivateKey) -> str:
    """PEM. Its subject is empty: who signs decides what the certificate says."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def read_request(pem: str) -> x509.CertificateSigningRequest:
    """RequestRefused when it is none, too large, or not signed by its own key."""
    if len(pem) > LARGEST_REQUEST:
        raise RequestRefused(SOURCE, "csr", f"{len(pem)} characters", f"at most {LARGEST_REQUEST}")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        requested_key(request)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RequestRefused(SOURCE, "csr", pem[:40], "a certificate signing request in PEM") from error
    return request


def requested_key(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    """The key to certify; RequestRefused when it is of another kind or its owner did not sign."""
    key = request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != CURVE:
        raise RequestRefused(SOURCE, "key", type(key).__name__, "EC P-256")
    try:
        signed = request.is_signature_valid
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        signed = False
    if not signed:
        raise RequestRefused(SOURCE, "signature", "wrong", "one by the key in the request")
    return key
