"""Certificate signing requests: from whoever keeps the key, looked at before anything is signed."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gangvakt.errors import RequestRefused

SOURCE = "certificate request"
LARGEST_REQUEST = 4096  # characters of PEM; ours take 300


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
        key_of(request)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise RequestRefused(SOURCE, "csr", pem[:40], "a certificate signing request in PEM") from error
    return request
