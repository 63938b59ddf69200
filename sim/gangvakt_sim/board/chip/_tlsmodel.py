"""What a TLS session costs the chip and how its clock judges certificates."""

import time

import micropython

import _chip
import _regs as R

# Memory of one session: record buffers of 16 KiB in and 4 KiB out and the handshake's pieces; 33-37 KB in all
# with what the interpreter's own session takes.
SESSION_BYTES = 34500
ALLOC_FAILED = -0x7F00
# A handshake without a client certificate computes less, in this proportion (stalls.toml: tls_handshake).
_MUTUAL_MS = 910
_SERVER_ONLY_MS = 440
# The chip names Mbed TLS's errors by their constants, the interpreter by sentences: the ones a session meets.
ERROR_NAMES = {
    -0x7280: "MBEDTLS_ERR_SSL_CONN_EOF",
    -0x2700: "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED",
    -0x7780: "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE",
    -0x7880: "MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY",
    ALLOC_FAILED: "MBEDTLS_ERR_SSL_ALLOC_FAILED",
    -0x7200: "MBEDTLS_ERR_SSL_INVALID_RECORD",
    -0x7180: "MBEDTLS_ERR_SSL_INVALID_MAC",
    -0x6E00: "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE",
}
# MBEDTLS_ERR_X509_CERT_VERIFY_FAILED; the session raises it with its name.
_VERIFY_FAILED = -0x2700


@micropython.native
def validity(der):
    """Return (first, last) second of an X.509 certificate as YYYYMMDDHHMMSS digits; None when not found."""
    for tag, size in ((b"\x17\x0d", 13), (b"\x18\x0f", 15)):
        at = der.find(tag)
        while at >= 0:
            first, second = _stamp(der, at, size), _stamp(der, at + size + 2, None)
            if first and second:
                return first, second
            at = der.find(tag, at + 1)
    return None


@micropython.native
def _stamp(der, at, size):
    """Return the time that begins with its tag at `at`; UTCTime means 1950 to 2049."""
    size = size or (13 if der[at : at + 1] == b"\x17" else 15)
    digits = bytes(der[at + 2 : at + 1 + size])
    if len(digits) != size - 1 or not digits.isdigit() or der[at + 1 + size : at + 2 + size] != b"Z":
        return None
    text = digits.decode()
    return text if size == 15 else ("20" if text < "50" else "19") + text


@micropython.native
def _chip_now():
    return "%04d%02d%02d%02d%02d%02d" % tuple(time.gmtime()[:6])


class Handshake:
    """Called by the socket when the peer's first bytes have come: the chip's computing, then its verdict."""

    @micropython.native
    def __init__(self, is_mutual, validities):
        self._is_mutual = is_mutual
        self._validities = validities  # of the authorities; one that is good may be the server's

    @micropython.native
    def __call__(self):
        """Stall as long as the chip computes; return 0, or the error that its clock causes."""
        if self._is_mutual:
            _chip.tls_stall()
        elif _chip.get(R.STALL_ON):
            _chip.listed_stall_us(_chip.get(R.STALL_TLS_US) * _SERVER_ONLY_MS // _MUTUAL_MS)
        if not self._validities or None in self._validities:
            return 0
        now = _chip_now()
        for first, last in self._validities:
            if first <= now <= last:
                return 0
        return _VERIFY_FAILED
