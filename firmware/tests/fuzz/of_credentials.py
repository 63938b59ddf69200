"""A renewal of certificates, whole. Who reads DER is stood in for; what comes before is ours."""

import hashlib
import sys

from fuzz import chip
from fuzz.parser import Parser

assert chip


class Context:
    """Refuses as the library does: some DER by ValueError, some by OSError."""

    verify_mode = None

    def __init__(self, protocol):
        pass

    def load_verify_locations(self, authority):
        self._read(authority)

    def load_cert_chain(self, certificate, key):
        self._read(certificate)
        self._read(key)

    @staticmethod
    def _read(data):
        if data[4:5] == b"\0":
            raise ValueError("invalid cert")
        if data[4:5] == b"\1":
            raise OSError(-0x2180)


class Tls:
    SSLContext = Context
    PROTOCOL_TLS_CLIENT, CERT_REQUIRED = 0, 2


sys.modules["tls"] = Tls

from sign.services import credentials

POINT = b"\4" + bytes(range(64))


def der(body):
    """A SEQUENCE, its length in as many bytes as it takes."""
    n = len(body)
    size = bytes((n,)) if n < 0x80 else bytes((0x81, n)) if n < 0x100 else bytes((0x82, n >> 8, n & 0xFF))
    return b"\x30" + size + body


def renewal(*parts, utc_s=1_800_000_000):
    return summed(utc_s.to_bytes(4, "big") + b"".join(parts))


def summed(body):
    return hashlib.sha256(body).digest() + body


CERTIFICATE, KEY = der(b"certificate" + POINT + bytes(120)), der(b"key of it" + POINT)
AUTHORITY = der(b"authority" + bytes(300))


class Renewal(Parser):
    """What is taken has a key of its certificate, and one or two authorities; the clock stays possible."""

    def seeds(self):
        return [
            renewal(CERTIFICATE, KEY, AUTHORITY),
            renewal(CERTIFICATE, KEY, AUTHORITY, AUTHORITY),
            renewal(CERTIFICATE, KEY),
            renewal(CERTIFICATE, KEY, AUTHORITY, AUTHORITY, AUTHORITY),
            renewal(CERTIFICATE, der(b"key" + bytes(65)), AUTHORITY),
            renewal(CERTIFICATE, KEY, AUTHORITY, b"\0"),
            renewal(CERTIFICATE, KEY, AUTHORITY, utc_s=0xFFFFFFFF),
            renewal(CERTIFICATE, KEY, b"\x30\x82\xff\xff" + bytes(20)),
            renewal(CERTIFICATE, KEY, b"\x30\x83\0\0\1" + bytes(20)),
        ]

    def make(self, dice):
        """With the right sum, three times of four: nothing else is looked at without."""
        data = super().make(dice)
        return summed(data[32:]) if dice.below(4) else data

    def take(self, data):
        try:
            context, fingerprint = credentials.opened(data)
        except (OSError, ValueError) as error:
            assert str(error), "no reason"
            return error.args[0].split(" at ")[0] if isinstance(error, ValueError) else "library"
        assert isinstance(context, Context) and len(fingerprint) == 16
        parts = credentials.split(data, 36)
        assert 3 <= len(parts) <= 4 and parts[1][-65:] in parts[0]
        return None

    def goes_on(self):
        assert self.take(renewal(CERTIFICATE, KEY, AUTHORITY)) is None
