"""Installed as tls: the interpreter's own Mbed TLS with what a chip adds: the stall of a handshake, its clock
and its memory.

The handshake's computing is one stall in which no callback runs, with blocking and non-blocking sockets alike
(stalls.toml: tls_handshake). It is injected when the server's first bytes arrive, which is where the chip
computes.
"""

import micropython
import tls as _raw  # the built-in: this module takes its place in sys.modules only later

import _tlsmodel as _m
from _chk import no_name as __getattr__  # noqa: F401
from _tlswrap import wrap as _wrap

CERT_NONE = _raw.CERT_NONE
CERT_OPTIONAL = _raw.CERT_OPTIONAL
CERT_REQUIRED = _raw.CERT_REQUIRED
MBEDTLS_VERSION = "Mbed TLS 3.6.3"
PROTOCOL_TLS_CLIENT = _raw.PROTOCOL_TLS_CLIENT
PROTOCOL_TLS_SERVER = _raw.PROTOCOL_TLS_SERVER
PROTOCOL_DTLS_CLIENT = _raw.PROTOCOL_DTLS_CLIENT
PROTOCOL_DTLS_SERVER = _raw.PROTOCOL_DTLS_SERVER


class SSLContext:
    """Keys, authorities and verification of the sessions made from it."""

    @micropython.native
    def __init__(self, *args):
        self._raw = _raw.SSLContext(*args)
        self._has_certificate = False
        self._authorities = []

    @property
    @micropython.native
    def verify_mode(self):
        """CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED."""
        return self._raw.verify_mode

    @verify_mode.setter
    @micropython.native
    def verify_mode(self, value):
        self._raw.verify_mode = value

    @micropython.native
    def get_ciphers(self):
        """Return the names of the cipher suites of the interpreter's Mbed TLS."""
        return self._raw.get_ciphers()

    @micropython.native
    def set_ciphers(self, ciphers):
        """Restrict the cipher suites."""
        self._raw.set_ciphers(ciphers)

    @micropython.native
    def load_cert_chain(self, cert, key):
        """Load own certificate and key as DER bytes; from now on a handshake is a mutual one."""
        self._raw.load_cert_chain(cert, key)
        self._has_certificate = True

    @micropython.native
    def load_verify_locations(self, cadata):
        """Load one more authority's certificate as DER bytes; its dates are held against the chip's clock."""
        self._raw.load_verify_locations(cadata)
        self._authorities.append(_m.validity(cadata))

    @micropython.native
    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        """Return an SSLSocket; with do_handshake_on_connect the call includes the whole handshake."""
        checked = self._authorities if self._raw.verify_mode == CERT_REQUIRED else None
        return _wrap(
            self._raw,
            sock,
            _m.Handshake(self._has_certificate, checked),
            server_side=server_side,
            do_handshake_on_connect=do_handshake_on_connect,
            server_hostname=server_hostname,
        )


del micropython
